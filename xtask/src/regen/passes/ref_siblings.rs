//! Keeps what stands beside a `$ref`: OpenAPI 3.0 readers drop it.
//!
//! Descriptions, examples, `nullable` and `deprecated` stay where they are, since nothing after
//! this pass drops them. `required` changes the schema, so the reference becomes an `allOf`.

use serde_json::{Value, json};

use super::Context;
use crate::regen::places::each_schema_mut;

/// Turns `$ref` with `required` into `allOf`; drops a `type` that only repeats the target's.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
        let Some(map) = node.as_object_mut() else {
            return;
        };
        if !map.contains_key("$ref") {
            return;
        }
        if map.shift_remove("type").is_some() {
            changes += 1;
        }
        if let Some(required) = map.shift_remove("required") {
            let target = map.shift_remove("$ref");
            map.insert(
                "allOf".into(),
                json!([{ "$ref": target }, { "required": required }]),
            );
            changes += 1;
        }
    });
    changes
}

#[cfg(test)]
mod tests {
    use super::super::run_alone;
    use super::*;

    #[test]
    fn required_beside_a_reference_is_kept() {
        let mut root = json!({"components": {"schemas": {
            "Input": {"properties": {"coupon": {"$ref": "#/components/schemas/Base", "required": ["code"]}}},
            "Other": {"properties": {"base": {"$ref": "#/components/schemas/Base", "description": "kept"}}},
        }}});
        assert_eq!(run_alone(run, &mut root), 1);
        let schemas = &root["components"]["schemas"];
        let coupon = &schemas["Input"]["properties"]["coupon"];
        assert_eq!(coupon["allOf"][1]["required"], json!(["code"]));
        assert_eq!(
            schemas["Other"]["properties"]["base"]["description"],
            "kept"
        );
    }
}
