//! Setters that take more than is right: text for a number, any JSON for an object. What they refuse, the request
//! remembers in `refused_`, see `lago_types::refused`.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::StructField;

/// Whether a setter of one of the fields may refuse what it is given.
pub(crate) fn can_refuse(fields: &[StructField<'_>]) -> bool {
    fields.iter().any(|field| field.form.may_be_refused())
}

/// What keeps the values that a constructor could not take of those that it asks for, and the field for it.
pub(crate) fn remembered(
    fields: &[StructField<'_>],
    asked: &[&StructField<'_>],
) -> (Option<TokenStream>, Option<TokenStream>) {
    if !can_refuse(fields) {
        return (None, None);
    }
    match asked.iter().any(|field| field.form.may_be_refused()) {
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
