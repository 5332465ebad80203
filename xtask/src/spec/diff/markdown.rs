//! The report for a pull request: tables of what is bad, the rest folded away.

use std::fmt::Write as _;

use super::changelog;
use super::finding::Finding;
use super::report::{Report, Rust};
use super::rules::Severity;
use super::semver::RustChange;
use super::text::{by_noun, ids, line, summary, users};

pub(super) fn render(report: &Report) -> String {
    let mut said = String::new();
    // Writing into a string cannot fail.
    let _ = write_report(&mut said, report);
    said
}

fn write_report(said: &mut String, report: &Report) -> std::fmt::Result {
    let (was, is) = &report.comparison.versions;
    writeln!(said, "## Lago's API {was} → {is}\n")?;
    for line in summary(report) {
        let (what, rest) = line.split_once("  ").unwrap_or(("", &line));
        writeln!(said, "- **{}**: {}", what.trim(), cell(rest.trim()))?;
    }
    for (severity, title) in [
        (Severity::Breaking, "Breaking"),
        (Severity::Warning, "Warnings"),
    ] {
        let findings: Vec<&Finding> = of(report, severity).collect();
        if !findings.is_empty() {
            writeln!(
                said,
                "\n### {title}\n\n| where | what | rule | who | Rust |\n|---|---|---|---|---|"
            )?;
            for finding in findings {
                row(said, finding)?;
            }
        }
    }
    match &report.rust {
        Rust::Compared { changes, .. } => {
            let (breaking, other): (Vec<&RustChange>, Vec<&RustChange>) =
                changes.iter().partition(|change| change.breaks.is_some());
            if !breaking.is_empty() {
                writeln!(said, "\n### Breaking for Rust programs\n\n```text")?;
                for change in breaking {
                    writeln!(said, "{}", line(change))?;
                }
                writeln!(said, "```")?;
            }
            if !other.is_empty() {
                folded(said, "New for Rust programs", other.len())?;
                writeln!(said, "```text")?;
                for change in other {
                    writeln!(said, "{}", line(change))?;
                }
                writeln!(said, "```\n\n</details>")?;
            }
        }
        Rust::Unknown(problems) => {
            writeln!(
                said,
                "\n### What happens to Rust programs is unknown\n\n```text\n{problems}\n```"
            )?;
        }
    }
    let harmless: Vec<&Finding> = of(report, Severity::Info)
        .filter(|finding| !finding.rule.quiet)
        .collect();
    if !harmless.is_empty() {
        folded(said, "Other differences of the document", harmless.len())?;
        for (noun, findings) in by_noun(harmless) {
            writeln!(said, "**{noun}**\n")?;
            for finding in findings {
                writeln!(said, "- `{}` {}", finding.place, finding.sentence)?;
            }
            writeln!(said)?;
        }
        writeln!(said, "</details>")?;
    }
    if !report.comparison.renames.is_empty() {
        writeln!(said, "\n### Renamed, perhaps\n")?;
        for rename in &report.comparison.renames {
            writeln!(
                said,
                "- {} `{}` → `{}`",
                rename.kind.word(),
                rename.old,
                rename.new
            )?;
        }
        if !report.entries.is_empty() {
            writeln!(said, "\nFor `xtask/names.yaml`:\n\n```text")?;
            for entry in &report.entries {
                writeln!(said, "{}", entry.text())?;
            }
            writeln!(said, "```")?;
        }
    }
    let fragment = changelog::fragment(report);
    if !fragment.is_empty() {
        writeln!(
            said,
            "\n### For CHANGELOG.md\n\n```markdown\n{}\n```",
            fragment.join("\n")
        )?;
    }
    Ok(())
}

fn of(report: &Report, severity: Severity) -> impl Iterator<Item = &Finding> {
    let findings = report.comparison.findings.iter();
    findings.filter(move |finding| finding.severity() == severity)
}

fn folded(said: &mut String, title: &str, count: usize) -> std::fmt::Result {
    writeln!(said, "\n<details><summary>{title} ({count})</summary>\n")
}

fn row(said: &mut String, finding: &Finding) -> std::fmt::Result {
    let rules: Vec<String> = ids(finding).iter().map(|id| format!("`{id}`")).collect();
    let rust: Vec<String> = finding
        .rust
        .iter()
        .map(|path| format!("`{}`", changelog::short(path)))
        .collect();
    let cells = [
        format!("`{}`", finding.place),
        finding.sentence.clone(),
        rules.join(" "),
        users(finding).unwrap_or_default(),
        rust.join(" "),
    ];
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    writeln!(said, "| {} |", cells.join(" | "))
}

/// Text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
