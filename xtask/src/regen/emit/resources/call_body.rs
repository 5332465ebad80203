//! The body of a call: how its values are taken from the caller, kept, and written.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::call_parts::{Part, Setter, setter};
use super::methods::{Input, Method};
use super::returned;
use super::values::{Argument, argument};
use crate::regen::emit::{EmitError, address_of, docs};
use crate::regen::ir::{Field, TypeRef};
use crate::regen::names::{calls, ident};

/// What a body adds to a call.
#[derive(Default)]
pub(crate) struct CallBody {
    /// Arguments of the method.
    pub(crate) arguments: Vec<TokenStream>,
    /// Fields of the call.
    pub(crate) parts: Vec<Part>,
    /// Setters of what is optional.
    pub(crate) setters: Vec<Setter>,
    /// How the draft of the request goes on.
    pub(crate) written: TokenStream,
}

/// The body of the call of a method.
pub(crate) fn of(method: &Method<'_>) -> Result<CallBody, EmitError> {
    let mut body = CallBody::default();
    match &method.input {
        Input::Nothing => {}
        Input::Type(ty) => {
            body.required(&format_ident!("input"), format_ident!("body"), ty)?;
            body.written = quote!(.json(&self.body));
        }
        Input::Variant(field) => body.required_root(method, field, format_ident!("body"))?,
        Input::Root { main, beside } => {
            body.required_root(method, main, format_ident!("body"))?;
            for field in beside {
                body.beside(method, field)?;
            }
        }
        Input::OptionalType(ty) => {
            let name = format_ident!("input");
            let doc = format!(
                "Sends options, without which the defaults of the call hold: {}.",
                returned::link(ty)
            );
            let Argument { declared, kept, ty } = argument(&name, ty)?;
            body.parts.push(Part::optional(format_ident!("body"), &ty));
            let assignment = quote!(self.call.body = Some(#kept););
            let origin = address_of(method.operation);
            body.setters
                .push(setter(&origin, &name, &doc, declared, assignment)?);
            body.written = quote!(.json_if(self.body.as_ref()));
        }
        Input::OptionalRoot(field) => {
            body.optional_root(
                method,
                field,
                &ident::value(&field.name),
                &format_ident!("body"),
                "",
            )?;
        }
    }
    Ok(body)
}

impl CallBody {
    /// A value that the method takes.
    fn required(&mut self, name: &Ident, kept_as: Ident, ty: &TypeRef) -> Result<(), EmitError> {
        let Argument { declared, kept, ty } = argument(name, ty)?;
        self.arguments.push(declared);
        self.parts.push(Part {
            ident: kept_as,
            ty,
            init: kept,
        });
        Ok(())
    }

    fn required_root(
        &mut self,
        method: &Method<'_>,
        field: &Field,
        kept_as: Ident,
    ) -> Result<(), EmitError> {
        let key = method.root_key(&field.name);
        self.written.extend(quote!(.root(#key, &self.#kept_as)));
        self.required(&ident::value(&field.name), kept_as, &field.ty)
    }

    /// A root beside the one that the call is about.
    fn beside(&mut self, method: &Method<'_>, field: &Field) -> Result<(), EmitError> {
        let kept_as = calls::kept_root(&field.name);
        if field.required {
            return self.required_root(method, field, kept_as);
        }
        let (name, setter) = (ident::value(&field.name), method.root_setter(field));
        let note = match setter == name {
            true => String::new(),
            false => format!(
                "\n\nThis goes into the body; [`{name}`](Self::{name}) is the query parameter."
            ),
        };
        self.optional_root(method, field, &setter, &kept_as, &note)
    }

    /// A root that has a setter. One that may be null is kept as what is sent where it is set.
    fn optional_root(
        &mut self,
        method: &Method<'_>,
        field: &Field,
        name: &Ident,
        kept_as: &Ident,
        note: &str,
    ) -> Result<(), EmitError> {
        let key = method.root_key(&field.name);
        let Argument { declared, kept, ty } = argument(name, &field.ty)?;
        self.parts.push(Part::optional(kept_as.clone(), &ty));
        let doc = docs::field(field) + note;
        let assignment = quote!(self.call.#kept_as = Some(#kept););
        self.setters
            .push(setter(&field.origin, name, &doc, declared, assignment)?);
        self.written
            .extend(quote!(.root_if(self.#kept_as.is_some(), #key, &self.#kept_as)));
        Ok(())
    }
}
