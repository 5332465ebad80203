//! operations.yaml: what the document does not say about an operation. What it does, whether it may be
//! repeated, with a reason where the HTTP method would say otherwise, since when it exists, and where
//! its response is about another object than the path.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::ir::{Effect, Idempotency, Key};
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
    contrary: RefCell<BTreeSet<String>>,
    unkeyed: RefCell<BTreeMap<String, String>>,
}

/// What is known of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) effect: Effect,
    pub(crate) outside: bool,
    pub(crate) grants: bool,
    pub(crate) idempotency: Idempotency,
    pub(crate) since: Option<String>,
}

#[derive(Debug)]
struct Row {
    facts: Facts,
    why: Option<String>,
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
            let Some(effect) = row["effect"].as_str().and_then(effect) else {
                return Err(document
                    .diagnostic(
                        &pointer::join("", id),
                        format!("`{id}` does not say what it does"),
                        "write `effect: reads`, `adds`, `changes`, `removes` or `acts`",
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
                    facts: Facts {
                        effect,
                        outside: row["outside"] == true,
                        grants: row["grants"] == true,
                        idempotency,
                        since: said("since"),
                    },
                    why: said("why"),
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
            contrary: RefCell::default(),
            unkeyed: RefCell::default(),
        })
    }

    /// What is known of an operation. One that nobody reviewed is repeatable only if it reads.
    pub(crate) fn of(&self, id: &str, method: &str) -> Facts {
        match self.rows.get(id) {
            Some(row) => {
                self.used.borrow_mut().insert(id.to_owned());
                let facts = &row.facts;
                if facts.idempotency != by_method(method) && row.why.is_none() {
                    self.missing.borrow_mut().insert(id.to_owned());
                }
                let reads = facts.effect == Effect::Reads;
                if reads && (facts.outside || facts.idempotency != Idempotency::Idempotent) {
                    self.contrary.borrow_mut().insert(id.to_owned());
                }
                facts.clone()
            }
            None => {
                self.missing.borrow_mut().insert(id.to_owned());
                let effect = effect_by_method(method);
                Facts {
                    effect,
                    outside: effect != Effect::Reads,
                    grants: false,
                    idempotency: match effect {
                        Effect::Reads => Idempotency::Idempotent,
                        _ => Idempotency::NotIdempotent,
                    },
                    since: None,
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
                format!("add a row `{id}: {{effect: …, repeatable: …}}`, with a `why` where the method says otherwise"),
            ),
        });
        let contrary = self.contrary.borrow();
        let contrary = contrary.iter().map(|id| {
            self.document.diagnostic(
                &pointer::join("", id),
                format!("`{id}` reads, and is not repeatable or reaches outside"),
                "give it the effect that it has",
            )
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
            .chain(contrary)
            .chain(idle)
            .chain(unkeyed)
            .collect()
    }
}

/// What stands under `effect`.
fn effect(said: &str) -> Option<Effect> {
    let known = [
        Effect::Reads,
        Effect::Adds,
        Effect::Changes,
        Effect::Removes,
        Effect::Acts,
    ];
    known.into_iter().find(|effect| effect.as_str() == said)
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

/// What an operation does, and whether it may be repeated, as far as its HTTP method says.
pub(crate) fn facts_by_method(method: &str) -> (&'static str, bool) {
    let repeatable = by_method(method) == Idempotency::Idempotent;
    (effect_by_method(method).as_str(), repeatable)
}

fn effect_by_method(method: &str) -> Effect {
    match method {
        "get" | "head" | "options" => Effect::Reads,
        "post" => Effect::Adds,
        "delete" => Effect::Removes,
        _ => Effect::Changes,
    }
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
        let text = "a: {effect: reads, grants: true, repeatable: true, since: 1.2.0}\nb: {effect: acts, outside: true, repeatable: true}\n\
             c: {effect: adds, repeatable: false}\nd: {effect: reads, repeatable: false}\n";
        let facts = OperationFacts::parse("operations.yaml", text).unwrap();
        let known = |effect, outside, idempotency, since: Option<&str>| Facts {
            effect,
            outside,
            grants: since.is_some(),
            idempotency,
            since: since.map(str::to_owned),
        };
        use Idempotency::{Idempotent, NotIdempotent};
        assert_eq!(
            [
                facts.of("a", "get"),
                facts.of("b", "post"),
                facts.of("d", "post"),
                facts.of("new", "put"),
                facts.of("newer", "get"),
            ],
            [
                known(Effect::Reads, false, Idempotent, Some("1.2.0")),
                known(Effect::Acts, true, Idempotent, None),
                known(Effect::Reads, false, NotIdempotent, None),
                known(Effect::Changes, true, NotIdempotent, None),
                known(Effect::Reads, false, Idempotent, None),
            ]
        );
        let messages: Vec<String> = facts.findings().into_iter().map(|d| d.message).collect();
        assert_eq!(messages.len(), 5);
        assert!(messages[0].contains("no operation `c`"));
        assert!(messages[1].contains("`b` departs"));
        assert!(messages[2].contains("`new`") && messages[3].contains("`newer`"));
        assert!(messages[4].contains("`d` reads, and"));
    }

    #[test]
    fn what_is_not_stated_is_known_and_strays_are_named() {
        let text = "a: {effect: reads, repeatable: true, returns_another: {id: why, code: why}}\n";
        let facts = OperationFacts::parse("operations.yaml", text).unwrap();
        facts.of("a", "get");
        assert!(!facts.is_stated("a", "id"));
        assert!(facts.is_stated("a", "key") && facts.is_stated("b", "id"));
        let findings = facts.findings();
        assert_eq!(findings.len(), 1);
        assert!(findings[0].message.contains("looks like `code`"));
        let no_reason = "a: {effect: reads, repeatable: true, returns_another: {id: true}}\n";
        assert!(OperationFacts::parse("operations.yaml", no_reason).is_err());
    }

    #[test]
    fn the_first_row_without_a_verdict_is_named() {
        for text in [
            "a:\n  why: x\n",
            "a:\n  effect: reads\n",
            "a:\n  repeatable: true\n",
            "a:\n  repeatable: true\n  effect: wonders\n",
            "a:\n  effect: adds\n  repeatable: perhaps\n",
            "a:\n  effect: adds\n  repeatable: {key: id, time: at, content: []}\n",
            "a:\n  effect: adds\n  repeatable: {key: id, time: at, content: [1], lookup: b}\n",
        ] {
            let error = OperationFacts::parse("operations.yaml", text).unwrap_err();
            assert_eq!(error.0[0].line, Some(1));
        }
    }

    #[test]
    fn a_row_may_say_by_which_key() {
        let text = "a: {effect: adds, repeatable: {key: id, time: at, content: [code], lookup: b}, why: x}\n";
        let facts = OperationFacts::parse("operations.yaml", text).unwrap();
        let key = Key {
            name: "id".into(),
            time: "at".into(),
            content: vec!["code".into()],
            amounts: Vec::new(),
            lookup: "b".into(),
        };
        assert_eq!(facts.of("a", "post").idempotency, Idempotency::WithKey(key));
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
