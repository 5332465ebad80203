//! Pieces of Rust as text that is the same whenever they mean the same.

use quote::ToTokens;
use syn::{
    Attribute, Expr, FnArg, GenericArgument, Lit, PathArguments, ReturnType, Token, Type,
    Visibility,
};

pub(super) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// `Request<List>` is about `List`.
pub(super) fn call_of(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match (segment.ident == "Request", arguments.args.first()) {
        (true, Some(GenericArgument::Type(call))) => Some(tokens(call)),
        _ => None,
    }
}

/// Types of arguments and output; names are of no account to callers.
pub(super) fn signature(sig: &syn::Signature) -> String {
    let inputs: Vec<String> = sig
        .inputs
        .iter()
        .map(|input| match input {
            FnArg::Receiver(receiver) => tokens(receiver).replace("mut self", "self"),
            FnArg::Typed(typed) => tokens(&typed.ty),
        })
        .collect();
    let output = match &sig.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, ty) => format!(" -> {}", tokens(ty)),
    };
    let generics = tokens(&sig.generics);
    let bounds = sig
        .generics
        .where_clause
        .as_ref()
        .map(|bounds| format!(" {}", tokens(bounds)));
    let asynchronous = if sig.asyncness.is_some() {
        "async "
    } else {
        ""
    };
    format!(
        "{asynchronous}fn{generics}({}){output}{}",
        inputs.join(", "),
        bounds.unwrap_or_default()
    )
}

pub(super) fn derives(attributes: &[Attribute]) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|one| one.path().is_ident("derive"))
    {
        // What cannot be read is no derive of ours.
        let _ = attribute.parse_nested_meta(|meta| {
            found.push(
                meta.path
                    .segments
                    .last()
                    .map(|last| last.ident.to_string())
                    .unwrap_or_default(),
            );
            Ok(())
        });
    }
    found
}

pub(super) fn renamed(attributes: &[Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|one| one.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.input.peek(Token![=]) {
                let value: Expr = meta.value()?.parse()?;
                if meta.path.is_ident("rename") {
                    name = text_of(&value);
                }
            }
            Ok(())
        });
    }
    name
}

pub(super) fn text_of(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Tokens as people write them: without the paths of crates, which only say where a type comes from.
pub(super) fn tokens(value: &impl ToTokens) -> String {
    let text = value.to_token_stream().to_string();
    let mut said = text
        .replace(" :: ", "::")
        .replace(":: ", "::")
        .replace(" < ", "<")
        .replace("< ", "<")
        .replace(" <", "<")
        .replace(" > ", "> ")
        .replace(" >", ">")
        .replace(" , ", ", ")
        .replace("& ", "&")
        .replace(" (", "(")
        .replace(" : ", ": ")
        .replace(" ,>", ">")
        .replace(",>", ">");
    for path in [
        "::std::option::",
        "std::option::",
        "::std::vec::",
        "::std::string::",
        "std::string::",
        "std::fmt::",
        "::std::boxed::",
        "::std::convert::",
        "std::collections::",
        "::uuid::",
        "uuid::",
        "::chrono::offset::",
        "chrono::offset::",
        "::chrono::",
        "chrono::",
        "::serde_json::",
        "crate::",
        "lago_types::",
        "super::",
    ] {
        said = said.replace(path, "");
    }
    said.trim().to_owned()
}
