//! The surface of lago-types as text: what a reviewer reads when the specification moved.
//!
//! Read from the generated sources with a parser of its own, not from what generated them.

use std::fmt::Write as _;
use std::path::Path;

use quote::ToTokens;
use syn::{FnArg, ImplItem, Item, Pat, ReturnType};

/// Every struct with its fields and constructor, every enum with its values.
#[test]
fn types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lago-types/src/generated");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut surface = String::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let parsed = syn::parse_file(&source).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name != "mod.rs" {
            writeln!(surface, "# {name}").unwrap();
            parsed
                .items
                .iter()
                .for_each(|item| describe(item, &mut surface));
        }
    }
    insta::assert_snapshot!(surface);
}

fn describe(item: &Item, surface: &mut String) {
    match item {
        Item::Struct(item) if item.ident.to_string().ends_with("Builder") => {}
        Item::Struct(item) => {
            writeln!(surface, "{}", item.ident).unwrap();
            for field in &item.fields {
                let ident = field.ident.as_ref().unwrap();
                let notes = notes(&field.attrs);
                writeln!(surface, "  {ident}: {}{notes}", text(&field.ty)).unwrap();
            }
        }
        Item::Impl(item) => {
            let owner = text(&item.self_ty);
            for member in &item.items {
                let ImplItem::Fn(function) = member else {
                    continue;
                };
                let returns = match &function.sig.output {
                    ReturnType::Type(_, ty) => text(ty),
                    ReturnType::Default => String::new(),
                };
                let by_value = matches!(function.sig.inputs.first(), Some(FnArg::Receiver(_)));
                // Setters mirror the fields; constructors and builder stages say what is needed.
                if by_value && returns == "Self" {
                    continue;
                }
                let arguments: Vec<String> =
                    function.sig.inputs.iter().filter_map(argument).collect();
                writeln!(
                    surface,
                    "  {owner}::{}({}) -> {returns}",
                    function.sig.ident,
                    arguments.join(", ")
                )
                .unwrap();
            }
        }
        Item::Macro(item) => {
            let tokens: Vec<_> = item.mac.tokens.clone().into_iter().collect();
            let name = tokens
                .iter()
                .skip_while(|token| token.to_string() != "enum")
                .nth(1);
            let values: Vec<String> = tokens
                .iter()
                .filter_map(|token| match token {
                    proc_macro2::TokenTree::Group(body) => Some(body.stream()),
                    _ => None,
                })
                .flatten()
                .filter_map(|token| match token {
                    proc_macro2::TokenTree::Literal(value) => Some(value.to_string()),
                    _ => None,
                })
                .filter(|value| !value.starts_with("\"= ") && !value.contains('`'))
                .collect();
            writeln!(surface, "{} = {}", name.unwrap(), values.join(" ")).unwrap();
        }
        _ => {}
    }
}

fn argument(argument: &FnArg) -> Option<String> {
    match argument {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(pat) => Some(pat.ident.to_string()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// The JSON name when it is another one, and the functions that read and write the value.
fn notes(attributes: &[syn::Attribute]) -> String {
    let mut notes = String::new();
    for attribute in attributes {
        if attribute.path().is_ident("deprecated") {
            notes.push_str(" deprecated");
        }
        if attribute.path().is_ident("serde") {
            let said = attribute.meta.to_token_stream().to_string();
            for key in ["rename = ", "serialize_with = ", "deserialize_with = "] {
                let found = said
                    .match_indices(key)
                    .find(|(at, _)| !said[..*at].ends_with("de"));
                if let Some((at, _)) = found {
                    let value = said[at + key.len()..].split('"').nth(1).unwrap();
                    write!(notes, " {}{value}", key.replace(" = ", ":")).unwrap();
                }
            }
        }
    }
    notes
}

/// Types as people write them.
fn text(node: &impl ToTokens) -> String {
    node.to_token_stream()
        .to_string()
        .replace(' ', "")
        .replace("::std::collections::", "")
        .replace("::chrono::offset::", "")
        .replace("::chrono::naive::", "")
        .replace("::chrono::", "")
        .replace("::uuid::", "")
        .replace("::serde_json::", "")
        .replace("crate::", "")
}
