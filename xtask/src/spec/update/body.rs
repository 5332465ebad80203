//! The text of the pull request: what a reviewer wants to know first comes first.

use std::fmt::Write as _;

use super::Update;
use crate::diagnostic::Diagnostics;
use crate::spec::diff::Report;

/// How many characters the text of a pull request may have on GitHub.
const LIMIT: usize = 65_536;

/// Everything that it speaks of.
#[derive(Debug)]
pub(crate) struct Body<'u> {
    pub(crate) update: &'u Update,
    /// The difference of both documents and both APIs.
    pub(crate) report: &'u Report,
    /// How many generated files differ from those of the document before; none when nothing could be generated.
    pub(crate) files: Option<usize>,
    /// What of the fragment for CHANGELOG.md people have worded otherwise.
    pub(crate) reworded: &'u [String],
}

impl Body<'_> {
    /// The text, in Markdown.
    pub(crate) fn text(&self) -> Result<String, Diagnostics> {
        let decided = self.update.decided()?;
        let mut said = String::new();
        // Writing into a string cannot fail.
        let _ = self.write(&mut said, &decided);
        let whole = format!(
            "{said}\n<details><summary>Every difference of the document</summary>\n\n{}\n</details>\n",
            self.report.markdown()
        );
        Ok(match whole.chars().count() <= LIMIT {
            true => whole,
            false => shortened(
                &said,
                "Every difference of the document: `cargo xtask spec diff REVISION openapi.yaml`, with the revision before.",
            ),
        })
    }

    fn write(&self, said: &mut String, decided: &[String]) -> std::fmt::Result {
        let Self { update, report, .. } = self;
        let (was, is) = &report.comparison.versions;
        writeln!(said, "# Lago's API {was} → {is}\n")?;
        match update.is_done() {
            true => writeln!(said, "Made by `cargo xtask spec update`.")?,
            false => writeln!(
                said,
                "**Not finished.** `cargo xtask spec update` stopped: what is left stands below. Write it, and run the command again with the same document."
            )?,
        }
        writeln!(said, "\n| | |\n|---|---|")?;
        for line in report.summary() {
            let (what, rest) = line.split_once("  ").unwrap_or(("", &line));
            writeln!(said, "| {} | {} |", what.trim(), rest.trim())?;
        }
        for (kind, count) in update.alone.imported.changes.counts() {
            writeln!(
                said,
                "| {kind} | {}: {} added, {} removed, {} changed |",
                count.total, count.added, count.removed, count.changed
            )?;
        }
        let (removed, followed) = update.counts();
        writeln!(
            said,
            "| overlay | entries or parts removed: {removed}; addresses followed: {followed} |"
        )?;
        if let Some(files) = self.files {
            writeln!(said, "| generated code | {files} files |")?;
        }
        let migrations = report.migrations();
        if !migrations.is_empty() {
            writeln!(
                said,
                "\n## What breaks Rust programs\n\n| change | what to do |\n|---|---|"
            )?;
            for one in &migrations {
                writeln!(said, "| `{}` | {} |", cell(&one.change), cell(&one.advice))?;
            }
        }
        if !report.entries.is_empty() {
            writeln!(
                said,
                "\nNames that stay as they were with these entries of xtask/names.yaml:\n\n```yaml"
            )?;
            for entry in &report.entries {
                writeln!(said, "{}", entry.text())?;
            }
            writeln!(said, "```")?;
        }
        let left = update.left();
        if !left.is_empty() {
            block(said, "## Left for people", &left)?;
        }
        if !decided.is_empty() {
            writeln!(said, "\n## What people decided\n")?;
            for line in decided {
                writeln!(said, "- {line}")?;
            }
        }
        let optional = update.optional();
        if !optional.is_empty() {
            folded(
                said,
                "What may be written, and nothing waits for",
                &optional,
            )?;
        }
        if !self.reworded.is_empty() {
            let fragment = self.reworded.join("\n");
            block(
                said,
                "## CHANGELOG.md is worded otherwise than this",
                &fragment,
            )?;
        }
        let settled = update.settled();
        if !settled.is_empty() {
            folded(said, "The overlay, entry by entry", &settled)?;
        }
        writeln!(said, "\n## To check\n")?;
        for check in CHECKS {
            writeln!(said, "- [ ] {check}")?;
        }
        Ok(())
    }
}

/// What no tool can vouch for.
const CHECKS: [&str; 5] = [
    "`.ci/run` passes, with the snapshots as they are committed",
    "the differences of the snapshots are what CHANGELOG.md says, in words for users",
    "new rows of xtask/operations.yaml are reviewed: what may be repeated is not decided by the HTTP method",
    "entries that left the overlay were right: the server does what the document says now",
    "versions and numbers in README.md and docs/ are those of this document",
];

fn block(said: &mut String, title: &str, text: &str) -> std::fmt::Result {
    writeln!(said, "\n{title}\n\n{}", fenced(text))
}

fn folded(said: &mut String, title: &str, text: &str) -> std::fmt::Result {
    writeln!(
        said,
        "\n<details><summary>{title}</summary>\n\n{}\n\n</details>",
        fenced(text)
    )
}

/// Text as it is, whatever a document made of it.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", text.trim_matches('\n'))
}

/// Text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// As much of a text as there is room for, whole lines, with what stands at the end.
fn shortened(text: &str, end: &str) -> String {
    const CUT: &str =
        "\n\n**The rest is cut off:** it is longer than the text of a pull request may be.";
    let whole = format!("{text}\n{end}\n");
    if whole.chars().count() <= LIMIT {
        return whole;
    }
    let room = LIMIT - CUT.chars().count() - end.chars().count() - "\n````\n\n\n".len();
    let mut kept = String::new();
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.chars().count();
        if length > room {
            break;
        }
        kept += line;
    }
    // A block that was cut in two ends here.
    let fences = kept.lines().filter(|line| line.starts_with("```"));
    if fences.count() % 2 == 1 {
        let open = kept.lines().rfind(|line| line.starts_with("```"));
        let fence = open.unwrap_or("```").trim_end_matches(char::is_alphabetic);
        kept = format!("{kept}{fence}\n");
    }
    format!("{}{CUT}\n\n{end}\n", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_line_and_says_so() {
        let short = shortened("# Title\n", "The end.");
        assert_eq!(short, "# Title\n\nThe end.\n");
        let block = format!("# Title\n\n```text\n{}```\n", "é a line\n".repeat(20_000));
        let cut = shortened(&block, "The end.");
        assert!(cut.chars().count() <= LIMIT);
        assert!(cut.ends_with("The end.\n"), "{}", &cut[cut.len() - 200..]);
        assert!(cut.contains("é a line\n```\n\n**The rest is cut off:**"));
    }

    #[test]
    fn no_text_ends_its_own_block() {
        assert_eq!(fenced("\na\n"), "```text\na\n```");
        assert_eq!(fenced("a ``` b"), "````text\na ``` b\n````");
    }
}
