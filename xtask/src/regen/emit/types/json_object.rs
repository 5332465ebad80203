//! Prints how a struct is read and written, for the macro `json_object!` of lago-types.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::fields::StructField;
use crate::regen::ir::{Form, Presence, Type, TypeRef};

/// Prints it; `refuses` says whether the struct has the field that remembers refusals.
pub(crate) fn print(
    name: &syn::Ident,
    ty: &Type,
    fields: &[StructField<'_>],
    refuses: bool,
) -> TokenStream {
    let (mut required, mut optional) = (Vec::new(), Vec::new());
    for (index, field) in fields.iter().enumerate() {
        let (index, ident) = (Literal::usize_unsuffixed(index), field.ident);
        let read = format_ident!("{}", read_as(field, ty));
        let list = match field.presence {
            Presence::Required => &mut required,
            _ => &mut optional,
        };
        list.push(quote!(#index #ident as #read;));
    }
    let written = fields.iter().enumerate().map(|(index, field)| {
        let index = Literal::usize_unsuffixed(index);
        let (ident, json) = (field.ident, &field.field.name);
        let when = match field.presence {
            Presence::Required | Presence::RequiredNullable => quote!(always),
            Presence::Optional | Presence::OptionalNullable => quote!(present),
        };
        let form = written_as(field, ty).map(|form| {
            let form = format_ident!("{form}");
            quote!(as #form)
        });
        quote!(#index #when #ident #json #form;)
    });
    let refused = refuses.then(|| quote!(refused { refused_ }));
    quote! {
        json_object! {
            #name;
            required { #(#required)* }
            optional { #(#optional)* }
            write { #(#written)* }
            #refused
        }
    }
}

/// How a field is read: a type of `json_object::read`.
fn read_as(field: &StructField<'_>, owner: &Type) -> &'static str {
    match &field.field.ty {
        _ if field.null_as_empty() => "EmptyForNull",
        TypeRef::Integer => "Integer",
        TypeRef::DateTime => "Time",
        ty if owner.received && holds_any_json(ty) => "FreeForm",
        TypeRef::List(item) if owner.received && matches!(**item, TypeRef::Named(_)) => "List",
        _ => "Value",
    }
}

/// The form in which a field is written unless it is that of its type: a type of `json_object::write`.
fn written_as(field: &StructField<'_>, owner: &Type) -> Option<&'static str> {
    if field.null_as_empty() {
        return Some("EmptyForNull");
    }
    // A response is written as it was read; a request as its schema says.
    let form = decimal_form(&field.field.ty).filter(|_| owner.sent)?;
    Some(match form {
        Form::String => "DecimalString",
        Form::Number => "DecimalNumber",
        Form::Seconds => "UnixTime",
    })
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
