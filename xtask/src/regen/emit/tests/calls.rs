//! A call of every operation with arguments that a test chose: generated code of lago-tests.
//!
//! It goes the way of a user, through accessors, methods and setters; what it returns is the
//! value as JSON, so that a test can compare it with what the server said. Beside the calls stand
//! their decoders, for tests that need no server.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::regen::emit::resources::methods::{Input, Method, Output, methods};
use crate::regen::emit::section::UNPUBLISHED;
use crate::regen::emit::{EmitError, Tree, rust_type, source};
use crate::regen::ir::{Api, Operation, Parameter, ParameterPlace, TypeRef};
use crate::regen::names::ident;

const FILE: &str = "tests/src/generated/calls.rs";

/// Prints a function for each operation, and the list of them.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let functions = api
        .operations
        .iter()
        .map(function)
        .collect::<Result<Vec<_>, _>>()?;
    let head = source(
        "A call of every operation, as a user makes it.",
        quote! {
            use lago_client::Client;

            use lago_client::resources;

            use crate::support::calling::{Call, Decoder, Outcome, Said, decode, decode_page, json, page, unknown};

            #(#functions)*
        },
    )?;
    // A line for each call: the printer would take three.
    let rows: String = api.operations.iter().map(row).collect();
    let count = api.operations.len();
    let decoders = decoders(api)?;
    let text = format!(
        "{head}\n/// Every call, by path and method.\npub static CALLS: [Call; {count}] = [\n{rows}];\n\n{decoders}"
    );
    tree.insert(FILE.to_owned(), text);
    Ok(())
}

fn name(operation: &Operation) -> String {
    ident::value(&operation.id).to_string()
}

fn row(operation: &Operation) -> String {
    let (id, name) = (&operation.id, name(operation));
    format!(
        "    Call {{ id: {id:?}, call: |lago, args| Box::pin({name}(lago, args.to({id:?}))) }},\n"
    )
}

/// A row for each method, of which an operation may have several.
fn decoders(api: &Api) -> Result<String, EmitError> {
    let mut rows = Vec::new();
    for operation in &api.operations {
        for method in methods(operation)? {
            let (id, call) = (&operation.id, &method.call);
            let place = operation.accessors.join(".");
            let noun = ident::module(&operation.accessors[0]);
            let module = match operation.published {
                true => noun,
                false => format!("{UNPUBLISHED}::{noun}"),
            };
            let (root, read) = match &method.output {
                Output::Page { key, .. } => (Some(key), "decode_page"),
                Output::Root { key, .. } => (Some(key), "decode"),
                _ => (None, "decode"),
            };
            rows.push(format!(
                "    Decoder {{ id: {id:?}, method: \"{place}.{}\", root: {root:?}, decode: {read}::<resources::{module}::{call}>, unknown: unknown::<resources::{module}::{call}> }},\n",
                method.verb
            ));
        }
    }
    let (count, rows) = (rows.len(), rows.concat());
    Ok(format!(
        "/// The decoder of every method, by path and method.\npub static DECODERS: [Decoder; {count}] = [\n{rows}];\n"
    ))
}

fn function(operation: &Operation) -> Result<TokenStream, EmitError> {
    let ident = ident::value(&operation.id);
    let methods = methods(operation)?;
    let mut calls = Vec::new();
    for method in &methods {
        let call = call(method)?;
        calls.push(match &method.input {
            Input::Variant(field) => {
                let root = &field.name;
                quote!(if args.has_root(#root) { #call })
            }
            _ => call,
        });
    }
    let body = match calls.as_slice() {
        [only] => quote!(#only),
        several => quote!(#(#several else)* { Err(args.no_root()) }),
    };
    let deprecated = operation.deprecated.then(|| quote!(#[allow(deprecated)]));
    let takes_args = methods.iter().any(|method| {
        !method.operation.parameters.is_empty() || !matches!(method.input, Input::Nothing)
    });
    let args = if takes_args { quote!(args) } else { quote!(_) };
    Ok(quote! {
        #deprecated
        async fn #ident(lago: &Client, #args: Said<'_>) -> Outcome {
            #body
        }
    })
}

fn call(method: &Method<'_>) -> Result<TokenStream, EmitError> {
    let accessors = method
        .operation
        .accessors
        .iter()
        .map(|noun| ident::value(noun));
    let verb = ident::value(&method.verb);
    let mut arguments = Vec::new();
    // By position, not by name: a method that takes them in another order sends them to another place.
    for position in 0..method.path().count() {
        let position = Literal::usize_unsuffixed(position);
        arguments.push(quote!(args.at(#position)?));
    }
    for parameter in method.query(true) {
        let (name, ty) = (&parameter.name, query_type(parameter)?);
        arguments.push(quote!(args.needed::<#ty>(#name)?));
    }
    let mut setters = Vec::new();
    for parameter in method.query(false) {
        let (ident, name, ty) = (
            ident::value(&parameter.rust),
            &parameter.name,
            query_type(parameter)?,
        );
        setters.push((ident, quote!(args.query::<#ty>(#name)?)));
    }
    match &method.input {
        Input::Nothing => {}
        Input::Type(ty) => {
            let ty = taken(ty)?;
            arguments.push(quote!(args.body::<#ty>()?));
        }
        Input::Root { main, beside } => {
            let (name, ty) = (&main.name, taken(&main.ty)?);
            arguments.push(quote!(args.root::<#ty>(#name)?));
            for field in beside {
                let (name, ty) = (&field.name, taken(&field.ty)?);
                match field.required {
                    true => arguments.push(quote!(args.root::<#ty>(#name)?)),
                    false => {
                        let value = quote!(args.optional_root::<#ty>(#name)?);
                        setters.push((method.root_setter(field), value));
                    }
                }
            }
        }
        Input::Variant(field) => {
            let (name, ty) = (&field.name, taken(&field.ty)?);
            arguments.push(quote!(args.root::<#ty>(#name)?));
        }
        Input::OptionalType(ty) => {
            let ty = taken(ty)?;
            setters.push((format_ident!("input"), quote!(args.optional_body::<#ty>()?)));
        }
        Input::OptionalRoot(field) => {
            let (name, ty) = (&field.name, taken(&field.ty)?);
            setters.push((
                ident::value(name),
                quote!(args.optional_root::<#ty>(#name)?),
            ));
        }
    }
    let setters = setters.iter().map(
        |(ident, value)| quote!(if let Some(value) = #value { request = request.#ident(value); }),
    );
    let setters: Vec<TokenStream> = setters.collect();
    let mutable = (!setters.is_empty()).then(|| quote!(mut));
    let response = match &method.output {
        Output::Page { .. } => quote!(page(&request.await?)),
        Output::Nothing => quote!(request.await?; json(&())),
        _ => quote!(json(&request.await?)),
    };
    Ok(quote! {
        let #mutable request = lago #(.#accessors())* .#verb(#(#arguments),*);
        #(#setters)*
        #response
    })
}

fn query_type(parameter: &Parameter) -> Result<TokenStream, EmitError> {
    match &parameter.place {
        ParameterPlace::Query { ty, .. } => taken(ty),
        _ => Ok(quote!(std::collections::BTreeMap<String, String>)),
    }
}

/// A type that can be read from JSON and given to a method.
fn taken(ty: &TypeRef) -> Result<TokenStream, EmitError> {
    let text = match ty {
        TypeRef::Map(value) => match &**value {
            TypeRef::Nullable(inner) => format!(
                "std::collections::BTreeMap<String, lago_types::Patch<{}>>",
                rust_type(inner, "lago_types")
            ),
            _ => rust_type(ty, "lago_types"),
        },
        _ => rust_type(ty, "lago_types"),
    };
    text.parse()
        .map_err(|error| EmitError::new(format!("`{text}` is no type: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::sample;

    #[test]
    fn each_call_goes_the_way_of_a_user() {
        let mut tree = Tree::new();
        emit(&sample::api(), &mut tree).unwrap();
        let flat = tree[FILE].split_whitespace().collect::<String>();
        assert!(
            flat.contains(r#"lago.things().post(args.root::<lago_types::ThingInput>("thing")?)"#),
            "{flat}"
        );
        assert!(
            flat.contains(
                r#"Decoder{id:"listParts",method:"things.parts.get",root:Some("parts"),decode:decode_page::<resources::things::PartsGet>,unknown:unknown::<resources::things::PartsGet>}"#
            ),
            "{flat}"
        );
        assert!(
            flat.contains(
                r#"Call{id:"createThing",call:|lago,args|Box::pin(create_thing(lago,args.to("createThing")))}"#
            ),
            "{flat}"
        );
    }
}
