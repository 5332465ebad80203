//! `cargo xtask spec`: keeps openapi.yaml, the API's facts in our own words, in step with upstream.

mod changes;
pub(crate) mod diff;
mod facts;
mod import;
mod missing;
mod table;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml::read::Document;

/// Brings the facts of the document at `upstream` into the one at `target`, which keeps its prose
/// (and is created when missing). Returns what a person wants to know about it.
pub(crate) fn import_file(upstream: &Path, target: &Path) -> Result<String, Diagnostics> {
    let theirs = Document::parse(&upstream.display().to_string(), &read(upstream)?)?;
    let before = match fs::read_to_string(target) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(io_problem(target, "read", &error).into()),
    };
    let ours = match &before {
        Some(text) => Some(Document::parse(&target.display().to_string(), text)?),
        None => None,
    };
    let imported = import::import(&theirs, ours.as_ref())?;
    let outcome = if before.as_ref() == Some(&imported.text) {
        "unchanged"
    } else {
        fs::write(target, &imported.text).map_err(|error| io_problem(target, "write", &error))?;
        "written"
    };
    let target = target.display();
    let (changes, missing) = (imported.changes, imported.missing);
    Ok(format!("{target}: {outcome}\n\n{changes}\n\n{missing}"))
}

fn read(path: &Path) -> Result<String, Diagnostic> {
    fs::read_to_string(path).map_err(|error| io_problem(path, "read", &error))
}

fn io_problem(path: &Path, verb: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic {
        file: path.display().to_string(),
        line: None,
        pointer: None,
        message: format!("cannot {verb} it: {error}"),
        advice: "check the path, the permissions and that it is UTF-8 text".to_owned(),
    }
}

/// How much a test tries: all of it with `LAGO_TESTS=whole` in the environment.
#[cfg(test)]
pub(crate) fn extent(reduced: u32, whole: u32) -> u32 {
    let is_whole = std::env::var("LAGO_TESTS").is_ok_and(|extent| extent == "whole");
    if is_whole { whole } else { reduced }
}
