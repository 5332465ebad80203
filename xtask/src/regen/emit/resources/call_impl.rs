//! Prints how a call writes its request, and how it reads what comes back.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::call_parts::{PAGING, is_paging};
use super::methods::{Method, Output};
use super::requests::Written;
use super::values::type_of;
use super::{identity, keyed, lowered};
use crate::regen::emit::EmitError;
use crate::regen::names::{calls, ident};

/// The `Call` of a call type.
pub(crate) fn call_impl(
    method: &Method<'_>,
    request: &TokenStream,
    lookup: Option<&Method<'_>>,
    call: &Ident,
) -> Result<TokenStream, EmitError> {
    let constant = format_ident!("{}", calls::row(&method.operation.id));
    let (output, read) = match &method.output {
        Output::Nothing => (quote!(()), quote!(nothing())),
        Output::Text => (quote!(String), quote!(text())),
        Output::Whole(ty) => (type_of(ty)?, quote!(whole())),
        Output::Root { ty, .. } => (type_of(ty)?, quote!(root())),
        Output::RootOrNothing { ty, .. } => {
            let ty = type_of(ty)?;
            (quote!(Option<#ty>), quote!(root_or_nothing()))
        }
        Output::Page { item, .. } => {
            let item = type_of(item)?;
            (quote!(Page<#item>), quote!(page()))
        }
    };
    // The root key stands in the table; a call says only which one, where that is not the first.
    let roots = method.operation.response.roots();
    let at = roots
        .iter()
        .position(|key| Some(*key) == method.output.root());
    let root = at.filter(|at| *at > 0).map(|at| {
        let at = proc_macro2::Literal::usize_unsuffixed(at);
        quote!(const ROOT: &'static str = Self::OPERATION.roots[#at];)
    });
    let check = identity::check(method);
    let keyed = keyed::call_functions(method, lookup);
    Ok(quote! {
        impl Call for #call {
            type Output = #output;
            const OPERATION: &'static Operation = op::#constant;
            #root
            const READ: Read<Self::Output> = Read::#read;
            #request
            #check
            #keyed
        }
    })
}

/// The function that writes the request: what progenitor puts into it, from what the call keeps.
pub(crate) fn request_function(
    method: &Method<'_>,
    written: &Written,
    body: &TokenStream,
) -> Result<TokenStream, EmitError> {
    let unknown = |name: &str| {
        let message = format!("progenitor asks for an unknown `{name}`");
        EmitError::within(method.operation, message)
    };
    let mut segments = Vec::new();
    for name in &written.segments {
        // Progenitor may have added to the name what makes it an identifier.
        let mut known = method.path();
        let known = known.find(|known| known.rust == ident::snake(name));
        let known = known.ok_or_else(|| unknown(name))?;
        let (field, name) = (ident::value(&known.rust), &known.rust);
        segments.push(quote!(wire::segment(#name, &self.#field)?));
    }
    let is_list = matches!(method.output, Output::Page { .. });
    let mut query = Vec::new();
    for name in &written.query {
        let mut known = lowered::queries(method.operation);
        let known = known.find(|known| lowered::name(known) == name);
        let known = known.ok_or_else(|| unknown(name))?;
        let (field, name) = (ident::value(&known.rust), &known.name);
        let value = match is_list && is_paging(known) {
            true => quote!(self.paging.#field),
            false => quote!(self.#field),
        };
        query.push(quote!(.query(#name, &#value)));
    }
    let forgotten = |name: &&str| is_list && !written.query.iter().any(|known| known == *name);
    query.extend(PAGING.into_iter().filter(forgotten).map(|name| {
        let field = ident::value(name);
        quote!(.query(#name, &self.paging.#field))
    }));
    let url = written.url.replacen("{}", "{base_url}", 1);
    // Inline, so that it is compiled where it is called: most programs make a few of all calls.
    Ok(quote! {
        #[inline]
        fn request(&self, base_url: &str) -> Result<reqwest::Request, wire::InvalidRequest> {
            let url = format!(#url #(, #segments)*);
            wire::draft(Self::OPERATION, url) #(#query)* #body .build()
        }
    })
}
