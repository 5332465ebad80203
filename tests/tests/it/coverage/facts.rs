//! What can be seen of an operation: what the document has of it, and what a request that arrived has.

use std::collections::BTreeSet;

use lago_client::mock::ReceivedRequest;
use lago_tests::conform::extent::cases;
use lago_tests::support::document::{Document, Operation};
use lago_tests::support::shape::members;
use serde_json::Value;

/// Something that is to be seen. Places in bodies are JSON pointers, with `*` for any element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// A response with this status came back as what it is.
    Status(String),
    /// A parameter of path or query.
    Parameter(String),
    /// A value of an enum as a parameter.
    ParameterValue(String, String),
    /// A property of a body.
    Property(String),
    /// A value of an enum in a body.
    Value(String, String),
    /// Null, where a body may have it.
    Null(String),
}

/// Schemas refer to themselves: deeper than this the same comes again.
const DEPTH: usize = 8;

/// How many values of an enum are tried for every change. Only currencies and time zones have more.
const FEW: u32 = 12;

/// How many values of an enum are tried.
pub(super) fn most_values() -> usize {
    cases(FEW, 1_000) as usize
}

/// What the document has of an operation.
pub(super) fn wanted(document: &Document, operation: &Operation) -> BTreeSet<Fact> {
    let statuses = operation.statuses.keys().cloned().map(Fact::Status);
    let mut wanted: BTreeSet<Fact> = statuses.collect();
    for parameter in &operation.parameters {
        let is_sent = ["path", "query"].contains(&parameter["in"].as_str().unwrap_or_default());
        let Some(name) = parameter["name"].as_str().filter(|_| is_sent) else {
            continue;
        };
        let name = name.trim_end_matches("[key]");
        wanted.insert(Fact::Parameter(name.to_owned()));
        for value in enum_values(document, &parameter["schema"]) {
            wanted.insert(Fact::ParameterValue(name.to_owned(), value));
        }
    }
    if let Some(body) = &operation.body {
        walk(document, body, &mut Vec::new(), &mut wanted);
    }
    wanted
}

/// The values of an enum, or of an array of them.
pub(super) fn enum_values(document: &Document, schema: &Value) -> Vec<String> {
    let schema = document.merged(schema);
    let mut values: Vec<String> = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|value| !value.is_null())
        .take(most_values())
        .map(text)
        .collect();
    for member in members(&schema).into_iter().flatten() {
        values.extend(enum_values(document, member));
    }
    if let Some(items) = schema.get("items") {
        values.extend(enum_values(document, items));
    }
    values
}

/// A value as a query or an enum says it.
fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn walk(document: &Document, schema: &Value, place: &mut Vec<String>, wanted: &mut BTreeSet<Fact>) {
    if place.len() > DEPTH {
        return;
    }
    let merged = document.merged(schema);
    for member in members(&merged).into_iter().flatten() {
        walk(document, member, place, wanted);
    }
    let values = merged.get("enum").and_then(Value::as_array);
    let values = values
        .into_iter()
        .flatten()
        .filter(|value| !value.is_null());
    for value in values.take(most_values()) {
        wanted.insert(Fact::Value(pointer(place), text(value)));
    }
    if let Some(items) = merged.get("items") {
        place.push("*".to_owned());
        walk(document, items, place, wanted);
        place.pop();
    }
    let properties = merged.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        place.push(name.clone());
        wanted.insert(Fact::Property(pointer(place)));
        // The root is what the call is about, and some nulls are written in another way.
        let schema = document.merged(property);
        let says_null = place.len() > 1 && document.allows_null(&schema);
        if says_null && !schema.contains_key("x-null-as") {
            wanted.insert(Fact::Null(pointer(place)));
        }
        walk(document, property, place, wanted);
        place.pop();
    }
}

fn pointer(place: &[String]) -> String {
    place.iter().flat_map(|segment| ["/", segment]).collect()
}

/// What a request has that arrived.
pub(super) fn seen(request: &ReceivedRequest) -> BTreeSet<Fact> {
    let mut seen = BTreeSet::new();
    for (name, _) in &request.path_parameters {
        seen.insert(Fact::Parameter((*name).to_owned()));
    }
    for (name, value) in &request.query {
        let whole = name.clone();
        // `metadata[key_1]` is an entry of `metadata`, and `status[]` is the name itself.
        let name = match name.split_once('[') {
            Some((map, key)) if key != "]" => map.to_owned(),
            _ => whole,
        };
        seen.insert(Fact::ParameterValue(name.clone(), value.clone()));
        seen.insert(Fact::Parameter(name));
    }
    if let Some(body) = request.json() {
        look(&body, &mut Vec::new(), &mut seen);
    }
    seen
}

fn look(value: &Value, place: &mut Vec<String>, seen: &mut BTreeSet<Fact>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                place.push(name.clone());
                seen.insert(Fact::Property(pointer(place)));
                look(value, place, seen);
                place.pop();
            }
        }
        Value::Array(items) => {
            place.push("*".to_owned());
            for item in items {
                look(item, place, seen);
            }
            place.pop();
        }
        Value::Null => {
            seen.insert(Fact::Null(pointer(place)));
        }
        value => {
            seen.insert(Fact::Value(pointer(place), text(value)));
        }
    }
}
