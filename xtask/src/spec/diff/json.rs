//! The report as JSON; docs/contributing/spec-diff.md lists the keys.

use serde_json::{Value, json};

use super::changelog;
use super::finding::{Finding, Place};
use super::report::{Report, Rust};
use super::rules::Severity;
use super::semver::{RustChange, What, bump};

/// What goes up when a key changes its meaning or goes.
const FORMAT: u32 = 1;

pub(super) fn render(report: &Report) -> String {
    let (was, is) = &report.comparison.versions;
    let value = json!({
        "format": FORMAT,
        "old": {"name": report.names.0, "version": was},
        "new": {"name": report.names.1, "version": is},
        "summary": {
            "breaking": report.count(Severity::Breaking),
            "warning": report.count(Severity::Warning),
            "info": report.count(Severity::Info),
        },
        "findings": report.comparison.findings.iter().map(finding).collect::<Vec<_>>(),
        "rust": rust(&report.rust),
        "renames": report.comparison.renames.iter().map(|rename| json!({
            "kind": rename.kind.word(), "old": rename.old, "new": rename.new,
        })).collect::<Vec<_>>(),
        "names_yaml": report.entries.iter().map(|entry| entry.text()).collect::<Vec<_>>(),
        "changelog": changelog::fragment(report),
    });
    // Maps with text for keys can always be written.
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

fn finding(finding: &Finding) -> Value {
    let place = |place: &Option<Place>| {
        place
            .as_ref()
            .map(|place| json!({"pointer": place.pointer, "line": place.line}))
    };
    json!({
        "severity": finding.severity().word(),
        "place": finding.place,
        "noun": finding.noun,
        "sentence": finding.sentence,
        "old": place(&finding.old),
        "new": place(&finding.new),
        "before": finding.before,
        "after": finding.after,
        "verdicts": finding.verdicts.iter().map(|verdict| json!({
            "rule": verdict.rule,
            "severity": verdict.severity.word(),
            "direction": verdict.direction.map(|direction| direction.word()),
            "why": verdict.why,
        })).collect::<Vec<_>>(),
        "used_by": finding.used.iter().map(|(user, direction)| json!({
            "user": user, "direction": direction.word(),
        })).collect::<Vec<_>>(),
        "rust": finding.rust,
    })
}

fn rust(rust: &Rust) -> Value {
    match rust {
        Rust::Compared { changes, version } => {
            let bump = bump(changes);
            json!({
                "bump": bump.word(),
                "version": version,
                "next": bump.after(version),
                "changes": changes.iter().map(change).collect::<Vec<_>>(),
            })
        }
        Rust::Unknown(problems) => json!({"unknown": problems.to_string()}),
    }
}

fn change(change: &RustChange) -> Value {
    let (what, before, after) = match &change.what {
        What::Added => ("added", None, None),
        What::Removed => ("removed", None, None),
        What::Deprecated => ("deprecated", None, None),
        What::Changed(before, after) => ("changed", Some(before), Some(after)),
    };
    json!({
        "path": change.path,
        "kind": change.kind.word(),
        "change": what,
        "before": before,
        "after": after,
        "breaking": change.breaks.is_some(),
        "why": change.breaks,
    })
}
