//! Gives inline objects a component of their own.
//!
//! Until the rename pass a component that was inline is called by its address.

use serde_json::{Map, Value};

use super::Context;
use crate::regen::places::{Site, each_root_mut, each_schema};
use crate::regen::schema::{
    ENVELOPE, LEFT_OUT, NULL_AS_EMPTY, ORIGIN, components, components_mut, each_child_mut,
    each_choice_mut, flag, is_struct, object_mut, origin, refer_to,
};

/// What describes a use of a type rather than the type.
const NOTES: [&str; 6] = [
    "description",
    "example",
    "nullable",
    "deprecated",
    LEFT_OUT,
    NULL_AS_EMPTY,
];

/// After this pass objects stand only in components and as the envelopes of bodies.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let mut found: Vec<(String, Value)> = Vec::new();
    for (_, schema) in components_mut(root) {
        each_child_mut(schema, &mut |child| hoist(child, &mut found));
    }
    each_root_mut(root, &mut |place, body| match place.site {
        Site::Request | Site::Response | Site::Webhook => each_choice_mut(body, &mut |body| {
            let is_type = place.site != Site::Webhook && is_struct(body) && !flag(body, ENVELOPE);
            match is_type {
                true => hoist(body, &mut found),
                false => each_child_mut(body, &mut |child| hoist(child, &mut found)),
            }
        }),
        _ => {}
    });
    let changes = found.len();
    for (address, schema) in found {
        match components(root).and_then(|all| all.get(&address)) {
            Some(known) if *known != schema => context.problem(
                &address,
                "two different objects come from this place",
                "let the schemas that build on it declare the property alike",
            ),
            _ => {
                components_mut(root).insert(address, schema);
            }
        }
    }
    changes
}

fn hoist(node: &mut Value, found: &mut Vec<(String, Value)>) {
    each_child_mut(node, &mut |child| hoist(child, found));
    if !is_struct(node) {
        return;
    }
    let address = origin(node).to_owned();
    let mut schema = node.clone();
    let mut reference = refer_to(&address);
    let map: &mut Map<String, Value> = object_mut(&mut schema);
    for note in NOTES {
        // A description is worth as much on the type as on its use.
        let value = if note == "description" {
            map.get(note).cloned()
        } else {
            map.shift_remove(note)
        };
        if let Some(value) = value {
            reference[note] = value;
        }
    }
    reference[ORIGIN] = Value::String(address.clone());
    found.push((address, schema));
    *node = reference;
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |place, node| {
        let is_component = place.site == Site::Component && place.is_root(root, node);
        !is_struct(node)
            || is_component
            || place.is_body(root, node)
            // It is spread over the query, or refused where it is read.
            || (place.site == Site::Parameter && place.is_root(root, node))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;
    use crate::regen::schema::reference;

    #[test]
    fn an_inline_object_becomes_a_component_under_its_address() {
        let mut root = json!({"components": {"schemas": {"Fee": {"type": "object", "properties": {
            "items": {"type": "array", "items": {"type": "object", "properties": {
                "tax": {"type": "object", "nullable": true, "properties": {"code": {"type": "string"}}},
            }}},
        }}}}});
        assert_eq!(run_alone(run, &mut root), 2);
        let all = components(&root).unwrap();
        let item = &all["Fee"]["properties"]["items"]["items"];
        assert_eq!(reference(item), Some("Fee.items[]"));
        let tax = &all["Fee.items[]"]["properties"]["tax"];
        assert_eq!(
            (reference(tax), &tax["nullable"]),
            (Some("Fee.items[].tax"), &json!(true))
        );
    }
}
