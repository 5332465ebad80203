//! The request bodies: what stands around a type of lago-types, mostly a root key.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{EmitError, Tree, rust_type, source};
use crate::regen::ident;
use crate::regen::ir::{Api, BodyShape, Field, Operation};
use crate::regen::names::camel;

/// The file that holds them.
pub(crate) const FILE: &str = "lago-client/src/generated/wire/bodies.rs";

const MODULE: &str = "crate::generated::wire::bodies";

/// The name of the body of an operation.
pub(crate) fn name(operation: &Operation) -> String {
    format!("{}Body", camel(&operation.id))
}

/// The type of a body, as lago-client writes it.
pub(crate) fn rust_path(operation: &Operation) -> String {
    format!("{MODULE}::{}", name(operation))
}

/// Prints the bodies of all operations.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let (mut items, mut names) = (Vec::new(), Vec::new());
    for operation in &api.operations {
        let ident = format_ident!("{}", name(operation));
        let doc = format!(" Body of `{} {}`.", operation.method, operation.path);
        let item = match operation.body.as_ref().map(|body| &body.shape) {
            None => continue,
            Some(BodyShape::Type(ty)) => {
                let ty = parse_type(&rust_type(ty, "lago_types"))?;
                quote! { pub struct #ident(pub #ty); }
            }
            Some(BodyShape::Roots(roots)) => {
                let fields = roots.iter().map(field).collect::<Result<Vec<_>, _>>()?;
                quote! { pub struct #ident { #(#fields)* } }
            }
            Some(BodyShape::Choice(roots)) => {
                let variants = roots.iter().map(variant).collect::<Result<Vec<_>, _>>()?;
                quote! { pub enum #ident { #(#variants)* } }
            }
        };
        items.push(quote! {
            #[doc = #doc]
            #[derive(Clone, Debug, serde::Serialize)]
            #[serde(remote = "Self")]
            #item
        });
        names.push(ident);
    }
    let text = source(
        "What requests put around a type: bodies, mostly with root keys.",
        quote! { #(#items)* crate::body::written!(#(#names)*); },
    )?;
    tree.insert(FILE.to_owned(), text);
    Ok(())
}

fn field(root: &Field) -> Result<TokenStream, EmitError> {
    let ty = parse_type(&rust_type(&root.ty, "lago_types"))?;
    let (ty, skip) = match (root.required, root.nullable) {
        (true, false) => (ty, None),
        (true, true) => (quote! { Option<#ty> }, None),
        (false, false) => (quote! { Option<#ty> }, Some("Option::is_none")),
        (false, true) => (
            quote! { lago_types::Patch<#ty> },
            Some("lago_types::Patch::is_absent"),
        ),
    };
    let ident = ident::value(&root.name);
    let rename = renamed(&root.name, &ident.to_string());
    let skip = skip.map(|test| quote! { #[serde(skip_serializing_if = #test)] });
    Ok(quote! { #rename #skip pub #ident: #ty, })
}

fn variant(root: &Field) -> Result<TokenStream, EmitError> {
    let ty = parse_type(&rust_type(&root.ty, "lago_types"))?;
    let ident = variant_ident(root);
    let rename = renamed(&root.name, &ident.to_string());
    Ok(quote! { #rename #ident(#ty), })
}

fn renamed(name: &str, ident: &str) -> Option<TokenStream> {
    (ident.trim_start_matches("r#") != name).then(|| quote! { #[serde(rename = #name)] })
}

/// The variant for a root key.
pub(crate) fn variant_ident(root: &Field) -> syn::Ident {
    format_ident!("{}", ident::escaped(ident::pascal(&root.name)))
}

fn parse_type(text: &str) -> Result<TokenStream, EmitError> {
    text.parse()
        .map_err(|error| EmitError::new(format!("`{text}` is no type: {error}")))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::regen::ir::TypeRef;

    #[test]
    fn roots_are_fields_and_a_choice_is_an_enum() {
        let mut tree = Tree::new();
        emit(&sample::api(), &mut tree).unwrap();
        let text = &tree[FILE];
        for expected in [
            "pub struct CreateThingBody {\n    pub thing: lago_types::ThingInput,\n    #[serde(skip_serializing_if = \"Option::is_none\")]\n    pub r#type: Option<String>,\n}",
            "pub enum SetPartsBody {\n    #[serde(rename = \"part\")]\n    Part(lago_types::PartInput),",
            "crate::body::written!(",
            "#[serde(remote = \"Self\")]\npub struct DeleteThingBody(pub lago_types::ThingDeleteInput);",
        ] {
            assert!(text.contains(expected), "{expected}\n---\n{text}");
        }
    }

    #[test]
    fn null_is_sent_where_it_must_be_and_absent_where_it_may_be() {
        let root = |required, nullable| {
            let root = Field {
                nullable,
                ..sample::root("metadata", TypeRef::String, required)
            };
            field(&root).unwrap().to_string().replace(' ', "")
        };
        assert_eq!(root(true, true), "pubmetadata:Option<String>,");
        assert!(root(false, true).contains("pubmetadata:lago_types::Patch<String>,"));
    }
}
