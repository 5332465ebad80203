//! Findings for programs: JSON with keys that stay, and XML that any reader takes.

use lago_tests::conform::live::{Drift, Findings, Row, Verdict, json, junit, text};
use serde_json::Value;

use super::Outcome;

fn findings() -> Findings {
    let row = |id: &str, verdict, why: &str| Row {
        id: id.to_owned(),
        place: format!("GET /api/v1/{id}/{{code}}"),
        verdict,
        why: why.to_owned(),
        successes: 2,
        errors: 1,
    };
    let drift = Drift {
        operation: "b".to_owned(),
        pointer: "/b/<name>&\"x\"".to_owned(),
        kind: "null",
        observed: "]]> \u{0}\u{1b}[31m \u{fffe} <a b='c'> é".to_owned(),
        document: "text, not null".to_owned(),
        entry: Some("- target: B.name\n  change: nullable\n".to_owned()),
        status: 200,
        times: 3,
    };
    Findings {
        rows: vec![
            row("a", Verdict::Ok, ""),
            row("b", Verdict::Drift, "1 below"),
            row("c", Verdict::Refused, "403 \"no\" <premium>"),
            row("d", Verdict::NotReachable, "nothing & nobody"),
        ],
        drifts: vec![drift],
        left_behind: vec!["plan x".to_owned()],
        incomplete: None,
    }
}

#[test]
fn junit_has_a_case_for_each_operation() -> Outcome {
    let xml = junit(&findings());
    let read = elements(&xml)?;
    let count = |name: &str| read.iter().filter(|(known, _)| known == name).count();
    assert_eq!(
        (count("testcase"), count("failure"), count("skipped")),
        (4, 1, 2)
    );
    let attributes = |name: &str| {
        let found = read.iter().find(|(known, _)| known == name);
        found
            .map(|(_, attributes)| attributes.clone())
            .unwrap_or_default()
    };
    assert_eq!(
        attributes("testsuite"),
        r#"name="lago-conform" tests="4" failures="1" errors="0" skipped="2""#
    );
    assert_eq!(
        attributes("skipped"),
        r#"message="refused: 403 &quot;no&quot; &lt;premium&gt;""#
    );
    assert!(xml.contains("change: nullable"));
    assert!(elements("<a><b></a>").is_err() && elements("<a x=\"<\"/>").is_err());
    assert!(elements("<a>&nbsp;</a>").is_err() && elements("<a>\u{1}</a>").is_err());
    Ok(())
}

#[test]
fn json_keeps_its_keys() {
    let said = json(&findings());
    let keys = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .collect()
    };
    assert_eq!(
        keys(&said),
        [
            "status",
            "incomplete",
            "counts",
            "operations",
            "drifts",
            "left_behind"
        ]
    );
    assert_eq!(said["counts"]["not_reachable"], 1);
    assert_eq!(
        keys(&said["operations"][0]),
        [
            "operation",
            "place",
            "verdict",
            "why",
            "successes",
            "errors"
        ]
    );
    let drift = [
        "operation",
        "pointer",
        "kind",
        "observed",
        "document",
        "overlay_entry",
        "http_status",
        "times",
    ];
    assert_eq!(keys(&said["drifts"][0]), drift);
}

#[test]
fn the_text_has_a_line_for_each_operation_and_a_block_for_each_drift() {
    let said = text(&findings());
    // What a server sent does nothing to a terminal.
    assert!(
        said.chars().all(|c| c == '\n' || !c.is_control()),
        "{said:?}"
    );
    insta::assert_snapshot!(said.replace('\u{fffe}', "?"));
}

/// The elements of a document with their attributes as they stand there; an error when it is not
/// well-formed. Enough of XML for what is written here.
fn elements(xml: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let allowed = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if let Some(c) = xml.chars().find(|c| !allowed(*c)) {
        return Err(format!("{c:?} is no character of XML"));
    }
    let mut parts = xml.split('<');
    let before = parts.next().unwrap_or_default();
    if !before.is_empty() {
        return Err("something before the first element".to_owned());
    }
    for part in parts {
        let (tag, text) = part
            .split_once('>')
            .ok_or_else(|| format!("<{part} has no end"))?;
        for entity in text.split('&').skip(1).chain(tag.split('&').skip(1)) {
            let known = ["amp;", "lt;", "gt;", "quot;"];
            if !known.iter().any(|known| entity.starts_with(known)) {
                return Err(format!("&{entity}"));
            }
        }
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes what is not open"));
            }
            continue;
        }
        let (tag, is_closed) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if attributes.matches('"').count() % 2 != 0 {
            return Err(format!("{attributes} has an open quote"));
        }
        found.push((name.to_owned(), attributes.to_owned()));
        if !is_closed {
            open.push(name);
        }
    }
    match open.pop() {
        Some(name) => Err(format!("<{name}> is never closed")),
        None => Ok(found),
    }
}
