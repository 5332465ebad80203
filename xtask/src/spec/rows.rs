//! Operations that operations.yaml does not have a row for, as rows that people correct.

use std::fmt;

use serde_json::Value;

use crate::regen::facts_by_method;
use crate::regen::schema::METHODS;
use crate::yaml::read::Document;

/// Rows that are missing, each behind the row that it follows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows(Vec<Row>);

#[derive(Debug, PartialEq, Eq)]
struct Row {
    id: String,
    /// The operation before it in the document, if it has a row, and the line of that.
    after: Option<(String, usize)>,
    text: String,
}

impl Rows {
    /// Whether none is missing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The operations that have none.
    pub(super) fn ids(&self) -> Vec<&str> {
        self.0.iter().map(|row| row.id.as_str()).collect()
    }

    /// Looks up the operations of a document, in its order.
    pub(super) fn missing(document: &Value, rows: &Document) -> Self {
        let version = document["info"]["version"].as_str().unwrap_or_default();
        let mut missing = Vec::new();
        let mut after = None;
        let paths = document["paths"].as_object().into_iter().flatten();
        for (method, operation) in
            paths.flat_map(|(_, item)| item.as_object().into_iter().flatten())
        {
            let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
                continue;
            };
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            if rows.root().get(id).is_some() {
                let place = crate::pointer::join("", id);
                after = rows.line(&place).map(|line| (id.to_owned(), line));
            } else {
                let (effect, repeatable) = facts_by_method(method);
                missing.push(Row {
                    id: id.to_owned(),
                    after: after.clone(),
                    text: format!(
                        "{id}: {{effect: {effect}, repeatable: {repeatable}, since: {version}}}"
                    ),
                });
            }
        }
        Self(missing)
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "\nOperations without a row in xtask/operations.yaml: {} (what they do, and whether they may be repeated, by the HTTP method alone; review each)",
            self.0.len()
        )?;
        let mut last = None;
        for row in &self.0 {
            if last != Some(&row.after) {
                match &row.after {
                    Some((id, line)) => writeln!(f, "  behind line {line}, `{id}`")?,
                    None => writeln!(f, "  at the top")?,
                }
                last = Some(&row.after);
            }
            writeln!(f, "{}", row.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_drafted_behind_the_one_before_it() {
        let operation = |id: &str| json!({"operationId": id});
        let document = json!({"info": {"version": "1.2.3"}, "paths": {
            "/b": {"parameters": [], "post": operation("first"), "get": operation("known")},
            "/a": {"delete": operation("next"), "post": operation("last")},
        }});
        let rows = Document::parse(
            "o.yaml",
            "# head\nknown: {effect: reads, repeatable: true}\n",
        )
        .unwrap();
        assert_eq!(
            Rows::missing(&document, &rows).to_string(),
            "\nOperations without a row in xtask/operations.yaml: 3 (what they do, and whether they may be repeated, by the HTTP method alone; review each)
  at the top
first: {effect: adds, repeatable: false, since: 1.2.3}
  behind line 2, `known`
next: {effect: removes, repeatable: true, since: 1.2.3}
last: {effect: adds, repeatable: false, since: 1.2.3}
"
        );
    }
}
