//! `cargo xtask spec update`: what a document changes, what of it is left for people, and what a reviewer reads.

mod body;
pub(crate) mod changelog;
mod decided;

use std::fmt::Write as _;

use super::changes::Changes;
use super::duplicates::Duplicate;
use super::missing::Unsaid;
use super::report::Report;
use super::taken::Taken;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::regen::overlay::{Outcome, Review};
pub(crate) use body::Body;

/// An update under way: the tree that is committed, and the one that people may have worked on since.
#[derive(Debug)]
pub(crate) struct Update {
    /// What the tools make of the tree that is committed.
    pub(crate) alone: Taken,
    /// What they make of the tree as it is.
    pub(crate) taken: Taken,
    /// Why no code can be generated from that.
    pub(crate) problems: Vec<Diagnostic>,
}

impl Update {
    /// Whether nothing is left for people to write.
    pub(crate) fn is_done(&self) -> bool {
        let Self { taken, .. } = self;
        self.problems.is_empty()
            && taken.open.is_empty()
            && taken.by_hand.is_empty()
            && taken.rows.is_empty()
            && !taken.imported.unsaid.iter().any(Unsaid::is_needed)
            && taken.duplicates.iter().all(|(found, _)| found.same)
    }

    /// Whether the document brings nothing beside what is committed, and the tree has that.
    pub(crate) fn is_idle(&self) -> bool {
        let nothing = |taken: &Taken| taken.files().is_empty() && taken.emptied().is_empty();
        nothing(&self.alone) && nothing(&self.taken)
    }

    /// What people have to write, in the form in which it is written; nothing when it is done.
    pub(crate) fn left(&self) -> String {
        let report = self.report();
        let mut left = String::new();
        // Writing into a string cannot fail.
        let differs = |found: &Duplicate| !found.same;
        let _ = report.duplicates(&mut left, differs);
        let _ = report.open(&mut left);
        let problems = self.other_problems();
        if !problems.is_empty() {
            let _ = writeln!(
                left,
                "\nWhat else the generator refuses: {}",
                problems.len()
            );
            for problem in problems {
                let said = problem.to_string();
                let _ = writeln!(left, "  {}", said.strip_prefix("error: ").unwrap_or(&said));
            }
        }
        let _ = report.unsaid(&mut left, Unsaid::is_needed);
        left
    }

    /// What people may write and nothing waits for: names of enums, which are called after their places without, and
    /// words for properties and parameters.
    pub(crate) fn optional(&self) -> String {
        let mut optional = String::new();
        // Writing into a string cannot fail.
        if self.taken.unnamed.is_ok() {
            let _ = self.report().unnamed(&mut optional);
        }
        let _ = self
            .report()
            .unsaid(&mut optional, |place| !place.is_needed());
        optional
    }

    /// What the tools did with the data, entry by entry.
    fn settled(&self) -> String {
        let mut settled = String::new();
        let report = Report {
            taken: &self.alone,
            applied: true,
        };
        // Writing into a string cannot fail.
        let _ = report.settled(&mut settled);
        settled
    }

    /// How many entries of the overlay, or parts of them, went, and how many addresses were followed.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let outcomes = || {
            self.alone
                .settled
                .iter()
                .flat_map(|review| &review.outcomes)
        };
        let moved = outcomes().filter(|(.., outcome)| matches!(outcome, Outcome::Moved(_)));
        let moved = moved.count();
        (outcomes().count() - moved, moved)
    }

    /// How many parts of the document came, went or changed.
    pub(crate) fn changes(&self) -> &Changes {
        &self.alone.imported.changes
    }

    /// What people wrote into the data, a line for each.
    fn decided(&self) -> Result<Vec<String>, Diagnostics> {
        let (Some(tools), Some(people)) = (&self.alone.data, &self.taken.data) else {
            return Ok(Vec::new());
        };
        let mut said = decided::decided(tools, people)?;
        let (all, left) = (
            self.alone.imported.unsaid.len(),
            self.taken.imported.unsaid.len(),
        );
        if let Some(worded @ 1..) = all.checked_sub(left) {
            said.push(format!("openapi.yaml: words for {worded} new places"));
        }
        Ok(said)
    }

    /// What the generator refuses beyond what the other lists say.
    fn other_problems(&self) -> Vec<&Diagnostic> {
        let is_open = |problem: &Diagnostic| {
            let at = |review: &Review| {
                review.file == problem.file
                    && review
                        .outcomes
                        .iter()
                        .any(|(line, ..)| Some(*line) == problem.line)
            };
            self.taken.open.iter().any(at)
        };
        let rows = self.taken.rows.ids();
        let is_row = |problem: &Diagnostic| {
            let names = |id: &str| problem.message.contains(&format!("`{id}`"));
            problem.file == "xtask/operations.yaml" && rows.iter().any(|id| names(id))
        };
        let all = self.problems.iter();
        all.filter(|problem| !is_open(problem) && !is_row(problem))
            .collect()
    }

    fn report(&self) -> Report<'_> {
        Report {
            taken: &self.taken,
            applied: true,
        }
    }
}
