//! Splits what is both sent and received, where it matters.
//!
//! A nullable or defaulted property means one thing in a response (it may be null) and another
//! in a request (leave alone, clear, or set). Where a component has such a property the
//! received one keeps the name and the sent one becomes `XInput`; so do those that contain it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Context;
use crate::regen::names::types;
use crate::regen::places::{Site, each_root_mut, each_schema};
use crate::regen::reach::{Uses, reachable};
use crate::regen::schema::{
    components, components_mut, descend, descend_mut, flag, is_struct, origin, properties,
    redirect, reference,
};

/// After this pass a component with nullable properties is sent or received, not both.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let sent = reachable(root, Uses::Requests);
    let received = reachable(root, Uses::Responses);
    let both: BTreeSet<String> = sent.intersection(&received).cloned().collect();
    let copies_of = copies_of(root, &to_split(root, &both), context);
    let point_at_copy = |node: &mut Value| {
        if let Some(copy) = reference(node).and_then(|name| copies_of.get(name)) {
            redirect(node, copy);
        }
    };
    let copies: Vec<(String, Value)> = copies_of
        .iter()
        .filter_map(|(name, copy)| {
            let mut schema = components(root)?.get(name)?.clone();
            descend_mut(&mut schema, &mut |node| point_at_copy(node));
            Some((copy.clone(), schema))
        })
        .collect();
    for (name, schema) in components_mut(root) {
        if sent.contains(name) && !received.contains(name) {
            descend_mut(schema, &mut |node| point_at_copy(node));
        }
    }
    each_root_mut(root, &mut |place, schema| {
        if matches!(place.site, Site::Request | Site::Parameter) {
            descend_mut(schema, &mut |node| point_at_copy(node));
        }
    });
    components_mut(root).extend(copies);
    copies_of.len()
}

/// The name of the copy that is sent, of each component that is split.
fn copies_of(
    root: &Value,
    split: &BTreeSet<String>,
    context: &mut Context<'_>,
) -> BTreeMap<String, String> {
    let all = components(root);
    let taken = |name: &str| all.and_then(|all| all.get(name));
    let mut copies_of = BTreeMap::new();
    for name in split {
        let mut copy = types::sent(name);
        if let (Some(schema), Some(other)) = (taken(name), taken(&copy)) {
            let other = context.pointer(origin(other));
            context.choice(
                origin(schema),
                format!("`{name}` is sent and received, but `{copy}` is already {other}"),
                "name one of them in names.yaml, section types",
            );
            copy = types::sent_otherwise(name);
            if let Some(other) = taken(&copy) {
                let other = context.pointer(origin(other));
                context.problem(
                    origin(schema),
                    format!("`{name}` is sent and received, but `{copy}` too is already {other}"),
                    "name one of them in names.yaml, section types",
                );
            }
        }
        copies_of.insert(name.clone(), copy);
    }
    copies_of
}

/// Those with a property whose meaning depends on the direction, and all that contain them.
fn to_split(root: &Value, both: &BTreeSet<String>) -> BTreeSet<String> {
    let all = components(root);
    let schema = |name: &String| all.and_then(|all| all.get(name));
    let mut split: BTreeSet<String> = both
        .iter()
        .filter(|name| schema(name).is_some_and(depends_on_direction))
        .cloned()
        .collect();
    loop {
        let more: Vec<String> = both
            .iter()
            .filter(|name| {
                !split.contains(*name) && schema(name).is_some_and(|s| contains(s, &split))
            })
            .cloned()
            .collect();
        if more.is_empty() {
            return split;
        }
        split.extend(more);
    }
}

fn depends_on_direction(schema: &Value) -> bool {
    is_struct(schema)
        && properties(schema)
            .any(|(_, field)| flag(field, "nullable") || field.get("default").is_some())
}

fn contains(schema: &Value, names: &BTreeSet<String>) -> bool {
    let mut found = false;
    descend(schema, &mut |node| {
        found |= reference(node).is_some_and(|name| names.contains(name));
    });
    found
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    let sent = reachable(root, Uses::Requests);
    let received = reachable(root, Uses::Responses);
    each_schema(root, |place, node| {
        let is_component = place.site == Site::Component && place.is_root(root, node);
        let both = sent.contains(&place.name) && received.contains(&place.name);
        !(is_component && both && depends_on_direction(node))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;

    #[test]
    fn a_nullable_property_splits_its_holder_and_what_contains_it() {
        let body = |name: &str| json!({"content": {"application/json": {"schema": crate::regen::schema::refer_to(name)}}});
        let mut root = json!({
            "components": {"schemas": {
                "Outer": {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/Inner"}}},
                "Inner": {"type": "object", "properties": {"a": {"type": "string", "nullable": true}}},
                "Same": {"type": "object", "properties": {"a": {"type": "string"}}},
            }},
            "paths": {
                "/a": {"put": {"requestBody": body("Outer"), "responses": {"200": body("Outer")}}},
                "/b": {"put": {"requestBody": body("Same"), "responses": {"200": body("Same")}}},
            },
        });
        assert_eq!(run_alone(run, &mut root), 2);
        let all = components(&root).unwrap();
        assert_eq!(
            reference(&all["OuterInput"]["properties"]["inner"]),
            Some("InnerInput")
        );
        assert_eq!(
            reference(&all["Outer"]["properties"]["inner"]),
            Some("Inner")
        );
        assert!(!all.contains_key("SameInput"));
    }
}
