//! Rules about listed values and patterns.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::subject::{Subject, types};
use super::Found;
use super::siblings::noun;
use crate::pointer::join;
use crate::regen::address::Address;
use crate::regen::schema::{list, text, vocabulary};

pub(super) fn enum_values(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for schema in &subject.schemas {
        let values: Vec<&Value> = list(schema.node, "enum").collect();
        let types = types(schema.node);
        for (number, value) in values.iter().enumerate() {
            let at = format!("{}/enum/{number}", schema.pointer);
            if let Some(first) = values[..number].iter().position(|other| other == value) {
                found.push(
                    Found::new(
                        at.clone(),
                        format!("{value} is listed twice"),
                        "remove one of the two",
                    )
                    .beside(
                        format!("{}/enum/{first}", schema.pointer),
                        "first listed here",
                    ),
                );
            }
            let allowed = type_names(value).iter().any(|name| types.contains(name));
            let by_flag = value.is_null() && schema.node["nullable"] == true;
            if !types.is_empty() && !allowed && !by_flag {
                found.push(Found::new(
                    at,
                    format!("{value} is not of the type that stands beside the list"),
                    "correct the value or the type",
                ));
            }
        }
        let allows_null = types.contains("null") || schema.node["nullable"] == true;
        if !values.is_empty() && allows_null && !values.contains(&&Value::Null) {
            found.push(Found::new(
                join(&schema.pointer, "enum"),
                "null is of the type, and not among the values",
                "add null to the list, or take it out of the type",
            ));
        }
    }
}

fn type_names(value: &Value) -> &'static [&'static str] {
    match value {
        Value::Null => &["null"],
        Value::Bool(_) => &["boolean"],
        Value::Number(number) if number.is_f64() => &["number"],
        Value::Number(_) => &["integer", "number"],
        Value::String(_) => &["string"],
        Value::Array(_) => &["array"],
        Value::Object(_) => &["object"],
    }
}

pub(super) fn closed_enum(subject: &Subject<'_>, found: &mut Vec<Found>) {
    // What requests list, by noun and property.
    let mut sent: BTreeMap<(String, &str), (Vec<String>, &str)> = BTreeMap::new();
    let mut received = Vec::new();
    for schema in &subject.schemas {
        let address = Address::new(&schema.address);
        let (Some(component), Some(property)) = (address.component(), address.property()) else {
            continue;
        };
        let Some(values) = vocabulary(subject.resolved(schema.node)) else {
            continue;
        };
        let key = (noun(component), property);
        if schema.sent && !schema.received {
            let (known, _) = sent
                .entry(key)
                .or_insert_with(|| (Vec::new(), &schema.pointer));
            known.extend(values);
        } else if schema.received && !schema.sent {
            received.push((key, values, &schema.pointer));
        }
    }
    for (key, values, pointer) in received {
        let Some((wide, from)) = sent.get(&key) else {
            continue;
        };
        let mut missing: Vec<&str> = wide
            .iter()
            .filter(|value| !values.contains(value))
            .map(String::as_str)
            .collect();
        missing.dedup();
        if !missing.is_empty() {
            found.push(
                Found::new(
                    pointer.clone(),
                    format!(
                        "the response does not list {}, which requests take",
                        missing.join(", ")
                    ),
                    "list in the response what a request may have set",
                )
                .beside(*from, "the request"),
            );
        }
    }
}

/// Each pattern with the pointer to it.
fn patterns<'d>(subject: &'d Subject<'_>) -> impl Iterator<Item = (String, &'d str)> {
    subject.schemas.iter().filter_map(|schema| {
        let pattern = text(schema.node, "pattern")?;
        Some((join(&schema.pointer, "pattern"), pattern))
    })
}

pub(super) fn pattern_invalid(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, pattern) in patterns(subject) {
        let schema = serde_json::json!({"type": "string", "pattern": pattern});
        if jsonschema::validator_for(&schema).is_err() {
            found.push(Found::new(
                at,
                format!("`{pattern}` is no regular expression"),
                "correct it",
            ));
        }
    }
}

pub(super) fn pattern_dot(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let digits = ["[0-9]", "\\d"];
    for (at, pattern) in patterns(subject) {
        let hazard = pattern.match_indices('.').any(|(dot, _)| {
            let before = pattern[..dot].trim_end_matches(['+', '*']);
            let after = pattern[dot + 1..].trim_start_matches('?');
            digits.iter().any(|class| before.ends_with(class))
                && digits.iter().any(|class| after.starts_with(class))
        });
        if hazard {
            found.push(Found::new(
                at,
                format!("the dot of `{pattern}` stands for any character"),
                "write `\\.` for a point",
            ));
        }
    }
}

pub(super) fn pattern_unanchored(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, pattern) in patterns(subject) {
        if !(pattern.starts_with('^') && pattern.ends_with('$')) {
            found.push(Found::new(
                at,
                format!("`{pattern}` matches anywhere in the text"),
                "begin it with `^` and end it with `$`",
            ));
        }
    }
}
