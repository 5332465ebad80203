//! Makes the unions that names.yaml lists decimals.
//!
//! `oneOf: [integer, string]` may be an exact number or anything at all; only a person knows.

use serde_json::{Value, json};

use super::Context;
use crate::regen::names::Form;
use crate::regen::places::each_schema_mut;
use crate::regen::schema::{object_mut, origin};

/// Replaces the listed unions by one decimal in the listed form.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
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

#[cfg(test)]
mod tests {
    use super::super::run_with;
    use super::*;

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
