//! Findings for people.

use std::fmt::Write as _;

use super::drift::Drift;
use super::findings::{Findings, Row, Verdict};

/// Findings as a table, then each drift with an entry for the overlay.
pub fn text(findings: &Findings) -> String {
    let mut said = table(&findings.rows);
    for drift in &findings.drifts {
        said.push('\n');
        said.push_str(&described(drift));
    }
    if !findings.left_behind.is_empty() {
        said.push_str("\nleft behind:\n");
    }
    for left in &findings.left_behind {
        let _ = writeln!(said, "- {left}");
    }
    said.push('\n');
    if let Some(why) = &findings.incomplete {
        let _ = writeln!(said, "This is not all: {why}.");
    }
    let counts: Vec<String> = Verdict::ALL
        .iter()
        .map(|verdict| format!("{} {}", findings.count(*verdict), verdict.words()))
        .collect();
    let _ = write!(
        said,
        "{} operations: {}",
        findings.rows.len(),
        counts.join(", ")
    );
    said
}

/// A line for each operation.
fn table(rows: &[Row]) -> String {
    let width = |of: fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let (ids, places) = (width(|row| row.id.len()), width(|row| row.place.len()));
    let mut said = String::new();
    for row in rows {
        let Row {
            id,
            place,
            verdict,
            why,
            successes,
            errors,
        } = row;
        let looked_at = format!("{successes} + {errors}");
        let verdict = verdict.words();
        let line = format!("{verdict:<13}  {looked_at:>7}  {id:<ids$}  {place:<places$}  {why}");
        said.push_str(line.trim_end());
        said.push('\n');
    }
    if !said.is_empty() {
        said.insert_str(0, "verdict        ok + no  operation\n");
    }
    said
}

fn described(drift: &Drift) -> String {
    let Drift {
        operation,
        pointer,
        kind,
        observed,
        document,
        entry,
        status,
        times,
    } = drift;
    let pointer = match pointer.as_str() {
        "" => "the whole body",
        pointer => pointer,
    };
    let times = match times {
        1 => String::new(),
        times => format!(", {times} times"),
    };
    // A webhook has none.
    let status = match status {
        0 => String::new(),
        status => format!(" ({status})"),
    };
    let mut said = format!("{operation}{status}  {pointer}: {kind}{times}\n");
    let _ = writeln!(said, "  server:   {}", in_one_line(observed));
    let _ = writeln!(said, "  document: {}", in_one_line(document));
    match entry {
        Some(entry) => {
            for line in entry.lines() {
                let _ = writeln!(said, "    {line}");
            }
        }
        None => said.push_str("  No entry of the overlay mends this by itself.\n"),
    }
    said
}

/// What a server sent stays where it is: no control characters reach a terminal.
fn in_one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
