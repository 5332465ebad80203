//! The fields of a struct, with all that decides how they are printed.

use proc_macro2::TokenStream;
use quote::quote;

use super::typed::{Typed, TypedField};
use crate::regen::emit::EmitError;
use crate::regen::emit::arguments::{self, Kept, Printed};
use crate::regen::ir::{ArgumentForm, Field, Kind, LeftOut, Presence, Type};

/// A field with all that decides how it is printed.
pub(crate) struct StructField<'a> {
    /// The field of the document.
    pub(crate) field: &'a Field,
    /// Its Rust name.
    pub(crate) ident: &'a syn::Ident,
    /// The type of its value when there is one.
    pub(crate) value: &'a syn::Type,
    /// How it is there or not, and so what stands around its type.
    pub(crate) presence: Presence,
    /// In which form its setter takes it.
    pub(crate) form: ArgumentForm<'a>,
}

impl<'a> StructField<'a> {
    /// Joins what the document and what typify say.
    pub(crate) fn new(field: &'a Field, typed: &'a TypedField, received: bool) -> Self {
        let presence = field.presence(received);
        Self {
            field,
            ident: &typed.ident,
            value: &typed.ty,
            presence,
            form: field.argument_form(presence),
        }
    }

    /// The type of the field.
    pub(crate) fn ty(&self) -> TokenStream {
        let value = self.value;
        match self.presence {
            Presence::Required => quote!(#value),
            Presence::Optional | Presence::RequiredNullable => quote!(Option<#value>),
            Presence::OptionalNullable => quote!(crate::Patch<#value>),
        }
    }

    /// The argument that takes it. What is optional is given without the `Option` around it.
    pub(crate) fn argument(&self) -> Printed {
        let value = self.value;
        let kept = Kept {
            ty: match self.presence {
                Presence::Optional => quote!(#value),
                _ => self.ty(),
            },
            repeated: self
                .form
                .repeated()
                .and_then(|_| last_argument(value))
                .map(|ty| quote!(#ty)),
            types: quote!(crate),
        };
        arguments::print(self.ident, self.form, &kept)
    }

    /// Whether a caller has to give it.
    pub(crate) fn is_required(&self) -> bool {
        self.field.is_required(self.presence)
    }

    /// What `serde` has to know because null is sent as an empty object.
    pub(crate) fn null_as_empty(&self) -> bool {
        self.field.null_as_empty && self.presence == Presence::OptionalNullable
    }
}

/// `V` of `BTreeMap<K, V>`.
fn last_argument(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    match &path.path.segments.last()?.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.last()? {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

/// The fields of a struct in document order, as they are printed.
pub(crate) fn print_fields<'a>(
    name: &str,
    ty: &'a Type,
    typed: &'a Typed,
) -> Result<Vec<StructField<'a>>, EmitError> {
    let Kind::Struct(fields) = &ty.kind else {
        return Ok(Vec::new());
    };
    let mut printed: Vec<StructField<'a>> = Vec::new();
    for field in fields {
        let typed = typed.field(name, &field.name).ok_or_else(|| {
            EmitError::at(
                &ty.origin,
                format!("typify lost the field `{}`", field.name),
            )
        })?;
        printed.push(StructField::new(field, typed, ty.received));
    }
    Ok(printed)
}

/// What a function that takes the fields is generic over, if that has to be named.
pub(crate) fn generics(fields: &[&StructField<'_>]) -> Option<TokenStream> {
    let named = fields
        .iter()
        .filter_map(|field| arguments::generic(field.ident, field.form));
    let named: Vec<syn::Ident> = named.collect();
    (!named.is_empty()).then(|| quote!(<#(#named),*>))
}

/// The words on an update about what it does to fields that it leaves out.
pub(crate) fn left_out(fields: &[StructField<'_>]) -> String {
    let exceptions: Vec<String> = fields
        .iter()
        .filter(|field| !field.is_required())
        .filter_map(|field| {
            let becomes = match field.field.left_out? {
                LeftOut::Cleared => "is cleared",
                LeftOut::Reset => "is reset",
                // To leave out the list is another thing than to leave out what is in it.
                LeftOut::Removed => return None,
            };
            Some(format!("`{}` {becomes}", field.ident))
        })
        .collect();
    match exceptions.is_empty() {
        true => String::new(),
        false => format!(
            "\n\nNot every field that is left out stays as it is: {}.",
            exceptions.join(", ")
        ),
    }
}
