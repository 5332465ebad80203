//! Schemas of a document as JSON Schema 2020-12: what OpenAPI 3.0 says otherwise is rewritten, and what validates nothing is
//! left out.

use serde_json::{Map, Value, json};

/// Where schemas of components stand in a document, and where in what is printed.
const COMPONENTS: &str = "#/components/schemas/";
const DEFINITIONS: &str = "#/$defs/";

/// How the value of a keyword is read.
enum Holds {
    Plain,
    Schema,
    List,
    Map,
    Reference,
}

/// The keywords that decide what is valid.
const KEYWORDS: [(&str, Holds); 27] = [
    ("$ref", Holds::Reference),
    ("type", Holds::Plain),
    ("nullable", Holds::Plain),
    ("enum", Holds::Plain),
    ("const", Holds::Plain),
    ("format", Holds::Plain),
    ("pattern", Holds::Plain),
    ("minLength", Holds::Plain),
    ("maxLength", Holds::Plain),
    ("minimum", Holds::Plain),
    ("maximum", Holds::Plain),
    ("exclusiveMinimum", Holds::Plain),
    ("exclusiveMaximum", Holds::Plain),
    ("multipleOf", Holds::Plain),
    ("minItems", Holds::Plain),
    ("maxItems", Holds::Plain),
    ("uniqueItems", Holds::Plain),
    ("minProperties", Holds::Plain),
    ("maxProperties", Holds::Plain),
    ("required", Holds::Plain),
    ("properties", Holds::Map),
    ("items", Holds::Schema),
    ("additionalProperties", Holds::Schema),
    ("not", Holds::Schema),
    ("allOf", Holds::List),
    ("anyOf", Holds::List),
    ("oneOf", Holds::List),
];

/// A schema with everything in it, without words, examples and whatever else validates nothing.
pub(crate) fn bare(schema: &Value) -> Value {
    let Some(said) = schema.as_object() else {
        return schema.clone();
    };
    let mut kept = Map::new();
    for (keyword, holds) in &KEYWORDS {
        let Some(value) = said.get(*keyword) else {
            continue;
        };
        let value = match (holds, value) {
            (Holds::Schema, value) => bare(value),
            (Holds::List, Value::Array(schemas)) => schemas.iter().map(bare).collect(),
            (Holds::Map, Value::Object(schemas)) => {
                let schemas = schemas
                    .iter()
                    .map(|(name, schema)| (name.clone(), bare(schema)));
                Value::Object(schemas.collect())
            }
            (Holds::Reference, Value::String(target)) => {
                json!(match target.strip_prefix(COMPONENTS) {
                    Some(name) => format!("{DEFINITIONS}{name}"),
                    None => target.clone(),
                })
            }
            (_, value) => value.clone(),
        };
        kept.insert((*keyword).to_owned(), value);
    }
    let mut kept = Value::Object(kept);
    modernize(&mut kept);
    kept
}

/// The names of the definitions that a bare schema refers to, itself.
pub(crate) fn references<'s>(schema: &'s Value, names: &mut Vec<&'s str>) {
    match schema {
        Value::Object(map) => {
            let target = map.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix(DEFINITIONS));
            names.extend(name.and_then(|below| below.split('/').next()));
            map.values().for_each(|value| references(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}

/// Writes what only OpenAPI 3.0 says of a schema as JSON Schema 2020-12 has it; not of the schemas in it.
pub(crate) fn modernize(node: &mut Value) {
    let Some(map) = node.as_object_mut() else {
        return;
    };
    for (flag, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        match map.get(flag) {
            Some(Value::Bool(true)) => match map.shift_remove(bound) {
                Some(limit) => drop(map.insert(flag.to_owned(), limit)),
                None => drop(map.shift_remove(flag)),
            },
            Some(Value::Bool(false)) => drop(map.shift_remove(flag)),
            _ => {}
        }
    }
    if map.shift_remove("nullable") == Some(json!(true)) {
        allow_null(map);
    }
}

fn allow_null(map: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = map.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    let is_composed = ["$ref", "allOf", "oneOf", "anyOf"]
        .iter()
        .any(|key| map.contains_key(*key));
    match map.get_mut("type") {
        Some(Value::Array(types)) if types.contains(&json!("null")) => {}
        Some(Value::Array(types)) => types.push(json!("null")),
        Some(one) => *one = json!([one, "null"]),
        // A reference, or a composition: null stands beside it.
        None if is_composed => {
            let words = ["title", "description"].map(|key| (key, map.shift_remove(key)));
            let whole = Value::Object(std::mem::take(map));
            for (key, said) in words {
                map.extend(said.map(|said| (key.to_owned(), said)));
            }
            map.insert("anyOf".to_owned(), json!([whole, {"type": "null"}]));
        }
        // Anything is allowed there.
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_validates_is_left() {
        let schema = bare(&json!({
            "description": "Words.", "type": "object", "x-what": 1, "required": ["description"],
            "properties": {
                "description": {"type": "string", "example": "A", "nullable": true},
                "example": {"$ref": "#/components/schemas/Example", "description": "e"},
                "more": {"type": "array", "items": {"oneOf": [{"type": "integer", "title": "I"}, true]}},
            },
            "additionalProperties": {"type": "number", "minimum": 0, "exclusiveMinimum": true},
        }));
        let expected = json!({
            "type": "object", "required": ["description"],
            "properties": {
                "description": {"type": ["string", "null"]},
                "example": {"$ref": "#/$defs/Example"},
                "more": {"type": "array", "items": {"oneOf": [{"type": "integer"}, true]}},
            },
            "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
        });
        assert_eq!(schema, expected);
        let mut names = vec![];
        references(&schema, &mut names);
        assert_eq!(names, ["Example"]);
    }
}
