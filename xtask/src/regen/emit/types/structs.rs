//! Prints one struct: its fields, and for what is sent its constructor and setters.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::{StructField, left_out};
use super::refusable::can_refuse;
use super::{constructor, json_object, keyed, setters};
use crate::regen::emit::docs::{self, doc_lines};
use crate::regen::ir::{Presence, Type, TypeRef};
use crate::regen::prose;

/// The words on an update that changes nothing but what it says.
const KEPT: &str = "\n\nFields that are left out stay as they are.";

/// What the API says of a struct apart from its fields.
pub(crate) struct Known {
    /// Whether fields of other types have it.
    pub(crate) is_part: bool,
    /// The words by which people look for it.
    pub(crate) aliases: TokenStream,
    /// Sentences on what sends, returns or holds it.
    pub(crate) uses: Option<String>,
}

/// Prints the struct.
pub(crate) fn print(
    name: &str,
    ty: &Type,
    fields: &[StructField<'_>],
    known: &Known,
) -> TokenStream {
    let Known {
        is_part,
        aliases,
        uses,
    } = known;
    let ident = quote::format_ident!("{name}");
    let mut about = ty
        .doc
        .as_deref()
        .map_or_else(|| format!("{}.", docs::sentence(name)), prose::markdown);
    // What a part of an update loses stands on the part, or on the list that it is in.
    let is_update = ty.sent && name.ends_with("Update") && !is_part;
    about.push_str(&match left_out(fields) {
        exceptions if exceptions.is_empty() && is_update => KEPT.to_owned(),
        exceptions => exceptions,
    });
    let keyed = ty.sent.then(|| keyed::type_impl(&ident, fields)).flatten();
    if keyed.is_some() {
        about.extend(keyed::note(fields));
    }
    about.extend(uses.iter().map(|uses| format!("\n\n{uses}")));
    let doc = doc_lines(&about);
    let printed = fields.iter().map(print_field);
    // Where everything is optional an empty request is a request.
    let empty = fields
        .iter()
        .all(|field| !field.is_required() && field.field.client_generated.is_none());
    let default = (ty.sent && empty).then(|| quote!(Default,));
    let construction = ty.sent.then(|| construction(&ident, fields));
    let refuses = ty.sent && can_refuse(fields);
    let json_object = json_object::print(&ident, ty, fields, refuses);
    let refused = refuses.then(|| {
        quote! {
            #[cfg_attr(feature = "schemars", schemars(skip))]
            pub(crate) refused_: crate::refused::Refused,
        }
    });
    quote! {
        #doc
        #aliases
        #[derive(Clone, Debug, #default PartialEq)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct #ident {
            #(#printed)*
            #refused
        }
        #json_object
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

fn print_field(printed: &StructField<'_>) -> TokenStream {
    let (ident, ty) = (printed.ident, printed.ty());
    let doc = doc_lines(&docs::field(printed.field));
    let deprecated = printed.field.deprecated.then(|| quote!(#[deprecated]));
    let schemars = schemars_attribute(printed);
    quote! {
        #doc
        #deprecated
        #schemars
        pub #ident: #ty,
    }
}

/// What schemars has to know of how a field is read and written.
fn schemars_attribute(printed: &StructField<'_>) -> Option<TokenStream> {
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
    // Integers are read from more than their type says, see `lago_types::integer`.
    let with = match (&printed.field.ty, printed.presence) {
        (TypeRef::Integer, Presence::Required) => Some("crate::integer::Lenient".to_owned()),
        (TypeRef::Integer, Presence::OptionalNullable) => {
            Some("crate::Patch<crate::integer::Lenient>".to_owned())
        }
        (TypeRef::Integer, _) => Some("Option<crate::integer::Lenient>".to_owned()),
        _ => printed.null_as_empty().then(|| {
            let value = printed.value;
            format!("crate::schema::EmptyForNull<{}>", quote!(#value))
        }),
    };
    if let Some(with) = with {
        parts.push(quote!(with = #with));
    }
    (!parts.is_empty()).then(|| quote!(#[cfg_attr(feature = "schemars", schemars(#(#parts),*))]))
}
