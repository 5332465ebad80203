//! Requests against the API's description, as Lago takes them or as it is written.

mod lago;
mod refusal;

use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::event_store::EventStore;
use super::note::{Effect, Note};
use super::record::ReceivedRequest;
use super::response::MockResponse;
use crate::operation::Operation;
use crate::validate::{self, Finding, Place, Problem};
use lago::Refusal;

/// How a [`MockServer`](super::MockServer) takes requests that are not as the API's description has them.
///
/// Unless it is off, it refuses what Lago was seen to refuse, in Lago's words: 400 without the root key, 422 with codes by
/// field when a field of the object is missing that is required, or has a value that Lago knows to be none. And it
/// says what is wrong in the [notes](super::ReceivedRequest::notes) of the request.
///
/// A schema does not know everything that Lago looks at: codes that are taken, objects that do not exist, fields that need one
/// another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// As Lago: fields and parameters that it does not know are ignored, `"12"` is a number, `12` is text and `1`
    /// is true. Whatever no recording of Lago shows to be refused is taken.
    #[default]
    Faithful,
    /// Not at all, as without the feature: for tests of something else, with requests that lack what they need.
    Off,
    /// As written: everything that the description does not have is refused, with 422 and a `message` that says that Lago
    /// itself would not.
    Strict,
}

/// What came of looking at a request.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) refusal: Option<MockResponse>,
    pub(super) notes: Vec<Note>,
}

/// Looks at a request of an operation; its body is JSON, if there is one.
pub(super) fn check(
    (mode, store): (Mode, EventStore),
    operation: &Operation,
    request: &ReceivedRequest,
    sent: Option<&Value>,
) -> Checked {
    let facts = match mode {
        Mode::Off => None,
        Mode::Faithful | Mode::Strict => validate::facts(operation.id),
    };
    let Some(facts) = facts else {
        return Checked::default();
    };
    let mut found = validate::of_query(facts, &request.query);
    if facts.body.is_some() {
        found.extend(header(request));
    }
    // What the operation does not take was not read as JSON.
    let taken = sent.or((!request.body.is_empty()).then_some(&Value::Null));
    found.extend(validate::of_body(facts, taken));
    let beyond_schemas = lago::beyond_schemas(request, sent);
    // What the server does to it is known better than by its limits.
    found.retain(|finding| {
        beyond_schemas
            .iter()
            .all(|known| known.place != finding.place)
    });
    found.extend(beyond_schemas);
    found.retain(|finding| !lago::is_right(finding));
    let refused = found.into_iter().map(|finding| {
        let refusals = lago::refusals(operation, &finding, request, store);
        (finding, refusals)
    });
    decide(mode, refused.collect(), sent)
}

/// A body of another media type than JSON.
fn header(request: &ReceivedRequest) -> Option<Finding> {
    let said = request.header(CONTENT_TYPE.as_str());
    let is_json = said.is_some_and(|said| {
        let media_type = said.split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case("application/json")
    });
    let words = "a body is JSON to Lago when the header says `application/json`";
    (!is_json && !request.body.is_empty()).then(|| Finding {
        place: Place::Header("content-type"),
        problem: Problem::Other(words.to_owned()),
        value: json!(said),
    })
}

/// What comes of findings, each with what Lago says to it.
fn decide(mode: Mode, found: Vec<(Finding, Vec<Refusal>)>, sent: Option<&Value>) -> Checked {
    let lago_refuses = found.iter().any(|(_, refusals)| !refusals.is_empty());
    let strict_refuses = mode == Mode::Strict && !lago_refuses && !found.is_empty();
    let notes = found.iter().map(|(finding, refusals)| Note {
        place: match &finding.place {
            Place::Body(pointer) => pointer.clone(),
            Place::Query(name) => format!("?{name}"),
            Place::Header(name) => (*name).to_owned(),
        },
        reason: finding.problem.reason(&finding.place, &finding.value),
        effect: match refusals.is_empty() {
            false => Effect::Refused,
            true if strict_refuses => Effect::RefusedByStrict,
            true => Effect::Noted,
        },
    });
    let notes: Vec<Note> = notes.collect();
    let refusal = match (lago_refuses, strict_refuses) {
        (true, _) => Some(refusal::as_lago(&found, sent)),
        (_, true) => Some(refusal::by_strict(&found, &notes)),
        _ => None,
    };
    Checked { refusal, notes }
}

#[cfg(test)]
mod tests;
