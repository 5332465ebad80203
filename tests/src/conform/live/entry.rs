//! Entries for `xtask/overlay/`, ready to be copied.

use std::fmt::Write as _;

use lago_client::recording::Masks;
use serde_json::{Map, Value, json};

use super::schema::{Deviation, Kind};
use crate::support::document::{Document, Operation};

/// A map that is longer is written as a block.
const MOST_COLUMNS: usize = 80;

/// The entry that mends a deviation; none where a person has to look.
pub(super) fn entry(
    document: &Document,
    deviation: &Deviation,
    observed: Option<&Value>,
) -> Option<String> {
    let Deviation {
        pointer,
        address,
        kind,
        ..
    } = deviation;
    // When that is wrong which holds the value, the whole response is another one.
    let is_root = pointer.matches('/').count() < 2;
    if is_root && *kind != Kind::Extra {
        return None;
    }
    let owner = || address.rsplit_once('.');
    let (target, change, why) = match kind {
        Kind::Extra => {
            let (owner, name) = owner()?;
            let schema = inferred(observed?);
            let change = json!({ "add": { "properties": { name: schema } } });
            (owner, change, "The server sends it")
        }
        Kind::Missing => (
            address.as_str(),
            json!("optional"),
            "The server may leave it out",
        ),
        Kind::Null => (
            address.as_str(),
            json!("nullable"),
            "The server may send null",
        ),
        Kind::Value => {
            let value = observed.filter(|_| Masks::what_is_private(pointer).is_none())?;
            (
                address.as_str(),
                json!({ "values": [value] }),
                "The server sends it as well",
            )
        }
        Kind::Type | Kind::Format => {
            let schema = inferred(observed?);
            let known = document.at(address)?;
            let change = match known.get("type").is_some() {
                true => json!({ "merge": patch(known, schema) }),
                false => json!({ "replace": schema }),
            };
            (address.as_str(), change, "The server sends it otherwise")
        }
    };
    document
        .at(target)
        .is_some()
        .then(|| written(target, &change, why))
}

/// The entry for a success that came without a body.
pub(super) fn may_be_empty(operation: &Operation) -> String {
    let target = format!("{} {} 200", operation.method, operation.path);
    written(
        &target,
        &json!("may be empty"),
        "The server responds without a body",
    )
}

fn written(target: &str, change: &Value, why: &str) -> String {
    let mut text = format!("- target: {}\n", scalar(target));
    let one_line = format!("  change: {}", flow(change));
    if one_line.len() <= MOST_COLUMNS {
        let _ = writeln!(text, "{one_line}");
    } else {
        text.push_str("  change:\n");
        block(change, 4, &mut text);
    }
    let _ = write!(text, "  why: {why}\n  evidence: live server\n");
    text
}

/// The keys that change in a schema; what said something of another type is removed.
fn patch(known: &Value, schema: Value) -> Value {
    let mut patch = Map::new();
    for rule in [
        "format",
        "pattern",
        "enum",
        "items",
        "properties",
        "required",
    ] {
        if known.get(rule).is_some() {
            patch.insert(rule.to_owned(), Value::Null);
        }
    }
    patch.extend(schema.as_object().cloned().unwrap_or_default());
    patch.retain(|rule, value| known.get(rule) != Some(value));
    Value::Object(patch)
}

/// A schema that allows a value, and more like it.
fn inferred(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(number) if number.is_f64() => json!({ "type": "number" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(text) => match format(text) {
            Some(format) => json!({ "type": "string", "format": format }),
            None => json!({ "type": "string" }),
        },
        Value::Array(items) => {
            let items = items.first().map_or_else(|| json!({}), inferred);
            json!({ "type": "array", "items": items })
        }
        Value::Object(_) => json!({ "type": "object", "additionalProperties": true }),
    }
}

fn format(text: &str) -> Option<&'static str> {
    if chrono::DateTime::parse_from_rfc3339(text).is_ok() {
        return Some("date-time");
    }
    text.parse::<uuid::Uuid>().is_ok().then_some("uuid")
}

/// YAML in one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", scalar(name), flow(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// YAML in lines; values that hold no map stay in theirs.
fn block(value: &Value, indent: usize, text: &mut String) {
    let none = Map::new();
    for (name, value) in value.as_object().unwrap_or(&none) {
        let (pad, name) = (" ".repeat(indent), scalar(name));
        let line = format!("{pad}{name}: {}", flow(value));
        if value.is_object() && line.len() > MOST_COLUMNS {
            let _ = writeln!(text, "{pad}{name}:");
            block(value, indent + 2, text);
        } else {
            let _ = writeln!(text, "{line}");
        }
    }
}

/// A text in YAML: plain where that cannot be anything else.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./ -".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_address = |c: char| "[]{}?|".contains(c) || is_plain(c);
    let is_word = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        .contains(&text.to_lowercase().as_str());
    let needs_none = |c: char| is_plain(c) || (is_address(c) && text.contains(['/', '.']));
    match begins && !is_word && !text.ends_with(' ') && text.chars().all(needs_none) {
        true => text.to_owned(),
        // JSON's quotes are YAML's double quotes.
        false => Value::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::yaml;

    #[test]
    fn an_entry_is_yaml_that_says_the_change() {
        let long = json!({ "add": { "properties": { "on": { "type": "string", "enum": ["a: b", "null", "12", "x"], "format": "date-time" } } } });
        for change in [json!("nullable"), json!({ "values": ["a \"b\" #c"] }), long] {
            let text = written("GET /plans/{code} 200.meta[]", &change, "Because");
            let read = yaml::parse(&text).unwrap();
            assert_eq!(read[0]["change"], change, "{text}");
            assert_eq!(read[0]["target"], "GET /plans/{code} 200.meta[]");
            assert_eq!(read[0]["evidence"], "live server");
        }
    }
}
