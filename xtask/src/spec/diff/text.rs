//! The report for a terminal: what counts first, the worst first, by noun.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::changelog::{self, short};
use super::finding::{Finding, Place};
use super::report::{Report, Rust};
use super::rules::{Direction, Severity};
use super::semver::{RustChange, What, bump};

/// What differences are called that are only counted.
const QUIET: (&str, &str) = (
    "example, note or way of writing",
    "examples, notes or ways of writing",
);

/// How many operations a finding names before it counts the rest.
const NAMED: usize = 3;

pub(super) fn render(report: &Report) -> String {
    let mut said = String::new();
    // Writing into a string cannot fail.
    let _ = write_report(&mut said, report);
    said
}

fn write_report(said: &mut String, report: &Report) -> std::fmt::Result {
    let (was, is) = &report.comparison.versions;
    writeln!(
        said,
        "{} ({was}) → {} ({is})\n",
        report.names.0, report.names.1
    )?;
    for line in summary(report) {
        writeln!(said, "{line}")?;
    }
    for (severity, title) in [
        (Severity::Breaking, "Breaking"),
        (Severity::Warning, "Warnings"),
    ] {
        let findings = of(report, severity);
        if !findings.is_empty() {
            writeln!(said, "\n{title}")?;
            for (noun, findings) in by_noun(findings) {
                writeln!(said, "\n  {noun}")?;
                for finding in findings {
                    whole(said, finding)?;
                }
            }
        }
    }
    rust(said, &report.rust)?;
    let harmless = of(report, Severity::Info);
    if !harmless.is_empty() {
        writeln!(said, "\nInfo")?;
        for (noun, findings) in by_noun(harmless) {
            writeln!(said, "\n  {noun}")?;
            let (quiet, findings): (Vec<&Finding>, Vec<&Finding>) =
                findings.into_iter().partition(|finding| finding.rule.quiet);
            for finding in findings {
                writeln!(said, "    {} {}", finding.place, finding.sentence)?;
            }
            if !quiet.is_empty() {
                writeln!(said, "    {}", counted(quiet.len(), QUIET.0, QUIET.1))?;
            }
        }
    }
    if !report.comparison.renames.is_empty() {
        writeln!(
            said,
            "\nRenamed, perhaps: the same shape under a new name\n"
        )?;
        for rename in &report.comparison.renames {
            writeln!(
                said,
                "  {} {} → {}",
                rename.kind.word(),
                rename.old,
                rename.new
            )?;
        }
        for entry in &report.entries {
            writeln!(said, "  {}", entry.text())?;
        }
    }
    let fragment = changelog::fragment(report);
    if !fragment.is_empty() {
        writeln!(said, "\nFor CHANGELOG.md\n")?;
        for line in fragment {
            writeln!(said, "{line}")?;
        }
    }
    Ok(())
}

/// The lines that a reader needs, if no others.
pub(super) fn summary(report: &Report) -> Vec<String> {
    let counts = [Severity::Breaking, Severity::Warning, Severity::Info]
        .map(|severity| report.count(severity));
    let [breaking, warnings, info] = counts;
    let total = report.comparison.findings.len();
    let mut lines = vec![match total {
        0 => "document  says the same".to_owned(),
        _ => format!(
            "document  {}: {breaking} breaking, {}, {info} info",
            counted(total, "difference", "differences"),
            counted(warnings, "warning", "warnings"),
        ),
    }];
    lines.push(match &report.rust {
        Rust::Compared { changes, .. } if changes.is_empty() => {
            "Rust      the public API is the same".to_owned()
        }
        Rust::Compared { changes, version } => {
            let breaking = changes
                .iter()
                .filter(|change| change.breaks.is_some())
                .count();
            let bump = bump(changes);
            let next = bump
                .after(version)
                .map_or_else(String::new, |next| format!(": {version} → {next}"));
            format!(
                "Rust      {}, {breaking} breaking; {} release{next}",
                counted(changes.len(), "change", "changes"),
                bump.word(),
            )
        }
        Rust::Unknown(_) => {
            "Rust      unknown: a document cannot be generated from, see below".to_owned()
        }
    });
    let renames = report.comparison.renames.len();
    if renames > 0 {
        lines.push(format!(
            "renamed   {}",
            counted(renames, "thing, perhaps", "things, perhaps")
        ));
    }
    lines
}

fn whole(said: &mut String, finding: &Finding) -> std::fmt::Result {
    writeln!(said, "    {} {}", finding.place, finding.sentence)?;
    writeln!(said, "      {}", ids(finding).join(", "))?;
    writeln!(said, "      at {}", places(finding))?;
    if let Some(users) = users(finding) {
        writeln!(said, "      in {users}")?;
    }
    if !finding.rust.is_empty() {
        let items: Vec<String> = finding.rust.iter().map(|path| short(path)).collect();
        writeln!(said, "      Rust: {}", items.join(", "))?;
    }
    Ok(())
}

/// The ids of the rules that make it as bad as it is.
pub(super) fn ids(finding: &Finding) -> Vec<&str> {
    let worst = finding
        .verdicts
        .iter()
        .filter(|verdict| verdict.severity == finding.severity());
    let ids: BTreeSet<&str> = worst.map(|verdict| verdict.rule.as_str()).collect();
    ids.into_iter().collect()
}

/// Lines and pointers, once if both are the same.
pub(super) fn places(finding: &Finding) -> String {
    let line = |place: &Place| {
        place
            .line
            .map_or_else(|| "?".to_owned(), |line| line.to_string())
    };
    match (&finding.old, &finding.new) {
        (Some(old), Some(new)) if old.pointer == new.pointer => {
            format!("{}→{} {}", line(old), line(new), new.pointer)
        }
        (Some(old), Some(new)) => {
            format!(
                "{} {} → {} {}",
                line(old),
                old.pointer,
                line(new),
                new.pointer
            )
        }
        (Some(old), None) => format!("{} {}, gone", line(old), old.pointer),
        (None, Some(new)) => format!("{} {}, new", line(new), new.pointer),
        (None, None) => "the document".to_owned(),
    }
}

/// Whom it reaches: a few by name.
pub(super) fn users(finding: &Finding) -> Option<String> {
    let mut said = Vec::new();
    for direction in [Direction::Request, Direction::Response, Direction::Webhook] {
        let of = finding.used.iter().filter(|(_, one)| *one == direction);
        let names: Vec<&str> = of
            .map(|(user, _)| user.trim_start_matches("webhook "))
            .collect();
        if !names.is_empty() {
            let shown = names[..names.len().min(NAMED)].join(", ");
            let more = names.len().saturating_sub(NAMED);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            said.push(format!("{}s {shown}{more}", direction.word()));
        }
    }
    (!said.is_empty()).then(|| said.join("; "))
}

fn rust(said: &mut String, rust: &Rust) -> std::fmt::Result {
    let changes = match rust {
        Rust::Unknown(problems) => {
            return writeln!(
                said,
                "\nRust\n\n  What happens to the public API is unknown:\n\n{problems}"
            );
        }
        Rust::Compared { changes, .. } => changes,
    };
    let (breaking, other): (Vec<&RustChange>, Vec<&RustChange>) =
        changes.iter().partition(|change| change.breaks.is_some());
    if !breaking.is_empty() {
        writeln!(said, "\nRust, breaking\n")?;
        for change in breaking {
            writeln!(said, "  {}", line(change))?;
        }
    }
    if !other.is_empty() {
        writeln!(said, "\nRust, new\n")?;
        for change in other {
            writeln!(said, "  {}", line(change))?;
        }
    }
    Ok(())
}

/// A change of the public API in a line.
pub(super) fn line(change: &RustChange) -> String {
    let path = short(&change.path);
    let (kind, path) = (change.kind.word(), path.trim_end_matches(": Output"));
    let why = change
        .breaks
        .map_or_else(String::new, |why| format!(" ({why})"));
    match &change.what {
        What::Added => format!("+ {kind} {path}{why}"),
        What::Removed => format!("- {kind} {path}{why}"),
        What::Deprecated => format!("~ {kind} {path} is deprecated"),
        What::Changed(was, is) => format!("~ {kind} {path}: {is}, was {was}{why}"),
    }
}

fn of(report: &Report, severity: Severity) -> Vec<&Finding> {
    let findings = report.comparison.findings.iter();
    findings
        .filter(|finding| finding.severity() == severity)
        .collect()
}

pub(super) fn by_noun(findings: Vec<&Finding>) -> BTreeMap<&str, Vec<&Finding>> {
    let mut nouns: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        nouns.entry(&finding.noun).or_default().push(finding);
    }
    nouns
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
