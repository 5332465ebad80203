//! Where callers find an operation: the accessors that lead to it and the method there.
//!
//! The accessors are the literal nouns of the path. The verb follows from the method and the
//! shape of the path, unless the path ends in an action, which is the verb then. A literal end
//! is a noun when the path goes on below it, when several methods stand on it, or when it is a
//! plural that can be read; everything else is an action (`finalize`, `current_usage`).

use std::collections::BTreeMap;

use heck::ToSnakeCase;

use super::ir::{Answer, Operation, TypeRef};
use super::names::{Names, singular};
use super::passes::Problem;

/// Fills in accessors and verb of every operation; two operations under one name are a problem.
pub(crate) fn name(operations: &mut [Operation], names: &Names, problems: &mut Vec<Problem>) {
    let shapes: Vec<(String, String)> = operations
        .iter()
        .map(|o| (o.path.clone(), o.method.clone()))
        .collect();
    for operation in operations.iter_mut() {
        let literals: Vec<&str> = operation
            .path
            .split('/')
            .filter(|s| is_literal(s))
            .collect();
        let at_literal = operation.path.rsplit('/').next().is_some_and(is_literal);
        let action = at_literal && !is_noun(&operation.path, literals.len(), &shapes);
        let nouns = if action {
            &literals[..literals.len() - 1]
        } else {
            &literals[..]
        };
        let ruled = match literals.last() {
            Some(tail) if action => tail.to_snake_case(),
            _ => by_method(operation, at_literal).to_owned(),
        };
        operation.accessors = nouns.iter().map(|noun| noun.to_snake_case()).collect();
        operation.verb = names.verb(&operation.id).map_or(ruled, str::to_owned);
    }
    let mut known: BTreeMap<(&[String], &str), &str> = BTreeMap::new();
    for operation in operations.iter() {
        let place = (operation.accessors.as_slice(), operation.verb.as_str());
        if let Some(other) = known.insert(place, &operation.id) {
            problems.push(Problem {
                address: format!("{} {}", operation.method, operation.path),
                message: format!(
                    "`{}` and `{other}` are both called {}.{}",
                    operation.id,
                    operation.accessors.join("."),
                    operation.verb
                ),
                advice: "give one of them another verb in names.yaml, section verbs".to_owned(),
            });
        }
    }
}

fn is_literal(segment: &str) -> bool {
    !segment.is_empty() && !segment.starts_with('{')
}

fn is_noun(path: &str, literals: usize, shapes: &[(String, String)]) -> bool {
    let below = format!("{path}/");
    let methods = shapes.iter().filter(|(other, _)| other == path).count();
    let readable = shapes
        .iter()
        .any(|(other, method)| other == path && method == "GET");
    let tail = path.rsplit('/').next().unwrap_or_default();
    literals == 1
        || methods > 1
        || shapes.iter().any(|(other, _)| other.starts_with(&below))
        || (readable && singular(tail) != tail)
}

fn by_method(operation: &Operation, collection: bool) -> &'static str {
    match (operation.method.as_str(), collection) {
        ("GET", true) if is_list(&operation.answer) => "list",
        ("GET", _) => "get",
        ("POST", _) => "create",
        ("DELETE", true) => "delete_all",
        ("DELETE", false) => "delete",
        _ => "update",
    }
}

fn is_list(answer: &Answer) -> bool {
    matches!(
        answer,
        Answer::Page { .. }
            | Answer::Root {
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
        let page = || Answer::Page {
            key: "x".into(),
            item: TypeRef::Json,
        };
        let mut operations: Vec<Operation> = paths
            .iter()
            .map(|(method, path)| Operation {
                may_be_empty: false,
                failures: Vec::new(),
                published: true,
                id: format!("{method} {path}"),
                method: (*method).to_owned(),
                path: (*path).to_owned(),
                tag: String::new(),
                summary: None,
                description: None,
                deprecated: false,
                parameters: Vec::new(),
                body: None,
                answer: if path.ends_with('s') {
                    page()
                } else {
                    Answer::Empty
                },
                accessors: Vec::new(),
                verb: String::new(),
                idempotency: Idempotency::NotIdempotent,
                since: None,
            })
            .collect();
        let mut problems = Vec::new();
        name(
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
            ]
        );
    }
}
