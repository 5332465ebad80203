//! Two items of one name in a file: code that parses and does not compile.
//!
//! Names come from all over a document, and each emitter makes some of its own. Where two meet is
//! seen here, whatever made them.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{ImplItem, Item, UseTree};

use super::EmitError;

/// Fails on the first name that a file has twice.
pub(crate) fn refuse(doc: &str, items: &[Item]) -> Result<(), EmitError> {
    let mut known = BTreeSet::new();
    let twin = items
        .iter()
        .flat_map(names)
        .find(|name| !known.insert(name.clone()));
    match twin {
        Some(Name { holder, name }) => {
            let holder = match holder.as_str() {
                TYPES | VALUES => String::new(),
                holder => format!(" of `{holder}`"),
            };
            Err(EmitError::new(format!(
                "{doc} Two things in this file are called `{name}`{holder}; call one otherwise in names.yaml"
            )))
        }
        None => Ok(()),
    }
}

const TYPES: &str = "types";
const VALUES: &str = "values";

/// A name and what it has to be unique in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    holder: String,
    name: String,
}

fn names(item: &Item) -> Vec<Name> {
    let named = |holder: &str, ident: &syn::Ident| Name {
        holder: holder.to_owned(),
        name: ident.to_string(),
    };
    match item {
        Item::Struct(item) => vec![named(TYPES, &item.ident)],
        Item::Enum(item) => vec![named(TYPES, &item.ident)],
        Item::Type(item) => vec![named(TYPES, &item.ident)],
        Item::Mod(item) => vec![named(TYPES, &item.ident)],
        Item::Fn(item) => vec![named(VALUES, &item.sig.ident)],
        Item::Use(item) => imported(&item.tree)
            .map(|name| named(TYPES, name))
            .collect(),
        Item::Impl(item) if item.trait_.is_none() => {
            let holder = item.self_ty.to_token_stream().to_string();
            let functions = item.items.iter().filter_map(|item| match item {
                ImplItem::Fn(function) => Some(&function.sig.ident),
                _ => None,
            });
            functions.map(|ident| named(&holder, ident)).collect()
        }
        _ => Vec::new(),
    }
}

/// The types that a `use` brings by name.
fn imported(tree: &UseTree) -> Box<dyn Iterator<Item = &syn::Ident> + '_> {
    let ident = match tree {
        UseTree::Path(path) => return imported(&path.tree),
        UseTree::Group(group) => return Box::new(group.items.iter().flat_map(imported)),
        UseTree::Name(name) => Some(&name.ident),
        UseTree::Rename(rename) => Some(&rename.rename),
        UseTree::Glob(_) => None,
    };
    let types = |ident: &&syn::Ident| ident.to_string().starts_with(char::is_uppercase);
    Box::new(ident.into_iter().filter(types))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<String> {
        let file = syn::parse_file(text).unwrap();
        refuse("Types.", &file.items)
            .err()
            .map(|error| error.message)
    }

    #[test]
    fn what_shares_a_place_has_a_name_of_its_own() {
        for sound in [
            "struct A; mod a {} fn a() {}",
            "impl A { fn new() {} } impl B { fn new() {} }",
            "impl A<()> { fn x() {} } impl A<(u8,)> { fn x() {} }",
            "impl Clone for A { fn clone() {} } impl A { fn clone() {} }",
            "use a::{A, b}; fn b() {}",
        ] {
            assert_eq!(refused(sound), None, "{sound}");
        }
        for (duplicates, name) in [
            ("struct A; enum A {}", "`A`;"),
            ("struct A; type A = B;", "`A`;"),
            ("use super::{A, B as C}; struct C;", "`C`;"),
            (
                "impl A { fn new() {} } impl A { fn new() {} }",
                "`new` of `A`;",
            ),
            ("impl R<A> { fn x() {} fn x() {} }", "`x` of `R < A >`;"),
        ] {
            let message = refused(duplicates).unwrap_or_default();
            assert!(message.contains(name), "{duplicates}: {message}");
        }
    }
}
