//! How a value is taken from a caller and kept: `impl Into<…>` in, an owned value inside.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::regen::emit::{EmitError, rust_type};
use crate::regen::ir::TypeRef;

/// An argument of a generated method.
pub(crate) struct Argument {
    /// `name: impl Into<String>`.
    pub(crate) declared: TokenStream,
    /// `name.into()`.
    pub(crate) kept: TokenStream,
    /// `String`.
    pub(crate) ty: TokenStream,
}

/// The argument that takes a value of the type.
pub(crate) fn argument(name: &Ident, ty: &TypeRef) -> Result<Argument, EmitError> {
    let kept_type = tokens(ty)?;
    let (declared, kept) = match ty {
        TypeRef::Boolean => (quote!(#name: bool), quote!(#name)),
        TypeRef::List(item) => {
            let item = tokens(item)?;
            (
                quote!(#name: impl IntoIterator<Item = impl Into<#item>>),
                quote!(#name.into_iter().map(Into::into).collect()),
            )
        }
        TypeRef::Map(value) => {
            let (value, converted) = match &**value {
                // Null clears an entry; `Patch` takes null and plain values alike.
                TypeRef::Nullable(inner) => {
                    let inner = tokens(inner)?;
                    let patch = quote!(lago_types::Patch<#inner>);
                    (
                        patch.clone(),
                        quote!(Into::<#patch>::into(value).into_value()),
                    )
                }
                plain => (tokens(plain)?, quote!(value.into())),
            };
            (
                quote!(#name: impl IntoIterator<Item = (impl Into<String>, impl Into<#value>)>),
                quote!(#name.into_iter().map(|(key, value)| (key.into(), #converted)).collect()),
            )
        }
        TypeRef::Nullable(inner) => {
            let inner = argument(name, inner)?;
            let kept = inner.kept;
            (inner.declared, quote!(Some(#kept)))
        }
        _ => (quote!(#name: impl Into<#kept_type>), quote!(#name.into())),
    };
    Ok(Argument {
        declared,
        kept,
        ty: kept_type,
    })
}

fn tokens(ty: &TypeRef) -> Result<TokenStream, EmitError> {
    let text = rust_type(ty, "lago_types");
    text.parse()
        .map_err(|error| EmitError::new(format!("`{text}` is no type: {error}")))
}
