//! What can be asked of the program.

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};

/// Sends a file of usage events to Lago, or checks one.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The events: a file with one JSON object a line, or CSV; `-` for standard input.
    pub(crate) input: PathBuf,
    /// How the events are written; taken from the ending of the file's name unless given.
    #[arg(long)]
    format: Option<Format>,
    /// Read everything, send nothing.
    #[arg(long, conflicts_with = "reconcile")]
    dry_run: bool,
    /// Ask the server which of the events it has.
    #[arg(long)]
    reconcile: bool,
    /// Of how many events, chosen at random, to ask the server; of all unless given.
    #[arg(long, requires = "reconcile")]
    pub(crate) sample: Option<usize>,
    /// Where to write how far it came.
    #[arg(long)]
    checkpoint: Option<PathBuf>,
    /// Where to write the events that are not delivered, each with the reason.
    #[arg(long)]
    dead_letters: Option<PathBuf>,
    /// Where to write the events that the server does not have.
    #[arg(long)]
    missing: Option<PathBuf>,
}

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object a line.
    Jsonl,
    /// Columns with a header.
    Csv,
}

/// What is to be done.
pub(crate) enum Task {
    Send,
    DryRun,
    Reconcile,
}

impl Arguments {
    pub(crate) fn task(&self) -> Task {
        match (self.dry_run, self.reconcile) {
            (true, _) => Task::DryRun,
            (_, true) => Task::Reconcile,
            _ => Task::Send,
        }
    }

    pub(crate) fn is_standard_input(&self) -> bool {
        self.input == Path::new("-")
    }

    pub(crate) fn format(&self) -> Format {
        let is_csv = self
            .input
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        self.format
            .unwrap_or(if is_csv { Format::Csv } else { Format::Jsonl })
    }

    /// What the events are called in messages.
    pub(crate) fn name(&self) -> String {
        match self.is_standard_input() {
            true => "<stdin>".to_owned(),
            false => self.input.display().to_string(),
        }
    }

    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.beside(self.checkpoint.as_ref(), "checkpoint")
    }

    pub(crate) fn dead_letters(&self) -> PathBuf {
        self.beside(self.dead_letters.as_ref(), "dead-letters.jsonl")
    }

    pub(crate) fn missing(&self) -> PathBuf {
        self.beside(self.missing.as_ref(), "missing.jsonl")
    }

    /// The path that was given, or one beside the events.
    fn beside(&self, given: Option<&PathBuf>, ending: &str) -> PathBuf {
        let stem = match self.is_standard_input() {
            true => Path::new("stdin"),
            false => &self.input,
        };
        given
            .cloned()
            .unwrap_or_else(|| PathBuf::from(format!("{}.{ending}", stem.display())))
    }
}
