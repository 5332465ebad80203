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
        (What::Removed, _) => "do without it: the document has it no longer".to_owned(),
        (What::Added, _) => format!("give `{}`", name.rsplit("::").next().unwrap_or(&name)),
        (What::Changed(was, is), Kind::Field | Kind::Output) => taken(was, is),
        (What::Changed(..), Kind::Record | Kind::Struct) => {
            "make it with `new` and its setters".to_owned()
        }
        (What::Changed(was, is), Kind::Method) => called(was, is),
        _ => change.breaks.unwrap_or_default().to_owned(),
    }
}

/// What to do with a value of another type.
fn taken(was: &str, is: &str) -> String {
    let inner = |ty: &str, outer: &str| {
        let inner = ty.strip_prefix(outer)?.strip_suffix('>')?;
        Some(inner.to_owned())
    };
    let optional = |ty: &str| inner(ty, "Option<");
    match (optional(was), optional(is)) {
        (None, Some(inner)) if inner == was => {
            "handle `None`: it may be missing or null".to_owned()
        }
        (Some(inner), None) if inner == is => "use it as it is: it is always there".to_owned(),
        _ if inner(is, "Vec<").as_deref() == Some(was) => "take a list".to_owned(),
        _ => format!("take `{is}`"),
    }
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
                "handle `None`",
            ),
            (
                Kind::Output,
                changed("Option<Plan>", "Plan"),
                "use it as it is",
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
