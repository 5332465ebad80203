//! The values of calls: how one is taken from a caller, and what it is kept as.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::regen::emit::arguments::{Kept, Printed, print};
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
    let (value, nullable) = match ty {
        TypeRef::Nullable(value) => (&**value, true),
        value => (value, false),
    };
    let form = value.argument_form();
    let kept = Kept {
        ty: type_of(value)?,
        repeated: form.repeated().map(type_of).transpose()?,
        types: quote!(lago_types),
    };
    let Printed { declared, kept } = print(name, form, &kept);
    Ok(Argument {
        declared,
        kept: match nullable {
            true => quote!(Some(#kept)),
            false => kept,
        },
        ty: type_of(ty)?,
    })
}

/// What a value of the type is in Rust.
pub(crate) fn type_of(ty: &TypeRef) -> Result<TokenStream, EmitError> {
    let text = rust_type(ty, "lago_types");
    text.parse()
        .map_err(|error| EmitError::new(format!("`{text}` is no type: {error}")))
}
