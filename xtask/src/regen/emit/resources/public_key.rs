//! Prints how a server is asked for the key with which it signs deliveries. Hand-written code asks,
//! and must compile whichever of the two calls a document has.

use proc_macro2::TokenStream;
use quote::quote;

use super::methods::{Method, Output, methods};
use crate::regen::emit::{EmitError, Tree, source};
use crate::regen::ir::{Api, Kind, TypeRef};
use crate::regen::names::ident;

const PATH: &str = "lago-client/src/generated/public_key.rs";

const IN_JSON: &str = "/webhooks/json_public_key";
const IN_TEXT: &str = "/webhooks/public_key";

/// The field of the JSON that holds the key.
const FIELD: &str = "public_key";

/// Adds the file. Nothing is tried again here: when the key is asked for is decided by the caller, who
/// promises the server how often that is.
pub(crate) fn emit(api: &Api, tree: &mut Tree) -> Result<(), EmitError> {
    let in_json = call(api, IN_JSON, |method| {
        let (Output::Root {
            ty: TypeRef::Named(name),
            ..
        }
        | Output::Whole(TypeRef::Named(name))) = &method.output
        else {
            return None;
        };
        let Kind::Struct(fields) = &api.types.get(name)?.kind else {
            return None;
        };
        let mut fields = fields
            .iter()
            .filter(|field| field.required && !field.nullable);
        fields.find(|field| field.name == FIELD)?;
        let field = ident::value(FIELD);
        Some(quote!(.map(|key| key.#field)))
    })?;
    let in_text = call(api, IN_TEXT, |method| match method.output {
        Output::Text => Some(quote!()),
        _ => None,
    })?;
    let text = source(
        "How a server is asked for the key with which it signs deliveries.",
        quote! {
            use crate::client::Client;
            use crate::error::Error;
            type Asked = Result<String, Error>;
            /// In JSON, if the document has that call.
            pub(crate) async fn in_json(lago: &Client) -> Option<Asked> { #in_json }
            /// As text, if the document has that call.
            pub(crate) async fn in_text(lago: &Client) -> Option<Asked> { #in_text }
        },
    )?;
    tree.insert(PATH.to_owned(), text);
    Ok(())
}

/// The call of the operation at this path, if its response is what it should be.
fn call(
    api: &Api,
    path: &str,
    key: impl Fn(&Method<'_>) -> Option<TokenStream>,
) -> Result<TokenStream, EmitError> {
    let operation = api.operations.iter().find(|operation| {
        operation.method == "GET" && operation.path == path && operation.parameters.is_empty()
    });
    let methods = operation.map(methods).transpose()?.unwrap_or_default();
    let found = methods
        .iter()
        .find_map(|method| Some((method, key(method)?)));
    let Some((method, key)) = found else {
        return Ok(quote! { let _ = lago; None });
    };
    let nouns = method
        .operation
        .accessors
        .iter()
        .map(|noun| ident::value(noun));
    let verb = ident::value(&method.verb);
    let deprecated = method
        .operation
        .deprecated
        .then(|| quote!(#[expect(deprecated, reason = "older servers have no other")]));
    Ok(quote! {
        #deprecated
        let request = lago #(.#nouns())* .#verb().retry(crate::RetryPolicy::never());
        Some(request.await #key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::ir::{Operation, Response, Type};
    use crate::regen::sample;

    fn printed(operations: Vec<Operation>) -> String {
        let mut api = sample::api();
        let key = Type {
            published: true,
            doc: None,
            origin: String::new(),
            sent: false,
            received: true,
            kind: Kind::Struct(vec![sample::root(FIELD, TypeRef::String, true)]),
        };
        api.types.insert("Key".to_owned(), key);
        api.operations.extend(operations);
        let mut tree = Tree::new();
        emit(&api, &mut tree).unwrap();
        tree[PATH].split_whitespace().collect()
    }

    fn ask(path: &str, verb: &str, response: Response) -> Operation {
        Operation {
            verb: verb.to_owned(),
            accessors: vec!["webhooks".to_owned()],
            parameters: vec![],
            response,
            ..sample::operation(verb, "GET", path)
        }
    }

    #[test]
    fn both_calls_are_there_whatever_the_document_has() {
        let none = printed(vec![]);
        assert_eq!(none.matches("let_=lago;None").count(), 2, "{none}");
        let json = Response::Root {
            key: "webhook".to_owned(),
            ty: TypeRef::Named("Key".to_owned()),
        };
        let old = Operation {
            deprecated: true,
            ..ask(IN_TEXT, "public_key", Response::Text)
        };
        let both = printed(vec![ask(IN_JSON, "json_public_key", json), old]);
        for expected in [
            "lago.webhooks().json_public_key().retry(crate::RetryPolicy::never());Some(request.await.map(|key|key.public_key))",
            "lago.webhooks().public_key().retry(crate::RetryPolicy::never());Some(request.await)",
            "#[expect(deprecated",
        ] {
            assert!(both.contains(expected), "{expected}\n---\n{both}");
        }
    }
}
