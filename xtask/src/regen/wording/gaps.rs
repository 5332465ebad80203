//! What has no words, in a document that has all its words.

use std::fmt;

use serde_json::Value;

use super::{listed, operations, own_property, stands_alone};
use crate::regen::address::visit_document;
use crate::regen::names::ident::snake;
use crate::regen::names::words::singular;
use crate::regen::prose::code;
use crate::regen::schema::{VALUE_WORDS, text};

/// Something without words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// What a person calls it.
    pub(super) what: String,
    /// What is missing.
    pub(super) lacks: &'static str,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: no {}", code(&self.what), self.lacks)
    }
}

/// Everything that has no words: operations, webhooks, parameters, responses, components, properties, values.
pub(super) fn gaps(root: &Value) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut add = |what: &str, lacks| {
        gaps.push(Gap {
            what: what.to_owned(),
            lacks,
        });
    };
    for (place, key, is_webhook) in operations(root) {
        let Some(operation) = root.pointer(&place) else {
            continue;
        };
        let needed: &[&str] = match is_webhook {
            // Its summary says when it is sent and what it carries.
            true => &["summary"],
            false => &["summary", "description"],
        };
        for lacks in needed {
            if !is_said(operation, lacks) {
                add(&key, lacks);
            }
        }
        for (number, _) in members(operation, "parameters") {
            unsaid_parameter(root, &format!("{place}/parameters/{number}"), &mut add);
        }
        for (status, response) in members(operation, "responses") {
            if response.get("$ref").is_none() && is_phrase(response) {
                add(&format!("{key} {status}"), "description of the response");
            }
        }
    }
    for section in ["schemas", "parameters", "responses"] {
        for (name, component) in members(&root["components"], section) {
            if !is_said(component, "description") {
                add(&name, "description");
            }
        }
    }
    for (address, pointer) in visit_document(root) {
        let Some(node) = root.pointer(&pointer) else {
            continue;
        };
        let is_property = own_property(&address, &pointer).is_some();
        let is_said = is_said(node, "description") || node.get("$ref").is_some();
        if is_property && !is_said && !stands_alone(root, &pointer) {
            add(&address, "description");
        }
        let words = node.get(VALUE_WORDS);
        // Of one that stands alone the property says what it is.
        let values = listed(node)
            .filter(|values| values.len() > 1)
            .unwrap_or_default();
        for value in values
            .iter()
            .filter(|value| words.is_none_or(|words| words.get(value).is_none()))
        {
            add(&format!("{address} = {value}"), "words for the value");
        }
    }
    gaps
}

fn unsaid_parameter(root: &Value, place: &str, add: &mut impl FnMut(&str, &'static str)) {
    let parameter = root.pointer(place).unwrap_or(&Value::Null);
    if parameter.get("$ref").is_none() && !is_said(parameter, "description") {
        add(
            text(parameter, "name").unwrap_or(place),
            "description of the parameter",
        );
    }
}

fn is_said(node: &Value, key: &str) -> bool {
    text(node, key).is_some_and(|said| !said.trim().is_empty())
}

/// Whether a response says nothing but the reason phrase of its status, as one does that is new.
fn is_phrase(response: &Value) -> bool {
    let said = text(response, "description").unwrap_or_default();
    said.trim().is_empty() || said == "OK"
}

/// The members of an object or list below a node, by name or number.
fn members<'v>(node: &'v Value, key: &str) -> Vec<(String, &'v Value)> {
    match node.get(key) {
        Some(Value::Object(map)) => map
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Some(Value::Array(items)) => {
            let numbered = items.iter().enumerate();
            numbered
                .map(|(number, item)| (number.to_string(), item))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Words that say no more than a name does: of its words, of little words, and of nothing else.
pub(in crate::regen) fn only_repeats(name: &str, said: &str) -> bool {
    const LITTLE: [&str; 24] = [
        "a", "an", "the", "of", "is", "it", "its", "this", "that", "for", "to", "in", "on", "by",
        "and", "or", "value", "object", "which", "with", "when", "was", "what", "s",
    ];
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        let words = lower.split(|char: char| !char.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty()).map(str::to_owned);
        words.collect()
    };
    let known = words(&snake(name).replace('_', " "));
    let mut said = words(said).into_iter().peekable();
    said.peek().is_some()
        && said.all(|word| {
            LITTLE.contains(&word.as_str())
                || known.contains(&word)
                || known.contains(&singular(&word))
        })
}

/// Properties and parameters whose words only repeat the name, with the words.
pub(super) fn fillers(root: &Value) -> Vec<(String, String)> {
    let mut fillers = Vec::new();
    for (address, pointer) in visit_document(root) {
        let node = root.pointer(&pointer);
        let said = node.and_then(|node| text(node, "description"));
        if let (Some(_), Some(said)) = (own_property(&address, &pointer), said)
            && only_repeats(&address, said)
        {
            fillers.push((address.clone(), said.to_owned()));
        }
    }
    fillers
}
