//! Prints the setters of a request: one for each field, and one for entries of free JSON.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::{StructField, generics};
use crate::regen::emit::arguments::Printed;
use crate::regen::emit::docs;
use crate::regen::emit::docs::doc_lines;
use crate::regen::ir::{Presence, TypeRef};
use crate::regen::names::types;

/// Prints the setters.
pub(crate) fn print(fields: &[StructField<'_>]) -> TokenStream {
    // What is required can be changed as well: in what was converted, or once it was refused.
    let setters = fields
        .iter()
        .flat_map(|field| [Some(setter(field)), entry_setter(field, fields)])
        .flatten();
    quote!(#(#setters)*)
}

fn setter(field: &StructField<'_>) -> TokenStream {
    let ident = field.ident;
    let Printed { declared, kept } = field.argument();
    let mut said = docs::setter(&ident.to_string(), field.field);
    if field.presence == Presence::OptionalNullable {
        said.push_str(" [`Patch::Null`](crate::Patch::Null) clears it.");
    }
    let doc = doc_lines(&said);
    let deprecated = field
        .field
        .deprecated
        .then(|| quote!(#[deprecated] #[allow(deprecated)]));
    let assign = |value: TokenStream| match field.presence {
        Presence::Optional => quote!(self.#ident = Some(#value);),
        _ => quote!(self.#ident = #value;),
    };
    let function = types::setter(ident);
    let assigned = match field.form.may_be_refused() {
        true => {
            let (name, assigned) = (&field.field.name, assign(quote!(#ident)));
            quote!(if let Some(#ident) = self.refused_.take(#name, #kept) { #assigned })
        }
        false => assign(kept),
    };
    let generics = generics(&[field]);
    quote! {
        #doc
        #deprecated
        #[must_use]
        pub fn #function #generics (mut self, #declared) -> Self {
            #assigned
            self
        }
    }
}

/// `property("tokens", 12)` beside `properties(…)`: entries of free JSON differ in type.
fn entry_setter(field: &StructField<'_>, fields: &[StructField<'_>]) -> Option<TokenStream> {
    let free = matches!(&field.field.ty, TypeRef::Map(value) if **value == TypeRef::Json);
    let ident = field.ident;
    let one = types::entry_setter(ident);
    if !free || fields.iter().any(|other| types::setter(other.ident) == one) {
        return None;
    }
    let doc = doc_lines(&format!("Adds an entry to `{ident}`."));
    let (taken, kept) = match field.presence {
        Presence::OptionalNullable => (
            quote!(self.#ident.into_value().unwrap_or_default()),
            quote!(crate::Patch::Value(entries)),
        ),
        Presence::Required => (quote!(self.#ident), quote!(entries)),
        Presence::Optional | Presence::RequiredNullable => (
            quote!(self.#ident.unwrap_or_default()),
            quote!(Some(entries)),
        ),
    };
    Some(quote! {
        #doc
        #[must_use]
        pub fn #one(mut self, key: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
            let mut entries = #taken;
            entries.insert(key.into(), value.into());
            self.#ident = #kept;
            self
        }
    })
}
