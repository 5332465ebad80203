//! What people would write by hand for an invoice: structs of the same shape with derived code and
//! types of the standard library. A benchmark measures against them what the real types cost.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::regen::emit::nouns::named;
use crate::regen::emit::{EmitError, Tree, source};
use crate::regen::ir::{Api, Field, Form, Kind, TypeRef};
use crate::regen::names::ident;

const FILE: &str = "lago-types/benches/generated/plain.rs";

/// The type that the benchmark reads a page of.
const SUBJECT: &str = "Invoice";

/// Prints the type and all that it consists of; nothing for a document without it.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let mut items = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![SUBJECT];
    while let Some(name) = waiting.pop() {
        let Some(Kind::Struct(fields)) = api.types.get(name).map(|ty| &ty.kind) else {
            continue;
        };
        if seen.insert(name) {
            waiting.extend(fields.iter().filter_map(|field| named(&field.ty)));
            let ident = format_ident!("{name}");
            let fields = fields.iter().map(|field| print(field, api));
            items.push(quote! {
                #[derive(Deserialize)]
                pub struct #ident { #(#fields,)* }
            });
        }
    }
    if !items.is_empty() {
        let text = source(
            "An invoice as people would write it by hand.",
            quote! {
                use serde::Deserialize;
                #(#items)*
            },
        )?;
        tree.insert(FILE.to_owned(), text);
    }
    Ok(())
}

fn print(field: &Field, api: &Api) -> TokenStream {
    let ident = ident::value(&field.name);
    let name = &field.name;
    let same = ident.to_string().trim_start_matches("r#") == name;
    let renamed = (!same).then(|| quote!(#[serde(rename = #name)]));
    let ty = plain(&field.ty, api);
    match field.required && !field.nullable {
        true => quote!(#renamed pub #ident: #ty),
        false => quote!(#renamed pub #ident: Option<#ty>),
    }
}

fn plain(ty: &TypeRef, api: &Api) -> TokenStream {
    match ty {
        TypeRef::Named(name) => match api.types.get(name).map(|ty| &ty.kind) {
            Some(Kind::Struct(_)) => {
                let ident = format_ident!("{name}");
                quote!(#ident)
            }
            _ => quote!(String),
        },
        TypeRef::String | TypeRef::Decimal(Form::String) => quote!(String),
        TypeRef::Decimal(Form::Number | Form::Seconds) => quote!(f64),
        TypeRef::Integer => quote!(i64),
        TypeRef::Boolean => quote!(bool),
        TypeRef::DateTime => quote!(chrono::DateTime<chrono::Utc>),
        TypeRef::Date => quote!(chrono::NaiveDate),
        TypeRef::Uuid => quote!(uuid::Uuid),
        TypeRef::Json => quote!(serde_json::Value),
        TypeRef::List(item) => {
            let item = plain(item, api);
            quote!(Vec<#item>)
        }
        TypeRef::Map(value) => {
            let value = plain(value, api);
            quote!(std::collections::BTreeMap<String, #value>)
        }
        TypeRef::Nullable(some) => {
            let some = plain(some, api);
            quote!(Option<#some>)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample;

    #[test]
    fn the_type_and_its_parts_are_printed_without_ours() {
        let field = |name: &str, ty, required| sample::root(name, ty, required);
        let mut api = sample::api();
        emit(&api, &mut Tree::new()).unwrap();
        let fees = TypeRef::List(Box::new(TypeRef::Named("Fee".into())));
        for (name, fields) in [
            (
                SUBJECT,
                vec![
                    field("fees", fees, false),
                    field("type", TypeRef::Uuid, true),
                ],
            ),
            (
                "Fee",
                vec![field("unitPrice", TypeRef::Decimal(Form::String), true)],
            ),
        ] {
            api.types
                .extend([sample::structure(name, sample::Goes::In, fields)]);
        }
        let mut tree = Tree::new();
        emit(&api, &mut tree).unwrap();
        let text = &tree[FILE];
        for line in [
            "pub fees: Option<Vec<Fee>>,",
            "pub r#type: uuid::Uuid,",
            "#[serde(rename = \"unitPrice\")]",
            "pub unit_price: String,",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
