//! Replaces `XOrNull` by a nullable X, and carries the nullability of any component to the
//! places that refer to it.

use serde_json::{Value, json};

use super::Context;
use crate::regen::places::{Site, each_schema, each_schema_mut};
use crate::regen::schema::{
    components_mut, explain_values, flag, redirect, reference, value_words,
};

const SUFFIX: &str = "OrNull";

/// After this pass no component is nullable; references are.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let components = components_mut(root);
    let mut nullable = Vec::new();
    for (name, schema) in components.iter_mut() {
        if flag(schema, "nullable") {
            nullable.push(name.clone());
            if let Some(map) = schema.as_object_mut() {
                map.shift_remove("nullable");
            }
        }
    }
    let or_null: Vec<String> = nullable
        .iter()
        .filter(|name| base_of(name).is_some_and(|base| components.contains_key(base)))
        .cloned()
        .collect();
    for name in &or_null {
        let or_null = components.shift_remove(name).unwrap_or_default();
        let Some(base) = base_of(name).and_then(|base| components.get_mut(base)) else {
            continue;
        };
        let values = or_null.get("enum").and_then(Value::as_array);
        if let (Some(values), Some(Value::Array(known))) = (values, base.get_mut("enum")) {
            let new: Vec<Value> = values
                .iter()
                .filter(|v| !known.contains(v))
                .cloned()
                .collect();
            known.extend(new);
            explain_values(base, &value_words(&or_null));
        }
    }
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
        let Some(target) = reference(node).map(str::to_owned) else {
            return;
        };
        if nullable.contains(&target) {
            node["nullable"] = json!(true);
            changes += 1;
        }
        if or_null.contains(&target)
            && let Some(base) = base_of(&target)
        {
            redirect(node, base);
        }
    });
    changes
}

fn base_of(name: &str) -> Option<&str> {
    name.strip_suffix(SUFFIX)
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |place, node| {
        !(place.is_root(root, node) && place.site == Site::Component && flag(node, "nullable"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::run_alone;
    use super::*;

    #[test]
    fn references_to_or_null_become_nullable_references() {
        let mut root = json!({"components": {"schemas": {
            "Currency": {"type": "string", "enum": ["EUR"], "x-enumDescriptions": {"EUR": "Euro."}},
            "CurrencyOrNull": {
                "type": "string", "nullable": true, "enum": ["EUR", "USD"],
                "x-enumDescriptions": {"EUR": "Another.", "USD": "US Dollar."},
            },
            "Plan": {"properties": {"currency": {"$ref": "#/components/schemas/CurrencyOrNull"}}},
        }}});
        assert_eq!(run_alone(run, &mut root), 1);
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["Currency"]["enum"], json!(["EUR", "USD"]));
        assert_eq!(
            schemas["Currency"]["x-enumDescriptions"],
            json!({"EUR": "Euro.", "USD": "US Dollar."})
        );
        assert_eq!(schemas.get("CurrencyOrNull"), None);
        let currency = &schemas["Plan"]["properties"]["currency"];
        assert_eq!(reference(currency), Some("Currency"));
        assert_eq!(currency["nullable"], true);
    }
}
