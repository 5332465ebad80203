//! Prints how a request is made: `new` for up to three required fields, a builder that asks for
//! one after the other beyond, and a setter for each optional one.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::{Presence, StructField};
use super::refusable::{carried, fallible, generics, refusable, remembered, taken};
use crate::regen::emit::docs;
use crate::regen::emit::docs::doc_lines;
use crate::regen::ident;
use crate::regen::ir::{ClientGenerated, TypeRef};
use crate::regen::names::singular;

/// More arguments than this say too little about themselves.
const MOST_ARGUMENTS: usize = 3;

/// Prints constructor and setters.
pub(crate) fn print(name: &syn::Ident, fields: &[StructField<'_>]) -> TokenStream {
    let required: Vec<&StructField<'_>> =
        fields.iter().filter(|field| field.is_required()).collect();
    let asked: Vec<&StructField<'_>> = fields.iter().filter(|field| is_asked(field)).collect();
    let optional: Vec<&StructField<'_>> =
        fields.iter().filter(|field| !field.is_required()).collect();
    let others: Vec<TokenStream> = optional.iter().map(|field| nothing(field)).collect();
    // What is needed can be changed as well: in what was converted, or once it was refused.
    let setters: Vec<TokenStream> = fields
        .iter()
        .flat_map(|field| [Some(setter(field)), entry_setter(field, fields)])
        .flatten()
        .collect();
    let few = required.len() <= MOST_ARGUMENTS;
    let constructor = few.then(|| new(fields, &required, &others));
    let (start, builder) = if few && asked.len() == required.len() {
        (None, None)
    } else {
        let kept: Vec<TokenStream> = optional
            .iter()
            .filter(|field| !is_asked(field))
            .map(|field| nothing(field))
            .collect();
        (
            Some(builder_function(name, asked[0])),
            Some(stages(name, fields, &asked, &kept)),
        )
    };
    quote! {
        impl #name {
            #constructor
            #start
            #(#setters)*
        }
        #builder
    }
}

/// Whether the builder asks for the field, because it is needed nearly always if not always.
fn is_asked(field: &StructField<'_>) -> bool {
    field.is_required() || field.field.asked
}

fn new(
    fields: &[StructField<'_>],
    required: &[&StructField<'_>],
    others: &[TokenStream],
) -> TokenStream {
    let arguments = required.iter().map(|field| argument(field));
    let values = required.iter().map(|field| initialised(field));
    let sentence = match required.len() {
        0 => "A request that leaves everything alone.",
        _ => "A request with what it needs; setters add the rest.",
    };
    let doc = doc_lines(&format!(
        "{sentence}{}{}",
        asked_note(fields),
        client_generated_note(fields)
    ));
    let deprecated = allow_deprecated(fields);
    let (remembering, refused) = remembered(fields, required);
    let generics = generics(required);
    quote! {
        #doc
        #deprecated
        pub fn new #generics (#(#arguments),*) -> Self {
            #remembering
            Self { #(#values,)* #(#others,)* #refused }
        }
    }
}

/// What the constructor does not ask for and the builder does.
fn asked_note(fields: &[StructField<'_>]) -> String {
    let asked: Vec<String> = fields
        .iter()
        .filter(|field| field.field.asked)
        .map(|field| format!("`{}`", field.ident))
        .collect();
    match asked.is_empty() {
        true => String::new(),
        false => format!(
            "\n\nWithout {}, which nearly every request needs: `builder` asks for them, too.",
            asked.join(", ")
        ),
    }
}

/// What the constructor fills in by itself.
fn client_generated_note(fields: &[StructField<'_>]) -> String {
    let client_generated: Vec<String> = fields
        .iter()
        .filter_map(|field| {
            let what = match field.field.client_generated? {
                ClientGenerated::Id => "a new unique id",
                ClientGenerated::Now => "the time of this call",
            };
            Some(format!("`{}` is {what}", field.ident))
        })
        .collect();
    match client_generated.as_slice() {
        [] => String::new(),
        client_generated => format!(
            "\n\nUnless set otherwise, {}: a server that recognises repeats counts the same value once.",
            client_generated.join(" and ")
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

fn builder_function(name: &syn::Ident, first: &StructField<'_>) -> TokenStream {
    let builder = format_ident!("{name}Builder");
    let doc = doc_lines(&format!(
        "Asks for what the request needs, one after the other: begins with `{}`, ends with a \
         [`{name}`] whose setters add the rest.",
        first.ident
    ));
    quote! {
        #doc
        pub fn builder() -> #builder<()> {
            #builder(())
        }
    }
}

/// One stage for each required field: a stage has only the setter of its field, so that nothing
/// can be forgotten and every value has a name.
fn stages(
    name: &syn::Ident,
    fields: &[StructField<'_>],
    required: &[&StructField<'_>],
    others: &[TokenStream],
) -> TokenStream {
    let deprecated = allow_deprecated(fields);
    let builder = format_ident!("{name}Builder");
    let doc = doc_lines(&format!(
        "Asks for what a [`{name}`] needs; made by [`{name}::builder`]."
    ));
    let stages = required.iter().enumerate().map(|(index, field)| {
        let known = &required[..index];
        let types = known.iter().map(|field| carried(field));
        let idents: Vec<_> = known.iter().map(|field| field.ident).collect();
        let (ident, value) = (field.ident, converted(field));
        let argument = argument(field);
        let generics = generics(&[*field]);
        let doc = doc_lines(&docs::field(field.field));
        let unpack = (!idents.is_empty()).then(|| quote!(let (#(#idents,)*) = self.0;));
        let (result, body) = if index + 1 == required.len() {
            let last = initialised(field);
            let known = known.iter().map(|field| {
                let ident = field.ident;
                match (refusable(field), field.presence) {
                    (Some(_), _) => taken(field, &quote!(#ident)),
                    (None, Presence::Option) => quote!(#ident: Some(#ident)),
                    (None, _) => quote!(#ident),
                }
            });
            let (remembering, refused) = remembered(fields, required);
            (
                quote!(#name),
                quote!(#remembering #name { #(#known,)* #last, #(#others,)* #refused }),
            )
        } else {
            let next = required[..=index].iter().map(|field| carried(field));
            (
                quote!(#builder<(#(#next,)*)>),
                quote!(#builder((#(#idents,)* #value,))),
            )
        };
        quote! {
            impl #builder<(#(#types,)*)> {
                #doc
                #deprecated
                pub fn #ident #generics (self, #argument) -> #result {
                    #unpack
                    #body
                }
            }
        }
    });
    quote! {
        #doc
        #[derive(Clone, Debug)]
        #[must_use]
        pub struct #builder<Given>(Given);
        #(#stages)*
    }
}

fn setter(field: &StructField<'_>) -> TokenStream {
    let (ident, value) = (field.ident, converted(field));
    let argument = argument(field);
    let name = docs::sentence(&field.field.name).to_lowercase();
    let doc = doc_lines(&match field.presence {
        Presence::Patch => {
            format!("Sets the {name}; [`Patch::Null`](crate::Patch::Null) clears it.")
        }
        _ => format!("Sets the {name}."),
    });
    let deprecated = field
        .field
        .deprecated
        .then(|| quote!(#[deprecated] #[allow(deprecated)]));
    let assign = |value: TokenStream| match field.presence {
        Presence::Option => quote!(self.#ident = Some(#value);),
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

/// The name of a setter: that of its field, unless it is the name of how a request begins.
fn function(field: &syn::Ident) -> syn::Ident {
    match field == "new" || field == "builder" {
        true => format_ident!("set_{field}"),
        false => field.clone(),
    }
}

/// `property("tokens", 12)` beside `properties(…)`: entries of free JSON differ in type.
fn entry_setter(field: &StructField<'_>, fields: &[StructField<'_>]) -> Option<TokenStream> {
    let free = matches!(&field.field.ty, TypeRef::Map(value) if **value == TypeRef::Json);
    let ident = field.ident;
    let one = function(&ident::value(&singular(&ident.to_string())));
    if !free || fields.iter().any(|other| *other.ident == one) {
        return None;
    }
    let doc = doc_lines(&format!("Adds an entry to `{ident}`."));
    let (taken, kept) = match field.presence {
        Presence::Patch => (
            quote!(self.#ident.into_value().unwrap_or_default()),
            quote!(crate::Patch::Value(entries)),
        ),
        Presence::Plain => (quote!(self.#ident), quote!(entries)),
        Presence::Option | Presence::Null => (
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
fn argument(field: &StructField<'_>) -> TokenStream {
    if let Some((argument, _)) = fallible(field) {
        return argument;
    }
    let (ident, value, ty) = (field.ident, field.value, field.ty());
    if matches!(field.presence, Presence::Patch | Presence::Null) {
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
fn converted(field: &StructField<'_>) -> TokenStream {
    if let Some((_, result)) = fallible(field) {
        return result;
    }
    let ident = field.ident;
    if matches!(field.presence, Presence::Patch | Presence::Null) {
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

/// The field in a struct literal.
fn initialised(field: &StructField<'_>) -> TokenStream {
    let ident = field.ident;
    if refusable(field).is_some() {
        return taken(field, &converted(field));
    }
    let value = match field.presence {
        Presence::Option => {
            let value = converted(field);
            quote!(Some(#value))
        }
        _ => converted(field),
    };
    match field.field.ty {
        TypeRef::Boolean if field.presence == Presence::Plain => quote!(#ident),
        _ => quote!(#ident: #value),
    }
}

/// What a field holds when nobody set it.
fn nothing(field: &StructField<'_>) -> TokenStream {
    let ident = field.ident;
    let client_generated =
        field
            .field
            .client_generated
            .map(|client_generated| match client_generated {
                ClientGenerated::Id => quote!(crate::client_generated::id()),
                ClientGenerated::Now => quote!(crate::client_generated::now()),
            });
    match (field.presence, client_generated) {
        (Presence::Patch, Some(value)) => quote!(#ident: crate::Patch::Value(#value)),
        (Presence::Patch, None) => quote!(#ident: crate::Patch::Absent),
        (Presence::Plain, Some(value)) => quote!(#ident: #value),
        (_, Some(value)) => quote!(#ident: Some(#value)),
        (_, None) => quote!(#ident: None),
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
