//! `spec lint`: what is wrong with a document, or will be for those who generate code from it.

mod allowed;
pub(crate) mod files;
mod rules;
mod shown;
mod subject;

use serde_json::Value;

use rules::RULES;
use subject::Subject;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The document breaks a rule of OpenAPI or of JSON Schema, or contradicts itself.
    Error,
    /// It is allowed, and leads to code or to values that nobody meant.
    Warning,
}

/// A rule of the table.
pub(crate) struct Rule {
    /// The name by which lint.yaml and people speak of it.
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    /// What it finds, in a line.
    pub(crate) finds: &'static str,
    /// Why that matters, and what to do.
    pub(crate) explanation: &'static str,
    check: fn(&Subject<'_>, &mut Vec<Found>),
}

/// What a rule finds at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    /// The pointer of the place.
    at: String,
    message: String,
    help: String,
    /// Another place that it is about, and what is there.
    beside: Option<(String, String)>,
}

/// A finding about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The id of the rule.
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    /// Where: a schema, an operation, a webhook; what entries of lint.yaml speak of.
    pub(crate) address: String,
    /// Where, to the node.
    pub(crate) pointer: String,
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: String,
    /// Another place that it is about, and what is there.
    pub(crate) beside: Option<(String, String)>,
}

impl Found {
    fn new(at: impl Into<String>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            message: message.into(),
            help: help.into(),
            beside: None,
        }
    }

    fn beside(mut self, at: impl Into<String>, what: impl Into<String>) -> Self {
        self.beside = Some((at.into(), what.into()));
        self
    }
}

/// All that the rules find, in the order of the table and of the document.
pub(crate) fn lint(root: &Value) -> Vec<Finding> {
    let subject = Subject::of(root);
    let mut findings = Vec::new();
    for rule in &RULES {
        let mut found = Vec::new();
        (rule.check)(&subject, &mut found);
        findings.extend(found.into_iter().map(|found| Finding {
            rule: rule.id,
            severity: rule.severity,
            address: subject.address(&found.at),
            pointer: found.at,
            message: found.message,
            help: found.help,
            beside: found.beside,
        }));
    }
    findings
}

/// The rule of that id.
pub(crate) fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// The ids of all rules.
pub(crate) fn ids() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.id).collect()
}

#[cfg(test)]
mod tests;
