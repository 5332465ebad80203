//! Prints arguments: what a function takes in each [`ArgumentForm`], and what it keeps of it.

use heck::ToUpperCamelCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::regen::ir::ArgumentForm;

/// What is kept of an argument.
pub(crate) struct Kept {
    /// Its type.
    pub(crate) ty: TokenStream,
    /// The type of what is given several times, see [`ArgumentForm::repeated`].
    pub(crate) repeated: Option<TokenStream>,
    /// What lago-types is called where the function stands.
    pub(crate) types: TokenStream,
}

/// An argument, printed.
pub(crate) struct Printed {
    /// `name: impl Into<String>`.
    pub(crate) declared: TokenStream,
    /// `name.into()`; a `Result` where it may be refused.
    pub(crate) kept: TokenStream,
}

/// Prints the argument of a name.
pub(crate) fn print(name: &Ident, form: ArgumentForm<'_>, kept: &Kept) -> Printed {
    let Kept {
        ty,
        repeated,
        types,
    } = kept;
    let (taken, kept) = match form {
        ArgumentForm::Plain => (ty.clone(), quote!(#name)),
        ArgumentForm::Into => (quote!(impl Into<#ty>), quote!(#name.into())),
        ArgumentForm::Elements(_) => (
            quote!(impl IntoIterator<Item = impl Into<#repeated>>),
            quote!(#name.into_iter().map(Into::into).collect()),
        ),
        ArgumentForm::Entries { or_null, .. } => {
            let (value, converted) = match or_null {
                // `Patch` takes null and plain values alike.
                true => (
                    quote!(#types::Patch<#repeated>),
                    quote!(Into::<#types::Patch<#repeated>>::into(value).into_value()),
                ),
                false => (quote!(#repeated), quote!(value.into())),
            };
            (
                quote!(impl IntoIterator<Item = (impl Into<String>, impl Into<#value>)>),
                quote!(#name.into_iter().map(|(key, value)| (key.into(), #converted)).collect()),
            )
        }
        ArgumentForm::TryInto => (
            quote!(impl TryInto<#ty, Error: Into<#types::Refusal>>),
            quote!(#types::refused::convert::<#ty>(#name)),
        ),
        ArgumentForm::Time => (
            quote!(impl TryInto<#types::UnixTime, Error: Into<#types::Refusal>>),
            quote!(#types::refused::convert::<#types::UnixTime>(#name).map(Into::into)),
        ),
        ArgumentForm::Object => {
            let kind = kind(name);
            (
                quote!(impl #types::IntoObject<#kind>),
                quote!(#name.into_object()),
            )
        }
    };
    Printed {
        declared: quote!(#name: #taken),
        kept,
    }
}

/// What an argument is generic over, if that has to be named.
pub(crate) fn generic(name: &Ident, form: ArgumentForm<'_>) -> Option<Ident> {
    (form == ArgumentForm::Object).then(|| kind(name))
}

fn kind(name: &Ident) -> Ident {
    format_ident!("{}Kind", name.to_string().to_upper_camel_case())
}
