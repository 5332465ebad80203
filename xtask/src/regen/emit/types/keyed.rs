//! Prints what the key of a type is, for types that the server recognises by one.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::StructField;
use crate::regen::ir::{ClientGenerated, Presence};

/// The `Keyed` of a type, when the client fills in both its key and its time.
pub(crate) fn type_impl(name: &syn::Ident, fields: &[StructField<'_>]) -> Option<TokenStream> {
    let by = |what| {
        let mut fields = fields.iter();
        fields.find(|field| field.field.client_generated == Some(what))
    };
    let (key, time) = (by(ClientGenerated::Id)?, by(ClientGenerated::Now)?);
    if key.presence != Presence::Required {
        return None;
    }
    let (key, key_name) = (key.ident, &key.field.name);
    let fix = {
        let time_ident = time.ident;
        match time.presence {
            Presence::Required => quote!(),
            Presence::Optional | Presence::RequiredNullable => {
                quote!(self.#time_ident.get_or_insert_with(crate::client_generated::now);)
            }
            Presence::OptionalNullable => quote! {
                if !matches!(self.#time_ident, crate::Patch::Value(_)) {
                    self.#time_ident = crate::Patch::Value(crate::client_generated::now());
                }
            },
        }
    };
    Some(quote! {
        impl crate::Keyed for #name {
            const KEY: &'static str = #key_name;
            fn key(&self) -> &str {
                &self.#key
            }
            fn fix_time(&mut self) {
                #fix
            }
        }
    })
}

/// What the words on such a type add.
pub(crate) fn note(fields: &[StructField<'_>]) -> Option<String> {
    let named = |what| {
        let mut fields = fields.iter();
        let field = fields.find(|field| field.field.client_generated == Some(what))?;
        Some(field.ident)
    };
    let (key, time) = (named(ClientGenerated::Id)?, named(ClientGenerated::Now)?);
    Some(format!(
        "\n\nThe server recognises it by `{key}` when it comes again, and some of its stores only if `{time}` is the \
         same too. So store both with it in a queue or an outbox: with a new key, or with another time, it is \
         counted again when it is delivered again. A call without a key is refused before anything is sent, and a \
         missing time is set once, before the first attempt."
    ))
}
