//! Whether a value is what a schema of openapi.yaml says, read without the generator.

use chrono::{DateTime, NaiveDate};
use lago_tests::support::document::Document;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Where a value is not what a schema says. Optional properties are missed as well, unless the
/// object is a map that may have them.
///
/// What is always null may have a value: the types of the client are several views of a noun in
/// one, and what one of them never has another has.
pub(super) fn faults(document: &Document, schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check {
        document,
        found: Vec::new(),
    };
    check.value(schema, value, "");
    check.found
}

struct Check<'d> {
    document: &'d Document,
    found: Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, schema: &Value, value: &Value, place: &str) {
        let schema = self.document.merged(schema);
        if let Some(members) = schema.get("oneOf").or_else(|| schema.get("anyOf")) {
            let members = members.as_array().map(Vec::as_slice).unwrap_or_default();
            let fits = |member: &Value| faults(self.document, member, value).is_empty();
            if !members.iter().any(fits) {
                self.fault(place, value, "none of the alternatives");
            }
            return;
        }
        let types = types(&schema).filter(|types| types != &["null"]);
        if !types.is_none_or(|types| types.iter().any(|ty| is_a(ty, value))) {
            return self.fault(place, value, &format!("not of type {}", schema["type"]));
        }
        let allowed = schema.get("enum").and_then(Value::as_array);
        if allowed.is_some_and(|values| !values.contains(value)) {
            self.fault(place, value, "not a value of the enum");
        }
        match value {
            Value::String(text) => self.text(&schema, text, place),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&schema["items"], item, &format!("{place}/{index}"));
                }
            }
            Value::Object(fields) => self.object(&schema, fields, place),
            _ => {}
        }
    }

    fn text(&mut self, schema: &Map<String, Value>, text: &str, place: &str) {
        let fits = match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => DateTime::parse_from_rfc3339(text).is_ok(),
            Some("date") => text.parse::<NaiveDate>().is_ok(),
            Some("uuid") => text.parse::<Uuid>().is_ok(),
            Some("decimal") => text.parse::<f64>().is_ok(),
            _ => true,
        };
        if !fits {
            self.fault(place, text, &format!("not of format {}", schema["format"]));
        }
    }

    fn object(&mut self, schema: &Map<String, Value>, fields: &Map<String, Value>, place: &str) {
        let known = schema.get("properties").and_then(Value::as_object);
        let required = schema.get("required").and_then(Value::as_array);
        let required = required.map(Vec::as_slice).unwrap_or_default();
        let entries = schema
            .get("additionalProperties")
            .filter(|entries| entries.is_object());
        for (name, schema) in known.into_iter().flatten() {
            let place = format!("{place}/{name}");
            match fields.get(name) {
                Some(value) => self.value(schema, value, &place),
                None if entries.is_some() && !required.contains(&json!(name)) => {}
                None => self.found.push(format!("{place} is missing")),
            }
        }
        let Some(entries) = entries else {
            return;
        };
        for (name, value) in fields {
            if known.is_none_or(|known| !known.contains_key(name)) {
                self.value(entries, value, &format!("{place}/{name}"));
            }
        }
    }

    fn fault(&mut self, place: &str, value: impl ToString, why: &str) {
        let value: String = value.to_string().chars().take(80).collect();
        self.found.push(format!("{place} is {why}: {value}"));
    }
}

/// The types that a schema names.
fn types(schema: &Map<String, Value>) -> Option<Vec<&str>> {
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    let mut types: Vec<&str> = match schema.get("type")? {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    types.extend(nullable.then_some("null"));
    Some(types)
}

fn is_a(ty: &str, value: &Value) -> bool {
    match ty {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}
