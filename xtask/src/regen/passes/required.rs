//! Drops required names that nothing declares: they would become mandatory fields that no
//! server sends.

use serde_json::Value;

use super::Context;
use crate::regen::places::each_schema_mut;
use crate::regen::schema::{is_type, properties, required};

/// Keeps in `required` what the object declares; an array requires nothing.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
        let all = required(node).count();
        let kept: Vec<Value> = required(node)
            .filter(|name| properties(node).any(|(declared, _)| declared == name))
            .map(Value::from)
            .collect();
        let idle = is_type(node, "array") && node.get("required").is_some();
        if kept.len() == all && !idle {
            return;
        }
        changes += 1;
        if let Some(map) = node.as_object_mut() {
            match kept.is_empty() {
                true => map.shift_remove("required"),
                false => map.insert("required".into(), Value::Array(kept)),
            };
        }
    });
    changes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;

    #[test]
    fn only_declared_names_stay_required() {
        let mut root = json!({"components": {"schemas": {
            "Wallet": {"type": "object", "required": ["id", "balance"], "properties": {"id": {}}},
            "List": {"type": "array", "required": ["x"], "items": {}},
            "Right": {"type": "object", "required": ["id"], "properties": {"id": {}}},
        }}});
        assert_eq!(run_alone(run, &mut root), 2);
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["Wallet"]["required"], json!(["id"]));
        assert_eq!(schemas["List"].get("required"), None);
        assert_eq!(schemas["Right"]["required"], json!(["id"]));
    }
}
