//! What a call is put together from: the fields that it keeps, and the setters of what is optional.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::regen::emit::EmitError;
use crate::regen::emit::docs::doc_lines;
use crate::regen::ir::{Parameter, ParameterPlace, TypeRef};
use crate::regen::names::reserved;

/// A field of the call type.
pub(crate) struct Part {
    pub(crate) ident: Ident,
    pub(crate) ty: TokenStream,
    /// How it begins, from the arguments of the method.
    pub(crate) init: TokenStream,
}

impl Part {
    /// What a setter may set.
    pub(crate) fn optional(ident: Ident, ty: &TokenStream) -> Self {
        Self {
            ident,
            ty: quote!(Option<#ty>),
            init: quote!(None),
        }
    }
}

/// A function that sets what is optional.
pub(crate) struct Setter {
    /// What it is called.
    pub(crate) name: Ident,
    /// What it sets, in a sentence.
    pub(crate) summary: String,
    /// The function.
    pub(crate) tokens: TokenStream,
}

/// A setter of a request; `assignment` is what it does with its argument.
pub(crate) fn setter(
    origin: &str,
    ident: &Ident,
    doc: &str,
    argument: TokenStream,
    assignment: TokenStream,
) -> Result<Setter, EmitError> {
    if reserved::request_method(&ident.to_string()) {
        return Err(EmitError::at(
            origin,
            format!("the setting `{ident}` has the name of a method that every request has"),
        ));
    }
    let said = doc_lines(doc);
    Ok(Setter {
        name: ident.clone(),
        summary: doc.lines().next().unwrap_or_default().to_owned(),
        tokens: quote! {
            #said
            pub fn #ident(mut self, #argument) -> Self {
                #assignment
                self
            }
        },
    })
}

/// The options of every list: which page, and how much is on it. The server reads both for every list, also
/// where a document forgets the second.
pub(crate) const PAGING: [&str; 2] = ["page", "per_page"];

/// Whether an option of a list is one that every list has.
pub(crate) fn is_paging(parameter: &Parameter) -> bool {
    let place = ParameterPlace::Query {
        ty: TypeRef::Integer,
        required: false,
    };
    parameter.place == place
        && parameter.name == parameter.rust
        && PAGING.contains(&parameter.name.as_str())
}

/// Whether a parameter of a list is in the way of what every list has.
pub(crate) fn is_in_the_way(parameter: &Parameter) -> bool {
    let mut names = [&parameter.name, &parameter.rust].into_iter();
    names.any(|name| PAGING.contains(&name.as_str())) && !is_paging(parameter)
}
