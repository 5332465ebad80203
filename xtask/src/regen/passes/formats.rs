//! Reads numeric patterns as decimals and drops formats that are none.
//!
//! The published pattern has an unescaped dot: it takes `1x5` and refuses `-1`. What it means
//! is a decimal number, so that is what the type says, and no answer is checked against it.

use serde_json::{Value, json};

use super::Context;
use crate::regen::places::each_schema_mut;
use crate::regen::schema::{is_type, text};

/// The patterns that mean a decimal number, in `pattern` or misplaced in `format`.
const DECIMAL_PATTERNS: [&str; 1] = ["^[0-9]+.?[0-9]*$"];

/// The formats that change a type here; all others are notes.
const FORMATS: [&str; 4] = ["date-time", "date", "uuid", "decimal"];

/// Leaves `format` only where it decides a type.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
        let numeric = ["pattern", "format"]
            .iter()
            .any(|key| text(node, key).is_some_and(|value| DECIMAL_PATTERNS.contains(&value)));
        let decimal = is_type(node, "number") || (numeric && is_type(node, "string"));
        let note = text(node, "format").is_some_and(|format| !FORMATS.contains(&format));
        let Some(map) = node.as_object_mut() else {
            return;
        };
        let pattern = map.shift_remove("pattern").is_some();
        if note {
            map.shift_remove("format");
        }
        if decimal {
            map.insert("format".into(), json!("decimal"));
        }
        changes += usize::from(decimal || pattern || note);
    });
    changes
}

#[cfg(test)]
mod tests {
    use super::super::run_alone;
    use super::*;

    #[test]
    fn numbers_and_numeric_strings_are_decimals() {
        let mut root = json!({"components": {"schemas": {
            "A": {"type": "string", "pattern": "^[0-9]+.?[0-9]*$"},
            "B": {"type": "string", "format": "^[0-9]+.?[0-9]*$"},
            "C": {"type": "number"},
            "D": {"type": "object", "format": "object"},
            "E": {"type": "string", "format": "date-time"},
        }}});
        assert_eq!(run_alone(run, &mut root), 4);
        let schemas = &root["components"]["schemas"];
        for name in ["A", "B", "C"] {
            assert_eq!(schemas[name]["format"], "decimal", "{name}");
            assert_eq!(schemas[name].get("pattern"), None);
        }
        assert_eq!(schemas["D"].get("format"), None);
        assert_eq!(schemas["E"]["format"], "date-time");
    }
}
