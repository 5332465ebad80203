//! Values that a schema allows.

use serde_json::{Map, Value, json};

use crate::support::document::Document;
use crate::support::shape::members;

/// How much of an object is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// Every property.
    Everything,
    /// The properties that must be.
    Required,
    /// Every property, null where it may be.
    Nulls,
    /// Every object and every list, and of all else the properties that must be: objects that may be left out are there,
    /// as small as they can be.
    Sparse,
}

/// The value where a schema allows text among others: the client may send it as a number too.
pub const NUMBER_OR_TEXT: &str = "17";

/// Makes values that a schema allows.
#[derive(Debug)]
pub struct Instances<'d> {
    /// Where references lead.
    pub document: &'d Document,
    /// How much of an object is there.
    pub filled: Filled,
}

impl Instances<'_> {
    /// A value for something called `name`; values under different names differ where they can.
    pub fn of(&self, schema: &Value, name: &str) -> Value {
        let schema = self.document.merged(schema);
        let union = schema.get("oneOf").or_else(|| schema.get("anyOf"));
        if let Some(Value::Array(members)) = union {
            let members: Vec<&Value> = members.iter().filter(|m| m["type"] != "null").collect();
            return self.union(&members, name);
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return values
                .iter()
                .find(|value| !value.is_null())
                .cloned()
                .unwrap_or_default();
        }
        match kind(&schema) {
            Some("string") => text(&schema, name),
            Some("integer") => json!(integer(&schema, name)),
            Some("number") => json!(number(name) as f64 + 0.5),
            Some("boolean") => json!(true),
            Some("array") => self.list(&schema["items"], name),
            Some("object") | None => self.object(&schema, name),
            Some(_) => Value::Null,
        }
    }

    fn union(&self, members: &[&Value], name: &str) -> Value {
        let is_text =
            |member: &Value| self.document.merged(member).get("type") == Some(&json!("string"));
        match members {
            [only] => self.of(only, name),
            members if members.iter().any(|member| is_text(member)) => json!(NUMBER_OR_TEXT),
            members => members
                .first()
                .map(|member| self.of(member, name))
                .unwrap_or_default(),
        }
    }

    /// Two items; of an enum two different ones.
    pub fn list(&self, items: &Value, name: &str) -> Value {
        let merged = self.document.merged(items);
        if let Some(Value::Array(values)) = merged.get("enum") {
            return values
                .iter()
                .filter(|value| !value.is_null())
                .take(2)
                .cloned()
                .collect();
        }
        json!([
            self.of(items, &format!("{name} 1")),
            self.of(items, &format!("{name} 2"))
        ])
    }

    /// Whether a value is an object or a list, as one of its alternatives.
    fn has_more(&self, schema: &Value) -> bool {
        let schema = self.document.merged(schema);
        let mut members = members(&schema).into_iter().flatten();
        schema.contains_key("properties")
            || schema.contains_key("items")
            || members.any(|member| self.has_more(member))
    }

    /// A value inside an object.
    fn member(&self, schema: &Value, name: &str) -> Value {
        let merged = self.document.merged(schema);
        match self.filled {
            Filled::Nulls if self.document.allows_null(&merged) => {
                merged.get("x-null-as").cloned().unwrap_or_default()
            }
            _ => self.of(schema, name),
        }
    }

    fn object(&self, schema: &Map<String, Value>, name: &str) -> Value {
        let empty = Map::new();
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut object: Map<String, Value> = properties
            .iter()
            .filter(|(name, schema)| {
                required.contains(&name.as_str())
                    || match self.filled {
                        Filled::Everything | Filled::Nulls => true,
                        Filled::Required => false,
                        Filled::Sparse => self.has_more(schema),
                    }
            })
            .map(|(name, schema)| (name.clone(), self.member(schema, name)))
            .collect();
        match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => {
                for key in ["key_1", "key 2"] {
                    object.insert(
                        key.to_owned(),
                        self.member(values, &format!("{name} {key}")),
                    );
                }
            }
            _ if properties.is_empty() => {
                object.insert("anything".to_owned(), json!({ "nested": [1, null, "é"] }));
            }
            _ => {}
        }
        Value::Object(object)
    }
}

/// The JSON type, without null.
fn kind(schema: &Map<String, Value>) -> Option<&str> {
    match schema.get("type")? {
        Value::String(one) => Some(one),
        Value::Array(several) => several
            .iter()
            .filter_map(Value::as_str)
            .find(|one| *one != "null"),
        _ => None,
    }
}

fn text(schema: &Map<String, Value>, name: &str) -> Value {
    let said = |key| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let number = number(name);
    let is_numeric = |rule: &str| rule.starts_with("^[0-9]");
    match said("format") {
        "date-time" => json!(format!("2024-05-06T07:08:{number}+02:00")),
        "date" => json!(format!("20{number}-05-06")),
        "decimal" => json!(format!("12{number}.50")),
        "uuid" => json!(format!("1a901a90-1a90-4a90-9a90-1a901a901a{number}")),
        "email" => json!(format!("{number}.{}@example.com", name.replace(' ', "-"))),
        "uri" => json!(format!("https://example.com/{number}?q=%C3%A9")),
        format if is_numeric(format) || is_numeric(said("pattern")) => {
            json!(format!("12{number}.50"))
        }
        _ => json!(format!("{name} & \"é\" +")),
    }
}

fn integer(schema: &Map<String, Value>, name: &str) -> i64 {
    let limit = |key| schema.get(key).and_then(Value::as_i64);
    let number = number(name).max(limit("minimum").unwrap_or(i64::MIN));
    number.min(limit("maximum").unwrap_or(i64::MAX))
}

/// A number of two digits that is as good as another name's own.
fn number(name: &str) -> i64 {
    let mix = |sum: i64, byte| (sum * 31 + i64::from(byte)) % 49;
    name.bytes().fold(7, mix) + 10
}
