//! How much memory the least JSON takes: a list of objects with nothing in them.

use std::collections::BTreeSet;
use std::path::Path;

use lago_tests::generated::types::TYPES;
use lago_tests::support::document::Document;
use serde_json::{Map, Value, json};

use super::schemas::definitions;

/// What the docs of `max_response_bytes` say: how many bytes a list takes for each byte of JSON.
const MOST: usize = 130;

/// A list grows by doubling: what is read takes up to twice as much, beside half of that until it has moved.
const GROWTH: usize = 3;

/// The shortest value that a schema allows.
fn least(document: &Document, schema: &Value) -> Value {
    let schema = document.merged(schema);
    for union in ["oneOf", "anyOf"] {
        if let Some(Value::Array(members)) = schema.get(union) {
            let members = members.iter().map(|member| least(document, member));
            return members.min_by_key(|value| value.to_string().len()).unwrap();
        }
    }
    let kind = match &schema.get("type") {
        Some(Value::Array(kinds)) => kinds[0].as_str(),
        kind => kind.and_then(Value::as_str),
    };
    match (kind, schema.get("format").and_then(Value::as_str)) {
        (Some("string"), Some("uuid")) => json!("1a901a901a904a909a901a901a901a90"),
        (Some("string"), Some("date-time")) => json!("2026-05-06T07:08:09Z"),
        (Some("string"), Some("date")) => json!("2026-05-06"),
        (Some("string"), _) => json!(""),
        (Some("integer" | "number"), _) => json!(0),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => json!([]),
        _ => {
            let required = schema.get("required").and_then(Value::as_array);
            let names = required.into_iter().flatten().filter_map(Value::as_str);
            let object: Map<String, Value> = names
                .map(|name| {
                    let property = least(document, &schema["properties"][name]);
                    (name.to_owned(), property)
                })
                .collect();
            Value::Object(object)
        }
    }
}

/// The types of responses as the source has them, and whether a response is a list of them.
fn responses() -> BTreeSet<(String, bool)> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../lago-client/src/generated/resources");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let outputs = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("type Output = "));
        found.extend(outputs.filter_map(|output| {
            let (around, name) = output.split_once("lago_types::")?;
            let is_list = around.contains("Page<") || around.contains("Vec<");
            Some((name.trim_end_matches(['>', ';']).to_owned(), is_list))
        }));
    }
    found
}

/// The types that lists in responses have for elements.
fn elements(document: &Document) -> BTreeSet<String> {
    let (mut elements, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut waiting: Vec<(String, bool)> = responses().into_iter().collect();
    while let Some((name, is_element)) = waiting.pop() {
        if is_element {
            elements.insert(name.clone());
        }
        if seen.insert(name.clone()) {
            let schema = document.merged(&json!({ "$ref": format!("#/$defs/{name}") }));
            references(&Value::Object(schema), false, &mut waiting);
        }
    }
    elements
}

/// The types that a schema refers to, and whether as elements.
fn references(schema: &Value, is_element: bool, found: &mut Vec<(String, bool)>) {
    match schema {
        Value::Object(keywords) => {
            if let Some(name) = keywords.get("$ref").and_then(Value::as_str) {
                found.push((name.rsplit('/').next().unwrap().to_owned(), is_element));
            }
            for (keyword, below) in keywords {
                let is_element = match keyword.as_str() {
                    "items" | "additionalProperties" => true,
                    "anyOf" | "oneOf" => is_element,
                    _ => false,
                };
                references(below, is_element, found);
            }
        }
        Value::Array(members) => {
            for member in members {
                references(member, is_element, found);
            }
        }
        _ => {}
    }
}

#[test]
fn no_list_takes_more_memory_for_its_json_than_the_docs_say() {
    let document = Document::of(json!({ "$defs": definitions() }));
    let elements = elements(&document);
    assert!(elements.len() > 60, "{elements:?}");
    let mut factors = Vec::new();
    for row in TYPES.iter().filter(|row| elements.contains(row.name)) {
        let name = row.name;
        let json = least(&document, &json!({ "$ref": format!("#/$defs/{name}") }));
        if let Err(error) = (row.reencode)(&json) {
            panic!("{name}: {error} in {json}");
        }
        // With a comma.
        let length = json.to_string().len() + 1;
        factors.push((GROWTH * row.size / length, row.size, name));
    }
    factors.sort_unstable();
    factors.reverse();
    let (worst, ..) = factors[0];
    assert!(worst <= MOST, "{:#?}", &factors[..20]);
    // A limit that is far away says nothing.
    assert!(worst > MOST / 2, "{:#?}", &factors[..20]);
}
