//! operations.yaml: what the document does not say about an operation. Whether it may be
//! repeated, with a reason where the HTTP method would say otherwise, since when it exists, and where
//! its response is about another object than the path.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::ir::{Idempotency, Key};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer;
use crate::yaml::read::Document;

/// The reviewed facts, by operation id.
#[derive(Debug)]
pub(crate) struct OperationFacts {
    document: Document,
    rows: BTreeMap<String, Row>,
    used: RefCell<BTreeSet<String>>,
    /// Operation ids with the path parameters that were asked about and stand in their row.
    used_parameters: RefCell<BTreeSet<(String, String)>>,
    missing: RefCell<BTreeSet<String>>,
    unkeyed: RefCell<BTreeMap<String, String>>,
}

#[derive(Debug)]
struct Row {
    idempotency: Idempotency,
    why: Option<String>,
    since: Option<String>,
    /// The path parameters that the response does not state again, though it looks like it, each with
    /// the reason.
    returns_another: BTreeMap<String, String>,
}

impl OperationFacts {
    /// Reads operations.yaml.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let document = Document::parse(file, text)?;
        let mut rows = BTreeMap::new();
        for (id, row) in document.root().as_object().into_iter().flatten() {
            let Some(idempotency) = idempotency(&row["repeatable"]) else {
                return Err(document
                    .diagnostic(
                        &pointer::join("", id),
                        format!("`{id}` does not say whether it may be repeated"),
                        "write `repeatable: true`, `repeatable: false`, or `repeatable: {key: …, time: …, content: […], lookup: …}`",
                    )
                    .into());
            };
            let said = |key: &str| row[key].as_str().map(str::to_owned);
            let mut returns_another = BTreeMap::new();
            for (parameter, why) in row["returns_another"].as_object().into_iter().flatten() {
                let Some(why) = why.as_str() else {
                    return Err(document
                        .diagnostic(
                            &pointer::join("", id),
                            format!("`{id}` does not say why it answers another `{parameter}`"),
                            "write the reason as the value",
                        )
                        .into());
                };
                returns_another.insert(parameter.clone(), why.to_owned());
            }
            rows.insert(
                id.clone(),
                Row {
                    idempotency,
                    why: said("why"),
                    since: said("since"),
                    returns_another,
                },
            );
        }
        Ok(Self {
            document,
            rows,
            used: RefCell::default(),
            used_parameters: RefCell::default(),
            missing: RefCell::default(),
            unkeyed: RefCell::default(),
        })
    }

    /// Whether the operation may be repeated, and since when it exists. An operation that
    /// nobody reviewed is repeatable only if it reads.
    pub(crate) fn of(&self, id: &str, method: &str) -> (Idempotency, Option<String>) {
        match self.rows.get(id) {
            Some(row) => {
                self.used.borrow_mut().insert(id.to_owned());
                if row.idempotency != by_method(method) && row.why.is_none() {
                    self.missing.borrow_mut().insert(id.to_owned());
                }
                (row.idempotency.clone(), row.since.clone())
            }
            None => {
                self.missing.borrow_mut().insert(id.to_owned());
                match method {
                    "get" => (Idempotency::Idempotent, None),
                    _ => (Idempotency::NotIdempotent, None),
                }
            }
        }
    }

    /// Notes why what a row says of a key does not hold in this document.
    pub(crate) fn note_unkeyed(&self, id: &str, why: String) {
        self.unkeyed.borrow_mut().insert(id.to_owned(), why);
    }

    /// Whether the response of an operation is about the object that a path parameter names, as its
    /// properties look like.
    pub(crate) fn is_stated(&self, id: &str, parameter: &str) -> bool {
        let row = self.rows.get(id);
        let departs = row.is_some_and(|row| row.returns_another.contains_key(parameter));
        if departs {
            let used = (id.to_owned(), parameter.to_owned());
            self.used_parameters.borrow_mut().insert(used);
        }
        !departs
    }

    /// Rows and parameters in them that name nothing, operations without a row, departures without a
    /// reason.
    pub(crate) fn findings(&self) -> Vec<Diagnostic> {
        let used = self.used.borrow();
        let strays = self.rows.keys().filter(|id| !used.contains(*id)).map(|id| {
            self.document.diagnostic(
                &pointer::join("", id),
                format!("the document has no operation `{id}`"),
                "remove the row",
            )
        });
        let missing = self.missing.borrow();
        let unreviewed = missing.iter().map(|id| match self.rows.contains_key(id) {
            true => self.document.diagnostic(
                &pointer::join("", id),
                format!("`{id}` departs from what its HTTP method says without a reason"),
                "write `why`",
            ),
            false => self.document.diagnostic(
                "",
                format!("nobody has reviewed whether `{id}` may be repeated"),
                format!("add a row `{id}: {{repeatable: …}}`, with a `why` where the method says otherwise"),
            ),
        });
        let used = self.used_parameters.borrow();
        let departures = self.rows.iter().flat_map(|(id, row)| {
            let parameters = row.returns_another.keys();
            parameters.map(move |parameter| (id.clone(), parameter.clone()))
        });
        let idle = departures.filter(|departure| !used.contains(departure));
        let idle = idle.map(|(id, parameter)| {
            self.document.diagnostic(
                &pointer::join("", &id),
                format!("the response of `{id}` has nothing that looks like `{parameter}`"),
                "remove it from `returns_another`",
            )
        });
        let unkeyed = self.unkeyed.borrow();
        let unkeyed = unkeyed.iter().map(|(id, why)| {
            self.document.diagnostic(
                &pointer::join("", id),
                format!("`{id}` is not repeatable by a key: {why}"),
                "correct the row, or what names.yaml says is client_generated",
            )
        });
        strays
            .chain(unreviewed)
            .chain(idle)
            .chain(unkeyed)
            .collect()
    }
}

/// What stands under `repeatable`.
fn idempotency(said: &Value) -> Option<Idempotency> {
    if let Some(repeatable) = said.as_bool() {
        return Some(match repeatable {
            true => Idempotency::Idempotent,
            false => Idempotency::NotIdempotent,
        });
    }
    let text = |key: &str| said[key].as_str().map(str::to_owned);
    let content = said["content"].as_array()?.iter();
    let content = content.map(|name| name.as_str().map(str::to_owned));
    Some(Idempotency::WithKey(Key {
        name: text("key")?,
        time: text("time")?,
        content: content.collect::<Option<_>>()?,
        // The document knows.
        amounts: Vec::new(),
        lookup: text("lookup")?,
    }))
}

/// Whether an operation may be repeated as far as its HTTP method says.
pub(crate) fn repeatable_by_method(method: &str) -> bool {
    by_method(method) == Idempotency::Idempotent
}

/// What the HTTP method alone says.
fn by_method(method: &str) -> Idempotency {
    match method {
        "get" | "put" | "delete" | "head" | "options" => Idempotency::Idempotent,
        _ => Idempotency::NotIdempotent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_strays_and_unreviewed_operations_are_told_apart() {
        let text =
            "a: {repeatable: true, since: 1.2.0}\nb: {repeatable: true}\nc: {repeatable: false}\n";
        let facts = OperationFacts::parse("operations.yaml", text).unwrap();
        let since = Some("1.2.0".to_owned());
        assert_eq!(facts.of("a", "get"), (Idempotency::Idempotent, since));
        assert_eq!(facts.of("b", "post"), (Idempotency::Idempotent, None));
        assert_eq!(facts.of("new", "put"), (Idempotency::NotIdempotent, None));
        let messages: Vec<String> = facts.findings().into_iter().map(|d| d.message).collect();
        assert_eq!(messages.len(), 3);
        assert!(messages[0].contains("no operation `c`"));
        assert!(messages[1].contains("`b` departs"));
        assert!(messages[2].contains("`new`"));
    }

    #[test]
    fn what_is_not_stated_is_known_and_strays_are_named() {
        let text = "a: {repeatable: true, returns_another: {id: why, code: why}}\n";
        let facts = OperationFacts::parse("operations.yaml", text).unwrap();
        facts.of("a", "get");
        assert!(!facts.is_stated("a", "id"));
        assert!(facts.is_stated("a", "key") && facts.is_stated("b", "id"));
        let findings = facts.findings();
        assert_eq!(findings.len(), 1);
        assert!(findings[0].message.contains("looks like `code`"));
        let no_reason = "a: {repeatable: true, returns_another: {id: true}}\n";
        assert!(OperationFacts::parse("operations.yaml", no_reason).is_err());
    }

    #[test]
    fn the_first_row_without_a_verdict_is_named() {
        for text in [
            "a:\n  why: x\n",
            "a:\n  repeatable: perhaps\n",
            "a:\n  repeatable: {key: id, time: at, content: []}\n",
            "a:\n  repeatable: {key: id, time: at, content: [1], lookup: b}\n",
        ] {
            let error = OperationFacts::parse("operations.yaml", text).unwrap_err();
            assert_eq!(error.0[0].line, Some(1));
        }
    }

    #[test]
    fn a_row_may_say_by_which_key() {
        let text = "a: {repeatable: {key: id, time: at, content: [code], lookup: b}, why: x}\n";
        let facts = OperationFacts::parse("operations.yaml", text).unwrap();
        let key = Key {
            name: "id".into(),
            time: "at".into(),
            content: vec!["code".into()],
            amounts: Vec::new(),
            lookup: "b".into(),
        };
        assert_eq!(facts.of("a", "post"), (Idempotency::WithKey(key), None));
        assert!(facts.findings().is_empty());
        facts.note_unkeyed("a", "it has none".into());
        let findings = facts.findings();
        assert!(
            findings[0]
                .message
                .contains("`a` is not repeatable by a key: it has none")
        );
    }
}
