//! Prints the setters of a request: one for each field, and one for entries of free JSON.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::StructField;
use super::refusable::{fallible, generics, refusable};
use crate::regen::emit::docs;
use crate::regen::emit::docs::doc_lines;
use crate::regen::ident;
use crate::regen::ir::{Presence, TypeRef};
use crate::regen::names::singular;

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
    let (ident, value) = (field.ident, converted(field));
    let argument = argument(field);
    let name = docs::sentence(&field.field.name).to_lowercase();
    let doc = doc_lines(&match field.presence {
        Presence::OptionalNullable => {
            format!("Sets the {name}; [`Patch::Null`](crate::Patch::Null) clears it.")
        }
        _ => format!("Sets the {name}."),
    });
    let deprecated = field
        .field
        .deprecated
        .then(|| quote!(#[deprecated] #[allow(deprecated)]));
    let assign = |value: TokenStream| match field.presence {
        Presence::Optional => quote!(self.#ident = Some(#value);),
        _ => quote!(self.#ident = #value;),
    };
    let function = function(ident);
    let assigned = match refusable(field) {
        Some(_) => {
            let (name, assigned) = (&field.field.name, assign(quote!(#ident)));
            quote!(if let Some(#ident) = self.refused_.take(#name, #value) { #assigned })
        }
        None => assign(value),
    };
    let generics = generics(&[field]);
    quote! {
        #doc
        #deprecated
        #[must_use]
        pub fn #function #generics (mut self, #argument) -> Self {
            #assigned
            self
        }
    }
}

/// The name of a setter: that of its field, unless it is that of the constructor.
fn function(field: &syn::Ident) -> syn::Ident {
    match field == "new" {
        true => format_ident!("set_{field}"),
        false => field.clone(),
    }
}

/// `property("tokens", 12)` beside `properties(…)`: entries of free JSON differ in type.
fn entry_setter(field: &StructField<'_>, fields: &[StructField<'_>]) -> Option<TokenStream> {
    let free = matches!(&field.field.ty, TypeRef::Map(value) if **value == TypeRef::Json);
    let ident = field.ident;
    let one = function(&ident::value(&singular(&ident.to_string())));
    if !free || fields.iter().any(|other| function(other.ident) == one) {
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

/// The argument that takes a value for the field.
pub(crate) fn argument(field: &StructField<'_>) -> TokenStream {
    if let Some((argument, _)) = fallible(field) {
        return argument;
    }
    let (ident, value, ty) = (field.ident, field.value, field.ty());
    if matches!(
        field.presence,
        Presence::OptionalNullable | Presence::RequiredNullable
    ) {
        return quote!(#ident: impl Into<#ty>);
    }
    match (&field.field.ty, arguments_of(value).as_slice()) {
        (TypeRef::Boolean, _) => quote!(#ident: bool),
        (TypeRef::List(_), [item]) => quote!(#ident: impl IntoIterator<Item = impl Into<#item>>),
        (TypeRef::Map(_), [_, value]) => {
            quote!(#ident: impl IntoIterator<Item = (impl Into<String>, impl Into<#value>)>)
        }
        _ => quote!(#ident: impl Into<#value>),
    }
}

/// The argument as the field holds it.
pub(crate) fn converted(field: &StructField<'_>) -> TokenStream {
    if let Some((_, result)) = fallible(field) {
        return result;
    }
    let ident = field.ident;
    if matches!(
        field.presence,
        Presence::OptionalNullable | Presence::RequiredNullable
    ) {
        return quote!(#ident.into());
    }
    match field.field.ty {
        TypeRef::Boolean => quote!(#ident),
        TypeRef::List(_) => quote!(#ident.into_iter().map(Into::into).collect()),
        TypeRef::Map(_) => {
            quote!(#ident.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
        }
        _ => quote!(#ident.into()),
    }
}

/// The generic arguments of a type: `T` of `Vec<T>`.
fn arguments_of(ty: &syn::Type) -> Vec<&syn::Type> {
    let syn::Type::Path(path) = ty else {
        return Vec::new();
    };
    match path.path.segments.last().map(|last| &last.arguments) {
        Some(syn::PathArguments::AngleBracketed(arguments)) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                syn::GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
