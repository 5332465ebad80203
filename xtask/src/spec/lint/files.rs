//! What lint does with the disk: openapi.yaml with the overlay and xtask/lint.yaml beside it, or another document
//! alone.

use std::path::Path;

use serde_json::Value;

use super::allowed::Allowed;
use super::shown::{Shown, explained};
use super::{Finding, ids, rule};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::regen::corrections::Corrections;
use crate::sources;
use crate::spec::document;
use crate::yaml::read::Document;

/// What is found about a document, and whether that is nothing.
pub(crate) fn lint_file(
    root: &Path,
    file: Option<&Path>,
    as_json: bool,
) -> Result<(String, bool), Diagnostics> {
    let (text, document) = document(root, file)?;
    let findings = super::lint(document.root());
    let (findings, summary) = match file {
        Some(_) => {
            let summary = format!("{} findings", findings.len());
            (findings, summary)
        }
        None => own_findings(root, &document, findings)?,
    };
    let shown = Shown::new(&document, &text);
    let said = match as_json {
        true => format!(
            "{:#}",
            Value::Array(findings.iter().map(|one| shown.json(one)).collect())
        ),
        false => {
            let texts = findings.iter().map(|one| shown.text(one) + "\n");
            texts.collect::<String>() + &summary
        }
    };
    Ok((said, findings.is_empty()))
}

/// What stays of the findings about openapi.yaml: what the overlay corrects has been seen, and what
/// xtask/lint.yaml allows has been weighed.
fn own_findings(
    root: &Path,
    document: &Document,
    findings: Vec<Finding>,
) -> Result<(Vec<Finding>, String), Diagnostics> {
    let mut corrected = document.root().clone();
    let data = sources::data(root)?;
    let (_, reports) = Corrections::parse(&data.overlay, &data.words)?.apply(&mut corrected);
    if !reports.is_empty() {
        return Err(Diagnostics(reports));
    }
    let same = |one: &Finding, other: &Finding| {
        (one.rule, &one.address, &one.message) == (other.rule, &other.address, &other.message)
    };
    let left = super::lint(&corrected);
    let total = findings.len();
    let known = findings.iter();
    // An entry of the overlay may bring a fault of its own.
    let brought: Vec<Finding> = left
        .iter()
        .filter(|one| !known.clone().any(|other| same(one, other)))
        .cloned()
        .collect();
    let mut stays: Vec<Finding> = findings
        .into_iter()
        .filter(|one| left.iter().any(|other| same(one, other)))
        .collect();
    let seen = total - stays.len();
    stays.extend(brought);
    let allowed = sources::own(root, "xtask/lint.yaml")?;
    let allowed = Allowed::parse(&allowed.name, &allowed.text)?;
    let (rest, weighed, idle) = allowed.apply(stays);
    if rest.is_empty() && !idle.is_empty() {
        return Err(Diagnostics(idle));
    }
    let summary = format!(
        "{} findings; {seen} more are corrected by the overlay, and {weighed} allowed by xtask/lint.yaml",
        rest.len()
    );
    Ok((rest, summary))
}

/// What a rule finds, and why; of all rules, if it is `all`.
pub(crate) fn explain(id: &str) -> Result<String, Diagnostics> {
    let asked = match id {
        "all" => ids(),
        id => vec![id],
    };
    let explained = asked.iter().map(|id| rule(id).map(explained));
    let explained: Option<Vec<String>> = explained.collect();
    explained.map(|all| all.join("\n\n")).ok_or_else(|| {
        Diagnostics::from(Diagnostic {
            file: "lint".to_owned(),
            line: None,
            pointer: None,
            message: format!("no rule is called `{id}`"),
            advice: format!("write `all`, or one of {}", ids().join(", ")),
        })
    })
}
