//! What servers of other versions do: everything here has to be read as if nothing had happened.

use serde_json::{Map, Value, json};

use super::{Dice, allows, is_decimal_text, items, members, properties, required};
use crate::support::document::Document;

/// A field that no version of the server has.
const NEW_FIELD: &str = "field_of_the_future";
/// A value that no enum has.
const NEW_VALUE: &str = "value_of_the_future";

/// A body that deviates.
#[derive(Clone, Debug)]
pub struct Deviating {
    /// What comes.
    pub body: Value,
    /// What of it has to arrive: all but fields that are not known.
    pub expected: Value,
}

/// Changes a body that a schema allows, here and there:
///
/// - a field more, in an object that is no map;
/// - another value of an enum;
/// - null for a field that may be missing, or no field;
/// - a text for a number, a number for a text that is one.
pub fn deviate(document: &Document, schema: &Value, body: &Value, dice: Dice<'_>) -> Deviating {
    let mut change = Change { document, dice };
    let body = change.value(schema, body);
    let expected = without_new_fields(&body);
    Deviating { body, expected }
}

struct Change<'d, 'r> {
    document: &'d Document,
    dice: Dice<'r>,
}

impl Change<'_, '_> {
    fn value(&mut self, schema: &Value, value: &Value) -> Value {
        let schema = self.document.merged(schema);
        if let Some(members) = members(&schema) {
            let document = self.document;
            let kind = |member: &&Value| of_one_kind(&document.merged(member), value);
            // Where several kinds of scalar are allowed a text is no number.
            return match (members.iter().find(kind), value) {
                (Some(member), Value::Object(_) | Value::Array(_)) => self.value(member, value),
                _ => value.clone(),
            };
        }
        match value {
            Value::Object(fields) => self.object(&schema, fields),
            Value::Array(values) => values
                .iter()
                .map(|value| self.value(items(&schema), value))
                .collect(),
            Value::Null => Value::Null,
            scalar if self.dice.seldom() => changed(&schema, scalar, self.dice.below(2) == 1),
            scalar => scalar.clone(),
        }
    }

    fn object(&mut self, schema: &Map<String, Value>, fields: &Map<String, Value>) -> Value {
        let properties = properties(schema);
        if properties.is_empty() || schema.get("additionalProperties").is_some() {
            return self.map(schema, fields);
        }
        let required = required(schema);
        let mut object = Map::new();
        for (name, value) in fields {
            let Some(schema) = properties.get(name) else {
                object.insert(name.clone(), value.clone());
                continue;
            };
            if !required.contains(&name.as_str()) && self.dice.seldom() {
                if self.dice.below(2) == 0 {
                    object.insert(name.clone(), Value::Null);
                }
                continue;
            }
            object.insert(name.clone(), self.value(schema, value));
        }
        if self.dice.seldom() {
            let new = [json!(1), json!({ "a": [null] }), json!("x"), Value::Null];
            object.extend(
                self.dice
                    .one_of(&new)
                    .map(|new| (NEW_FIELD.to_owned(), new)),
            );
        }
        Value::Object(object)
    }

    /// A field more would be an entry of the map.
    fn map(&mut self, schema: &Map<String, Value>, entries: &Map<String, Value>) -> Value {
        match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => entries
                .iter()
                .map(|(key, value)| (key.clone(), self.value(values, value)))
                .collect(),
            _ => Value::Object(entries.clone()),
        }
    }
}

/// Another spelling of a scalar, or another value of an enum; itself when its kind has none.
fn changed(schema: &Map<String, Value>, scalar: &Value, with_point: bool) -> Value {
    match scalar {
        Value::String(_) if schema.contains_key("enum") => json!(NEW_VALUE),
        Value::String(text) if is_decimal_text(schema) => exact(text).unwrap_or(scalar.clone()),
        Value::Number(number) if number.is_i64() && with_point => json!(format!("{number}.0")),
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}

/// A text as a number, when that holds all of it.
fn exact(text: &str) -> Option<Value> {
    const DIGITS_OF_A_FLOAT: usize = 15;
    (text.len() <= DIGITS_OF_A_FLOAT)
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

/// Whether a value is of a kind that a merged schema allows.
fn of_one_kind(schema: &Map<String, Value>, value: &Value) -> bool {
    let root = |fields: &Map<String, Value>| {
        let properties = properties(schema);
        fields.keys().any(|key| properties.contains_key(key))
    };
    match value {
        Value::Object(fields) => root(fields),
        Value::Array(_) => allows(schema, "array"),
        _ => false,
    }
}

fn without_new_fields(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| *key != NEW_FIELD)
            .map(|(key, value)| (key.clone(), without_new_fields(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_new_fields).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What a field becomes, over many decisions.
    fn seen(field: &str) -> BTreeSet<String> {
        let document = Document::of(json!({}));
        let schema = json!({
            "type": "object",
            "required": ["kind", "cents"],
            "properties": {
                "kind": { "type": "string", "enum": ["one"] },
                "cents": { "type": "integer" },
                "units": { "type": ["string", "null"], "format": "decimal" },
                "rate": { "type": "number" },
                "note": { "type": "string" },
                "digits": { "type": "string", "format": "decimal" },
                "map": { "type": "object", "additionalProperties": { "type": "integer" } },
            },
        });
        let body = json!({
            "kind": "one", "cents": 5, "units": "1.50", "rate": 2.5, "note": "1",
            "digits": "1234567890123456.5", "map": { "a": 1 },
        });
        let mut seen = BTreeSet::new();
        for first in 0..4_000_u64 {
            // Steele and others' SplitMix: neighbours have nothing in common.
            let roll = |n: u64| {
                let seed = (first * 64 + n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                (mixed >> 31) as u16
            };
            let rolls: Vec<u16> = (1..30).map(roll).collect();
            let found = deviate(&document, &schema, &body, Dice::new(&rolls));
            let text = |value: &Value| value.get(field).map(Value::to_string);
            assert!(found.expected.get(NEW_FIELD).is_none());
            if field != NEW_FIELD {
                assert_eq!(text(&found.expected), text(&found.body));
            }
            seen.insert(text(&found.body).unwrap_or_else(|| "absent".to_owned()));
        }
        seen
    }

    #[test]
    fn each_field_deviates_as_its_kind_may() {
        let cases: [(&str, &[&str]); 8] = [
            ("kind", &[r#""one""#, r#""value_of_the_future""#]),
            ("cents", &[r#""5""#, r#""5.0""#, "5"]),
            ("units", &[r#""1.50""#, "1.5", "absent", "null"]),
            ("rate", &[r#""2.5""#, "2.5", "absent", "null"]),
            ("note", &[r#""1""#, "absent", "null"]),
            // A float would lose the last digit.
            ("digits", &[r#""1234567890123456.5""#, "absent", "null"]),
            (
                "map",
                &[
                    r#"{"a":"1"}"#,
                    r#"{"a":"1.0"}"#,
                    r#"{"a":1}"#,
                    "absent",
                    "null",
                ],
            ),
            (
                NEW_FIELD,
                &[r#""x""#, "1", "absent", "null", r#"{"a":[null]}"#],
            ),
        ];
        for (field, expected) in cases {
            let expected: BTreeSet<String> = expected.iter().map(|&text| text.to_owned()).collect();
            assert_eq!(seen(field), expected, "{field}");
        }
    }
}
