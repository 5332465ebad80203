//! Names of what callers use: the accessors that lead to an operation, the method there, the types of its calls.
//!
//! The accessors are the literal nouns of the path. The verb follows from the method and the
//! shape of the path, unless the path ends in an action, which is the verb then. A literal end
//! is a noun when the path goes on below it, when several methods stand on it, or when it is a
//! plural that can be read; everything else is an action (`finalize`, `current_usage`).

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;
use quote::format_ident;

use super::words::singular;
use super::{Names, ident, reserved};
use crate::regen::ir::{Operation, Parameter, ParameterPlace, Response, TypeRef};
use crate::regen::problem::Problem;

/// What a call keeps under these names, and what progenitor has in a variable of that name.
const VARIABLES: [&str; 3] = ["body", "header_map", "paging"];

/// The noun of a path that has none.
const ROOT: &str = "root";

/// Gives every operation its accessors and its verb; two operations under one name are a problem.
pub(crate) fn operations(operations: &mut [Operation], names: &Names, problems: &mut Vec<Problem>) {
    let shapes: Vec<(String, String)> = operations
        .iter()
        .map(|o| (o.path.clone(), o.method.clone()))
        .collect();
    for operation in operations.iter_mut() {
        let mut words: Vec<&str> = operation.path.split('/').filter_map(word).collect();
        let at_literal = operation.path.rsplit('/').next().and_then(word).is_some();
        let action = match words.last() {
            Some(tail) if at_literal && !is_noun(&operation.path, words.len(), &shapes) => {
                let tail = ident::snake(tail);
                words.pop();
                Some(tail)
            }
            _ => None,
        };
        if words.is_empty() {
            words.push(ROOT);
        }
        let method = by_method(operation, at_literal);
        let ruled = match action {
            // Every accessor has a function of that name.
            Some(new) if new == "new" => format!("{method}_{new}"),
            Some(action) => action,
            None => method.to_owned(),
        };
        operation.accessors = words.into_iter().map(ident::snake).collect();
        for (depth, noun) in operation.accessors.iter_mut().enumerate() {
            if noun == "new" || (depth == 0 && reserved::client_method(noun)) {
                noun.push_str("_calls");
            }
        }
        operation.verb = names.verb(&operation.id).map_or(ruled, str::to_owned);
    }
    let mut known: BTreeMap<(Vec<&str>, &str), &str> = BTreeMap::new();
    let nouns: BTreeSet<&[String]> = operations.iter().flat_map(places).collect();
    for operation in operations.iter() {
        let mut problem = |message: String, advice: &str| {
            problems.push(Problem {
                address: format!("{} {}", operation.method, operation.path),
                message,
                advice: advice.to_owned(),
            });
        };
        let accessors: Vec<&str> = operation.accessors.iter().map(String::as_str).collect();
        let called = format!("{}.{}", accessors.join("."), operation.verb);
        let place = [
            &operation.accessors[..],
            std::slice::from_ref(&operation.verb),
        ]
        .concat();
        if nouns.contains(place.as_slice()) {
            problem(
                format!(
                    "`{}` is called {called}, which leads to other calls",
                    operation.id
                ),
                "give it another verb in names.yaml, section verbs",
            );
        }
        if let Some(other) = known.insert((accessors, operation.verb.as_str()), &operation.id) {
            problem(
                format!("`{}` and `{other}` are both called {called}", operation.id),
                "give one of them another verb in names.yaml, section verbs",
            );
        }
    }
}

/// The verb of the method that sends several at once, where another sends one.
pub(crate) fn batch(verb: &str) -> String {
    format!("{verb}_batch")
}

/// The type of an accessor: `plans`, `charges` make `PlansCharges`.
pub(crate) fn accessor(nouns: &[String]) -> Ident {
    let name: String = nouns.iter().map(|noun| ident::pascal(noun)).collect();
    match reserved::call_name(&name) {
        true => format_ident!("{name}Calls"),
        false => format_ident!("{name}"),
    }
}

/// The type of a call, in the module of its first accessor: `ChargesCreate`.
pub(crate) fn call(accessors: &[String], verb: &str) -> String {
    let below = accessors.iter().skip(1).map(String::as_str);
    let name: String = below.chain([verb]).map(ident::pascal).collect();
    match reserved::call_name(&name) {
        true => name + "Call",
        false => name,
    }
}

/// The type of a request of the call: `ListRequest`.
pub(crate) fn request(call: &str) -> Ident {
    format_ident!("{call}Request")
}

/// The row of an operation in the table.
pub(crate) fn row(operation_id: &str) -> String {
    match ident::snake(operation_id).to_uppercase() {
        table if table == "OPERATIONS" => table + "_",
        name => name,
    }
}

/// Gives each parameter a name of its own in Rust: path and query may have one of the same name. Those for which
/// there is none are given back.
pub(crate) fn parameters(parameters: &mut [Parameter]) -> Vec<&Parameter> {
    let mut known: BTreeSet<String> = VARIABLES.map(str::to_owned).into();
    let mut alike = Vec::new();
    for parameter in parameters {
        parameter.rust = ident::snake(&parameter.name);
        if known.contains(&parameter.rust) {
            let place = match parameter.place {
                ParameterPlace::Path => "path",
                ParameterPlace::Query { .. } | ParameterPlace::QueryMap { .. } => "query",
            };
            parameter.rust = format!("{place}_{}", parameter.rust);
        }
        if !known.insert(parameter.rust.clone()) {
            alike.push(&*parameter);
        }
    }
    alike
}

/// Where a call keeps a root of the body beside the one that it is about.
pub(crate) fn kept_root(root: &str) -> Ident {
    format_ident!("body_{}", ident::snake(root))
}

/// The setter of a root of the body: `status`, or `body_status` when a query parameter has that name. What both
/// mean is the server's affair, so that one sets only one.
pub(crate) fn root_setter<'p>(
    root: &str,
    mut queried: impl Iterator<Item = &'p Parameter>,
) -> Ident {
    let name = ident::snake(root);
    match queried.any(|parameter| parameter.rust == name) {
        true => ident::value(&format!("body_{name}")),
        false => ident::value(&name),
    }
}

/// The accessors that lead to an operation: the first, the first two, and so on.
fn places(operation: &Operation) -> impl Iterator<Item = &[String]> {
    (1..=operation.accessors.len()).map(|length| &operation.accessors[..length])
}

/// What a segment says besides its parameters: all of it, or what stands behind them, as in
/// `{secret}:addVersion`. What stands before them only decorates them.
fn word(segment: &str) -> Option<&str> {
    let behind = segment.rsplit('}').next().unwrap_or(segment);
    let said = behind.contains(|char: char| char.is_ascii_alphanumeric());
    said.then_some(behind)
}

fn is_noun(path: &str, words: usize, shapes: &[(String, String)]) -> bool {
    let tail = path.rsplit('/').next().unwrap_or_default();
    if tail.contains('}') {
        return false;
    }
    let below = format!("{path}/");
    let methods = shapes.iter().filter(|(other, _)| other == path).count();
    let readable = shapes
        .iter()
        .any(|(other, method)| other == path && method == "GET");
    words == 1
        || methods > 1
        || shapes.iter().any(|(other, _)| other.starts_with(&below))
        || (readable && singular(tail) != tail)
}

fn by_method(operation: &Operation, collection: bool) -> &'static str {
    match (operation.method.as_str(), collection) {
        ("GET", true) if is_list(&operation.response) => "list",
        ("GET", _) => "get",
        ("POST", _) => "create",
        ("DELETE", true) => "delete_all",
        ("DELETE", false) => "delete",
        _ => "update",
    }
}

fn is_list(response: &Response) -> bool {
    matches!(
        response,
        Response::Page { .. }
            | Response::Root {
                ty: TypeRef::List(_),
                ..
            }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regen::ir::Idempotency;

    fn named(paths: &[(&str, &str)]) -> Vec<String> {
        let page = || Response::Page {
            key: "x".into(),
            item: TypeRef::Json,
        };
        let mut operations: Vec<Operation> = paths
            .iter()
            .map(|(method, path)| Operation {
                identity: Vec::new(),
                gone: None,
                may_be_empty: false,
                failures: Vec::new(),
                published: true,
                id: format!("{method} {path}"),
                method: (*method).to_owned(),
                base_path: String::new(),
                path: (*path).to_owned(),
                summary: None,
                description: None,
                deprecated: false,
                parameters: Vec::new(),
                body: None,
                response: if path.ends_with('s') {
                    page()
                } else {
                    Response::Empty
                },
                accessors: Vec::new(),
                verb: String::new(),
                effect: crate::regen::ir::Effect::Reads,
                outside: false,
                grants: false,
                idempotency: Idempotency::NotIdempotent,
                since: None,
            })
            .collect();
        let mut problems = Vec::new();
        super::operations(
            &mut operations,
            &Names::parse("names.yaml", "").unwrap(),
            &mut problems,
        );
        assert!(problems.is_empty(), "{problems:?}");
        operations
            .iter()
            .map(|o| format!("{}.{}", o.accessors.join("."), o.verb))
            .collect()
    }

    #[test]
    fn nouns_are_accessors_and_actions_are_verbs() {
        let paths = [
            ("GET", "/plans"),
            ("GET", "/plans/{code}"),
            ("GET", "/plans/{code}/charges"),
            ("DELETE", "/plans/{code}/charges"),
            ("PUT", "/invoices/{id}/finalize"),
            ("GET", "/customers/{id}/current_usage"),
            ("GET", "/subscriptions/{id}/lifetime_usage"),
            ("PUT", "/subscriptions/{id}/lifetime_usage"),
            ("POST", "/events/estimate_fees"),
            ("POST", "/v1/secrets/{secret}:addVersion"),
            ("GET", "/v1/secrets/{secret}"),
            ("GET", "/files/{name}.pdf"),
            ("POST", "/{id}"),
            ("GET", "/"),
            ("GET", "/2fa/self"),
            ("GET", "/drift/{id}/new"),
        ];
        assert_eq!(
            named(&paths),
            [
                "plans.list",
                "plans.get",
                "plans.charges.list",
                "plans.charges.delete_all",
                "invoices.finalize",
                "customers.current_usage",
                "subscriptions.lifetime_usage.get",
                "subscriptions.lifetime_usage.update",
                "events.estimate_fees",
                "v1.secrets.add_version",
                "v1.secrets.get",
                "files.pdf",
                "root.create",
                "root.get",
                "x2fa.self",
                "drift_calls.get_new",
            ]
        );
    }
}
