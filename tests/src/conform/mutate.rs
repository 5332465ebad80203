//! Responses that nobody recorded: what the document allows, what a newer or older server may send,
//! and what no server should.

mod chaos;
mod deviation;
mod dice;
mod laws;
mod valid;

pub use chaos::chaos;
pub use deviation::{Deviating, deviate};
pub use dice::Dice;
pub use laws::{Law, arrives, is_stable};
pub use valid::Valid;

use serde_json::{Map, Value};

use crate::support::document::Document;
use crate::support::shape::{allows, members};

/// The schema of bodies that have this root: of several that an operation answers the one with it.
/// The root must be there, also where the document forgets to say so.
pub fn schema_with(document: &Document, schema: &Value, root: &str) -> Option<Value> {
    let schema = document.merged(schema);
    let alternatives = match members(&schema) {
        Some(members) => members
            .iter()
            .map(|member| document.merged(member))
            .collect(),
        None => vec![schema],
    };
    let one_of_several = alternatives.len() > 1;
    let has_root = |schema: &Map<String, Value>| properties(schema).contains_key(root);
    let mut schema = alternatives.into_iter().find(has_root)?;
    if let Some(properties) = schema["properties"]
        .as_object_mut()
        .filter(|_| one_of_several)
    {
        // The schema of a list, shared by what was created at once: only lists have pages.
        properties.remove("meta");
    }
    let required: Vec<Value> = required(&schema)
        .into_iter()
        .chain([root])
        .map(Value::from)
        .collect();
    schema.insert("required".to_owned(), Value::Array(required));
    Some(Value::Object(schema))
}

/// The properties of a merged schema.
fn properties(schema: &Map<String, Value>) -> Map<String, Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.cloned().unwrap_or_default()
}

/// The names of the properties that must be there.
fn required(schema: &Map<String, Value>) -> Vec<&str> {
    let names = schema.get("required").and_then(Value::as_array);
    let names = names.into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}

/// The schema of the elements of a merged schema; anything where it says nothing.
fn items(schema: &Map<String, Value>) -> &Value {
    schema.get("items").unwrap_or(&Value::Null)
}

/// Whether a merged schema is of texts that are decimal numbers.
fn is_decimal_text(schema: &Map<String, Value>) -> bool {
    let said = |key| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let is_numeric = |rule: &str| rule == "decimal" || rule.starts_with("^[0-9]");
    allows(schema, "string") && (is_numeric(said("format")) || is_numeric(said("pattern")))
}
