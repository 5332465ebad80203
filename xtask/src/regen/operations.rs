//! operations.yaml: what the document does not say about an operation. Whether it may be
//! repeated, with a reason where the HTTP method would say otherwise, and since when it exists.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::pointer;

/// The reviewed facts, by operation id.
#[derive(Debug)]
pub(crate) struct OperationFacts {
    document: Document,
    rows: BTreeMap<String, Row>,
    used: RefCell<BTreeSet<String>>,
    missing: RefCell<BTreeSet<String>>,
}

#[derive(Debug)]
struct Row {
    repeatable: bool,
    why: Option<String>,
    since: Option<String>,
}

impl OperationFacts {
    /// Reads operations.yaml.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Diagnostics> {
        let document = Document::parse(file, text)?;
        let mut rows = BTreeMap::new();
        for (id, row) in document.root().as_object().into_iter().flatten() {
            let Some(repeatable) = row["repeatable"].as_bool() else {
                return Err(document
                    .diagnostic(
                        &pointer::join("", id),
                        format!("`{id}` does not say whether it may be repeated"),
                        "write `repeatable: true` or `repeatable: false`",
                    )
                    .into());
            };
            let said = |key: &str| row[key].as_str().map(str::to_owned);
            rows.insert(
                id.clone(),
                Row {
                    repeatable,
                    why: said("why"),
                    since: said("since"),
                },
            );
        }
        Ok(Self {
            document,
            rows,
            used: RefCell::default(),
            missing: RefCell::default(),
        })
    }

    /// Whether the operation may be repeated, and since when it exists. An operation that
    /// nobody reviewed is repeatable only if it reads.
    pub(crate) fn of(&self, id: &str, method: &str) -> (bool, Option<String>) {
        match self.rows.get(id) {
            Some(row) => {
                self.used.borrow_mut().insert(id.to_owned());
                if row.repeatable != by_method(method) && row.why.is_none() {
                    self.missing.borrow_mut().insert(id.to_owned());
                }
                (row.repeatable, row.since.clone())
            }
            None => {
                self.missing.borrow_mut().insert(id.to_owned());
                (method == "get", None)
            }
        }
    }

    /// Rows that name no operation, operations without a row, departures without a reason.
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
        strays.chain(unreviewed).collect()
    }
}

/// What the HTTP method alone says.
fn by_method(method: &str) -> bool {
    matches!(method, "get" | "put" | "delete" | "head" | "options")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_strays_and_unreviewed_operations_are_told_apart() {
        let text =
            "a: {repeatable: true, since: 1.2.0}\nb: {repeatable: true}\nc: {repeatable: false}\n";
        let facts = OperationFacts::parse("operations.yaml", text).unwrap();
        assert_eq!(facts.of("a", "get"), (true, Some("1.2.0".to_owned())));
        assert_eq!(facts.of("b", "post"), (true, None));
        assert_eq!(facts.of("new", "put"), (false, None));
        let messages: Vec<String> = facts.findings().into_iter().map(|d| d.message).collect();
        assert_eq!(messages.len(), 3);
        assert!(messages[0].contains("no operation `c`"));
        assert!(messages[1].contains("`b` departs"));
        assert!(messages[2].contains("`new`"));
    }

    #[test]
    fn the_first_row_without_a_verdict_is_named() {
        let error = OperationFacts::parse("operations.yaml", "a:\n  why: x\n").unwrap_err();
        assert_eq!(error.0[0].line, Some(1));
    }
}
