//! A YAML or JSON document as a JSON value that still knows where its nodes stand.

mod build;
mod frame;
mod json;
mod scalar;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Diagnostics};

pub(crate) use scalar::plain;

/// One-based lines by pointer: of the key for the entries of a mapping, of the item for those of a
/// list.
type Lines = HashMap<String, usize>;

/// What a file says, and on which line it says it.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    name: String,
    root: Value,
    lines: Lines,
}

impl Document {
    /// Reads YAML 1.2 (core schema, with merge keys) or JSON; `name` is what diagnostics call it.
    ///
    /// Aliases are expanded, keys become their text. Whatever JSON cannot hold, or a reader could
    /// take for something else (a key that stands twice), is a diagnostic.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, Diagnostics> {
        let (root, lines) = build::build(name, text)?;
        Ok(Self {
            name: name.to_owned(),
            root,
            lines,
        })
    }

    /// What diagnostics call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The value of the whole document.
    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// Where the node stands, or its nearest ancestor that stands anywhere: a node that came in
    /// through an alias or a merge key has no line of its own.
    pub(crate) fn line(&self, pointer: &str) -> Option<usize> {
        let mut at = pointer;
        loop {
            if let Some(line) = self.lines.get(at) {
                return Some(*line);
            }
            at = &at[..at.rfind('/')?];
        }
    }

    /// A problem of one node of this document.
    pub(crate) fn diagnostic(
        &self,
        pointer: &str,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            file: self.name.clone(),
            line: self.line(pointer),
            pointer: Some(pointer.to_owned()),
            message: message.into(),
            advice: advice.into(),
        }
    }
}
