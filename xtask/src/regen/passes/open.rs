//! Takes as free JSON what no type could hold for long: unions, since a closed list of shapes fails the
//! day the server adds one, objects that are open beside their properties, and objects of which nothing
//! is known.
//!
//! The choice between whole bodies (one alert or several) stays: it becomes two methods.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Context;
use crate::regen::pagination::META;
use crate::regen::places::{Site, each_root_mut, each_schema, each_schema_mut};
use crate::regen::schema::{
    ORIGIN, UNIONS, components, each_child_mut, is_struct, is_type, object_mut, properties,
    reference,
};

/// After this pass only bodies are unions, and only of references; an object either has properties or
/// is a map.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let mut changes = 0;
    let known = components(root).cloned().unwrap_or_default();
    each_root_mut(root, &mut |place, schema| {
        let body = matches!(place.site, Site::Request | Site::Response);
        if !(body && is_choice_of_bodies(schema, place.site, &known)) {
            free(schema, &mut changes);
        }
    });
    each_schema_mut(root, &mut |node| changes += usize::from(open(node)));
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

/// Makes an object a map of free JSON when it is one; whether it did.
fn open(node: &mut Value) -> bool {
    let values = node.get("additionalProperties").cloned();
    let open = matches!(&values, Some(Value::Object(_) | Value::Bool(true)));
    let known = is_struct(node);
    let anything = match (known, open) {
        (true, true) | (false, false) => true,
        (false, true) => values == Some(Value::Bool(true)),
        (true, false) => false,
    };
    if !is_type(node, "object") || !anything {
        return false;
    }
    let origin = node.get(ORIGIN).cloned().unwrap_or_default();
    let map = object_mut(node);
    map.shift_remove("properties");
    map.shift_remove("required");
    let mut free = Map::new();
    free.insert(
        ORIGIN.to_owned(),
        json!(format!("{}{{}}", origin.as_str().unwrap_or_default())),
    );
    map.insert("additionalProperties".into(), Value::Object(free));
    true
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |place, node| {
        let is_union = UNIONS.iter().any(|key| node.get(*key).is_some());
        let is_body = matches!(place.site, Site::Request | Site::Response);
        let values = node.get("additionalProperties");
        let is_map = matches!(values, Some(Value::Object(_)));
        let is_open = is_map || values == Some(&Value::Bool(true));
        let fits = match is_struct(node) {
            true => !is_open,
            false => is_map,
        };
        (!is_union || (is_body && place.is_root(root, node))) && (fits || !is_type(node, "object"))
    })
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
        let response = &root["paths"]["/a"]["get"]["responses"]["200"];
        let body = &response["content"]["application/json"]["schema"];
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

    #[test]
    fn an_open_object_is_a_map_of_free_json() {
        let mut root = json!({"components": {"schemas": {
            "Both": {"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "string"}},
            "Bare": {"type": "object"},
            "True": {"type": "object", "additionalProperties": true},
            "Map": {"type": "object", "additionalProperties": {"type": "string"}},
            "Struct": {"type": "object", "properties": {"a": {}}},
        }}});
        assert_eq!(run_alone(run, &mut root), 3);
        let schemas = &root["components"]["schemas"];
        for name in ["Both", "Bare", "True"] {
            assert_eq!(schemas[name].get("properties"), None, "{name}");
            assert!(
                schemas[name]["additionalProperties"].get("type").is_none(),
                "{name}"
            );
        }
        assert_eq!(schemas["Map"]["additionalProperties"]["type"], "string");
        assert!(is_struct(&schemas["Struct"]));
    }
}
