//! Prints the constructor of a request: `new` takes up to three required values as arguments, and more
//! of them in a struct, where each has its name and the compiler says which is missing.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::{StructField, generics};
use super::refusable::{can_refuse, remembered, taken};
use crate::regen::emit::docs;
use crate::regen::emit::docs::doc_lines;
use crate::regen::ir::{ArgumentForm, ClientGenerated, Presence, takes, takes_by_name};
use crate::regen::names::types;

/// The constructor of a type.
pub(crate) struct Constructor {
    /// `new`, for the `impl` of the type.
    pub(crate) new: TokenStream,
    /// What it takes, when that is a struct.
    pub(crate) required: Option<TokenStream>,
}

/// Prints the constructor.
pub(crate) fn print(name: &syn::Ident, fields: &[StructField<'_>]) -> Constructor {
    let (needed, others): (Vec<&StructField<'_>>, Vec<&StructField<'_>>) = fields
        .iter()
        .partition(|field| takes(field.field, field.presence));
    let others: Vec<TokenStream> = others.into_iter().map(nothing).collect();
    let known: Vec<_> = needed
        .iter()
        .map(|field| (field.field, field.presence))
        .collect();
    if !takes_by_name(&known) {
        return Constructor {
            new: of_arguments(fields, &needed, &others),
            required: None,
        };
    }
    Constructor {
        new: of_struct(name, fields, &needed, &others),
        required: Some(required_struct(name, &needed)),
    }
}

fn of_arguments(
    fields: &[StructField<'_>],
    needed: &[&StructField<'_>],
    others: &[TokenStream],
) -> TokenStream {
    let arguments = needed.iter().map(|field| field.argument().declared);
    let values = needed.iter().map(|field| initialised(field));
    let doc = doc(fields, needed);
    let deprecated = allow_deprecated(fields);
    let (remembering, refused) = remembered(fields, needed);
    let generics = generics(needed);
    quote! {
        #doc
        #deprecated
        pub fn new #generics (#(#arguments),*) -> Self {
            #remembering
            Self { #(#values,)* #(#others,)* #refused }
        }
    }
}

fn of_struct(
    name: &syn::Ident,
    fields: &[StructField<'_>],
    needed: &[&StructField<'_>],
    others: &[TokenStream],
) -> TokenStream {
    let required = format_ident!("{}", types::required(&name.to_string()));
    let idents = needed.iter().map(|field| field.ident);
    let doc = doc(fields, needed);
    let deprecated = allow_deprecated(fields);
    // It takes the types of the fields, which can refuse nothing.
    let refused = can_refuse(fields).then(|| quote!(refused_: crate::refused::Refused::default()));
    quote! {
        #doc
        #deprecated
        pub fn new(required: #required) -> Self {
            Self { #(#idents: required.#idents,)* #(#others,)* #refused }
        }
    }
}

/// A struct whose every field has to be written: neither a default nor an attribute lets one be left out.
fn required_struct(name: &syn::Ident, needed: &[&StructField<'_>]) -> TokenStream {
    let required = format_ident!("{}", types::required(&name.to_string()));
    let doc = doc_lines(&format!(
        "What [`{name}::new`] takes, by name and in any order.{}",
        asked_note(needed)
    ));
    let fields = needed.iter().map(|field| {
        let (ident, ty) = (field.ident, field.ty());
        let doc = doc_lines(&docs::field(field.field));
        quote!(#doc pub #ident: #ty)
    });
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        pub struct #required {
            #(#fields,)*
        }
    }
}

fn doc(fields: &[StructField<'_>], needed: &[&StructField<'_>]) -> TokenStream {
    let sentence = match needed.len() {
        0 => "Nothing is set; setters say what is to be sent.",
        _ => "What is needed is set; setters add the rest.",
    };
    doc_lines(&format!("{sentence}{}", client_generated_note(fields)))
}

/// What may be left out although it has to be written.
fn asked_note(needed: &[&StructField<'_>]) -> String {
    let asked: Vec<String> = needed
        .iter()
        .filter(|field| field.field.asked)
        .map(|field| format!("`{}`", field.ident))
        .collect();
    match asked.is_empty() {
        true => String::new(),
        false => format!(
            "\n\nNearly every request needs {}. `None` leaves one out, for servers that do without it.",
            asked.join(", ")
        ),
    }
}

/// What the constructor fills in by itself.
fn client_generated_note(fields: &[StructField<'_>]) -> String {
    let notes: Vec<String> = fields
        .iter()
        .filter_map(|field| {
            let what = match field.field.client_generated? {
                ClientGenerated::Id => "a new unique id",
                ClientGenerated::Now => "the time of this call",
            };
            Some(format!("`{}` is {what}", field.ident))
        })
        .collect();
    match notes.as_slice() {
        [] => String::new(),
        notes => format!(
            "\n\nUnless set otherwise, {}: a server that recognises repeats counts the same value once.",
            notes.join(" and ")
        ),
    }
}

/// Constructors write every field, deprecated ones too.
fn allow_deprecated(fields: &[StructField<'_>]) -> Option<TokenStream> {
    fields
        .iter()
        .any(|field| field.field.deprecated)
        .then(|| quote!(#[allow(deprecated)]))
}

/// The field in a struct literal, from an argument.
fn initialised(field: &StructField<'_>) -> TokenStream {
    let ident = field.ident;
    let kept = field.argument().kept;
    match field.form {
        form if form.may_be_refused() => taken(field, &kept),
        ArgumentForm::Plain => quote!(#ident),
        _ => quote!(#ident: #kept),
    }
}

/// What a field holds when nobody set it.
fn nothing(field: &StructField<'_>) -> TokenStream {
    let ident = field.ident;
    let generated = field.field.client_generated.map(|by| match by {
        ClientGenerated::Id => quote!(crate::client_generated::id()),
        ClientGenerated::Now => quote!(crate::client_generated::now()),
    });
    match (field.presence, generated) {
        (Presence::OptionalNullable, Some(value)) => quote!(#ident: crate::Patch::Value(#value)),
        (Presence::OptionalNullable, None) => quote!(#ident: crate::Patch::Absent),
        (Presence::Required, Some(value)) => quote!(#ident: #value),
        (_, Some(value)) => quote!(#ident: Some(#value)),
        (_, None) => quote!(#ident: None),
    }
}
