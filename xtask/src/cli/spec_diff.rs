//! What `cargo xtask spec diff` does with the disk, git and the terminal.

use std::path::Path;
use std::process::{Command, ExitCode};

use clap::{Args, ValueEnum};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::regen::follow::Data;
use crate::regen::{self, Inputs, Source};
use crate::sources::{self, DOCUMENT};
use crate::spec::diff::{self, Built, Names, Report, Rust, Severity, Side};
use crate::yaml::read::Document;

const OVERLAY: &str = "xtask/overlay";
const NAMES: &str = "xtask/names.yaml";
const OPERATIONS: &str = "xtask/operations.yaml";

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
    let (was, is) = (side(&old, options.merged)?, side(&new, options.merged)?);
    // The generator takes most of the time, and the two runs have nothing in common.
    let (old, new_built) = std::thread::scope(|scope| {
        let old = scope.spawn(|| built(&old));
        let new = built(&new);
        (old.join(), new)
    });
    let old = match old {
        Ok(built) => built,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    let version = version(root)?;
    let names = Document::parse(&new.names.name, &new.names.text)?;
    let mut comparison = diff::compare(&was, &is);
    let (rust, apis) = match (&old, &new_built) {
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
    let asked = (options.old.clone(), options.new.clone());
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

/// A document, and what goes with it.
fn inputs(root: &Path, asked: &str) -> Result<Inputs, Diagnostics> {
    let path = Path::new(asked);
    if path.exists() {
        let spec = sources::read(path, asked)?;
        return Ok(Inputs::new(spec, sources::data(root)?, false));
    }
    let (revision, document) = asked.split_once(':').unwrap_or((asked, DOCUMENT));
    let of = |path: &str| -> Result<Source, Diagnostics> {
        let name = format!("{revision}:{path}");
        Ok(Source {
            text: git(root, asked, &["show", &name])?,
            name,
        })
    };
    let spec = of(document)?;
    let files = git(
        root,
        asked,
        &["ls-tree", "--name-only", revision, &format!("{OVERLAY}/")],
    )?;
    let files = files.lines().filter(|file| file.ends_with(".yaml"));
    let data = Data {
        overlay: files.map(of).collect::<Result<_, _>>()?,
        names: of(NAMES)?,
        operations: of(OPERATIONS)?,
    };
    Ok(Inputs::new(spec, data, false))
}

/// What git prints.
fn git(root: &Path, asked: &str, arguments: &[&str]) -> Result<String, Diagnostics> {
    let advice =
        "name a file that is there, or a git revision with openapi.yaml and xtask/overlay in it";
    let failed = |message: String| problem(asked, message, advice);
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output();
    let output = output.map_err(|error| {
        failed(format!(
            "there is no such file, and git does not run: {error}"
        ))
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim().trim_start_matches("fatal: ");
        return Err(failed(format!(
            "there is no such file, and git says: {said}"
        )));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("it is not UTF-8 text".to_owned()))
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

/// The version of the crates.
fn version(root: &Path) -> Result<String, Diagnostics> {
    let manifest = sources::own(root, "Cargo.toml")?;
    let line = manifest
        .text
        .lines()
        .find_map(|line| line.strip_prefix("version = "));
    line.map(|version| version.trim_matches('"').to_owned())
        .ok_or_else(|| {
            problem(
                "Cargo.toml",
                "it says no version of the workspace".to_owned(),
                "write `version` in [workspace.package]",
            )
        })
}

fn problem(file: &str, message: String, advice: &str) -> Diagnostics {
    Diagnostic {
        file: file.to_owned(),
        line: None,
        pointer: None,
        message,
        advice: advice.to_owned(),
    }
    .into()
}

#[cfg(test)]
mod tests;
