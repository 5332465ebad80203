//! Writes every way to allow null as `nullable: true` beside one type.

use serde_json::{Map, Value, json};

use super::Context;
use crate::regen::places::{each_schema, each_schema_mut};
use crate::regen::schema::UNIONS;

/// Normalises type lists, `type: 'null'`, null in enums and null members of unions.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
        if let Value::Object(map) = node {
            changes += usize::from(types(map) | enumeration(map) | union(map));
        }
    });
    changes
}

fn types(map: &mut Map<String, Value>) -> bool {
    let listed: Vec<Value> = match map.get("type") {
        Some(Value::Array(types)) => types.clone(),
        Some(Value::String(one)) if one == "null" => vec![json!("null")],
        _ => return false,
    };
    let (nulls, types): (Vec<_>, Vec<_>) = listed.into_iter().partition(|name| name == "null");
    if !nulls.is_empty() {
        map.insert("nullable".into(), json!(true));
    }
    map.shift_remove("type");
    match types.as_slice() {
        // Only null is known of it: the day the server fills it, anything may come.
        [] => {}
        [one] => {
            map.insert("type".into(), one.clone());
        }
        several => {
            let members = several.iter().map(|name| json!({ "type": name })).collect();
            map.insert("anyOf".into(), Value::Array(members));
        }
    }
    true
}

fn enumeration(map: &mut Map<String, Value>) -> bool {
    let Some(Value::Array(values)) = map.get_mut("enum") else {
        return false;
    };
    let before = values.len();
    values.retain(|value| !value.is_null());
    if values.len() == before {
        return false;
    }
    map.insert("nullable".into(), json!(true));
    true
}

fn union(map: &mut Map<String, Value>) -> bool {
    for key in UNIONS {
        let Some(Value::Array(members)) = map.get_mut(key) else {
            continue;
        };
        let before = members.len();
        members.retain(|member| !is_only_null(member));
        if members.len() == before {
            continue;
        }
        let last = (members.len() == 1).then(|| members.remove(0));
        map.insert("nullable".into(), json!(true));
        if let Some(Value::Object(only)) = last {
            map.shift_remove(key);
            for (key, value) in only {
                map.entry(key).or_insert(value);
            }
        }
        return true;
    }
    false
}

/// A member of which nothing is left but that it may be null.
fn is_only_null(member: &Value) -> bool {
    let Some(map) = member.as_object() else {
        return false;
    };
    map.get("nullable") == Some(&json!(true))
        && ![
            "type",
            "$ref",
            "properties",
            "enum",
            "anyOf",
            "oneOf",
            "allOf",
        ]
        .iter()
        .any(|key| map.contains_key(*key))
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |_, node| {
        let of = |key: &str| node.get(key).and_then(Value::as_array);
        let values = of("enum");
        let mut members = UNIONS.into_iter().filter_map(of).flatten();
        !node
            .get("type")
            .is_some_and(|ty| ty.is_array() || ty == "null")
            && !values.is_some_and(|values| values.contains(&Value::Null))
            && !members.any(is_only_null)
    })
}

#[cfg(test)]
mod tests {
    use super::super::run_alone;
    use super::*;

    #[test]
    fn every_form_of_null_becomes_nullable() {
        let mut root = json!({"components": {"schemas": {
            "List": {"type": ["string", "null"], "enum": ["a", null]},
            "Only": {"type": "null"},
            "Union": {"oneOf": [{"type": "integer"}, {"type": "null"}]},
            "Two": {"type": ["string", "integer"]},
            "Plain": {"type": "string"},
        }}});
        // The null member of the union counts as a place of its own.
        assert_eq!(run_alone(run, &mut root), 5);
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["List"]["type"], "string");
        assert_eq!(schemas["List"]["enum"], json!(["a"]));
        assert_eq!(schemas["Union"]["type"], "integer");
        for name in ["List", "Only", "Union"] {
            assert_eq!(schemas[name]["nullable"], true, "{name}");
        }
        assert_eq!(schemas["Two"]["anyOf"][1]["type"], "integer");
        assert_eq!(schemas["Plain"].get("nullable"), None);
    }
}
