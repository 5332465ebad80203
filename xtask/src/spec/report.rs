//! What a person reads after an import, in the order in which things are to be done.

use std::fmt;

use super::changes::Changes;
use super::import::Imported;
use super::missing::{Missing, Unsaid};
use super::rows::Rows;
use crate::diagnostic::Diagnostic;
use crate::pointer;
use crate::regen::overlay::{Outcome, Review};
use crate::regen::unnamed::Unnamed;
use crate::yaml::read::Document;

/// All of it.
pub(super) struct Report<'r> {
    /// What became of openapi.yaml.
    pub(super) outcome: String,
    pub(super) changes: &'r Changes,
    pub(super) missing: &'r Missing,
    /// Parameters that upstream states twice.
    pub(super) duplicates: Vec<Diagnostic>,
    pub(super) reviews: Vec<Review>,
    /// Whether the edits of the reviews were made.
    pub(super) applied: bool,
    /// Files of the overlay that have lost their last entry.
    pub(super) emptied: Vec<String>,
    /// Places of edits that could not be made, each with its file.
    pub(super) by_hand: Vec<String>,
    pub(super) rows: Rows,
    /// Or why they cannot be told.
    pub(super) unnamed: Result<Vec<Unnamed>, String>,
    /// Places without words, and the document in which they are.
    pub(super) unsaid: &'r [Unsaid],
    pub(super) document: &'r Document,
}

impl<'r> Report<'r> {
    /// What is known of the document alone.
    pub(super) fn new(
        outcome: String,
        imported: &'r Imported,
        upstream: &Document,
        document: &'r Document,
    ) -> Self {
        let duplicates = imported.duplicates.iter();
        Self {
            outcome,
            changes: &imported.changes,
            missing: &imported.missing,
            duplicates: duplicates.map(|found| found.diagnostic(upstream)).collect(),
            reviews: Vec::new(),
            applied: false,
            emptied: Vec::new(),
            by_hand: Vec::new(),
            rows: Rows::default(),
            unnamed: Ok(Vec::new()),
            unsaid: &imported.unsaid,
            document,
        }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}\n\n{}\n\n{}",
            self.outcome, self.changes, self.missing
        )?;
        if !self.duplicates.is_empty() {
            writeln!(f, "\nParameters stated twice: {}", self.duplicates.len())?;
            for duplicate in &self.duplicates {
                let said = duplicate.to_string();
                writeln!(f, "  {}", said.strip_prefix("error: ").unwrap_or(&said))?;
            }
        }
        self.reviews(f)?;
        for file in &self.emptied {
            writeln!(f, "\n{file} has no entry left: delete it")?;
        }
        for place in &self.by_hand {
            writeln!(
                f,
                "\nTo be changed by hand, since it shares its line with something else: {place}"
            )?;
        }
        write!(f, "{}", self.rows)?;
        self.unnamed(f)?;
        self.unsaid(f)
    }
}

impl Report<'_> {
    fn reviews(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = |done: &'static str, not: &'static str| match self.applied {
            true => done,
            false => not,
        };
        let corrected = |outcome: &Outcome| matches!(outcome, Outcome::Corrected(_));
        let published = |outcome: &Outcome| matches!(outcome, Outcome::Published);
        let moved = |outcome: &Outcome| matches!(outcome, Outcome::Moved(_));
        let open = |outcome: &Outcome| matches!(outcome, Outcome::Open { .. });
        self.section(
            f,
            "Entries of the overlay that the document has made true",
            done("removed", "`--apply` removes them"),
            &corrected,
        )?;
        self.section(
            f,
            "Operations that are published now",
            done(
                "their entries are removed: their calls leave the feature `unpublished`, and their rows want `since`",
                "`--apply` removes their entries: their calls leave the feature `unpublished`, and their rows want `since`",
            ),
            &published,
        )?;
        self.section(
            f,
            "Addresses that have moved",
            done(
                "followed",
                "restore openapi.yaml and say `--apply`, which follows them",
            ),
            &moved,
        )?;
        self.section(
            f,
            "Entries of the overlay that people decide about",
            "check each, then remove it or write what stands below it instead",
            &open,
        )
    }

    fn section(
        &self,
        f: &mut fmt::Formatter<'_>,
        title: &str,
        what: &str,
        is: &dyn Fn(&Outcome) -> bool,
    ) -> fmt::Result {
        let all = self.reviews.iter().flat_map(|review| &review.outcomes);
        let count = all.filter(|(.., outcome)| is(outcome)).count();
        if count == 0 {
            return Ok(());
        }
        writeln!(f, "\n{title}: {count} ({what})")?;
        for review in &self.reviews {
            let mut found = review.outcomes.iter().filter(|(.., outcome)| is(outcome));
            let mut next = found.next();
            if next.is_some() {
                writeln!(f, "  {}", review.file)?;
            }
            while let Some((line, target, outcome)) = next {
                write!(f, "  {line:>5} {target}")?;
                match outcome {
                    Outcome::Corrected(None) | Outcome::Published => writeln!(f)?,
                    Outcome::Corrected(Some(part)) => writeln!(f, ", of the entry {part}")?,
                    Outcome::Moved(new) => writeln!(f, " -> {new}")?,
                    Outcome::Open { reason, instead } => writeln!(f, ": {reason}\n{instead}")?,
                }
                next = found.next();
            }
        }
        Ok(())
    }

    fn unnamed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unnamed {
            Err(problems) => writeln!(
                f,
                "\nNothing can be generated from it yet, so that new enums without a name are not known:\n{problems}"
            ),
            Ok(unnamed) if unnamed.is_empty() => Ok(()),
            Ok(unnamed) => {
                writeln!(
                    f,
                    "\nEnums that xtask/names.yaml binds to no name: {} (below `enums:`; the names after their places are given)",
                    unnamed.len()
                )?;
                for Unnamed {
                    name,
                    addresses,
                    like,
                } in unnamed
                {
                    let quoted: Vec<String> = addresses
                        .iter()
                        .map(|address| crate::yaml::write::text_on_one_line(address, true))
                        .collect();
                    write!(f, "  {name}: [{}]", quoted.join(", "))?;
                    match like.is_empty() {
                        true => writeln!(f)?,
                        false => writeln!(f, "  # the values of {}", like.join(", "))?,
                    }
                }
                Ok(())
            }
        }
    }

    fn unsaid(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unsaid.is_empty() {
            return Ok(());
        }
        let file = self.document.name();
        writeln!(
            f,
            "\nNew in {file} without words of ours: {} (each behind its line; from the last to the first, lines stay what they are)",
            self.unsaid.len()
        )?;
        for Unsaid { pointer, key } in self.unsaid {
            let line = self.document.line(pointer).unwrap_or(1);
            let segments = pointer::parse(pointer);
            // An item of a list stands two further in than its list, as the entries of a mapping do.
            let indent = "  ".repeat(segments.len());
            writeln!(f, "  {file}:{line} {pointer}\n{indent}{key}: ")?;
        }
        Ok(())
    }
}
