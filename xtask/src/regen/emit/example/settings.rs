//! Which of the settings of a call its example shows: for a list how long a page is, and one more.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::hint::Hint;
use super::in_query;
use super::value::Values;
use crate::regen::emit::resources::call_parts::is_paging;
use crate::regen::emit::resources::methods::{Input, Method, Output};
use crate::regen::ir::{Effect, Parameter, ParameterPlace, TypeRef};
use crate::regen::names::ident;

/// How many elements of a list an example asks for.
const PER_PAGE: u8 = 20;

/// What people filter by first. What is not here comes later, in the order of the document.
const FIRST: [&str; 9] = [
    "external_customer_id",
    "external_subscription_id",
    "statuses",
    "status",
    "payment_status",
    "plan_code",
    "currency",
    "search_term",
    "apply_taxes",
];

/// The settings, as they follow the call.
pub(super) fn of<'a>(values: &mut Values<'a>, method: &'a Method<'a>) -> TokenStream {
    let is_list = matches!(method.output, Output::Page { .. });
    // What a call changes is for its caller to say: no setting of it is what most people want.
    let shown = match method.operation.effect {
        Effect::Reads => query_setting(values, method, is_list),
        _ => body_setting(values, method),
    };
    let paging = is_list.then(|| {
        let count = Literal::u8_unsuffixed(PER_PAGE);
        quote!(.per_page(#count))
    });
    quote!(#shown #paging)
}

/// A parameter of the query that can be said in a word.
fn query_setting<'a>(
    values: &mut Values<'a>,
    method: &'a Method<'a>,
    is_list: bool,
) -> Option<TokenStream> {
    let shown = method
        .query(false)
        .filter(|parameter| !(is_list && is_paging(parameter)))
        .filter(|parameter| is_simple(parameter))
        .min_by_key(|parameter| {
            let name = parameter.name.trim_end_matches("[]");
            let known = FIRST.iter().position(|first| *first == name);
            known.unwrap_or(FIRST.len())
        })?;
    let name = ident::value(&shown.rust);
    let value = in_query(values, shown)?;
    Some(quote!(.#name(#value)))
}

fn is_simple(parameter: &Parameter) -> bool {
    let simple = |ty: &TypeRef| {
        matches!(
            ty,
            TypeRef::String | TypeRef::Integer | TypeRef::Boolean | TypeRef::Named(_)
        )
    };
    match &parameter.place {
        ParameterPlace::Query { ty, .. } => match ty {
            TypeRef::List(item) => simple(item),
            ty => simple(ty),
        },
        ParameterPlace::Path | ParameterPlace::QueryMap { .. } => false,
    }
}

/// The body of a call that needs none.
fn body_setting<'a>(values: &mut Values<'a>, method: &'a Method<'a>) -> Option<TokenStream> {
    let (name, value) = match &method.input {
        Input::OptionalType(ty) => ("input", values.argument(ty, &Hint::named("input"))?),
        Input::OptionalRoot(field) => (
            field.name.as_str(),
            values.argument(&field.ty, &Hint::of(field))?,
        ),
        _ => return None,
    };
    let name = ident::value(name);
    Some(quote!(.#name(#value)))
}
