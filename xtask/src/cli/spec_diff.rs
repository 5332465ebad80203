//! What `cargo xtask spec diff` does with the disk, git and the terminal.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::revision::{inputs, problem, version};
use crate::diagnostic::Diagnostics;
use crate::regen::{self, Inputs, Source};
use crate::spec::diff::{self, Built, Names, Report, Rust, Severity, Side};
use crate::yaml::read::Document;

/// The status of what could not be compared.
const UNUSABLE: u8 = 2;

/// Says what one document says otherwise than another, for whom that is bad, and what it does to the crates.
///
/// The status is 1 when `--fail-on` is met, 2 when a document cannot be read.
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// What was: a file, or a git revision (`v0.3.0` for its openapi.yaml, `v0.3.0:path` for another file).
    old: String,
    /// What is: a file, or a git revision.
    new: String,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Compare the documents with the corrections of the overlay. A revision has its own, a file that of this
    /// workspace.
    #[arg(long)]
    merged: bool,
    /// Fail when a difference, of the document or of the public API, is this bad or worse.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// From which severity on a difference fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Breaking,
    Warning,
    Info,
}

/// Compares the two, and prints the report.
pub(crate) fn run(root: &Path, options: &Diff) -> ExitCode {
    let report = match report(root, options) {
        Ok(report) => report,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(UNUSABLE);
        }
    };
    print!(
        "{}",
        match options.format {
            Format::Text => report.text(),
            Format::Json => report.json() + "\n",
            Format::Markdown => report.markdown(),
        }
    );
    ExitCode::from(u8::from(fails(report.severity(), options.fail_on)))
}

/// Whether the worst that there is meets what is asked for.
fn fails(worst: Option<Severity>, fail_on: Option<FailOn>) -> bool {
    let least = match fail_on {
        None => return false,
        Some(FailOn::Breaking) => Severity::Breaking,
        Some(FailOn::Warning) => Severity::Warning,
        Some(FailOn::Info) => Severity::Info,
    };
    worst >= Some(least)
}

fn report(root: &Path, options: &Diff) -> Result<Report, Diagnostics> {
    let (old, new) = (inputs(root, &options.old)?, inputs(root, &options.new)?);
    // The generator takes most of the time, and the two runs have nothing in common.
    let (was, is) = both(
        || generation(&old, options.merged),
        || generation(&new, options.merged),
    );
    let asked = (options.old.as_str(), options.new.as_str());
    compared(asked, [&was?, &is?], &new.names, version(root)?)
}

/// Does two things at once.
pub(super) fn both<A: Send, B>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// A document, and what it becomes.
pub(super) struct Generation {
    side: Side,
    pub(super) built: Result<Built, Diagnostics>,
}

/// Reads a document and generates from it; with `merged` it is read with the corrections of its overlay.
pub(super) fn generation(inputs: &Inputs, merged: bool) -> Result<Generation, Diagnostics> {
    Ok(Generation {
        side: side(inputs, merged)?,
        built: built(inputs),
    })
}

/// Compares two, as they were asked for; `names` is names.yaml of the new one, `version` that of the crates.
pub(super) fn compared(
    asked: (&str, &str),
    [old, new]: [&Generation; 2],
    names: &Source,
    version: String,
) -> Result<Report, Diagnostics> {
    let names = Document::parse(&names.name, &names.text)?;
    let mut comparison = diff::compare(&old.side, &new.side);
    let (rust, apis) = match (&old.built, &new.built) {
        (Ok(old), Ok(new)) => {
            let changes = diff::rust(&mut comparison, old, new);
            (
                Rust::Compared { changes, version },
                Some((&old.api, &new.api)),
            )
        }
        (Err(problems), _) | (_, Err(problems)) => (Rust::Unknown(problems.clone()), None),
    };
    let known = Names {
        document: &names,
        apis,
    };
    let asked = (asked.0.to_owned(), asked.1.to_owned());
    Ok(Report::new(asked, comparison, rust, known))
}

/// Generates from a document.
fn built(inputs: &Inputs) -> Result<Built, Diagnostics> {
    Built::of(regen::regen(inputs)?).map_err(|message| {
        problem(
            &inputs.spec.name,
            format!("the code generated from it cannot be read: {message}"),
            "mend the generator; `cargo xtask regen --spec FILE --out DIR` writes the code",
        )
    })
}

fn side(inputs: &Inputs, merged: bool) -> Result<Side, Diagnostics> {
    let document = Document::parse(&inputs.spec.name, &inputs.spec.text)?;
    let says = document
        .root()
        .get("openapi")
        .and_then(serde_json::Value::as_str);
    if !says.is_some_and(|version| version.starts_with("3.")) {
        let advice = "name an OpenAPI 3 document, in YAML or JSON";
        return Err(document
            .diagnostic("", "this is no OpenAPI 3 document", advice)
            .into());
    }
    let root = match merged {
        true => regen::corrected(inputs)?.0,
        false => document.root().clone(),
    };
    Ok(Side { document, root })
}

#[cfg(test)]
mod tests;
