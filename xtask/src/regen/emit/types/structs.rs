//! Prints one struct: its fields, and for what is sent its constructor and setters.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::{StructField, left_out};
use super::refusable::can_refuse;
use super::{constructor, keyed, setters};
use crate::regen::emit::docs::{self, doc_lines};
use crate::regen::ir::{Form, Presence, Type, TypeRef};
use crate::regen::prose;

/// Prints the struct.
pub(crate) fn print(name: &str, ty: &Type, fields: &[StructField<'_>]) -> TokenStream {
    let ident = quote::format_ident!("{name}");
    let mut about = ty
        .doc
        .as_deref()
        .map_or_else(|| format!("{}.", docs::sentence(name)), prose::markdown);
    about.push_str(&left_out(fields));
    let keyed = ty.sent.then(|| keyed::type_impl(&ident, fields)).flatten();
    if keyed.is_some() {
        about.extend(keyed::note(fields));
    }
    let doc = doc_lines(&about);
    let printed = fields.iter().map(|field| print_field(field, ty));
    // Where everything is optional an empty request is a request.
    let empty = fields
        .iter()
        .all(|field| !field.is_required() && field.field.client_generated.is_none());
    let default = (ty.sent && empty).then(|| quote!(Default,));
    let construction = ty.sent.then(|| construction(&ident, fields));
    let refused = (ty.sent && can_refuse(fields)).then(|| {
        quote! {
            #[serde(skip_deserializing, skip_serializing_if = "crate::refused::Refused::is_empty")]
            #[cfg_attr(feature = "schemars", schemars(skip))]
            refused_: crate::refused::Refused,
        }
    });
    quote! {
        #doc
        #[derive(Clone, Debug, #default PartialEq, serde::Deserialize, serde::Serialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct #ident {
            #(#printed)*
            #refused
        }
        #construction
        #keyed
    }
}

fn construction(name: &syn::Ident, fields: &[StructField<'_>]) -> TokenStream {
    let constructor::Constructor { new, required } = constructor::print(name, fields);
    let setters = setters::print(fields);
    quote! {
        impl #name {
            #new
            #setters
        }
        #required
    }
}

fn print_field(printed: &StructField<'_>, owner: &Type) -> TokenStream {
    let (ident, ty) = (printed.ident, printed.ty());
    let doc = doc_lines(&docs::field(printed.field));
    let deprecated = printed.field.deprecated.then(|| quote!(#[deprecated]));
    let serde = serde_attribute(printed, owner);
    let schemars = schemars_attribute(printed);
    quote! {
        #doc
        #deprecated
        #serde
        #schemars
        pub #ident: #ty,
    }
}

fn serde_attribute(printed: &StructField<'_>, owner: &Type) -> Option<TokenStream> {
    let mut parts: Vec<TokenStream> = Vec::new();
    let name = &printed.field.name;
    if printed.ident != name {
        parts.push(quote!(rename = #name));
    }
    match printed.presence {
        Presence::Required => {}
        Presence::RequiredNullable => parts.push(quote!(default)),
        Presence::Optional => {
            parts.push(quote!(default, skip_serializing_if = "Option::is_none"));
        }
        Presence::OptionalNullable => {
            parts.push(quote!(
                default,
                skip_serializing_if = "crate::Patch::is_absent"
            ));
        }
    }
    if printed.null_as_empty() {
        parts.push(quote!(with = "crate::patch::empty_for_null"));
    }
    let read = match (&printed.field.ty, printed.presence) {
        (TypeRef::Integer, Presence::Required) => Some("crate::integer::deserialize"),
        (TypeRef::Integer, Presence::OptionalNullable) => Some("crate::integer::deserialize_patch"),
        (TypeRef::Integer, _) => Some("crate::integer::deserialize_option"),
        (ty, _) if owner.received && holds_any_json(ty) => {
            Some("crate::decode::free_form::deserialize")
        }
        _ => None,
    };
    if let Some(path) = read {
        parts.push(quote!(deserialize_with = #path));
    }
    // A response is written as it was read; a request as its schema says.
    if owner.sent
        && let Some(form) = decimal_form(&printed.field.ty)
    {
        let path = match form {
            Form::String => "crate::decimal::as_string",
            Form::Number => "crate::decimal::as_number",
            Form::Seconds => "crate::unix_time::serialize",
        };
        parts.push(quote!(serialize_with = #path));
    }
    (!parts.is_empty()).then(|| quote!(#[serde(#(#parts),*)]))
}

/// Integers are read from more than their type says, see `lago_types::integer`.
fn schemars_attribute(printed: &StructField<'_>) -> Option<TokenStream> {
    let lenient = match (&printed.field.ty, printed.presence) {
        (TypeRef::Integer, Presence::Required) => "crate::integer::Lenient",
        (TypeRef::Integer, Presence::OptionalNullable) => "crate::Patch<crate::integer::Lenient>",
        (TypeRef::Integer, _) => "Option<crate::integer::Lenient>",
        _ if printed.null_as_empty() => {
            let value = printed.value;
            let empty = format!("crate::schema::EmptyForNull<{}>", quote!(#value));
            return Some(quote!(#[cfg_attr(feature = "schemars", schemars(with = #empty))]));
        }
        _ => return None,
    };
    Some(quote!(#[cfg_attr(feature = "schemars", schemars(with = #lenient))]))
}

fn decimal_form(ty: &TypeRef) -> Option<Form> {
    match ty {
        TypeRef::Decimal(form) => Some(*form),
        TypeRef::List(item) => decimal_form(item),
        _ => None,
    }
}

/// Whether JSON of any shape is in it, which a server can make as large as it likes.
fn holds_any_json(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Json => true,
        TypeRef::List(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => {
            holds_any_json(inner)
        }
        _ => false,
    }
}
