//! From what is wrong with a request to the response that says so.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::lago::Refusal;
use crate::mock::note::Note;
use crate::mock::response::MockResponse;
use crate::validate::{Finding, Place, keys};

/// The root of a batch that the server refuses in a shape of its own.
const ALERTS: &str = "alerts";

/// The response of the server: what it notices first goes before the rest.
pub(super) fn as_lago(found: &[(Finding, Vec<Refusal>)], sent: Option<&Value>) -> MockResponse {
    let refusals = || {
        found
            .iter()
            .flat_map(|(finding, refusals)| refusals.iter().map(move |refusal| (finding, refusal)))
    };
    let mut details = Map::new();
    for (finding, refusal) in refusals() {
        match refusal {
            Refusal::NoRoot(root) => {
                let words = format!(
                    "BadRequest: param is missing or the value is empty or invalid: {root}"
                );
                return MockResponse::new(400).json(json!({ "status": 400, "error": words }));
            }
            Refusal::Fails => return MockResponse::refusal(StatusCode::INTERNAL_SERVER_ERROR),
            Refusal::Codes { keys, code } => add(&mut details, keys, code, finding),
        }
    }
    if let Some(alerts) = sent.and_then(|body| body.get(ALERTS)?.as_array()) {
        details = by_alert(details, alerts);
    }
    MockResponse::validation_errors(details)
}

/// Adds a code below its keys. One that ends where a list begins gets the value, beside those that are in the list.
fn add(details: &mut Map<String, Value>, keys: &[String], code: &str, finding: &Finding) {
    let Some((last, above)) = keys.split_last() else {
        return;
    };
    let mut owner = details;
    for key in above {
        let below = owner.entry(key.clone()).or_insert_with(|| json!({}));
        let Value::Object(below) = below else {
            return;
        };
        owner = below;
    }
    let Value::Array(codes) = owner.entry(last.clone()).or_insert_with(|| json!([])) else {
        return;
    };
    if !code.ends_with(": ") {
        codes.push(json!(code));
        return;
    }
    let listed = codes.iter_mut().find_map(|known| match known {
        Value::String(known) if known.starts_with(code) => Some(known),
        _ => None,
    });
    match listed {
        Some(known) => {
            known.pop();
            *known += &format!(", {}]", finding.value);
        }
        None => codes.push(json!(format!("{code}[{}]", finding.value))),
    }
}

/// What is wrong with a batch of alerts: what was sent, and its errors as text.
fn by_alert(details: Map<String, Value>, alerts: &[Value]) -> Map<String, Value> {
    let each = details.into_iter().map(|(index, errors)| {
        let sent = index
            .parse()
            .ok()
            .and_then(|index: usize| alerts.get(index));
        let errors = match sent {
            Some(sent) => {
                json!({ "params": sent, "errors": format!("Validation errors: {errors}") })
            }
            None => errors,
        };
        (index, errors)
    });
    each.collect()
}

/// The response of strict mode, in the shape of Lago's and with a message that no one takes for Lago's.
pub(super) fn by_strict(found: &[(Finding, Vec<Refusal>)], notes: &[Note]) -> MockResponse {
    let mut details = Map::new();
    for ((finding, _), note) in found.iter().zip(notes) {
        let keys = match &finding.place {
            Place::Body(pointer) => keys(pointer),
            Place::Query(name) => vec![name.clone()],
            Place::Header(name) => vec![(*name).to_owned()],
        };
        add(
            &mut details,
            &keys,
            &format!("strict mode: {}", note.reason),
            finding,
        );
    }
    let lines: Vec<String> = notes.iter().map(Note::to_string).collect();
    let message = format!(
        "refused by the strict mode of this stand-in; Lago itself would not refuse it, or nobody knows: {}",
        lines.join("; ")
    );
    MockResponse::new(422).json(json!({
        "status": 422,
        "error": "Unprocessable Entity",
        "code": "validation_errors",
        "error_details": details,
        "message": message,
    }))
}
