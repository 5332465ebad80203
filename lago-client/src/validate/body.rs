//! A body against its schema.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::{Value, json};

use super::finding::{Finding, Place, Problem};
use super::schemas::{Body, Parts};

/// Everything in which a body is not as described. No body is one without anything in it.
pub(crate) fn findings(described: &Body, sent: Option<&Value>) -> Vec<Finding> {
    let nothing = json!({});
    let body = match sent {
        Some(body) => body,
        None if described.is_required => &nothing,
        None => return Vec::new(),
    };
    let mut found = Vec::new();
    if let Some(root) = missing_root(described, body) {
        found.push(at(
            format!("/{}", escaped(root)),
            Problem::NoRoot,
            &Value::Null,
        ));
    } else if let Some(validator) = described.validator() {
        for error in validator.iter_errors(body) {
            differences(&error, described, &mut found);
        }
    }
    unknown(body, &described.parts(), String::new(), &mut found);
    let mut different: Vec<Finding> = Vec::new();
    for finding in found {
        if !different.contains(&finding) {
            different.push(finding);
        }
    }
    different
}

fn at(pointer: String, problem: Problem, value: &Value) -> Finding {
    Finding {
        place: Place::Body(pointer),
        problem,
        value: value.clone(),
    }
}

/// A segment of a JSON pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The root key that is missing, as Rails sees it: an object without anything in it is none.
fn missing_root<'b>(described: &'b Body, body: &Value) -> Option<&'b str> {
    let roots = described.roots();
    let is_there = |&(name, may_not_be_empty): &(&str, bool)| match body.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Object(fields)) => !(may_not_be_empty && fields.is_empty()),
        Some(_) => true,
    };
    match roots.first() {
        Some((name, _)) if !roots.iter().any(is_there) => Some(name),
        _ => None,
    }
}

/// What an error of a validator says, in our words.
fn differences(error: &ValidationError<'_>, described: &Body, found: &mut Vec<Finding>) {
    let pointer = error.instance_path().as_str();
    let value = error.instance().as_ref();
    let mut add = |pointer: String, problem, value: &Value| found.push(at(pointer, problem, value));
    let null = || Problem::Null {
        is_required: is_required(described, pointer),
    };
    match error.kind() {
        // What is one of these or those is both, when they are numbers.
        ValidationErrorKind::OneOfMultipleValid { .. } => {}
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            for error in closest(context, pointer) {
                differences(error, described, found);
            }
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            add(
                format!("{pointer}/{}", escaped(name)),
                Problem::Missing,
                &Value::Null,
            );
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                let value = value.get(name).unwrap_or(&Value::Null);
                add(
                    format!("{pointer}/{}", escaped(name)),
                    Problem::Unknown,
                    value,
                );
            }
        }
        ValidationErrorKind::Type { .. } | ValidationErrorKind::Enum { .. } if value.is_null() => {
            add(pointer.to_owned(), null(), value);
        }
        ValidationErrorKind::Type { kind } => {
            add(pointer.to_owned(), of_type(&types(kind), value), value);
        }
        ValidationErrorKind::Enum { .. } => add(pointer.to_owned(), Problem::Value, value),
        ValidationErrorKind::Format { format } => {
            add(pointer.to_owned(), Problem::Format(format.clone()), value);
        }
        _ => add(pointer.to_owned(), Problem::Other(error.to_string()), value),
    }
}

/// What is wrong with the alternative that the value comes closest to: one of its type and with its fields, with the least
/// that is wrong.
fn closest<'e>(
    alternatives: &'e [Vec<ValidationError<'static>>],
    pointer: &str,
) -> &'e [ValidationError<'static>] {
    let distance = |errors: &&Vec<ValidationError<'static>>| {
        let mut here = errors
            .iter()
            .filter(|error| error.instance_path().as_str() == pointer);
        let is_other = here.any(|error| {
            let kind = error.kind();
            matches!(
                kind,
                ValidationErrorKind::Type { .. } | ValidationErrorKind::Required { .. }
            )
        });
        (is_other, errors.len())
    };
    alternatives
        .iter()
        .min_by_key(distance)
        .map_or(&[], Vec::as_slice)
}

fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(ty) => vec![*ty],
        TypeKind::Multiple(types) => types.iter().filter(|ty| *ty != JsonType::Null).collect(),
    }
}

/// What is wrong with a value that is of none of these types.
pub(crate) fn of_type(types: &[JsonType], value: &Value) -> Problem {
    let words: Vec<&str> = types.iter().map(|ty| in_words(*ty)).collect();
    let words = words.join(" or ");
    match types.iter().any(|ty| becomes(*ty, value)) {
        true => Problem::Coerced(words),
        false => Problem::Type(words),
    }
}

fn in_words(ty: JsonType) -> &'static str {
    match ty {
        JsonType::Array => "a list",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "text",
    }
}

/// Whether Rails makes a value of this type of what was sent.
fn becomes(ty: JsonType, value: &Value) -> bool {
    match (ty, value) {
        (JsonType::String, Value::Number(_) | Value::Bool(_)) => true,
        (JsonType::Number, Value::String(text)) => text.trim().parse().is_ok_and(f64::is_finite),
        (JsonType::Integer, Value::String(text)) => text.trim().parse::<i64>().is_ok(),
        (JsonType::Boolean, Value::String(text)) => {
            ["1", "0", "t", "f", "true", "false", "on", "off"].contains(&text.as_str())
        }
        (JsonType::Boolean, Value::Number(number)) => {
            number.as_u64().is_some_and(|number| number < 2)
        }
        _ => false,
    }
}

/// Whether the field at a pointer has to be there.
fn is_required(described: &Body, pointer: &str) -> bool {
    let Some((owner, name)) = pointer.rsplit_once('/') else {
        return false;
    };
    let mut parts = described.parts();
    for segment in owner.split('/').skip(1) {
        let name = unescaped(segment);
        let below = parts.of(&name);
        parts = match below.is_empty() {
            true => parts.items(),
            false => below,
        };
    }
    parts.requires(&unescaped(name))
}

fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// Fields that no schema of their object has, and those that are required and empty, which no schema says.
fn unknown(value: &Value, parts: &Parts<'_>, pointer: String, found: &mut Vec<Finding>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let below = parts.of(name);
                let pointer = format!("{pointer}/{}", escaped(name));
                if *value == "" && parts.requires(name) {
                    found.push(at(pointer, Problem::Blank, value));
                } else if !below.is_empty() {
                    unknown(value, &below, pointer, found);
                } else if !parts.is_open() {
                    found.push(at(pointer, Problem::Unknown, value));
                }
            }
        }
        Value::Array(items) => {
            let below = parts.items();
            for (index, item) in items.iter().enumerate().filter(|_| !below.is_empty()) {
                unknown(item, &below, format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}
