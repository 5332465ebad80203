//! Takes objects that are open beside their properties as maps of free JSON, and objects of
//! which nothing is known likewise.

use serde_json::{Map, Value, json};

use super::Context;
use crate::regen::places::each_schema_mut;
use crate::regen::schema::{ORIGIN, is_struct, is_type, object_mut};

/// After this pass an object either has properties or is a map.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
        let values = node.get("additionalProperties").cloned();
        let open = matches!(&values, Some(Value::Object(_) | Value::Bool(true)));
        let known = is_struct(node);
        let anything = match (known, open) {
            (true, true) | (false, false) => true,
            (false, true) => values == Some(Value::Bool(true)),
            (true, false) => false,
        };
        if !is_type(node, "object") || !anything {
            return;
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
        changes += 1;
    });
    changes
}

#[cfg(test)]
mod tests {
    use super::super::run_alone;
    use super::*;

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
