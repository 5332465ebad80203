//! Prints what describes a call: a type that holds the arguments, the setters of its options, and
//! how it goes through the wire.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::bodies;
use super::call_wire::call_impl;
use super::docs;
use super::methods::{Input, Method, Output};
use super::signatures::Signature;
use super::structs::doc_lines;
use super::values::{Argument, argument};
use super::{EmitError, address_of};
use crate::regen::ir::{Field, Parameter, ParameterPlace, TypeRef};
use crate::regen::{ident, prose, reserved};

/// A method and all that belongs to its call.
pub(crate) struct Printed {
    /// The method on the accessor.
    pub(crate) method: TokenStream,
    /// The type of the call with its impls.
    pub(crate) call: TokenStream,
}

/// A field of the call type.
struct Part {
    ident: Ident,
    ty: TokenStream,
    /// How it begins, from the arguments of the method.
    init: TokenStream,
}

/// Prints a method, given the one of the same noun that reads back what it writes, if any.
pub(crate) fn print(
    method: &Method<'_>,
    signature: &Signature,
    lookup: Option<&Method<'_>>,
) -> Result<Printed, EmitError> {
    let call = format_ident!("{}", method.call);
    let mut arguments = Vec::new();
    let mut parts = Vec::new();
    for parameter in method.path() {
        let ident = ident::value(&parameter.rust);
        arguments.push(quote!(#ident: impl std::fmt::Display));
        parts.push(Part {
            init: quote!(#ident.to_string()),
            ty: quote!(String),
            ident,
        });
    }
    for parameter in method.query(true) {
        let ident = ident::value(&parameter.rust);
        let Argument { declared, kept, ty } = query_argument(&ident, parameter)?;
        arguments.push(declared);
        parts.push(Part {
            ident,
            ty,
            init: kept,
        });
    }
    for parameter in method.query(false) {
        let ident = ident::value(&parameter.rust);
        let ty = query_argument(&ident, parameter)?.ty;
        parts.push(Part {
            ident,
            ty: quote!(Option<#ty>),
            init: quote!(None),
        });
    }
    let body_setters = body(method, &mut arguments, &mut parts)?;
    let query_setters = method
        .query(false)
        .map(query_setter)
        .collect::<Result<Vec<_>, _>>()?;
    let setters: Vec<TokenStream> = query_setters.into_iter().chain(body_setters).collect();
    let setters = (!setters.is_empty()).then(|| quote!(impl Request<#call> { #(#setters)* }));

    let fields = parts
        .iter()
        .map(|Part { ident, ty, .. }| quote!(#ident: #ty));
    let inits = parts
        .iter()
        .map(|Part { ident, init, .. }| quote!(#ident: #init));
    let verb = ident::value(&method.verb);
    let doc = doc_lines(&docs::operation(method.operation));
    let deprecated = method.operation.deprecated.then(|| quote!(#[deprecated]));
    let printed = quote! {
        #doc
        #deprecated
        pub fn #verb(&self, #(#arguments),*) -> Request<#call> {
            Request::new(&self.client, #call { #(#inits),* })
        }
    };
    let call_impl = call_impl(method, signature, lookup, &call)?;
    let list = list_impl(method, &call)?;
    let about = doc_lines(&format!(
        "A call of `{} {}`.",
        method.operation.method, method.operation.path
    ));
    Ok(Printed {
        method: printed,
        call: quote! {
            #about
            #[derive(Clone, Debug)]
            pub struct #call { #(#fields),* }
            #setters
            #call_impl
            #list
        },
    })
}

/// The arguments, fields and setters of a body.
fn body(
    method: &Method<'_>,
    arguments: &mut Vec<TokenStream>,
    parts: &mut Vec<Part>,
) -> Result<Vec<TokenStream>, EmitError> {
    let ident = format_ident!("body");
    let name = format_ident!("{}", bodies::name(method.operation));
    let wrapped = quote!(bodies::#name);
    let mut setters = Vec::new();
    match &method.input {
        Input::Nothing => {}
        Input::Type(ty) => {
            let argument = argument(&format_ident!("input"), ty)?;
            arguments.push(argument.declared);
            let kept = argument.kept;
            parts.push(Part {
                ident,
                ty: wrapped.clone(),
                init: quote!(#wrapped(#kept)),
            });
        }
        Input::Root { main, beside } => {
            let root = ident::value(&main.name);
            let argument = root_argument(&root, main)?;
            arguments.push(argument.declared);
            let kept = argument.kept;
            let nothing = beside.iter().map(|field| {
                let (ident, nothing) = (ident::value(&field.name), nothing(field));
                quote!(#ident: #nothing)
            });
            let init = quote!(#wrapped { #root: #kept, #(#nothing),* });
            parts.push(Part {
                ident,
                ty: wrapped,
                init,
            });
            for field in beside {
                let name = ident::value(&field.name);
                let setter_name = body_option(method, field);
                let argument = root_argument(&setter_name, field)?;
                let kept = argument.kept;
                let mut doc = docs::field(field);
                if setter_name != name {
                    doc += &format!(
                        "\n\nThis goes into the body; [`{name}`](Self::{name}) is the query parameter."
                    );
                }
                setters.push(setter(
                    &field.origin,
                    &setter_name,
                    &doc,
                    argument.declared,
                    quote! {
                        self.call.body.#name = #kept;
                    },
                )?);
            }
        }
        Input::Variant(field) => {
            let root = ident::value(&field.name);
            let variant = bodies::variant_ident(field);
            let argument = argument(&root, &field.ty)?;
            arguments.push(argument.declared);
            let kept = argument.kept;
            parts.push(Part {
                ident,
                ty: wrapped.clone(),
                init: quote!(#wrapped::#variant(#kept)),
            });
        }
        Input::OptionalType(ty) => {
            let name = format_ident!("input");
            let argument = argument(&name, ty)?;
            let kept = argument.kept;
            parts.push(Part {
                ident,
                ty: quote!(Option<#wrapped>),
                init: quote!(None),
            });
            setters.push(setter(
                &address_of(method.operation),
                &name,
                "What to do, in more detail.",
                argument.declared,
                quote! {
                    self.call.body = Some(#wrapped(#kept));
                },
            )?);
        }
        Input::OptionalRoot(field) => {
            let root = ident::value(&field.name);
            let argument = root_argument(&root, field)?;
            let kept = argument.kept;
            parts.push(Part {
                ident,
                ty: quote!(Option<#wrapped>),
                init: quote!(None),
            });
            setters.push(setter(
                &field.origin,
                &root,
                &docs::field(field),
                argument.declared,
                quote! {
                    self.call.body = Some(#wrapped { #root: #kept });
                },
            )?);
        }
    }
    Ok(setters)
}

/// The argument for a root, kept as the body holds it.
fn root_argument(name: &Ident, field: &Field) -> Result<Argument, EmitError> {
    let mut argument = argument(name, &field.ty)?;
    let kept = argument.kept;
    argument.kept = match (field.required, field.nullable) {
        (true, false) => kept,
        (false, true) => quote!(lago_types::Patch::Value(#kept)),
        _ => quote!(Some(#kept)),
    };
    Ok(argument)
}

fn nothing(field: &Field) -> TokenStream {
    match field.nullable && !field.required {
        true => quote!(lago_types::Patch::Absent),
        false => quote!(None),
    }
}

fn query_argument(ident: &Ident, parameter: &Parameter) -> Result<Argument, EmitError> {
    match &parameter.place {
        ParameterPlace::Query { ty, .. } => argument(ident, ty),
        _ => {
            let name = &parameter.name;
            Ok(Argument {
                declared: quote!(#ident: impl IntoIterator<Item = (impl AsRef<str>, impl Into<String>)>),
                kept: quote!(DeepObject::new(#name, #ident)),
                ty: quote!(DeepObject),
            })
        }
    }
}

/// The setter of an option that stands in the body: `status`, or `body_status` when a query parameter
/// has that name. What both mean is the server's affair, so that one sets only one.
pub(crate) fn body_option(method: &Method<'_>, field: &Field) -> Ident {
    let name = ident::snake(&field.name);
    let mut queried = [true, false]
        .into_iter()
        .flat_map(|required| method.query(required));
    match queried.any(|parameter| parameter.rust == name) {
        true => ident::value(&format!("body_{name}")),
        false => ident::value(&name),
    }
}

fn query_setter(parameter: &Parameter) -> Result<TokenStream, EmitError> {
    let ident = ident::value(&parameter.rust);
    let Argument { declared, kept, .. } = query_argument(&ident, parameter)?;
    let plain = parameter.name.trim_end_matches("[]");
    let doc = match &parameter.doc {
        Some(said) => prose::markdown(said),
        None => format!("The query parameter {}.", prose::code(plain)),
    };
    let assignment = quote!(self.call.#ident = Some(#kept););
    setter(&parameter.origin, &ident, &doc, declared, assignment)
}

fn setter(
    origin: &str,
    ident: &Ident,
    doc: &str,
    argument: TokenStream,
    assignment: TokenStream,
) -> Result<TokenStream, EmitError> {
    if reserved::request_method(&ident.to_string()) {
        return Err(EmitError::at(
            origin,
            format!("an option is called `{ident}`, as every request calls something of its own"),
        ));
    }
    let doc = doc_lines(doc);
    Ok(quote! {
        #doc
        pub fn #ident(mut self, #argument) -> Self {
            #assignment
            self
        }
    })
}

/// A list that can be walked has a page to ask for.
fn list_impl(method: &Method<'_>, call: &Ident) -> Result<Option<TokenStream>, EmitError> {
    let Output::Page { item, .. } = &method.output else {
        return Ok(None);
    };
    let item = argument(call, item)?.ty;
    let paged = method.query(false).any(|parameter| {
        let number =
            matches!(&parameter.place, ParameterPlace::Query { ty, .. } if *ty == TypeRef::Integer);
        parameter.name == "page" && number
    });
    if !paged {
        return Err(EmitError::within(
            method.operation,
            "the list has pages but no optional parameter `page` that is a number; correct it in the overlay",
        ));
    }
    Ok(Some(quote! {
        impl ListCall for #call {
            type Item = #item;
            fn set_page(&mut self, page: i64) {
                self.page = Some(page);
            }
            fn page(&self) -> Option<i64> {
                self.page
            }
        }
    }))
}
