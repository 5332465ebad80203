//! What programs have to change, item by item.

use super::Report;
use super::changelog::short;
use super::report::Rust;
use super::semver::{RustChange, What};
use super::surface::Kind;
use super::text::line;

/// One item of the public API that breaks programs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Migration {
    /// The item, and what became of it.
    pub(crate) change: String,
    /// What to do in a program that uses it.
    pub(crate) advice: String,
}

impl Report {
    /// The items that break programs; none when they cannot be told.
    pub(crate) fn migrations(&self) -> Vec<Migration> {
        let Rust::Compared { changes, .. } = &self.rust else {
            return Vec::new();
        };
        let breaking = changes.iter().filter(|change| change.breaks.is_some());
        breaking.map(migration).collect()
    }
}

fn migration(change: &RustChange) -> Migration {
    let said = line(change);
    let why = change.breaks.map(|why| format!(" ({why})"));
    Migration {
        change: why
            .and_then(|why| said.strip_suffix(&why).map(str::to_owned))
            .unwrap_or(said),
        advice: advice(change),
    }
}

fn advice(change: &RustChange) -> String {
    let name = short(&change.path);
    match (&change.what, change.kind) {
        (What::Removed, Kind::Variant) => {
            "match it no longer; what a server still sends arrives as `Unknown`".to_owned()
        }
        (What::Removed, Kind::Struct | Kind::Record | Kind::Enum) => {
            "name the type that its fields and calls have now".to_owned()
        }
        (What::Removed, Kind::Implementation) if name.ends_with(": Default") => {
            "make it with `new`: something of it has to be given".to_owned()
        }
        (What::Removed, _) => "do without it: the document has it no longer".to_owned(),
        (What::Added, _) => format!("give `{}`", name.rsplit("::").next().unwrap_or(&name)),
        (What::Changed(was, is), Kind::Field | Kind::Output) => taken(was, is),
        (What::Changed(..), Kind::Record | Kind::Struct) => {
            "make it with `new` and its setters".to_owned()
        }
        (What::Changed(..), Kind::Variant) => "take what it holds now".to_owned(),
        (What::Changed(was, is), Kind::Method) => called(was, is),
        _ => change.breaks.unwrap_or_default().to_owned(),
    }
}

/// What to do with a value of another type. Both of what is sent and what comes, since a field does not tell.
fn taken(was: &str, is: &str) -> String {
    let within = |ty: &str, outer: &str| -> Option<String> {
        let inner = ty.strip_prefix(outer)?.strip_suffix('>')?;
        Some(inner.to_owned())
    };
    let is_around =
        |outer: &str, ty: &str, inner: &str| within(ty, outer).as_deref() == Some(inner);
    let said = match (within(was, "Option<"), within(is, "Option<")) {
        (None, Some(inner)) if inner == was => "expect `None`, too",
        (Some(inner), None) if inner == is => "take it without `Option`: it is always there",
        (Some(inner), None) if is_around("Patch<", is, &inner) => {
            "set it by its setter, or as `Patch`: null can be sent now"
        }
        (None, Some(inner)) if is_around("Patch<", was, &inner) => {
            "set it by its setter, or leave it out: null cannot be sent any more"
        }
        _ if is_around("Vec<", is, was) => "take a list",
        _ => return format!("take `{is}`"),
    };
    said.to_owned()
}

/// What to do where a method has another signature.
fn called(was: &str, is: &str) -> String {
    let arguments = |signature: &str| signature.split(" -> ").next().map(str::to_owned);
    match arguments(was) == arguments(is) {
        true => "take what it returns now".to_owned(),
        false => "give it the arguments of the new signature".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advised(path: &str, kind: Kind, what: What) -> String {
        advice(&RustChange {
            path: path.to_owned(),
            kind,
            what,
            breaks: Some("it is something else now"),
        })
    }

    #[test]
    fn each_kind_of_change_says_what_to_do() {
        let changed = |was: &str, is: &str| What::Changed(was.to_owned(), is.to_owned());
        for (kind, what, expected) in [
            (
                Kind::Field,
                changed("Plan", "Option<Plan>"),
                "expect `None`",
            ),
            (
                Kind::Output,
                changed("Option<Plan>", "Plan"),
                "take it without `Option`",
            ),
            (Kind::Field, changed("Plan", "Vec<Plan>"), "take a list"),
            (
                Kind::Field,
                changed("Option<Plan>", "Option<Fee>"),
                "take `Option<Fee>`",
            ),
            (
                Kind::Method,
                changed("fn(&self) -> A", "fn(&self) -> B"),
                "take what it returns",
            ),
            (
                Kind::Method,
                changed("fn(&self)", "fn(&self, bool)"),
                "give it the arguments",
            ),
            (Kind::Struct, changed("", ""), "make it with `new`"),
            (Kind::Enum, changed("", ""), "it is something else now"),
            (
                Kind::Field,
                changed("Patch<Uuid>", "Option<Uuid>"),
                "set it by its setter, or leave it out",
            ),
            (
                Kind::Field,
                changed("Option<Uuid>", "Patch<Uuid>"),
                "set it by its setter, or as `Patch`",
            ),
            (
                Kind::Variant,
                changed("A in a", "B in a"),
                "take what it holds",
            ),
            (Kind::Variant, What::Removed, "match it no longer"),
            (Kind::Struct, What::Removed, "name the type"),
            (Kind::Method, What::Removed, "do without it"),
            (Kind::Field, What::Added, "give `code`"),
        ] {
            let said = advised("lago_types::PlanRequired::code", kind, what.clone());
            assert!(said.starts_with(expected), "{kind:?} {what:?}: {said}");
        }
    }
}
