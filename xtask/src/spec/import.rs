//! From upstream's document and ours to the next one of ours.

use serde_json::Value;

use super::changes::Changes;
use super::duplicates::{self, Duplicate, duplicates};
use super::facts;
use super::missing::{self, Missing, Unsaid};
use super::words::words;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml::read::Document;
use crate::yaml::write;

/// The next openapi.yaml, what is new in it and what it does not say yet.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) text: String,
    pub(crate) changes: Changes,
    pub(crate) missing: Missing,
    /// Nodes that are new and have no words.
    pub(crate) unsaid: Vec<Unsaid>,
    /// What upstream states twice.
    pub(crate) duplicates: Vec<Duplicate>,
}

/// The facts of `upstream` in canonical order with the prose of `ours`, and for nodes that `ours` does not have
/// that of `added`: the document before with what the overlay adds. What is new is so beside `before`.
pub(crate) fn import(
    upstream: &Document,
    ours: Option<&Document>,
    before: Option<&Document>,
    added: Option<&Value>,
) -> Result<Imported, Diagnostics> {
    let problems: Vec<_> = [Some(upstream), ours]
        .into_iter()
        .flatten()
        .filter_map(check_version)
        .collect();
    if !problems.is_empty() {
        return Err(Diagnostics(problems));
    }
    let duplicates = duplicates(upstream.root());
    let theirs = duplicates::without(upstream.root(), &duplicates);
    let ours = ours.map(Document::root);
    let words = ours.zip(added).map(|(ours, added)| words(ours, added));
    let next = facts::with_prose_of(words.as_ref().or(ours), &theirs);
    let before = before.map(Document::root);
    let facts_before = before.map(|before| facts::with_prose_of(None, before));
    let facts_now = facts::with_prose_of(None, &theirs);
    Ok(Imported {
        text: write::to_yaml(&next),
        changes: Changes::between(facts_before.as_ref(), &facts_now),
        missing: Missing::from(&next),
        unsaid: missing::unsaid(before, &next),
        duplicates,
    })
}

/// Refuses what is no OpenAPI 3 document.
pub(super) fn check(document: &Document) -> Result<(), Diagnostics> {
    check_version(document).map_or(Ok(()), |problem| Err(problem.into()))
}

fn check_version(document: &Document) -> Option<Diagnostic> {
    let advice = "name an OpenAPI 3 document, in YAML or JSON";
    match document.root().get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.") => None,
        Some(version) => Some(document.diagnostic(
            "/openapi",
            format!("the document says it is OpenAPI {version}, not 3.x"),
            advice,
        )),
        None => Some(document.diagnostic(
            "",
            "this is no OpenAPI document: it has no `openapi` key",
            advice,
        )),
    }
}
