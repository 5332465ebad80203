//! What of a response is not as the document and the client have it.

use serde_json::Value;

use super::entry::entry;
use super::mask::Masks;
use super::schema::{Deviation, Kind, deviations};
use crate::conform::recording::Exchange;
use crate::conform::replay::Failure;
use crate::support::document::{Document, Operation};

/// A place where a server and the document differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The operation id, or the type of a webhook.
    pub operation: String,
    /// The JSON pointer in the response; empty for all of it.
    pub pointer: String,
    /// In a word, how it differs: see [`Kind::word`], `lost`, `unreadable`, `error` or `request`.
    pub kind: &'static str,
    /// What the server sent, without what is private.
    pub observed: String,
    /// What the document, or the client, says of that place.
    pub document: String,
    /// An entry for `xtask/overlay/`, in YAML; none when no entry can mend it.
    pub entry: Option<String>,
    /// The HTTP status of the response; 0 for a webhook.
    pub status: u16,
    /// In how many responses.
    pub times: usize,
}

impl Kind {
    /// The kind in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Extra => "extra property",
            Self::Missing => "missing",
            Self::Null => "null",
            Self::Value => "new enum value",
            Self::Type => "other type",
            Self::Format => "other format",
        }
    }
}

impl Drift {
    /// Whether the other one says the same of another response or of another element.
    pub fn is_same(&self, other: &Self) -> bool {
        let of = |drift: &Self| (drift.operation.clone(), drift.kind, drift.entry.clone());
        of(self) == of(other) && without_indices(&self.pointer) == without_indices(&other.pointer)
    }
}

/// The drifts of an exchange: where the replay failed, and where the response is not what its schema says.
/// `operation` is that of the document; `failures` are those of this exchange.
pub fn drifts(
    document: &Document,
    operation: &Operation,
    exchange: &Exchange,
    failures: &[Failure],
    masks: &mut Masks,
) -> Vec<Drift> {
    let is_success = (200..300).contains(&exchange.status);
    let (asked, failures): (Vec<_>, Vec<_>) = failures
        .iter()
        .map(|failure| (pointer(&failure.path), failure))
        .partition(|(_, failure)| failure.path.starts_with("request"));
    let body = &exchange.response_body;
    let found = match &operation.response {
        Some(schema) if is_success && !body.is_null() => {
            let address = format!("{} {} 200", operation.method, operation.path);
            deviations(document, schema, &address, body)
        }
        _ => Vec::new(),
    };
    let failed: Vec<&str> = failures.iter().map(|(place, _)| place.as_str()).collect();
    let found: Vec<Deviation> = found
        .into_iter()
        .filter(|deviation| !is_tolerated(deviation, body, &failed))
        .collect();
    let told = |place: &str| found.iter().any(|one| is_below(place, &one.pointer));
    let new = |place: &str, kind, document, entry: Option<String>, masks: &mut Masks| Drift {
        operation: operation.id.clone(),
        // The name of a property may be anything, too, and so may what should be a value of an enum.
        pointer: masks.text(place),
        kind,
        observed: observed(body, place, masks),
        document,
        entry: entry.map(|entry| masks.text(&entry)),
        status: exchange.status,
        times: 1,
    };
    let mut drifts = Vec::new();
    for deviation in &found {
        let entry = entry(document, deviation, body.pointer(&deviation.pointer));
        let (place, kind) = (&deviation.pointer, deviation.kind.word());
        drifts.push(new(place, kind, deviation.says.clone(), entry, masks));
    }
    for (place, failure) in failures.iter().filter(|(place, _)| !told(place)) {
        let (kind, says) = match failure.what.strip_prefix("cannot be read: ") {
            _ if !is_success => ("error", error_says(place).to_owned()),
            Some(why) => ("unreadable", masks.message(why)),
            None if place.is_empty() => ("unreadable", masks.message(&failure.what)),
            None => (
                "lost",
                "the client's type does not keep it as it came".to_owned(),
            ),
        };
        let is_empty = is_success && place.is_empty() && body.is_null();
        let entry = is_empty.then(|| super::entry::may_be_empty(operation));
        drifts.push(new(place, kind, says, entry, masks));
    }
    for (place, failure) in asked {
        let place = place.strip_prefix("/request").unwrap_or_default();
        let says = match failure.what.starts_with("cannot be said") {
            true => "the client's type cannot say it",
            false => "the client's type does not say it as it was",
        };
        let mut drift = new("", "request", says.to_owned(), None, masks);
        drift.observed = observed(&exchange.request_body, place, masks);
        drift.pointer = format!("request {place}").trim_end().to_owned();
        drifts.push(drift);
    }
    drifts
}

/// What is written down otherwise and arrives all the same: an object that has the properties of another
/// view of its noun, or has values for them, and a number that is written as text.
fn is_tolerated(deviation: &Deviation, body: &Value, failed: &[&str]) -> bool {
    let is_kept = !failed
        .iter()
        .any(|place| is_below(place, &deviation.pointer) || is_below(&deviation.pointer, place));
    let is_numeric = || match body.pointer(&deviation.pointer) {
        Some(Value::String(text)) => text.parse::<f64>().is_ok(),
        Some(value) => value.is_number(),
        None => false,
    };
    match deviation.kind {
        Kind::Extra => is_kept,
        // What is always null in one view of a noun has a value in another.
        Kind::Type => is_kept && (deviation.says == "null" || is_numeric()),
        _ => false,
    }
}

/// What is expected of an error.
fn error_says(place: &str) -> &'static str {
    match place {
        "/code" => "a code, as text, that Error::code() tells",
        "/error" => "a text that Error::message() tells",
        "/error_details" => "details that Error::details() tells",
        "/status" => "the HTTP status",
        _ => "an object with `status` and `error`, in most cases with `code`",
    }
}

/// What stands at a place, without what is private.
fn observed(body: &Value, place: &str, masks: &mut Masks) -> String {
    match body.pointer(place) {
        Some(value) => masks.shown(place, value),
        None => "nothing".to_owned(),
    }
}

/// Whether a JSON pointer is another one or leads on from it.
fn is_below(place: &str, other: &str) -> bool {
    place
        .strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `taxes[1].name` as a JSON pointer.
pub(super) fn pointer(path: &str) -> String {
    let steps = path
        .split(['.', '['])
        .map(|step| step.trim_end_matches(']'));
    let steps = steps.filter(|step| !step.is_empty());
    steps
        .map(|step| format!("/{}", super::schema::escaped(step)))
        .collect()
}

/// A pointer that stands for the same place in every element.
fn without_indices(pointer: &str) -> String {
    let steps = pointer.split('/').map(|step| match step.parse::<usize>() {
        Ok(_) => "*",
        Err(_) => step,
    });
    steps.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_pointers() {
        assert_eq!(pointer("taxes[1].name"), "/taxes/1/name");
        assert_eq!(pointer(""), "");
        assert_eq!(pointer("m[0][12].a/b"), "/m/0/12/a~1b");
        assert_eq!(without_indices("/taxes/12/name"), "/taxes/*/name");
        assert!(is_below("/a/b", "/a") && is_below("/a", "") && !is_below("/ab", "/a"));
    }
}
