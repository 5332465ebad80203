//! What the difference of two surfaces does to programs that use the crates, and the version that it asks for.

use std::collections::BTreeMap;

use super::surface::{Item, Kind, Surface, owner};

/// One difference of the public API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RustChange {
    /// The path of the item.
    pub(crate) path: String,
    pub(super) kind: Kind,
    pub(crate) what: What,
    /// Why programs may not compile any more; none when they do.
    pub(crate) breaks: Option<&'static str>,
}

/// What happened to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Added,
    Removed,
    /// Its signature before and now.
    Changed(String, String),
    Deprecated,
}

/// Which part of the version goes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bump {
    /// The public API is the same.
    Patch,
    /// It has more.
    Minor,
    /// Programs may not compile any more.
    Major,
}

impl Bump {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// The version after this one. Before 1.0 the second number breaks and the third adds, as cargo has it.
    pub(crate) fn after(self, version: &str) -> Option<String> {
        let mut numbers = version.split('.').map(str::parse::<u64>);
        let mut next = || numbers.next()?.ok();
        let (major, minor, patch) = (next()?, next()?, next()?);
        let (major, minor, patch) = match (self, major) {
            (Self::Major, 0) => (0, minor + 1, 0),
            (_, 0) => (0, minor, patch + 1),
            (Self::Major, _) => (major + 1, 0, 0),
            (Self::Minor, _) => (major, minor + 1, 0),
            (Self::Patch, _) => (major, minor, patch + 1),
        };
        Some(format!("{major}.{minor}.{patch}"))
    }
}

/// What a set of changes asks for.
pub(crate) fn bump(changes: &[RustChange]) -> Bump {
    match changes.iter().map(|change| change.breaks.is_some()).max() {
        Some(true) => Bump::Major,
        Some(false) => Bump::Minor,
        None => Bump::Patch,
    }
}

/// Every difference of two surfaces. What comes or goes with something larger is not listed for itself.
pub(super) fn changes(old: &Surface, new: &Surface) -> Vec<RustChange> {
    let mut found = Vec::new();
    let mut change = |path: &str, item: &Item, what: What, breaks: Option<&'static str>| {
        found.push(RustChange {
            path: path.to_owned(),
            kind: item.kind,
            what,
            breaks: breaks.filter(|_| item.promised),
        });
    };
    for (path, item) in &old.items {
        let Some(now) = new.items.get(path) else {
            if !follows(path, old, new) {
                change(
                    path,
                    item,
                    What::Removed,
                    Some("programs that name it do not compile"),
                );
            }
            continue;
        };
        if item.promised && !now.promised {
            let why = "it stands behind the feature `unpublished` now";
            change(path, item, What::Removed, Some(why));
        } else if !item.promised && now.promised {
            change(path, now, What::Added, None);
        } else if let Some(why) = broken(item, now) {
            let what = What::Changed(item.signature.clone(), now.signature.clone());
            change(path, item, what, Some(why));
        } else if now.deprecated && !item.deprecated {
            change(path, now, What::Deprecated, None);
        }
    }
    for (path, item) in &new.items {
        if !old.items.contains_key(path) && !follows(path, new, old) {
            change(path, item, What::Added, surprise(path, item, new));
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    without_setters(found)
}

/// Leaves out setters that only follow their field.
fn without_setters(changes: Vec<RustChange>) -> Vec<RustChange> {
    let fields: BTreeMap<String, std::mem::Discriminant<What>> = changes
        .iter()
        .filter(|change| change.kind == Kind::Field)
        .map(|change| (change.path.clone(), std::mem::discriminant(&change.what)))
        .collect();
    let follows = |change: &RustChange| {
        let field = change
            .path
            .strip_suffix("()")
            .and_then(|path| fields.get(path));
        change.kind == Kind::Method && field == Some(&std::mem::discriminant(&change.what))
    };
    changes
        .into_iter()
        .filter(|change| !follows(change))
        .collect()
}

/// Whether an item only comes or goes because its owner does.
fn follows(path: &str, with: &Surface, without: &Surface) -> bool {
    let is_new = |owner: &str| with.items.contains_key(owner) && !without.items.contains_key(owner);
    std::iter::successors(owner(path), |path| owner(path)).any(is_new)
}

/// Why an item that is still there is not what it was.
fn broken(old: &Item, new: &Item) -> Option<&'static str> {
    match (old.kind, new.kind) {
        (Kind::Record, Kind::Struct) => Some("it can no longer be made by its fields"),
        (Kind::Struct, Kind::Record) if old.signature == new.signature => None,
        (old, new) if old != new => Some("it is something else now"),
        _ if old.signature == new.signature => None,
        (Kind::Field | Kind::Output, _) => Some("its type is another one"),
        (Kind::Variant, _) => Some("it stands for something else"),
        _ => Some("its signature is another one"),
    }
}

/// Why an item that was not there breaks programs.
fn surprise(path: &str, item: &Item, surface: &Surface) -> Option<&'static str> {
    let owner = surface.items.get(owner(path)?)?;
    match (item.kind, owner.kind) {
        (Kind::Field, Kind::Record) => Some("it is a new argument that has to be given"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::emit::Tree;

    fn surface(types: &str, calls: &str) -> Surface {
        let tree = Tree::from([
            (
                "lago-types/src/generated/plan.rs".to_owned(),
                types.to_owned(),
            ),
            (
                "lago-client/src/generated/resources/plans.rs".to_owned(),
                calls.to_owned(),
            ),
        ]);
        Surface::read(&tree).unwrap()
    }

    /// Changes in words, with a mark on what breaks.
    fn said(old: (&str, &str), new: (&str, &str)) -> Vec<String> {
        let (old, new) = (surface(old.0, old.1), surface(new.0, new.1));
        let changes = changes(&old, &new);
        let line = |change: RustChange| {
            let mark = if change.breaks.is_some() { "!" } else { "" };
            let what = match change.what {
                What::Added => "+".to_owned(),
                What::Removed => "-".to_owned(),
                What::Changed(old, new) => format!("{old} => {new}"),
                What::Deprecated => "deprecated".to_owned(),
            };
            let path = change
                .path
                .replace("lago_types::", "")
                .replace("lago_client::resources::", "");
            format!("{mark}{path} {what}")
        };
        changes.into_iter().map(line).collect()
    }

    #[test]
    fn what_is_not_published_breaks_nothing_until_it_takes_something_away() {
        const ACCESSOR: &str = "pub struct Plans { client: Client }";
        let tree = |published: &str, unpublished: &str| {
            let calls = "lago-client/src/generated";
            let below = format!(
                "use crate::generated::resources::plans::Plans; impl Plans {{ {unpublished} }}"
            );
            let tree = Tree::from([
                (
                    format!("{calls}/resources/plans.rs"),
                    format!("{ACCESSOR} impl Plans {{ {published} }}"),
                ),
                (format!("{calls}/unpublished/resources/plans.rs"), below),
                (
                    "lago-types/src/generated/unpublished/card.rs".to_owned(),
                    unpublished.replace("pub fn cards(&self) -> i64 {}", "pub struct Card {}"),
                ),
            ]);
            Surface::read(&tree).unwrap()
        };
        let cards = "pub fn cards(&self) -> i64 {}";
        let method = "lago_client::resources::plans::Plans::cards()";
        let said = |old: &Surface, new: &Surface| {
            let changes = changes(old, new).into_iter();
            let told = changes.map(|change| (change.path, change.what, change.breaks.is_some()));
            told.collect::<Vec<_>>()
        };
        let (published, unpublished, neither) = (tree(cards, ""), tree("", cards), tree("", ""));
        let card = || "lago_types::Card".to_owned();
        let gone = vec![
            (method.to_owned(), What::Removed, false),
            (card(), What::Removed, false),
        ];
        assert_eq!(said(&unpublished, &neither), gone);
        let (first, second) = (
            (method.to_owned(), What::Removed, true),
            (card(), What::Added, false),
        );
        assert_eq!(said(&published, &unpublished), [first, second]);
        let (first, second) = (
            (method.to_owned(), What::Added, false),
            (card(), What::Removed, false),
        );
        assert_eq!(said(&unpublished, &published), [first, second]);
    }

    #[test]
    fn types_break_where_programs_name_what_changed() {
        let old = "
            #[derive(Clone, Default)] #[non_exhaustive] pub struct Plan { pub code: String, pub gone: i64, private: i64 }
            pub struct PlanRequired { pub code: String }
            impl Plan { pub fn new(code: impl Into<String>) -> Self {} fn inner(&self) {} }
            open_enum! { pub enum Interval { Weekly = \"weekly\", Yearly = \"yearly\" } }
            webhook_events! { PlanCreated(crate::Plan) = \"plan.created\" in \"plan\", }
            pub struct Old { pub code: String }
            impl From<Old> for Plan { fn from(old: Old) -> Self {} }
        ";
        let new = "
            #[derive(Clone)] #[non_exhaustive] pub struct Plan { pub code: Option<String>, #[deprecated] pub added: i64, other: u8 }
            pub struct PlanRequired { pub code: String, pub name: String }
            impl Plan { pub fn new(key: impl Into<String>) -> Self {} pub fn name(mut self) -> Self {} }
            open_enum! { pub enum Interval { Weekly = \"weekly\", Daily = \"daily\" } }
            webhook_events! { PlanCreated(crate::Plan) = \"plan.created\" in \"plan\", PlanGone(crate::Plan) = \"plan.gone\" in \"plan\", }
            #[non_exhaustive] pub struct New { pub code: String }
        ";
        assert_eq!(
            said((old, ""), (new, "")),
            [
                "Interval::Daily +",
                "!Interval::Yearly -",
                "New +",
                "!Old -",
                "!Plan: Default -",
                "!Plan: From<Old> -",
                "Plan::added +",
                "!Plan::code String => Option<String>",
                "!Plan::gone -",
                "Plan::name() +",
                "!PlanRequired::name +",
                "WebhookEvent::PlanGone +",
            ]
        );
    }

    #[test]
    fn calls_break_where_arguments_or_output_change() {
        let old = "
            pub struct Plans { client: Client }
            impl Plans { pub fn get(&self, code: impl std::fmt::Display) -> Request<Get> {} }
            pub struct Get { code: String }
            impl Request<Get> { pub fn kind(mut self, kind: bool) -> Self {} }
            impl Call for Get { type Output = lago_types::Plan; const OPERATION: &'static Operation = op::FIND; }
        ";
        let new = "
            pub struct Plans { client: Client }
            impl Plans { pub fn get(&self, code: impl std::fmt::Display, kind: bool) -> Request<Get> {} }
            pub struct Get { code: String, kind: bool }
            impl Request<Get> { #[deprecated] pub fn kind(mut self, kind: bool) -> Self {} pub fn more(mut self) -> Self {} }
            impl Call for Get { type Output = Vec<lago_types::Plan>; const OPERATION: &'static Operation = op::FIND; }
        ";
        assert_eq!(
            said(("", old), ("", new)),
            [
                "!plans::Get: Output Plan => Vec<Plan>",
                "plans::Get::kind() deprecated",
                "plans::Get::more() +",
                "!plans::Plans::get() fn(&self, impl Display) -> Request<Get> => fn(&self, impl Display, bool) -> Request<Get>",
            ]
        );
    }

    #[test]
    fn versions_follow_cargo() {
        for (version, major, minor, patch) in [
            ("0.1.0", "0.2.0", "0.1.1", "0.1.1"),
            ("1.2.3", "2.0.0", "1.3.0", "1.2.4"),
        ] {
            assert_eq!(Bump::Major.after(version).as_deref(), Some(major));
            assert_eq!(Bump::Minor.after(version).as_deref(), Some(minor));
            assert_eq!(Bump::Patch.after(version).as_deref(), Some(patch));
        }
        assert_eq!(Bump::Major.after("next"), None);
        assert_eq!(bump(&[]), Bump::Patch);
    }
}
