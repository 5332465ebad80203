//! Details of every shape as one list.

use serde_json::Value;

use super::{ApiError, Details};

/// A code, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem<'a> {
    /// Which item of a batch, counted from zero; none outside of one.
    pub index: Option<usize>,
    /// Which field: `external_id`, or `charges.0.properties.amount` of nested details. Empty when it is about no field.
    /// Keys that a customer chose may stand in it.
    pub path: String,
    /// What is wrong: mostly a code such as `value_is_mandatory`, in places a sentence.
    pub code: &'a str,
}

/// Every text in the details, and its place.
pub(super) fn of(error: &ApiError) -> Vec<Problem<'_>> {
    match error.details() {
        Details::Provider(_) | Details::ThirdParty(_) | Details::ProviderLimit(_) => Vec::new(),
        Details::Items(items) => items
            .raw()
            .flat_map(|(index, details)| walk(Some(index), details))
            .collect(),
        _ => match error.raw.get("error_details") {
            Some(details) => walk(None, details),
            None => Vec::new(),
        },
    }
}

/// Every text in a value. Not by recursion: how deep a value is, is not for us to say.
fn walk<'a>(index: Option<usize>, value: &'a Value) -> Vec<Problem<'a>> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::String(code) => found.push(Problem { index, path, code }),
            // From the end, so that they are taken from the beginning.
            Value::Array(values) => {
                let below = values.iter().enumerate().map(|(place, value)| match value {
                    Value::String(_) => (path.clone(), value),
                    value => (below(&path, &place.to_string()), value),
                });
                open.extend(below.rev());
            }
            Value::Object(map) => {
                let below = map.iter().map(|(key, value)| (below(&path, key), value));
                open.extend(below.rev());
            }
            _ => {}
        }
    }
    found
}

fn below(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}
