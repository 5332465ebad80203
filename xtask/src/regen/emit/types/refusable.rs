//! Setters that take more than is right: text for a number, any JSON for an object. What they refuse, the request
//! remembers in `refused_`, see `lago_types::refused`.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::StructField;
use crate::regen::ir::{Form, Presence, TypeRef};

/// A field whose setter takes more than is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusable {
    /// Text may be no number.
    Decimal,
    /// It may be no number, and milliseconds.
    Seconds,
    /// JSON may be no object.
    Object,
}

/// Whether a setter of one of the fields may refuse what it is given.
pub(crate) fn can_refuse(fields: &[StructField<'_>]) -> bool {
    fields.iter().any(|field| refusable(field).is_some())
}

/// What a setter of the field may refuse.
pub(crate) fn refusable(field: &StructField<'_>) -> Option<Refusable> {
    match (&field.field.ty, field.presence) {
        // `None` is for null, and a text cannot be turned into an `Option`.
        (_, Presence::RequiredNullable) => None,
        (TypeRef::Decimal(Form::Seconds), _) => Some(Refusable::Seconds),
        (TypeRef::Decimal(_), _) => Some(Refusable::Decimal),
        (TypeRef::Map(value), _) if **value == TypeRef::Json => Some(Refusable::Object),
        _ => None,
    }
}

/// The argument of a field that may refuse it, and the `Result` that it comes to.
pub(crate) fn fallible(field: &StructField<'_>) -> Option<(TokenStream, TokenStream)> {
    let (ident, value) = (field.ident, field.value);
    let ty = match field.presence {
        Presence::OptionalNullable => quote!(crate::Patch<#value>),
        _ => quote!(#value),
    };
    let given = |ty: &TokenStream| quote!(#ident: impl TryInto<#ty, Error: Into<crate::Refusal>>);
    Some(match (refusable(field)?, field.presence) {
        (Refusable::Seconds, Presence::Required | Presence::Optional) => {
            let time = quote!(crate::UnixTime);
            let converted = quote!(crate::refused::convert::<#time>(#ident));
            (given(&time), quote!(#converted.map(Into::into)))
        }
        (Refusable::Object, Presence::Required | Presence::Optional) => {
            let kind = kind(field);
            (
                quote!(#ident: impl crate::IntoObject<#kind>),
                quote!(#ident.into_object()),
            )
        }
        _ => (given(&ty), quote!(crate::refused::convert::<#ty>(#ident))),
    })
}

/// What an argument is generic over, if it has to be named.
pub(crate) fn generics(fields: &[&StructField<'_>]) -> Option<TokenStream> {
    let objects = fields.iter().filter(|field| {
        refusable(field) == Some(Refusable::Object) && field.presence != Presence::OptionalNullable
    });
    let kinds: Vec<syn::Ident> = objects.map(|field| kind(field)).collect();
    (!kinds.is_empty()).then(|| quote!(<#(#kinds),*>))
}

fn kind(field: &StructField<'_>) -> syn::Ident {
    format_ident!("{}Kind", field.ident.to_string().to_upper_camel_case())
}

/// What keeps the values that a constructor could not take of those that it asks for, and the field for it.
pub(crate) fn remembered(
    fields: &[StructField<'_>],
    asked: &[&StructField<'_>],
) -> (Option<TokenStream>, Option<TokenStream>) {
    if !can_refuse(fields) {
        return (None, None);
    }
    match asked.iter().any(|field| refusable(field).is_some()) {
        true => (
            Some(quote!(let mut refused_ = crate::refused::Refused::default();)),
            Some(quote!(refused_)),
        ),
        false => (
            None,
            Some(quote!(refused_: crate::refused::Refused::default())),
        ),
    }
}

/// The required field in a struct literal, from what it was given.
pub(crate) fn taken(field: &StructField<'_>, given: &TokenStream) -> TokenStream {
    let (ident, name) = (field.ident, &field.field.name);
    quote!(#ident: refused_.take(#name, #given).unwrap_or_default())
}
