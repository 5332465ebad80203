//! What a merged schema says of the shape of its values.

use serde_json::{Map, Value};

/// The alternatives of a merged schema, where it has some.
pub fn members(schema: &Map<String, Value>) -> Option<&[Value]> {
    let members = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
    members.as_array().map(Vec::as_slice)
}

/// Whether a merged schema names a JSON type.
pub fn allows(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    }
}
