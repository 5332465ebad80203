//! Findings for programs: JSON, and JUnit's XML.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::drift::Drift;
use super::findings::{Findings, Row, Verdict};

/// Findings as one JSON document. Keys stay; new ones may come.
pub fn json(findings: &Findings) -> Value {
    let operations: Vec<Value> = findings.rows.iter().map(operation).collect();
    let drifts: Vec<Value> = findings.drifts.iter().map(drift).collect();
    let counts: serde_json::Map<String, Value> = Verdict::ALL
        .iter()
        .map(|verdict| {
            (
                key(*verdict).to_owned(),
                Value::from(findings.count(*verdict)),
            )
        })
        .collect();
    json!({
        "status": findings.status(),
        "incomplete": findings.incomplete,
        "counts": counts,
        "operations": operations,
        "drifts": drifts,
        "left_behind": findings.left_behind,
    })
}

/// A verdict as a value of JSON.
fn key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Drift => "drift",
        Verdict::Refused => "refused",
        Verdict::NotReachable => "not_reachable",
    }
}

fn operation(row: &Row) -> Value {
    json!({
        "operation": row.id,
        "place": row.place,
        "verdict": key(row.verdict),
        "why": row.why,
        "successes": row.successes,
        "errors": row.errors,
    })
}

fn drift(drift: &Drift) -> Value {
    json!({
        "operation": drift.operation,
        "pointer": drift.pointer,
        "kind": drift.kind,
        "observed": drift.observed,
        "document": drift.document,
        "overlay_entry": drift.entry,
        "http_status": drift.status,
        "times": drift.times,
    })
}

/// Findings in XML as JUnit writes it: a test case for each operation, a failure for one that drifts; what
/// was refused or not reached is skipped.
pub fn junit(findings: &Findings) -> String {
    let skipped = findings.count(Verdict::Refused) + findings.count(Verdict::NotReachable);
    let counts = format!(
        r#"tests="{}" failures="{}" errors="{}" skipped="{skipped}""#,
        findings.rows.len(),
        findings.count(Verdict::Drift),
        usize::from(findings.incomplete.is_some()),
    );
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites {counts}>\n  <testsuite name=\"lago-conform\" {counts}>"
    );
    for row in &findings.rows {
        let (name, place) = (escaped(&row.id), escaped(&row.place));
        let _ = write!(xml, "    <testcase classname=\"{place}\" name=\"{name}\"");
        match row.verdict {
            Verdict::Ok => xml.push_str("/>\n"),
            Verdict::Refused | Verdict::NotReachable => {
                let why = escaped(&format!("{}: {}", row.verdict.words(), row.why));
                let _ = writeln!(
                    xml,
                    ">\n      <skipped message=\"{why}\"/>\n    </testcase>"
                );
            }
            Verdict::Drift => {
                xml.push_str(">\n");
                let drifts = findings.drifts.iter();
                for drift in drifts.filter(|drift| drift.operation == row.id) {
                    let message = escaped(&format!("{}: {}", drift.pointer, drift.kind));
                    let said = format!(
                        "server: {}\ndocument: {}\n{}",
                        drift.observed,
                        drift.document,
                        drift.entry.as_deref().unwrap_or_default()
                    );
                    let said = escaped(&said);
                    let _ = writeln!(xml, "      <failure message=\"{message}\">{said}</failure>");
                }
                xml.push_str("    </testcase>\n");
            }
        }
    }
    if let Some(why) = &findings.incomplete {
        let _ = writeln!(xml, "    <system-err>{}</system-err>", escaped(why));
    }
    xml.push_str("  </testsuite>\n</testsuites>");
    xml
}

/// A text in XML 1.0, which has no control characters at all.
fn escaped(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => said.push_str("&amp;"),
            '<' => said.push_str("&lt;"),
            '>' => said.push_str("&gt;"),
            '"' => said.push_str("&quot;"),
            '\n' | '\t' => said.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => said.push('\u{fffd}'),
            c => said.push(c),
        }
    }
    said
}
