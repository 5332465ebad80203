//! Takes unions as free JSON: a closed list of shapes fails the day the server adds one.
//!
//! The choice between whole bodies (one alert or several) stays: it becomes two methods.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Context;
use crate::regen::pagination::META;
use crate::regen::places::{Site, each_root_mut};
use crate::regen::schema::{components, each_child_mut, object_mut, properties, reference};

const UNIONS: [&str; 2] = ["oneOf", "anyOf"];

/// After this pass only bodies are unions, and only of references.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let mut changes = 0;
    let known = components(root).cloned().unwrap_or_default();
    each_root_mut(root, &mut |place, schema| {
        let body = matches!(place.site, Site::Request | Site::Response);
        if !(body && is_choice_of_bodies(schema, place.site, &known)) {
            free(schema, &mut changes);
        }
    });
    changes
}

/// Whether a schema is a choice of components that their one root key tells apart.
fn is_choice_of_bodies(schema: &Value, site: Site, known: &Map<String, Value>) -> bool {
    UNIONS.iter().any(|key| {
        let Some(Value::Array(members)) = schema.get(*key) else {
            return false;
        };
        let mut roots = BTreeSet::new();
        !members.is_empty()
            && members.iter().all(|member| {
                let body = reference(member).and_then(|name| known.get(name));
                let mut names = body
                    .into_iter()
                    .flat_map(properties)
                    .map(|(name, _)| name)
                    .filter(|name| site == Site::Request || *name != META);
                matches!((names.next(), names.next()), (Some(root), None) if roots.insert(root))
            })
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
            "components": {"schemas": {
                "A": {"properties": {"v": {"oneOf": [{"type": "string"}, {"type": "object"}]}}},
                "B": {"properties": {"w": {}, "meta": {}}},
                "C": {"properties": {"v": {}}},
            }},
            "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": body}}}}}}},
        });
        assert_eq!(run_alone(run, &mut root), 1);
        assert_eq!(
            root["components"]["schemas"]["A"]["properties"]["v"].get("oneOf"),
            None
        );
        let answer = &root["paths"]["/a"]["get"]["responses"]["200"];
        let body = &answer["content"]["application/json"]["schema"];
        assert_eq!(body["oneOf"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn a_choice_that_no_root_key_tells_apart_is_free_json() {
        for other in ["C", "D", "Gone"] {
            let members = json!([{"$ref": "#/components/schemas/A"}, {"$ref": format!("#/components/schemas/{other}")}]);
            let mut root = json!({
                "components": {"schemas": {
                    "A": {"properties": {"v": {}}},
                    "C": {"properties": {"v": {}}},
                    "D": {"properties": {"w": {}, "x": {}}},
                }},
                "paths": {"/a": {"post": {"requestBody": {"content": {"application/json": {"schema": {"oneOf": members}}}}}}},
            });
            assert_eq!(run_alone(run, &mut root), 1, "{other}");
        }
    }
}
