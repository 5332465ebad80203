//! Reads as decimals what means a decimal number: numbers, text with a numeric pattern, and the unions
//! that names.yaml lists.
//!
//! The published pattern has an unescaped dot: it takes `1x5` and refuses `-1`. What it means
//! is a decimal number, so that is what the type says, and no answer is checked against it. And
//! `oneOf: [integer, string]` may be an exact number or anything at all; only a person knows.

use serde_json::{Value, json};

use super::Context;
use crate::regen::ir::Form;
use crate::regen::places::{each_schema, each_schema_mut};
use crate::regen::schema::{is_numeric, is_type, object_mut, origin, text};

/// After this pass every number is a decimal or a time in seconds.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
        if is_type(node, "number") || (is_numeric(node) && is_type(node, "string")) {
            node["format"] = json!("decimal");
            changes += 1;
        }
        let Some(form) = context.names.decimal(origin(node)) else {
            return;
        };
        let map = object_mut(node);
        map.shift_remove("oneOf");
        map.shift_remove("anyOf");
        let (name, format) = match form {
            Form::String => ("string", "decimal"),
            Form::Number => ("number", "decimal"),
            Form::Seconds => ("number", "unix-time"),
        };
        map.insert("type".into(), json!(name));
        map.insert("format".into(), json!(format));
        changes += 1;
    });
    changes
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |_, node| {
        !is_type(node, "number") || matches!(text(node, "format"), Some("decimal" | "unix-time"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{run_alone, run_with};
    use super::*;

    #[test]
    fn numbers_and_numeric_strings_are_decimals() {
        let mut root = json!({"components": {"schemas": {
            "A": {"type": "string", "pattern": "^[0-9]+.?[0-9]*$"},
            "B": {"type": "string", "format": "^[0-9]+.?[0-9]*$"},
            "C": {"type": "number", "format": "float"},
            "D": {"type": "string", "format": "date-time"},
        }}});
        assert_eq!(run_alone(run, &mut root), 3);
        let schemas = &root["components"]["schemas"];
        for name in ["A", "B", "C"] {
            assert_eq!(schemas[name]["format"], "decimal", "{name}");
        }
        assert_eq!(schemas["D"]["format"], "date-time");
    }

    #[test]
    fn a_listed_union_is_a_decimal() {
        for (form, ty, format) in [
            ("string", "string", "decimal"),
            ("number", "number", "decimal"),
            ("seconds", "number", "unix-time"),
        ] {
            let mut root = json!({"components": {"schemas": {"Event": {"properties": {
                "timestamp": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
            }}}}});
            let names = format!("decimals:\n  {form}: [Event.timestamp]\n");
            assert_eq!(run_with(run, &mut root, &names), 1);
            let timestamp = &root["components"]["schemas"]["Event"]["properties"]["timestamp"];
            assert_eq!(
                (&timestamp["type"], &timestamp["format"]),
                (&json!(ty), &json!(format))
            );
            assert_eq!(timestamp.get("oneOf"), None);
        }
    }
}
