//! Inputs of an operation which together show all that it takes.

use std::collections::BTreeSet;

use lago_tests::conform::extent::cases;
use lago_tests::conform::mutate::{Dice, Valid};
use lago_tests::support::calling::Args;
use lago_tests::support::document::{Document, Operation};
use lago_tests::support::instance::{Filled, NUMBER_OR_TEXT};
use lago_tests::support::sample::{Sample, samples};
use lago_tests::support::shape::members;
use serde_json::{Map, Value, json};

use super::facts::{enum_values, most_values};

/// A call, and the response to it.
pub(super) struct Input {
    /// In what way it is another than the others.
    pub(super) what: String,
    pub(super) args: Args,
    pub(super) response: Vec<u8>,
    /// What the caller gets of the response.
    pub(super) value: Value,
}

/// Everything that is to be sent to an operation.
pub(super) fn inputs(document: &Document, operation: &Operation) -> Vec<Input> {
    let mut inputs = Vec::new();
    for filled in [Filled::Required, Filled::Everything, Filled::Nulls] {
        for sample in samples(document, operation, filled) {
            inputs.push(input(format!("{filled:?}"), &sample, sample.args.clone()));
        }
    }
    let minimal = samples(document, operation, Filled::Required);
    let full = samples(document, operation, Filled::Everything);
    let (Some(minimal), Some(first)) = (minimal.first(), full.first()) else {
        return inputs;
    };
    for (name, value) in &first.args.query {
        let alone = with_query(minimal, name, value);
        inputs.push(input(format!("`{name}` alone"), minimal, alone));
    }
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| parameter["in"] == "query")
    {
        let name = parameter["name"].as_str().unwrap_or_default();
        let is_list = document.merged(&parameter["schema"]).contains_key("items");
        for value in enum_values(document, &parameter["schema"]) {
            let value = parsed(document, &parameter["schema"], &value);
            let value = if is_list { json!([value]) } else { value };
            let what = format!("`{name}` = {value}");
            inputs.push(input(what, minimal, with_query(minimal, name, &value)));
        }
    }
    let schemas = bodies(operation);
    for (sample, schema) in full.iter().zip(&schemas) {
        let Some(body) = &sample.args.body else {
            continue;
        };
        let mut args = sample.args.clone();
        args.body = Some(with_nulls_inside(document, schema, body));
        inputs.push(input("nulls inside".to_owned(), sample, args));
        let enums = enums(document, schema);
        let most = enums.iter().map(|(_, values)| values.len()).max();
        let most = most.unwrap_or_default();
        for turn in 1..most.min(most_values()) {
            let mut args = sample.args.clone();
            args.body = Some(turned(document, schema, body, turn));
            inputs.push(input(format!("values {turn}"), sample, args));
        }
        let mut rng = fastrand::Rng::with_seed(schemas.len() as u64);
        for number in 0..cases(3, 60) {
            let rolls: Vec<u16> = (0..500).map(|_| rng.u16(..)).collect();
            let made = by_chance(document, schema, body, &rolls);
            let mut args = sample.args.clone();
            args.body = Some(made);
            inputs.push(input(format!("by chance {number}"), sample, args));
        }
    }
    inputs
}

fn input(what: String, sample: &Sample, args: Args) -> Input {
    Input {
        what,
        args,
        response: sample.response.clone(),
        value: sample.value.clone(),
    }
}

/// The schemas of the bodies that an operation takes, as samples have them.
fn bodies(operation: &Operation) -> Vec<&Value> {
    let Some(schema) = &operation.body else {
        return Vec::new();
    };
    let members = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    members.map_or(vec![schema], |members| members.iter().collect())
}

fn with_query(minimal: &Sample, name: &str, value: &Value) -> Args {
    let mut args = minimal.args.clone();
    let name = name.trim_end_matches("[key]");
    args.query.insert(name.to_owned(), value.clone());
    args
}

/// A value of an enum as JSON: text, unless the enum is one of numbers or of yes and no.
fn parsed(document: &Document, schema: &Value, value: &str) -> Value {
    match document.merged(schema).get("type").and_then(Value::as_str) {
        Some("integer" | "number" | "boolean") => value.parse().unwrap_or_default(),
        _ => json!(value),
    }
}

/// The enums in a body: what the property is called, and its values.
pub(super) fn enums(document: &Document, schema: &Value) -> BTreeSet<(String, Vec<String>)> {
    let mut found = BTreeSet::new();
    add_enums(document, ("", schema), 0, &mut found);
    found
}

fn add_enums(
    document: &Document,
    (name, schema): (&str, &Value),
    depth: usize,
    found: &mut BTreeSet<(String, Vec<String>)>,
) {
    if depth > 8 {
        return;
    }
    let merged = document.merged(schema);
    if let Some(values) = merged.get("enum").and_then(Value::as_array) {
        let values = values.iter().map(Value::to_string).collect();
        found.insert((name.to_owned(), values));
    }
    let more = merged.get("additionalProperties");
    let more = more.filter(|more| more.is_object());
    let members = members(&merged).into_iter().flatten();
    let same = members.chain(merged.get("items")).chain(more);
    let properties = merged.get("properties").and_then(Value::as_object);
    let same = same.map(|schema| (name, schema));
    let properties = properties.into_iter().flatten();
    for below in same.chain(properties.map(|(name, schema)| (name.as_str(), schema))) {
        add_enums(document, below, depth + 1, found);
    }
}

/// A body in which every enum has another value, the one so many further on.
pub(super) fn turned(document: &Document, schema: &Value, body: &Value, turn: usize) -> Value {
    changed(document, schema, body, &|schema, value| {
        let values = schema.get("enum").and_then(Value::as_array)?;
        let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        let now = values.iter().position(|known| *known == value)?;
        values.get((now + turn) % values.len()).copied().cloned()
    })
}

/// A body in which all is null that may be and has nothing in it that may be.
fn with_nulls_inside(document: &Document, schema: &Value, body: &Value) -> Value {
    let mut nulls = changed(document, schema, body, &|schema, value| {
        let has_more = match value {
            Value::Object(_) => schema.contains_key("properties"),
            Value::Array(items) => items.iter().any(Value::is_object),
            _ => false,
        };
        let may_be_null = document.allows_null(schema);
        let says_null = may_be_null && !schema.contains_key("x-null-as");
        (says_null && !has_more).then_some(Value::Null)
    });
    // A root is what the call is about.
    for (root, value) in nulls.as_object_mut().into_iter().flatten() {
        if value.is_null() {
            value.clone_from(&body[root]);
        }
    }
    nulls
}

/// A body by chance, in which what the call cannot do without is as the sample has it: a root, the key of an event, and
/// a time that is none of milliseconds. Decimals are sent as text.
fn by_chance(document: &Document, schema: &Value, sample: &Value, rolls: &[u16]) -> Value {
    let dice = Dice::new(rolls);
    let mut made = Valid { document, dice }.of(schema);
    for (root, value) in made.as_object_mut().into_iter().flatten() {
        if !value.is_object() && !value.is_array() {
            value.clone_from(&sample[root]);
        }
        let (things, like) = match value {
            Value::Array(items) => (items.as_mut_slice(), &sample[root][0]),
            one => (std::slice::from_mut(one), &sample[root]),
        };
        for thing in things.iter_mut().filter(|_| root.starts_with("event")) {
            for key in [
                "transaction_id",
                "code",
                "external_subscription_id",
                "timestamp",
            ] {
                match (like.get(key), thing.as_object_mut()) {
                    (Some(known), Some(thing)) => drop(thing.insert(key.to_owned(), known.clone())),
                    (None, Some(thing)) => drop(thing.remove(key)),
                    (_, None) => {}
                }
            }
        }
    }
    changed(document, schema, &made, &|schema, value| {
        let members = members(schema).into_iter().flatten();
        let mut kinds = members.filter_map(|member| member["type"].as_str());
        let is_decimal = kinds
            .clone()
            .any(|kind| kind == "number" || kind == "integer")
            && kinds.any(|kind| kind == "string");
        match value {
            Value::Number(number) if is_decimal => Some(json!(number.to_string())),
            Value::String(_) if is_decimal => Some(json!(NUMBER_OR_TEXT)),
            // Null itself says nothing there.
            Value::Null => schema.get("x-null-as").cloned(),
            _ => None,
        }
    })
}

/// A body in which a rule has changed what it would, from the outside in.
fn changed(
    document: &Document,
    schema: &Value,
    body: &Value,
    rule: &impl Fn(&Map<String, Value>, &Value) -> Option<Value>,
) -> Value {
    let schema = document.merged(schema);
    if let Some(other) = rule(&schema, body) {
        return other;
    }
    let or_same = |schema: Option<&Value>, value: &Value| match schema {
        Some(schema) => changed(document, schema, value, rule),
        None => value.clone(),
    };
    let alternatives = members(&schema).into_iter().flatten();
    let mut others = alternatives.filter(|member| member["type"] != "null");
    if let (Some(only), None) = (others.next(), others.next()) {
        return changed(document, only, body, rule);
    }
    match body {
        Value::Object(object) => {
            let of = |name: &String| schema.get("properties")?.get(name);
            let changed = object
                .iter()
                .map(|(name, value)| (name.clone(), or_same(of(name), value)));
            Value::Object(changed.collect())
        }
        Value::Array(items) => {
            let changed = items.iter().map(|item| or_same(schema.get("items"), item));
            Value::Array(changed.collect())
        }
        other => other.clone(),
    }
}

/// What arrived, without the time that a call fixes where the caller gave none.
pub(super) fn without_fixed_time(sent: &Value, mut arrived: Value) -> Value {
    for root in ["event", "events"] {
        let pairs: Vec<(&Value, &mut Value)> = match (&sent[root], arrived.get_mut(root)) {
            (Value::Array(sent), Some(Value::Array(arrived))) => sent.iter().zip(arrived).collect(),
            (sent, Some(arrived)) => vec![(sent, arrived)],
            (_, None) => Vec::new(),
        };
        for (sent, arrived) in pairs {
            if let (Some(arrived), None) = (arrived.as_object_mut(), sent.get("timestamp")) {
                arrived.remove("timestamp");
            }
        }
    }
    arrived
}
