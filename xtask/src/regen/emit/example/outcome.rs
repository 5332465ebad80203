//! What an example does with what comes back: a line that shows where things are in it.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::regen::emit::resources::methods::{Method, Output};
use crate::regen::ir::{Api, Field, Kind, TypeRef};
use crate::regen::names::words::singular;
use crate::regen::names::{ident, types};

/// What people know an object by, best first.
const KNOWN_BY: [&str; 8] = [
    "number",
    "code",
    "external_id",
    "name",
    "transaction_id",
    "external_customer_id",
    "key",
    "lago_id",
];

/// What people want to know of an object, best first.
const WANTED: [&str; 12] = [
    "status",
    "payment_status",
    "total_amount_cents",
    "amount_cents",
    "credit_amount_cents",
    "balance_cents",
    "name",
    "rate",
    "value",
    "url",
    "charge_model",
    "amount_currency",
];

/// Links, which are what is asked for where there are some, also where they may be missing.
const LINKS: [&str; 3] = ["checkout_url", "portal_url", "payment_url"];

/// Heads of loops and conditions that are longer would be broken into lines.
const LONGEST_HEAD: usize = 80;

/// Names that are longer say too much: their last word does.
const LONGEST_NAME: usize = 14;

/// The statements around a call that is awaited.
pub(super) fn statements(api: &Api, method: &Method<'_>, call: &TokenStream) -> TokenStream {
    match &method.output {
        Output::Nothing => quote!(#call;),
        Output::Text => shown(api, &TypeRef::String, &method.verb, call),
        Output::Whole(ty) => {
            let name = match ty {
                TypeRef::Named(name) => ident::snake(name),
                _ => method.verb.clone(),
            };
            shown(api, ty, &name, call)
        }
        Output::Root { key, ty } => shown(api, ty, key, call),
        Output::RootOrNothing { key, ty } => some(api, ty, key, call),
        Output::Page { key, item } => each(api, item, key, call),
    }
}

/// Binds what comes and prints of it what people look for.
fn shown(api: &Api, ty: &TypeRef, name: &str, call: &TokenStream) -> TokenStream {
    match ty {
        TypeRef::List(item) => each(api, item, name, call),
        TypeRef::Nullable(value) => some(api, value, name, call),
        TypeRef::Map(value) => {
            let value = printed(api, value, &format_ident!("value"));
            let line = format!("{{key}}: {}", value.format);
            let values = value.values;
            quote!(for (key, value) in #call { println!(#line #(, #values)*); })
        }
        ty => {
            let name = variable(name);
            let print = print(api, ty, &name);
            quote!(let #name = #call; #print)
        }
    }
}

fn each(api: &Api, item: &TypeRef, name: &str, call: &TokenStream) -> TokenStream {
    let (many, one) = (variable(name), variable(&singular(name)));
    let print = print(api, item, &one);
    match is_short(call, &one) || many == one {
        true => quote!(for #one in #call { #print }),
        false => quote!(let #many = #call; for #one in #many { #print }),
    }
}

fn some(api: &Api, ty: &TypeRef, name: &str, call: &TokenStream) -> TokenStream {
    let name = variable(name);
    let print = print(api, ty, &name);
    match is_short(call, &name) {
        true => quote!(if let Some(#name) = #call { #print }),
        false => quote!(let #name = #call; if let Some(#name) = #name { #print }),
    }
}

/// Whether a call has room in the head of a loop or a condition, beside a name.
fn is_short(call: &TokenStream, name: &Ident) -> bool {
    let call = call.to_string().replace(' ', "").len();
    call + name.to_string().len() + "for  in  {".len() <= LONGEST_HEAD
}

/// A name for what came, which is not that of the client.
pub(super) fn variable(name: &str) -> Ident {
    let last = name.rsplit('_').next().unwrap_or(name);
    match name {
        "lago" => format_ident!("value"),
        name if name.len() > LONGEST_NAME && ident::snake(last) == last => ident::value(last),
        name => ident::value(name),
    }
}

fn print(api: &Api, ty: &TypeRef, name: &Ident) -> TokenStream {
    let Printed { format, values } = printed(api, ty, name);
    quote!(println!(#format #(, #values)*);)
}

/// What a line says: a format, and what it takes beside variables.
struct Printed {
    format: String,
    values: Vec<TokenStream>,
}

impl Printed {
    fn debug(name: &Ident) -> Self {
        Self {
            format: format!("{{{name}:?}}"),
            values: Vec::new(),
        }
    }
}

fn printed(api: &Api, ty: &TypeRef, name: &Ident) -> Printed {
    let is_raw = name.to_string().starts_with("r#");
    match ty {
        ty if is_raw && is_plain(api, ty) => Printed {
            format: "{}".to_owned(),
            values: vec![quote!(#name)],
        },
        ty if is_plain(api, ty) => Printed {
            format: format!("{{{name}}}"),
            values: Vec::new(),
        },
        TypeRef::Named(object) => {
            let fields = looked_for(api, object);
            let (formats, values): (Vec<&str>, Vec<TokenStream>) = fields
                .iter()
                .map(|field| {
                    let ident = types::field(&field.name);
                    let format = match field.required && !field.nullable {
                        true => "{}",
                        false => "{:?}",
                    };
                    (format, quote!(#name.#ident))
                })
                .unzip();
            match fields.is_empty() {
                true => Printed::debug(name),
                false => Printed {
                    format: formats.join(" "),
                    values,
                },
            }
        }
        _ => Printed::debug(name),
    }
}

/// The one or two fields that say most, of those that are always there if there are such.
fn looked_for<'a>(api: &'a Api, object: &str) -> Vec<&'a Field> {
    let Some(Kind::Struct(fields)) = api.types.get(object).map(|ty| &ty.kind) else {
        return Vec::new();
    };
    let plain = fields
        .iter()
        .filter(|field| !field.deprecated && is_plain(api, &field.ty));
    let (there, others): (Vec<&Field>, Vec<&Field>) =
        plain.partition(|field| field.required && !field.nullable);
    let find = |fields: &[&'a Field], names: &[&str]| {
        let mut names = names.iter();
        names.find_map(|name| fields.iter().find(|field| field.name == *name).copied())
    };
    let link = find(&there, &LINKS).or_else(|| find(&others, &LINKS));
    if let Some(link) = link {
        return vec![link];
    }
    let first = find(&there, &KNOWN_BY);
    let second = find(&there, &WANTED);
    let second = second.filter(|field| first.is_none_or(|first| first.name != field.name));
    let shown: Vec<&Field> = [first, second].into_iter().flatten().collect();
    if !shown.is_empty() {
        return shown;
    }
    there.into_iter().chain(others).take(1).collect()
}

/// Whether it can be printed as it is.
fn is_plain(api: &Api, ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Named(name) => {
            let named = api.types.get(name);
            named.is_some_and(|ty| matches!(ty.kind, Kind::Enum { .. }))
        }
        TypeRef::List(_) | TypeRef::Map(_) | TypeRef::Nullable(_) => false,
        _ => true,
    }
}
