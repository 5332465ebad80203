//! `cargo xtask spec`: keeps openapi.yaml, the API's facts in our own words, in step with upstream.

mod changes;
pub(crate) mod diff;
mod duplicates;
mod facts;
mod import;
mod lint;
mod merged;
mod missing;
mod report;
mod rows;
mod table;
pub(crate) mod taken;
#[cfg(test)]
mod tests;
pub(crate) mod update;
mod words;

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::output;
use crate::regen::Source;
use crate::regen::corrections::Corrections;
use crate::sources::{self, DOCUMENT, io_problem};
use crate::yaml::read::Document;
use crate::yaml::write::to_yaml;
pub(crate) use lint::files::{explain, lint_file};
use report::Report;
use taken::{Workspace, take};

/// Brings the facts of the document at `upstream` into openapi.yaml of a workspace, which keeps its prose
/// (and is created when missing), and looks at the data beside it: with `apply`, what has become true goes from
/// the overlay, and what has moved is followed. Returns what a person wants to know and has to do.
pub(crate) fn import_file(
    root: &Path,
    upstream: &Path,
    apply: bool,
) -> Result<String, Diagnostics> {
    let theirs = sources::read(upstream, &upstream.display().to_string())?;
    let theirs = Document::parse(&theirs.name, &theirs.text)?;
    let workspace = Workspace::read(root)?;
    let before = workspace.ours.as_ref().map(|(_, document)| document);
    let taken = take(&theirs, &workspace, before, apply)?;
    for (name, text) in taken.files() {
        let path = root.join(name);
        output::replace(&path, text).map_err(|error| io_problem(&path, &error))?;
    }
    Ok(Report {
        taken: &taken,
        applied: apply,
    }
    .to_string())
}

/// openapi.yaml, or another document, with the overlay applied; and what did not apply to the other.
pub(crate) fn merged_file(
    root: &Path,
    file: Option<&Path>,
    as_json: bool,
) -> Result<(String, Vec<Diagnostic>), Diagnostics> {
    let (_, document) = document(root, file)?;
    let mut corrected = document.root().clone();
    let data = sources::data(root)?;
    let corrections = Corrections::parse(&data.overlay, &data.words)?;
    let (_, reports) = corrections.apply(&mut corrected);
    if file.is_none() && !reports.is_empty() {
        return Err(Diagnostics(reports));
    }
    let published = merged::published(&corrected);
    let text = match as_json {
        true => format!("{published:#}\n"),
        false => to_yaml(&published),
    };
    Ok((text, reports))
}

/// openapi.yaml of the workspace, or another document, with its text.
fn document(root: &Path, file: Option<&Path>) -> Result<(String, Document), Diagnostics> {
    let source = match file {
        Some(path) => sources::read(path, &path.display().to_string())?,
        None => sources::own(root, DOCUMENT)?,
    };
    let document = Document::parse(&source.name, &source.text)?;
    import::check(&document)?;
    Ok((source.text, document))
}

impl Workspace {
    /// Reads what is there.
    pub(crate) fn read(root: &Path) -> Result<Self, Diagnostics> {
        let mut workspace = Self {
            ours: None,
            data: None,
        };
        if root.join(DOCUMENT).exists() {
            let Source { name, text } = sources::own(root, DOCUMENT)?;
            let document = Document::parse(&name, &text)?;
            workspace.ours = Some((text, document));
            // A folder with a document alone is a workspace that begins.
            if root.join("xtask/overlay").is_dir() {
                workspace.data = Some(sources::data(root)?);
            }
        }
        Ok(workspace)
    }
}

/// How much a test tries: all of it with `LAGO_TESTS=whole` in the environment.
#[cfg(test)]
pub(crate) fn extent(reduced: u32, whole: u32) -> u32 {
    let is_whole = std::env::var("LAGO_TESTS").is_ok_and(|extent| extent == "whole");
    if is_whole { whole } else { reduced }
}
