//! Rules about schemas that show one noun.

use std::collections::BTreeMap;

use super::super::subject::Subject;
use super::Found;
use crate::pointer::join;
use crate::regen::schema::properties;

/// What the name of a schema has behind its noun, longest first.
const ROLES: [&str; 12] = [
    "ObjectExtended",
    "ExtendedObject",
    "BaseObject",
    "FullObject",
    "CreateInput",
    "UpdateInput",
    "BaseInput",
    "Extended",
    "Object",
    "Update",
    "Input",
    "Base",
];

/// The noun that a schema is a view of, by its name.
pub(super) fn noun(name: &str) -> String {
    let stem = ROLES.iter().find_map(|role| name.strip_suffix(role));
    stem.filter(|stem| !stem.is_empty())
        .unwrap_or(name)
        .to_owned()
}

pub(super) fn nullability_differs(subject: &Subject<'_>, found: &mut Vec<Found>) {
    // By noun, direction and property: a place where it is nullable, and those where it is not.
    let mut views: BTreeMap<(String, bool, &str), [Vec<String>; 2]> = BTreeMap::new();
    for schema in &subject.schemas {
        let is_component = schema.pointer.matches('/').count() == 3;
        let is_part = schema.pointer.contains("/allOf/");
        if !(is_component || is_part) || schema.sent == schema.received {
            continue;
        }
        let name = schema
            .address
            .split(['.', '[', '{', '|'])
            .next()
            .unwrap_or_default();
        if schema.address != name {
            continue;
        }
        for (property, node) in properties(schema.node) {
            let place = join(&join(&schema.pointer, "properties"), property);
            let key = (noun(name), schema.received, property.as_str());
            views.entry(key).or_default()[usize::from(subject.allows_null(node))].push(place);
        }
    }
    for ((noun, _, property), [never, sometimes]) in views {
        if let (Some(nullable), false) = (sometimes.first(), never.is_empty()) {
            found.extend(never.into_iter().map(|place| {
                Found::new(
                    place,
                    format!("`{property}` of {noun} is not nullable here, and is in another view"),
                    "find out what the server sends, and say the same in both",
                )
                .beside(nullable.clone(), "nullable here")
            }));
        }
    }
}
