//! A call of every method of the wire with arguments that a test chose: generated code of lago-tests.
//!
//! What a method takes is read from its signature, what a body looks like from the generated
//! bodies, so that the tests call what is there and not what was meant.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Item, Type};

use super::signatures::{Place, Signature, WireParameter};
use super::{EmitError, Tree, bodies, source, table};
use crate::regen::ir::Api;

const FILE: &str = "tests/src/generated/calls.rs";

/// Prints a function for each method of the wire, and the list of them.
pub(crate) fn emit(api: &Api, signatures: &[Signature], tree: &mut Tree) -> Result<(), EmitError> {
    let known = Bodies::read(api, tree)?;
    let functions = signatures
        .iter()
        .map(|signature| function(signature, &known))
        .collect::<Result<Vec<_>, _>>()?;
    let head = source(
        "A call of every operation on the wire.",
        quote! {
            use std::sync::Arc;

            use lago_client::__wire::{Shared, bodies, op};

            use crate::calling::{Args, Call, Outcome, needed, to_bytes};

            #(#functions)*
        },
    )?;
    let count = signatures.len();
    // A line for each call: prettyplease would take five.
    let rows: String = signatures.iter().map(row).collect();
    let text = format!(
        "{head}\n/// Every call, by operation id.\npub static CALLS: [Call; {count}] = [\n{rows}];\n"
    );
    tree.insert(FILE.to_owned(), text);
    Ok(())
}

fn row(signature: &Signature) -> String {
    let (id, constant, method) = (
        &signature.operation,
        table::constant(&signature.operation),
        &signature.method,
    );
    format!(
        "    Call {{ id: {id:?}, operation: op::{constant}, call: |shared, args| Box::pin({method}(shared, args)) }},\n"
    )
}

fn function(signature: &Signature, bodies: &Bodies) -> Result<TokenStream, EmitError> {
    let method = format_ident!("{}", signature.method);
    let constant = format_ident!("{}", table::constant(&signature.operation));
    let arguments = signature
        .parameters
        .iter()
        .map(|parameter| argument(parameter, &signature.operation, bodies))
        .collect::<Result<Vec<_>, _>>()?;
    let args = if arguments.is_empty() {
        quote! { _ }
    } else {
        quote! { args }
    };
    Ok(quote! {
        async fn #method(shared: &Arc<Shared>, #args: &Args) -> Outcome {
            shared.call(op::#constant).#method(#(#arguments),*).await?;
            Ok(())
        }
    })
}

fn argument(
    parameter: &WireParameter,
    operation: &str,
    bodies: &Bodies,
) -> Result<TokenStream, EmitError> {
    match &parameter.place {
        Place::Path(name) => Ok(quote! { args.path(#name)? }),
        Place::Query(name) => Ok(query(name, &parameter.ty)),
        Place::Body => {
            let body = bodies.build(&last_ident(&parameter.ty));
            Ok(quote! { &#body })
        }
        Place::Bytes => {
            let body = bodies.optional(operation)?;
            Ok(quote! { if args.has_body() { to_bytes(&#body)? } else { Vec::new() } })
        }
    }
}

/// A query value in the form that the method takes: owned or borrowed, optional or not.
fn query(name: &str, ty: &Type) -> TokenStream {
    let (ty, optional) = match option(ty) {
        Some(inner) => (inner, true),
        None => (ty, false),
    };
    let (ty, borrowed) = match ty {
        Type::Reference(reference) => (&*reference.elem, true),
        _ => (ty, false),
    };
    let value = match last_ident(ty).as_str() {
        "str" => quote! { args.query::<String>(#name)? },
        "DeepObject" => quote! { args.map(#name)? },
        _ => quote! { args.query(#name)? },
    };
    match (optional, borrowed) {
        (true, true) if last_ident(ty) == "str" => quote! { #value.as_deref() },
        (true, true) => quote! { #value.as_ref() },
        (true, false) => value,
        (false, true) => quote! { &needed(#name, #value)? },
        (false, false) => quote! { needed(#name, #value)? },
    }
}

fn option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == "Option")?;
    let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(syn::GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}

fn last_ident(ty: &Type) -> String {
    match ty {
        Type::Reference(reference) => last_ident(&reference.elem),
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default(),
        other => other.to_token_stream().to_string(),
    }
}

/// The bodies of the wire, and the types that stand for optional ones.
struct Bodies {
    items: BTreeMap<String, Item>,
    optional: BTreeMap<String, String>,
}

impl Bodies {
    fn read(api: &Api, tree: &Tree) -> Result<Self, EmitError> {
        let text = tree
            .get(bodies::FILE)
            .ok_or_else(|| EmitError("the calls need the bodies printed first".to_owned()))?;
        let file = syn::parse_file(text)
            .map_err(|error| EmitError(format!("{}: {error}", bodies::FILE)))?;
        let named = file.items.into_iter().filter_map(|item| {
            let name = match &item {
                Item::Struct(item) => item.ident.to_string(),
                Item::Enum(item) => item.ident.to_string(),
                _ => return None,
            };
            Some((name, item))
        });
        // The signature of an optional body says only that it is bytes.
        let optional = api.operations.iter().filter_map(|operation| {
            let body = operation.body.as_ref().filter(|body| !body.required)?;
            Some((operation.id.clone(), bodies::rust_path(operation, body)))
        });
        Ok(Self {
            items: named.collect(),
            optional: optional.collect(),
        })
    }

    fn optional(&self, operation: &str) -> Result<TokenStream, EmitError> {
        let path = self
            .optional
            .get(operation)
            .map(String::as_str)
            .unwrap_or_default();
        let ty: Type = syn::parse_str(path).map_err(|error| {
            EmitError(format!(
                "{operation}: its body `{path}` is no type: {error}"
            ))
        })?;
        let name = last_ident(&ty);
        Ok(match self.items.contains_key(&name) {
            true => self.build(&name),
            false => quote! { args.body::<#ty>()? },
        })
    }

    /// An expression that builds the body from its roots; a type of lago-types reads itself.
    fn build(&self, name: &str) -> TokenStream {
        let ident = format_ident!("{name}");
        match self.items.get(name) {
            Some(Item::Struct(item)) => {
                let fields = item.fields.iter().map(field);
                quote! { bodies::#ident { #(#fields),* } }
            }
            Some(Item::Enum(item)) => {
                let variants = item.variants.iter().map(|variant| {
                    let variant_ident = &variant.ident;
                    let root = renamed(&variant.attrs).unwrap_or_else(|| variant_ident.to_string());
                    quote! { if args.has_root(#root) { bodies::#ident::#variant_ident(args.root(#root)?) } else }
                });
                quote! { #(#variants)* { return Err(args.no_root()); } }
            }
            _ => quote! { args.body()? },
        }
    }
}

fn field(field: &syn::Field) -> TokenStream {
    let ident = &field.ident;
    let plain = ident
        .as_ref()
        .map(|ident| ident.to_string().trim_start_matches("r#").to_owned());
    let root = renamed(&field.attrs).or(plain).unwrap_or_default();
    let skipped = field.attrs.iter().any(|attribute| {
        attribute
            .to_token_stream()
            .to_string()
            .contains("skip_serializing_if")
    });
    match skipped {
        true => quote! { #ident: args.optional_root(#root)? },
        false => quote! { #ident: args.root(#root)? },
    }
}

/// The name that `#[serde(rename = "…")]` gives.
fn renamed(attributes: &[syn::Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        let _ = attribute.parse_nested_meta(|meta| {
            let value: syn::LitStr = meta.value()?.parse()?;
            if meta.path.is_ident("rename") {
                name = Some(value.value());
            }
            Ok(())
        });
    }
    name
}

#[cfg(test)]
mod tests {
    use super::super::{sample, wire};
    use super::*;

    #[test]
    fn each_call_passes_what_the_method_takes() {
        let mut tree = Tree::new();
        bodies::emit(&sample::api(), &mut tree).unwrap();
        let signatures = wire::emit(&sample::api(), &mut tree).unwrap();
        emit(&sample::api(), &signatures, &mut tree).unwrap();
        let text = &tree[FILE];
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for expected in [
            r#"args.path("code")?, args.map("metadata")?.as_ref(), args.query("page")?, args.query("since")?.as_ref(), args.query("status[]")?.as_ref(),"#,
            r#"thing: args.root("thing")?, r#type: args.optional_root("type")?,"#,
            r#"if args.has_body() { to_bytes(&args.body::<lago_types::ThingDeleteInput>()?)? } else { Vec::new() }"#,
            r#"if args.has_root("part") { bodies::SetPartsBody::Part(args.root("part")?) } else"#,
            r#"Call { id: "createThing", operation: op::CREATE_THING, call: |shared, args| Box::pin(create_thing(shared, args)) },"#,
        ] {
            assert!(flat.contains(expected), "{expected}\n---\n{text}");
        }
    }
}
