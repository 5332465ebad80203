//! Faults of calls and of deliveries.

use std::collections::BTreeSet;

use crate::regen::emit::address_of;
use crate::regen::ir::{
    Api, BodyShape, Field, Idempotency, Operation, Parameter, ParameterPlace, Response, TypeRef,
};

/// Changes an operation where `at` says so, of those that `is` is said of.
fn each(
    api: &mut Api,
    at: &mut dyn FnMut(&str) -> bool,
    is: impl Fn(&Operation) -> bool,
    change: impl Fn(&mut Operation),
) {
    for operation in &mut api.operations {
        if is(operation) && at(&address_of(operation)) {
            change(operation);
        }
    }
}

/// Changes a parameter of a query where `at` says so; one that is taken away when `change` says no.
fn each_query(
    api: &mut Api,
    at: &mut dyn FnMut(&str) -> bool,
    change: impl Fn(&mut Parameter) -> bool,
) {
    for operation in &mut api.operations {
        let address = address_of(operation);
        operation.parameters.retain_mut(|parameter| {
            let is_query = parameter.place != ParameterPlace::Path;
            let is_here = is_query && at(&format!("{address}?{}", parameter.name));
            !is_here || change(parameter)
        });
    }
}

/// Another name: lists keep their brackets.
fn misspelt(name: &str) -> String {
    match name.strip_suffix("[]") {
        Some(stem) => format!("{stem}_value[]"),
        None => format!("{name}_value"),
    }
}

/// A parameter goes by another name on the wire, and by its own in Rust.
pub(super) fn misname_parameter(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    each_query(api, at, |parameter| {
        parameter.name = misspelt(&parameter.name);
        true
    });
}

/// There is no such parameter.
pub(super) fn lose_parameter(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    each_query(api, at, |_| false);
}

/// A parameter that may be left out cannot be.
pub(super) fn require_parameter(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    let is_optional = |parameter: &Parameter| match parameter.place {
        ParameterPlace::Path => false,
        ParameterPlace::Query { required, .. } | ParameterPlace::QueryMap { required } => !required,
    };
    for operation in &mut api.operations {
        let address = address_of(operation);
        for parameter in operation
            .parameters
            .iter_mut()
            .filter(|one| is_optional(one))
        {
            if at(&format!("{address}?{}", parameter.name))
                && let ParameterPlace::Query { required, .. }
                | ParameterPlace::QueryMap { required } = &mut parameter.place
            {
                *required = true;
            }
        }
    }
}

/// It is called by another method.
pub(super) fn change_method(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    let known: BTreeSet<(String, String)> = api
        .operations
        .iter()
        .map(|one| (one.path.clone(), one.method.clone()))
        .collect();
    let other = |operation: &Operation| {
        let other = match operation.method.as_str() {
            "POST" => "PUT",
            _ => "POST",
        };
        let place = (operation.path.clone(), other.to_owned());
        (!known.contains(&place)).then_some(other)
    };
    each(
        api,
        at,
        |operation| other(operation).is_some(),
        |operation| {
            if let Some(other) = other(operation) {
                operation.method = other.to_owned();
            }
        },
    );
}

/// Its path ends in another noun.
pub(super) fn misspell_path(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    let always = |_: &Operation| true;
    each(api, at, always, |operation| {
        let mut segments: Vec<String> = operation.path.split('/').map(str::to_owned).collect();
        if let Some(noun) = segments.iter_mut().rfind(|one| !one.starts_with('{')) {
            noun.push_str("_value");
        }
        operation.path = segments.join("/");
    });
}

/// The first two values of the path, where there are two.
fn first_two(operation: &Operation) -> Option<(usize, usize)> {
    let parameters = operation.parameters.iter().enumerate();
    let mut in_path = parameters.filter(|(_, one)| one.place == ParameterPlace::Path);
    Some((in_path.next()?.0, in_path.next()?.0))
}

/// The method takes two values of the path in the wrong order.
pub(super) fn swap_arguments(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    let has_two = |operation: &Operation| first_two(operation).is_some();
    each(api, at, has_two, |operation| {
        if let Some((first, second)) = first_two(operation) {
            operation.parameters.swap(first, second);
        }
    });
}

/// Two values of the path stand where the other should.
pub(super) fn swap_path_values(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    let has_two = |operation: &Operation| first_two(operation).is_some();
    each(api, at, has_two, |operation| {
        let Some((first, second)) = first_two(operation) else {
            return;
        };
        let place = |index: usize| format!("{{{}}}", operation.parameters[index].name);
        let (first, second) = (place(first), place(second));
        let segments = operation.path.split('/').map(|segment| match segment {
            _ if segment == first => &second,
            _ if segment == second => &first,
            other => other,
        });
        operation.path = segments.collect::<Vec<_>>().join("/");
    });
}

/// The first root key of a response.
fn root_of(response: &mut Response) -> Option<&mut String> {
    match response {
        Response::Root { key, .. } | Response::Page { key, .. } => Some(key),
        Response::Choice(responses) => responses.iter_mut().find_map(root_of),
        Response::Empty | Response::Text | Response::Type(_) => None,
    }
}

/// The value of a response is looked for under another root key.
pub(super) fn misname_response_root(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    let has_root = |operation: &Operation| !operation.response.roots().is_empty();
    each(api, at, has_root, |operation| {
        if let Some(key) = root_of(&mut operation.response) {
            key.push_str("_value");
        }
    });
}

/// The first root of a body.
fn root_sent(operation: &mut Operation) -> Option<&mut Field> {
    match &mut operation.body.as_mut()?.shape {
        BodyShape::Roots(fields) | BodyShape::Choice(fields) => fields.first_mut(),
        BodyShape::Type(_) => None,
    }
}

/// A body stands under another root key.
pub(super) fn misname_request_root(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    for operation in &mut api.operations {
        let address = address_of(operation);
        if let Some(root) = root_sent(operation)
            && at(&address)
        {
            root.name.push_str("_value");
        }
    }
}

/// Of a list there is one page, and no word of others.
pub(super) fn lose_page(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    for operation in &mut api.operations {
        let Response::Page { key, item } = &operation.response else {
            continue;
        };
        let response = Response::Root {
            key: key.clone(),
            ty: TypeRef::List(Box::new(item.clone())),
        };
        if at(&address_of(operation)) {
            operation.response = response;
        }
    }
}

/// A success without a body is none.
pub(super) fn forbid_empty(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    let may_be_empty = |operation: &Operation| operation.may_be_empty;
    each(api, at, may_be_empty, |operation| {
        operation.may_be_empty = false;
    });
}

/// What must not be repeated is, or what may be is not.
pub(super) fn flip_idempotency(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    let always = |_: &Operation| true;
    each(api, at, always, |operation| {
        operation.idempotency = match operation.idempotency {
            Idempotency::NotIdempotent => Idempotency::Idempotent,
            Idempotency::Idempotent | Idempotency::WithKey(_) => Idempotency::NotIdempotent,
        };
    });
}

/// Nobody looks whether a response is about what the path names.
pub(super) fn lose_identity(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    let is_checked =
        |operation: &Operation| !operation.identity.is_empty() || operation.gone.is_some();
    each(api, at, is_checked, |operation| {
        operation.identity.clear();
        operation.gone = None;
    });
}

/// There is no such delivery.
pub(super) fn lose_webhook(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    api.webhooks
        .retain(|webhook| !at(&format!("webhook {}", webhook.name)));
}

/// The object of a delivery is looked for under another root key.
pub(super) fn misname_webhook_root(api: &mut Api, at: &mut dyn FnMut(&str) -> bool) {
    for webhook in &mut api.webhooks {
        if at(&format!("webhook {}", webhook.name)) {
            webhook.root.push_str("_value");
        }
    }
}
