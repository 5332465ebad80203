//! Flattens `allOf` into one object, and a reference with `required` beside it, which says the same.
//!
//! What else stands beside a reference (a description, an example, `nullable`, `deprecated`) speaks of
//! its use and stays there; a `type` only repeats that of the target.

use serde_json::{Map, Value, json};

use super::Context;
use crate::regen::places::{each_schema, each_schema_mut};
use crate::regen::schema::{
    components, listed_required, object_mut, origin, properties, reference,
};

/// How deep schemas may build on each other before it must be a cycle.
const DEEPEST: usize = 32;

/// How many may be flattened before it must be a cycle that branches.
const MOST: usize = 20_000;

/// After this pass no schema has an `allOf`, and no reference has facts beside it.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
        changes += usize::from(host_reference(node))
    });
    let known = components(root).cloned().unwrap_or_default();
    let mut cycles = Vec::new();
    // What a member brings may have an `allOf` further down, as it was before it was flattened.
    for round in 0.. {
        let mut left = false;
        each_schema_mut(root, &mut |node| {
            if node.get("allOf").is_none() {
                return;
            }
            left = true;
            match flatten(node, &known, 0).filter(|_| round < DEEPEST && changes < MOST) {
                Some(flat) => {
                    *node = flat;
                    changes += 1;
                }
                None => cycles.push(origin(node).to_owned()),
            }
        });
        if !left || !cycles.is_empty() {
            break;
        }
    }
    // One is enough: the others build on it.
    for address in cycles.into_iter().take(1) {
        context.problem(
            &address,
            "this `allOf` builds on itself",
            "break the cycle: an object cannot contain itself",
        );
    }
    changes
}

/// Makes a reference with facts beside it an `allOf`; whether it did.
fn host_reference(node: &mut Value) -> bool {
    let Some(map) = node.as_object_mut().filter(|map| map.contains_key("$ref")) else {
        return false;
    };
    let repeated = map.shift_remove("type").is_some();
    let Some(required) = map.shift_remove("required") else {
        return repeated;
    };
    let target = map.shift_remove("$ref");
    map.insert(
        "allOf".into(),
        json!([{ "$ref": target }, { "required": required }]),
    );
    true
}

/// The node without its `allOf`; none when it builds on itself.
fn flatten(node: &Value, known: &Map<String, Value>, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let mut host = node.clone();
    let members = match object_mut(&mut host).shift_remove("allOf") {
        Some(Value::Array(members)) => members,
        _ => return Some(host),
    };
    // Notes beside one reference do not make a new object.
    let (references, notes): (Vec<_>, Vec<_>) = members
        .iter()
        .partition(|member| reference(member).is_some());
    if let [only] = references.as_slice()
        && !shapes(&host)
        && !notes.iter().any(|note| shapes(note))
    {
        let mut flat = (*only).clone();
        for note in notes {
            overlay(&mut flat, note);
        }
        overlay(&mut flat, &host);
        return Some(flat);
    }
    let mut flat = Value::Object(Map::new());
    for member in &members {
        let target = match reference(member) {
            Some(name) => known.get(name)?,
            None => member,
        };
        let mut part = flatten(target, known, depth + 1)?;
        // What describes a part does not describe the whole.
        object_mut(&mut part).retain(|key, _| !matches!(key.as_str(), "description" | "example"));
        merge(&mut flat, &part);
    }
    merge(&mut flat, &host);
    Some(flat)
}

/// Whether a schema says more than notes about another one.
fn shapes(schema: &Value) -> bool {
    properties(schema).next().is_some() || listed_required(schema).next().is_some()
}

/// Adds the facts of `more`: its properties to the properties, its notes over the notes.
fn merge(flat: &mut Value, more: &Value) {
    let names: Vec<Value> = listed_required(flat)
        .chain(
            listed_required(more).filter(|name| !listed_required(flat).any(|known| known == *name)),
        )
        .map(Value::from)
        .collect();
    let mut fields = flat.get("properties").cloned().unwrap_or_default();
    for (name, schema) in properties(more) {
        overlay(
            object_mut(&mut fields).entry(name).or_insert(Value::Null),
            schema,
        );
    }
    overlay(flat, more);
    if fields.is_object() {
        flat["properties"] = fields;
    }
    if !names.is_empty() {
        flat["required"] = Value::Array(names);
    }
}

/// Writes every key of `more` over `node`.
fn overlay(node: &mut Value, more: &Value) {
    let node = object_mut(node);
    for (key, value) in more.as_object().into_iter().flatten() {
        node.insert(key.clone(), value.clone());
    }
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |_, node| {
        let beside = ["type", "required"]
            .iter()
            .any(|key| node.get(*key).is_some());
        node.get("allOf").is_none() && !(node.get("$ref").is_some() && beside)
    })
}

#[cfg(test)]
mod tests {
    use super::super::run_alone;
    use super::*;

    #[test]
    fn members_become_one_object_and_notes_stay_beside_a_reference() {
        let mut root = json!({"components": {"schemas": {
            "Base": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            "Extended": {"allOf": [
                {"$ref": "#/components/schemas/Base"},
                {"type": "object", "required": ["b"], "properties": {"b": {"type": "integer"}}},
            ]},
            "User": {"properties": {"base": {"allOf": [
                {"$ref": "#/components/schemas/Base"}, {"example": "x"},
            ]}}},
        }}});
        assert_eq!(run_alone(run, &mut root), 2);
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["Extended"]["required"], json!(["a", "b"]));
        assert_eq!(schemas["Extended"]["properties"]["a"]["type"], "string");
        let base = &schemas["User"]["properties"]["base"];
        assert_eq!(
            (reference(base), &base["example"]),
            (Some("Base"), &json!("x"))
        );
    }

    #[test]
    fn what_a_member_brings_is_flat_too() {
        let nested =
            json!({"allOf": [{"$ref": "#/components/schemas/Currency"}, {"example": "EUR"}]});
        let mut root = json!({"components": {"schemas": {
            "Currency": {"type": "string"},
            "Plan": {"type": "object", "properties": {"currency": nested}},
            "PlanExtended": {"allOf": [
                {"$ref": "#/components/schemas/Plan"}, {"properties": {"more": {"type": "string"}}},
            ]},
        }}});
        run_alone(run, &mut root);
        let currency = |name: &str| &root["components"]["schemas"][name]["properties"]["currency"];
        assert_eq!(reference(currency("Plan")), Some("Currency"));
        assert_eq!(currency("PlanExtended"), currency("Plan"));
    }

    #[test]
    fn an_object_that_is_written_out_in_itself_is_a_problem() {
        let child =
            json!({"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"x": {}}}]});
        let mut root = json!({"components": {"schemas": {
            "A": {"type": "object", "properties": {"left": child, "right": child}},
        }}});
        let addresses = crate::regen::address::annotate(&mut root);
        let names = crate::regen::names::Names::parse("names.yaml", "").unwrap();
        let mut context = Context::new(&names, &addresses, true);
        run(&mut root, &mut context);
        assert_eq!(context.problems.len(), 1);
    }

    #[test]
    fn a_cycle_is_a_problem_not_an_overflow() {
        let mut root = json!({"components": {"schemas": {
            "A": {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"x": {}}}]},
        }}});
        let known = components(&root).cloned().unwrap();
        assert_eq!(
            flatten(&root["components"]["schemas"]["A"].take(), &known, 0),
            None
        );
    }

    #[test]
    fn required_beside_a_reference_is_kept() {
        let base = json!({"$ref": "#/components/schemas/Base", "type": "object"});
        let mut needs = base.clone();
        needs["required"] = json!(["code"]);
        let mut kept = base;
        kept["description"] = json!("kept");
        let mut root = json!({"components": {"schemas": {
            "Base": {"properties": {"code": {"type": "string"}}},
            "Input": {"properties": {"coupon": needs, "base": kept}},
        }}});
        assert_eq!(run_alone(run, &mut root), 3);
        let fields = &root["components"]["schemas"]["Input"]["properties"];
        assert_eq!(fields["coupon"]["required"], json!(["code"]));
        assert_eq!(fields["coupon"]["properties"]["code"]["type"], "string");
        let base = &fields["base"];
        assert_eq!((reference(base), base.get("type")), (Some("Base"), None));
        assert_eq!(base["description"], "kept");
    }
}
