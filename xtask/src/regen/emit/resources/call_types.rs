//! Prints what describes a call: the method that begins it, a type that holds its arguments, and the setters
//! of its options.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::call_body;
use super::call_impl::{call_impl, request_function};
use super::call_parts::{PAGING, Part, Setter, is_in_the_way, is_paging, setter};
use super::methods::{Method, Output};
use super::requests::Written;
use super::returned::{sentence, success};
use super::values::{Argument, argument, type_of};
use crate::regen::emit::docs::doc_lines;
use crate::regen::emit::{EmitError, docs, example};
use crate::regen::ir::{Api, Parameter, ParameterPlace};
use crate::regen::names::{calls, ident};
use crate::regen::prose;

/// A method and all that belongs to its call.
pub(crate) struct PrintedCall {
    /// The method on the accessor.
    pub(crate) method: TokenStream,
    /// The type of the call with its impls.
    pub(crate) call: TokenStream,
}

/// Prints a method of an accessor, given the address of the page of its request as seen from that of the accessor,
/// without its name, and the method of the same noun that reads back what it writes, if any.
pub(crate) fn print(
    api: &Api,
    method: &Method<'_>,
    (accessor, requests): (&Ident, &str),
    written: &Written,
    lookup: Option<&Method<'_>>,
) -> Result<PrintedCall, EmitError> {
    let call = format_ident!("{}", method.call);
    let is_list = matches!(method.output, Output::Page { .. });
    // What every list has is set and kept in one place for all.
    let options = || {
        method
            .query(false)
            .filter(|parameter| !(is_list && is_paging(parameter)))
    };
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
    for parameter in options() {
        let ident = ident::value(&parameter.rust);
        let ty = query_argument(&ident, parameter)?.ty;
        parts.push(Part::optional(ident, &ty));
    }
    if is_list {
        parts.push(Part {
            ident: format_ident!("paging"),
            ty: quote!(Paging),
            init: quote!(Paging::default()),
        });
    }
    let body = call_body::of(method)?;
    arguments.extend(body.arguments);
    parts.extend(body.parts);
    let query_setters = options().map(query_setter).collect::<Result<Vec<_>, _>>()?;
    let setters: Vec<Setter> = query_setters.into_iter().chain(body.setters).collect();
    let functions = setters.iter().map(|setter| &setter.tokens);
    let settings = (!setters.is_empty()).then(|| quote!(impl Request<#call> { #(#functions)* }));
    let request = calls::request(&method.call);

    let fields = parts
        .iter()
        .map(|Part { ident, ty, .. }| quote!(#ident: #ty));
    let inits = parts
        .iter()
        .map(|Part { ident, init, .. }| quote!(#ident: #init));
    let verb = ident::value(&method.verb);
    let listed = listed(&format!("{requests}type.{request}.html"), &setters, is_list);
    let said = docs::operation(api, method.operation, &sentence(&method.output));
    let example = example::of(api, method).map(|example| example.documentation());
    let given = given(method);
    let doc = doc_lines(&(said + &given + &example.unwrap_or_default() + &listed));
    let aliases = docs::aliases(api, &method.operation.id);
    let deprecated = method.operation.deprecated.then(|| quote!(#[deprecated]));
    let printed = quote! {
        #doc
        #aliases
        #deprecated
        pub fn #verb(&self, #(#arguments),*) -> #request {
            Request::new(&self.client, #call { #(#inits),* })
        }
    };
    let call_impl = call_impl(
        method,
        &request_function(method, written, &body.written)?,
        lookup,
        &call,
    )?;
    let list = list_impl(method, &call)?;
    let route = prose::code(&docs::endpoint(method.operation));
    let summary = method.operation.summary.as_deref().map(prose::markdown);
    let summary = summary.map_or_else(String::new, |said| format!("{said}\n\n"));
    let about = doc_lines(&format!(
        "{summary}What a [`{request}`] sends: {route}, with the arguments of [`{verb}`]({accessor}::{verb})."
    ));
    let about_request = doc_lines(&format!(
        "The request that [`{verb}`]({accessor}::{verb}) describes: {route}. Awaiting it gives {}.",
        success(&method.output)
    ));
    Ok(PrintedCall {
        method: printed,
        call: quote! {
            #about_request
            pub type #request = Request<#call>;
            #about
            #[derive(Clone, Debug)]
            pub struct #call { #(#fields),* }
            #settings
            #call_impl
            #list
        },
    })
}

/// The values that a method takes besides a body: their types take anything that can be written, so that only words say
/// which id is meant.
fn given(method: &Method<'_>) -> String {
    let parameters = method.path().chain(method.query(true));
    let lines = parameters.filter_map(|parameter| {
        let said = prose::markdown(parameter.doc.as_deref()?);
        let said = said
            .split("\n\n")
            .next()
            .unwrap_or_default()
            .replace('\n', " ");
        let name = ident::value(&parameter.rust).to_string();
        Some(format!("- `{}`: {said}\n", name.trim_start_matches("r#")))
    });
    let lines: String = lines.collect();
    match lines.is_empty() {
        true => lines,
        false => format!("\n\n# Arguments\n\n{}", lines.trim_end()),
    }
}

/// The settings of a call, in the words on the method.
///
/// rustdoc has a page for the alias of the request and shows on it the functions of this request alone, but leads
/// a link by path to the page of `Request`, where those of all calls stand. So these links are addresses of pages.
fn listed(page: &str, setters: &[Setter], is_list: bool) -> String {
    if setters.is_empty() && !is_list {
        return String::new();
    }
    let link = |name: &str| format!("[`{name}`]({page}#method.{name})");
    let mut doc = "\n\n# Settings\n\n".to_owned();
    for Setter { name, summary, .. } in setters {
        let link = link(name.to_string().trim_start_matches("r#"));
        doc += &format!("- {link}: {summary}\n");
    }
    if is_list {
        let [page, per_page] = PAGING.map(link);
        doc += &format!("- {page}, {per_page}: which part of the list is returned.\n");
    }
    doc
}

fn query_argument(ident: &Ident, parameter: &Parameter) -> Result<Argument, EmitError> {
    match &parameter.place {
        ParameterPlace::Query { ty, .. } => argument(ident, ty),
        _ => Ok(Argument {
            declared: quote!(#ident: impl IntoIterator<Item = (impl AsRef<str>, impl Into<String>)>),
            kept: quote!(DeepObject::new(#ident)),
            ty: quote!(DeepObject),
        }),
    }
}

fn query_setter(parameter: &Parameter) -> Result<Setter, EmitError> {
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

/// A list that can be walked has a page to ask for.
fn list_impl(method: &Method<'_>, call: &Ident) -> Result<Option<TokenStream>, EmitError> {
    let Output::Page { item, .. } = &method.output else {
        return Ok(None);
    };
    let item = type_of(item)?;
    let mut queried = method.query(true).chain(method.query(false));
    if let Some(other) = queried.find(|parameter| is_in_the_way(parameter)) {
        let message = format!(
            "`{}` of a list that has pages has to be an optional number; correct it in the overlay",
            other.name
        );
        return Err(EmitError::at(&other.origin, message));
    }
    Ok(Some(quote! {
        impl ListCall for #call {
            type Item = #item;
            fn paging(&mut self) -> &mut Paging {
                &mut self.paging
            }
        }
    }))
}
