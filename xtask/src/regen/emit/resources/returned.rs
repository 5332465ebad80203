//! What a method returns, in words that lead to the type: the signature only names the request.

use super::methods::Output;
use crate::regen::emit::nouns::named;
use crate::regen::emit::rust_type;
use crate::regen::ir::TypeRef;

/// What a success is, with a link to the type in it.
pub(crate) fn success(output: &Output<'_>) -> String {
    let (ty, around) = match output {
        Output::Nothing => return "nothing".to_owned(),
        Output::Text => return "text".to_owned(),
        Output::Whole(ty) => (*ty, None),
        Output::Root { ty, .. } => (ty, None),
        Output::RootOrNothing { ty, .. } => (ty, Some("Option")),
        Output::Page { item, .. } => (*item, Some("Page")),
    };
    let written = without_modules(&rust_type(ty, "lago_types"));
    match around {
        Some(around) => linked(&format!("{around}<{written}>"), ty),
        None => linked(&written, ty),
    }
}

/// The same as a sentence.
pub(crate) fn sentence(output: &Output<'_>) -> String {
    match output {
        Output::Nothing => "Returns nothing.".to_owned(),
        Output::Text => "Returns text.".to_owned(),
        Output::Whole(ty) => format!("Returns {}.", thing(ty)),
        Output::Root { ty, .. } => format!("Returns {}.", thing(ty)),
        Output::RootOrNothing { ty, .. } => format!(
            "Returns {}, or `None`: the server accepted the call and has nothing to give yet.",
            thing(ty)
        ),
        Output::Page { item, .. } => format!("Returns a [`Page`](crate::Page) of {}s.", link(item)),
    }
}

fn thing(ty: &TypeRef) -> String {
    match ty {
        TypeRef::List(item) => format!("a list of {}s", link(item)),
        TypeRef::Map(_) => format!("a map, {}", link(ty)),
        TypeRef::Nullable(some) => format!("{}, or `None` when there is none", thing(some)),
        TypeRef::Named(_) => format!("the {}", link(ty)),
        ty => format!("a value, {}", link(ty)),
    }
}

/// A type as code, with a link where it is one of ours.
pub(crate) fn link(ty: &TypeRef) -> String {
    linked(&without_modules(&rust_type(ty, "lago_types")), ty)
}

fn linked(written: &str, ty: &TypeRef) -> String {
    match named(ty) {
        Some(name) => format!("[`{written}`](lago_types::{name})"),
        None => format!("`{written}`"),
    }
}

/// `Vec<Fee>` of `Vec<lago_types::Fee>`.
fn without_modules(ty: &str) -> String {
    let mut parts: Vec<&str> = ty.split("::").collect();
    let last = parts.pop();
    let in_module = |char: char| char.is_alphanumeric() || char == '_';
    let before = parts.iter().map(|part| part.trim_end_matches(in_module));
    before.chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample::{list, named};

    #[test]
    fn what_returns_is_said_in_words() {
        let plan = named("Plan");
        let texts = TypeRef::Map(Box::new(TypeRef::String));
        let root = |ty: TypeRef| Output::Root { key: "x", ty };
        for (output, expected) in [
            (Output::Nothing, "nothing."),
            (Output::Text, "text."),
            (Output::Whole(&plan), "the [`Plan`](lago_types::Plan)."),
            (
                Output::Page {
                    key: "plans",
                    item: &plan,
                },
                "a [`Page`](crate::Page) of [`Plan`](lago_types::Plan)s.",
            ),
            (
                root(list(named("Fee"))),
                "a list of [`Fee`](lago_types::Fee)s.",
            ),
            (
                root(TypeRef::Nullable(Box::new(texts))),
                "a map, `BTreeMap<String, String>`, or `None` when there is none.",
            ),
        ] {
            assert_eq!(sentence(&output), format!("Returns {expected}"));
        }
    }
}
