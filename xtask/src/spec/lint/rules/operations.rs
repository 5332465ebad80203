//! Rules about operations and their parameters.

use std::collections::BTreeMap;

use super::super::subject::Subject;
use super::Found;
use crate::pointer::join;
use crate::regen::schema::text;
use crate::regen::validate::{dangling, path_parameters_of};
use crate::spec::duplicates::duplicates;

pub(super) fn reference_nowhere(subject: &Subject<'_>, found: &mut Vec<Found>) {
    found.extend(dangling(subject.root).into_iter().map(|(at, target)| {
        Found::new(
            at,
            format!("`{target}` leads nowhere"),
            "define it, or correct the reference",
        )
    }));
}

pub(super) fn parameter_twice(subject: &Subject<'_>, found: &mut Vec<Found>) {
    found.extend(duplicates(subject.root).into_iter().map(|duplicate| {
        let how = match duplicate.same {
            true => "the same a second time",
            false => "something else a second time",
        };
        Found::new(
            duplicate.second,
            format!("the parameter `{}` says {how}", duplicate.name),
            "remove one of the two",
        )
        .beside(duplicate.first, "first stated here")
    }));
}

pub(super) fn path_parameter_undeclared(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for operation in &subject.operations {
        let parameters =
            path_parameters_of(subject.root, operation.path, operation.item, operation.node);
        found.extend(parameters.undeclared.into_iter().map(|name| {
            Found::new(
                operation.pointer.clone(),
                format!("nothing declares the path parameter `{name}`"),
                format!("declare a parameter `{name}` with `in: path`"),
            )
        }));
    }
}

pub(super) fn path_parameter_unused(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for operation in &subject.operations {
        let parameters =
            path_parameters_of(subject.root, operation.path, operation.item, operation.node);
        found.extend(parameters.unused.into_iter().map(|name| {
            Found::new(
                operation.pointer.clone(),
                format!("the path has no place for the parameter `{name}`"),
                format!("write `{{{name}}}` into the path, or remove the parameter"),
            )
        }));
    }
}

pub(super) fn operation_id(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    for operation in &subject.operations {
        let at = join(&operation.pointer, "operationId");
        let Some(id) = text(operation.node, "operationId") else {
            found.push(Found::new(
                operation.pointer.clone(),
                "the operation has no operationId",
                "give it one in camelCase: a verb and a noun",
            ));
            continue;
        };
        if !is_camel_case(id) {
            found.push(Found::new(
                at.clone(),
                format!("`{id}` is not camelCase"),
                "begin with a lower-case letter, and use letters and digits alone",
            ));
        }
        match known.get(id) {
            Some(first) => found.push(
                Found::new(
                    at,
                    format!("`{id}` is the id of two operations"),
                    "give each an id of its own",
                )
                .beside(*first, "the other one"),
            ),
            None => drop(known.insert(id, &operation.pointer)),
        }
    }
}

fn is_camel_case(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_alphanumeric())
}

pub(super) fn missing_4xx(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for operation in &subject.operations {
        let responses = operation.node["responses"]
            .as_object()
            .into_iter()
            .flatten();
        let mut statuses = responses.map(|(status, _)| status);
        if !statuses.any(|status| status.starts_with('4') || status == "default") {
            found.push(Found::new(
                operation.pointer.clone(),
                "no response says how the operation fails",
                "add the responses of status 4xx that the server gives",
            ));
        }
    }
}
