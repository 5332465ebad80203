//! What a person reads after an import, in the order in which things are to be done.

use std::fmt;

use super::duplicates::Duplicate;
use super::missing::Unsaid;
use super::taken::Taken;
use crate::pointer;
use crate::regen::overlay::{Outcome, Review};
use crate::regen::unnamed::Unnamed;

/// All of it.
pub(super) struct Report<'r> {
    pub(super) taken: &'r Taken,
    /// Whether the data is written as well.
    pub(super) applied: bool,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let taken = self.taken;
        let outcome = match taken.is_new {
            true => "written",
            false => "unchanged",
        };
        writeln!(
            f,
            "{}: {outcome}\n\n{}\n\n{}",
            taken.now.name(),
            taken.imported.changes,
            taken.imported.missing
        )?;
        self.duplicates(f, |_| true)?;
        self.settled(f)?;
        for file in self.taken.emptied() {
            writeln!(f, "\n{file} has no entry left: delete it")?;
        }
        self.open(f)?;
        self.unnamed(f)?;
        self.unsaid(f, |_| true)
    }
}

impl Report<'_> {
    /// What the tools did with the data.
    pub(super) fn settled(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let done = |done: &'static str, not: &'static str| match self.applied {
            true => done,
            false => not,
        };
        let corrected = |outcome: &Outcome| matches!(outcome, Outcome::Corrected(_));
        let published = |outcome: &Outcome| matches!(outcome, Outcome::Published);
        let moved = |outcome: &Outcome| matches!(outcome, Outcome::Moved(_));
        section(
            f,
            &self.taken.settled,
            "Entries of the overlay that the document has made true",
            done("removed", "`--apply` removes them"),
            &corrected,
        )?;
        section(
            f,
            &self.taken.settled,
            "Operations that are published now",
            done(
                "their entries are removed: their calls leave the feature `unpublished`, and their rows want `since`",
                "`--apply` removes their entries: their calls leave the feature `unpublished`, and their rows want `since`",
            ),
            &published,
        )?;
        section(
            f,
            &self.taken.settled,
            "Addresses that have moved",
            done(
                "followed",
                "restore openapi.yaml and say `--apply`, which follows them",
            ),
            &moved,
        )
    }

    /// What people decide about the data.
    pub(super) fn open(&self, f: &mut impl fmt::Write) -> fmt::Result {
        section(
            f,
            &self.taken.open,
            "Entries of the overlay that people decide about",
            "check each, then remove it or write what stands below it instead",
            &|_| true,
        )?;
        for place in &self.taken.by_hand {
            writeln!(
                f,
                "\nTo be changed by hand, since it shares its line with something else: {place}"
            )?;
        }
        write!(f, "{}", self.taken.rows)
    }

    /// Parameters that upstream states twice, those of which something is true.
    pub(super) fn duplicates(
        &self,
        f: &mut impl fmt::Write,
        is: impl Fn(&Duplicate) -> bool,
    ) -> fmt::Result {
        let found = self.taken.duplicates.iter();
        let found: Vec<_> = found.filter(|(duplicate, _)| is(duplicate)).collect();
        if found.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nParameters stated twice: {}", found.len())?;
        for (_, diagnostic) in found {
            let said = diagnostic.to_string();
            writeln!(f, "  {}", said.strip_prefix("error: ").unwrap_or(&said))?;
        }
        Ok(())
    }

    /// Enums that are called after their places.
    pub(super) fn unnamed(&self, f: &mut impl fmt::Write) -> fmt::Result {
        match &self.taken.unnamed {
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

    /// Where words of ours are missing, of the places of which something is true.
    pub(super) fn unsaid(
        &self,
        f: &mut impl fmt::Write,
        is: impl Fn(&Unsaid) -> bool,
    ) -> fmt::Result {
        let unsaid = self.taken.imported.unsaid.iter();
        let unsaid: Vec<&Unsaid> = unsaid.filter(|place| is(place)).collect();
        if unsaid.is_empty() {
            return Ok(());
        }
        let file = self.taken.now.name();
        writeln!(
            f,
            "\nNew in {file} without words of ours: {} (each behind its line; from the last to the first, lines stay what they are)",
            unsaid.len()
        )?;
        for Unsaid { pointer, key } in unsaid {
            let line = self.taken.now.line(pointer).unwrap_or(1);
            let segments = pointer::parse(pointer);
            // An item of a list stands two further in than its list, as the entries of a mapping do.
            let indent = "  ".repeat(segments.len());
            writeln!(f, "  {file}:{line} {pointer}\n{indent}{key}: ")?;
        }
        Ok(())
    }
}

/// The outcomes of which something is true, by file.
fn section(
    f: &mut impl fmt::Write,
    reviews: &[Review],
    title: &str,
    what: &str,
    is: &dyn Fn(&Outcome) -> bool,
) -> fmt::Result {
    let all = reviews.iter().flat_map(|review| &review.outcomes);
    let count = all.filter(|(.., outcome)| is(outcome)).count();
    if count == 0 {
        return Ok(());
    }
    writeln!(f, "\n{title}: {count} ({what})")?;
    for review in reviews {
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
