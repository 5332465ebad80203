//! Writes out references to anything but a component schema: shared parameters and answers, the
//! parameters of a path, and references into the middle of a schema.

use serde_json::Value;

use super::Context;
use crate::regen::schema::{METHODS, ORIGIN, each_schema_mut, list, object_mut, origin, reference};

/// How long a chain of such references may be before it must be a cycle.
const LONGEST: usize = 16;

/// After this pass `$ref` stands only for component schemas.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let before = root.clone();
    let mut changes = 0;
    let mut resolve = |node: &Value| match target(&before, node) {
        Some(target) => {
            changes += 1;
            written_out(node, target)
        }
        None => node.clone(),
    };
    let items = root.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in items.into_iter().flatten() {
        let of_path: Vec<Value> = list(item, "parameters").map(&mut resolve).collect();
        let item = object_mut(item);
        item.shift_remove("parameters");
        for (_, operation) in item
            .iter_mut()
            .filter(|(key, _)| METHODS.contains(&key.as_str()))
        {
            let own: Vec<Value> = list(operation, "parameters").map(&mut resolve).collect();
            // An operation's parameter overrides that of its path.
            let inherited = of_path
                .iter()
                .filter(|p| !own.iter().any(|o| same_parameter(o, p)));
            let all: Vec<Value> = inherited.cloned().chain(own.iter().cloned()).collect();
            if !all.is_empty() {
                operation["parameters"] = Value::Array(all);
            }
            let responses = operation
                .get_mut("responses")
                .and_then(Value::as_object_mut);
            for (_, response) in responses.into_iter().flatten() {
                *response = resolve(response);
            }
            if let Some(body) = operation.get_mut("requestBody") {
                *body = resolve(body);
            }
        }
    }
    changes + write_out_deep_references(root, &before, context)
}

fn target<'d>(document: &'d Value, node: &Value) -> Option<&'d Value> {
    document.pointer(node.get("$ref")?.as_str()?.strip_prefix('#')?)
}

/// The target, with what stands beside the reference.
fn written_out(node: &Value, target: &Value) -> Value {
    let mut written = target.clone();
    let beside = node.as_object().into_iter().flatten();
    for (key, value) in beside.filter(|(key, _)| *key != "$ref") {
        written[key] = value.clone();
    }
    written
}

fn write_out_deep_references(root: &mut Value, before: &Value, context: &mut Context<'_>) -> usize {
    let mut changes = 0;
    for round in 0.. {
        let mut left = Vec::new();
        each_schema_mut(root, &mut |node| {
            if reference(node).is_some_and(|name| name.contains('/'))
                && let Some(target) = target(before, node)
            {
                let address = origin(node).to_owned();
                *node = target.clone();
                // The copy may become another type than the schema that it is a part of.
                object_mut(node).insert(ORIGIN.to_owned(), Value::String(address.clone()));
                left.push(address);
            }
        });
        changes += left.len();
        match left.first() {
            Some(address) if round == LONGEST => {
                context.problem(
                    address,
                    "this reference leads back to itself",
                    "break the cycle",
                );
                break;
            }
            Some(_) => {}
            None => break,
        }
    }
    changes
}

fn same_parameter(one: &Value, other: &Value) -> bool {
    one["name"] == other["name"] && one["in"] == other["in"]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;

    #[test]
    fn an_operation_has_its_own_and_its_paths_parameters() {
        let mut root = json!({
            "components": {"parameters": {"page": {"name": "page", "in": "query"}}},
            "paths": {"/a/{id}": {
                "parameters": [{"name": "id", "in": "path"}],
                "get": {"parameters": [{"$ref": "#/components/parameters/page"}]},
            }},
        });
        assert_eq!(run_alone(run, &mut root), 1);
        let parameters = &root["paths"]["/a/{id}"]["get"]["parameters"];
        assert_eq!(parameters[0]["name"], "id");
        assert_eq!(parameters[1]["name"], "page");
    }

    #[test]
    fn what_stands_beside_the_reference_of_an_answer_stays() {
        let mut root = json!({
            "components": {"responses": {"NotFound": {"description": "None of this name."}}},
            "paths": {"/a": {"get": {"responses": {
                "404": {"$ref": "#/components/responses/NotFound", "x-codes": ["a_not_found"]},
            }}}},
        });
        assert_eq!(run_alone(run, &mut root), 1);
        let response = &root["paths"]["/a"]["get"]["responses"]["404"];
        assert_eq!(response["description"], "None of this name.");
        assert_eq!(response["x-codes"], json!(["a_not_found"]));
    }

    #[test]
    fn a_reference_into_a_schema_is_written_out() {
        let mut root = json!({"components": {"schemas": {
            "A": {"allOf": [{"type": "object", "properties": {"x": {"type": "string"}}}]},
            "B": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A/allOf/0"}}},
        }}});
        assert_eq!(run_alone(run, &mut root), 1);
        let a = &root["components"]["schemas"]["B"]["properties"]["a"];
        assert_eq!(a["properties"]["x"]["type"], "string");
    }
}
