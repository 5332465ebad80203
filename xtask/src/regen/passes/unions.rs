//! Takes unions as free JSON: a closed list of shapes fails the day the server adds one.
//!
//! The choice between whole bodies (one alert or several) stays: it becomes two methods.

use serde_json::Value;

use super::Context;
use crate::regen::schema::{Site, each_child_mut, each_root_mut, object_mut, reference};

const UNIONS: [&str; 2] = ["oneOf", "anyOf"];

/// After this pass only bodies are unions, and only of references.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_root_mut(root, &mut |site, schema| {
        if !(matches!(site, Site::Request | Site::Response) && is_choice_of_bodies(schema)) {
            free(schema, &mut changes);
        }
    });
    changes
}

fn is_choice_of_bodies(schema: &Value) -> bool {
    UNIONS.iter().any(|key| {
        let members = schema.get(*key).and_then(Value::as_array);
        members.is_some_and(|members| members.iter().all(|member| reference(member).is_some()))
    })
}

fn free(node: &mut Value, changes: &mut usize) {
    if UNIONS.iter().any(|key| node.get(*key).is_some()) {
        let map = object_mut(node);
        for key in ["oneOf", "anyOf", "type", "properties", "required"] {
            map.shift_remove(key);
        }
        *changes += 1;
    }
    each_child_mut(node, &mut |child| free(child, changes));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;

    #[test]
    fn a_union_inside_a_schema_is_free_json_and_one_of_bodies_stays() {
        let body = json!({"oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}]});
        let mut root = json!({
            "components": {"schemas": {"A": {"properties": {"v": {"oneOf": [{"type": "string"}, {"type": "object"}]}}}}},
            "paths": {"/a": {"post": {"requestBody": {"content": {"application/json": {"schema": body}}}}}},
        });
        assert_eq!(run_alone(run, &mut root), 1);
        assert_eq!(
            root["components"]["schemas"]["A"]["properties"]["v"].get("oneOf"),
            None
        );
        let body =
            &root["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["oneOf"].as_array().map(Vec::len), Some(2));
    }
}
