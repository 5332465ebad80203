//! Prints how a call goes through the wire, and how what comes back is read.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use super::identity;
use super::keyed;
use super::methods::{Method, Output};
use super::signatures::{Place, Signature, WireParameter};
use super::table;
use super::values::argument;
use super::{EmitError, lowered};
use crate::regen::ident;
use crate::regen::ir::ParameterPlace;

/// The `Call` of a call type.
pub(crate) fn call_impl(
    method: &Method<'_>,
    signature: &Signature,
    lookup: Option<&Method<'_>>,
    call: &Ident,
) -> Result<TokenStream, EmitError> {
    let arguments = signature
        .parameters
        .iter()
        .map(|parameter| passed(parameter, method));
    let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
    let wire_method = format_ident!("{}", signature.method);
    let constant = format_ident!("{}", table::constant(&method.operation.id));
    let (output, decoded) = match &method.output {
        Output::Nothing => (quote!(()), quote!(decode::nothing(body))),
        Output::Text => (quote!(String), quote!(decode::text(body))),
        Output::Whole(ty) => (argument(call, ty)?.ty, quote!(decode::whole(body))),
        Output::Root { key, ty } => (argument(call, ty)?.ty, quote!(decode::root(body, #key))),
        Output::RootOrNothing { key, ty } => {
            let ty = argument(call, ty)?.ty;
            (
                quote!(Option<#ty>),
                quote!(decode::root_or_nothing(body, #key)),
            )
        }
        Output::Page { key, item } => {
            let item = argument(call, item)?.ty;
            (quote!(Page<#item>), quote!(decode::page(body, #key)))
        }
    };
    let check = identity::check(method);
    let keyed = keyed::call_functions(method, lookup);
    Ok(quote! {
        impl Call for #call {
            type Output = #output;
            fn operation() -> &'static Operation {
                op::#constant
            }
            async fn execute(&self, wire: &wire::Client) -> WireOutcome {
                wire.#wire_method(#(#arguments),*).await?;
                Ok(())
            }
            fn decode(body: &[u8]) -> Result<Self::Output, Failure> {
                #decoded
            }
            #check
            #keyed
        }
    })
}

/// A kept value as the wire takes it: borrowed or not, optional or not.
fn passed(parameter: &WireParameter, method: &Method<'_>) -> Result<TokenStream, EmitError> {
    let all = &method.operation.parameters;
    let (name, known) = match &parameter.place {
        Place::Body => return Ok(quote!(&self.body)),
        Place::Bytes => return Ok(quote!(optional_body(self.body.as_ref())?)),
        // Progenitor may have added to the name what makes it an identifier.
        Place::Path(name) => (
            name,
            method.path().find(|known| known.rust == ident::snake(name)),
        ),
        Place::Query(name) => (
            name,
            all.iter()
                .find(|known| known.place != ParameterPlace::Path && lowered::name(known) == name),
        ),
    };
    let Some(known) = known else {
        return Err(EmitError::within(
            method.operation,
            format!("the wire asks for an unknown `{name}`"),
        ));
    };
    let field = ident::value(&known.rust);
    if matches!(known.place, ParameterPlace::QueryMap { .. }) {
        return Ok(match wire_type(&parameter.ty).0 {
            true => quote!(self.#field.as_ref().map(DeepObject::checked).transpose()?),
            false => quote!(self.#field.checked()?),
        });
    }
    Ok(match wire_type(&parameter.ty) {
        (true, "str") => quote!(self.#field.as_deref()),
        (true, "ref") => quote!(self.#field.as_ref()),
        (false, "str" | "ref") => quote!(&self.#field),
        _ => quote!(self.#field),
    })
}

/// Whether a parameter is optional, and how it is passed.
fn wire_type(ty: &Type) -> (bool, &'static str) {
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => (false, "str"),
            _ => (false, "ref"),
        },
        Type::Path(path) => match path.path.segments.last() {
            Some(last) if last.ident == "Option" => match &last.arguments {
                syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
                    Some(syn::GenericArgument::Type(inner)) => (true, wire_type(inner).1),
                    _ => (true, "value"),
                },
                _ => (true, "value"),
            },
            _ => (false, "value"),
        },
        _ => (false, "value"),
    }
}
