//! Details of every shape as one list.

use std::fmt;

use serde_json::Value;

use super::{ApiError, Details};
use crate::words;

/// A code, and what it is about.
///
/// `Display` is all of it, `0.transaction_id: value_already_exist`, and may quote what was sent;
/// [`ApiError::summary`] does not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem<'a> {
    /// Which item of a batch, counted from zero; none outside of one.
    pub index: Option<usize>,
    /// Which field: `external_id`, or `charges.0.properties.amount` of nested details. Empty when it is about no field.
    /// After some 500 bytes it ends with `…`.
    /// Keys that a customer chose may stand in it.
    pub path: String,
    /// What is wrong: mostly a code such as `value_is_mandatory`, in places a sentence.
    pub code: &'a str,
    /// The sentence that the server writes after some codes: `expression_evaluation_failed: Variable: b not found`.
    pub message: Option<&'a str>,
}

impl<'a> Problem<'a> {
    fn new(index: Option<usize>, path: String, text: &'a str) -> Self {
        let (code, message) = code_and_message(text);
        Self {
            index,
            path,
            code,
            message,
        }
    }

    /// Index and path, of which `?` stands for what is no key of the API.
    pub(super) fn place_in_words(&self) -> String {
        place(self.index, &words::path(&self.path))
    }
}

impl fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = place(self.index, &self.path);
        let separator = if place.is_empty() { "" } else { ": " };
        write!(f, "{place}{separator}{}", self.code)?;
        match self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

fn place(index: Option<usize>, path: &str) -> String {
    match index {
        Some(index) => below(&index.to_string(), path),
        None => path.to_owned(),
    }
}

/// The code at the beginning of a text, and the sentence after it; or the text.
pub(super) fn code_and_message(text: &str) -> (&str, Option<&str>) {
    match text.split_once(": ") {
        // Words without an underscore begin sentences.
        Some((code, message)) if words::is_code(code) && code.contains('_') => {
            (code, Some(message))
        }
        _ => (text, None),
    }
}

/// Every text in the details, and its place.
pub(super) fn of(error: &ApiError) -> Vec<Problem<'_>> {
    match error.details() {
        Details::Provider(_) | Details::ThirdParty(_) | Details::ProviderLimit(_) => Vec::new(),
        Details::Items(items) => items
            .raw()
            .flat_map(|(index, details)| walk(Some(index), details))
            .collect(),
        _ => match error.error_details() {
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
            Value::String(text) => found.push(Problem::new(index, path, text)),
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

/// In bytes. Far more than any path of Lago's has: each code is told with one, so that one long path to many
/// codes would take more memory than there is.
const LONGEST_PATH: usize = 500;

/// The end of a path that is longer.
const ELLIPSIS: &str = "…";

fn below(path: &str, key: &str) -> String {
    let is_full = path.len() + key.len() > LONGEST_PATH;
    match (path, key) {
        (path, _) if path.ends_with(ELLIPSIS) => path.to_owned(),
        ("", _) if is_full => ELLIPSIS.to_owned(),
        (path, _) if is_full => format!("{path}.{ELLIPSIS}"),
        ("", key) => key.to_owned(),
        (path, "") => path.to_owned(),
        (path, key) => format!("{path}.{key}"),
    }
}
