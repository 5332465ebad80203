//! `cargo xtask spec`: keeps openapi.yaml, the API's facts in our own words, in step with upstream.

mod changes;
mod duplicates;
mod facts;
mod import;
mod lint;
mod merged;
mod missing;
mod report;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::regen::follow::{Data, follow, with_additions};
use crate::regen::overlay::{Overlay, Review};
use crate::regen::unnamed::unnamed;
use crate::regen::{Inputs, Source};
use crate::sources::{self, DOCUMENT, io_problem};
use crate::yaml::edit::{Edit, edited};
use crate::yaml::read::Document;
use crate::yaml::write::to_yaml;
pub(crate) use lint::files::{explain, lint_file};
use report::Report;
use rows::Rows;

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
    let Workspace { text, ours, data } = Workspace::read(root)?;
    let added = match (&ours, &data) {
        (Some(ours), Some(data)) => {
            Some(with_additions(ours.root(), theirs.root(), &data.overlay)?)
        }
        _ => None,
    };
    let imported = import::import(&theirs, ours.as_ref(), added.as_ref())?;
    let now = Document::parse(DOCUMENT, &imported.text)?;
    let mut files = BTreeMap::new();
    let outcome = match text.as_ref() == Some(&imported.text) {
        true => "unchanged",
        false => {
            files.insert(DOCUMENT.to_owned(), imported.text.clone());
            "written"
        }
    };
    let mut report = Report::new(format!("{DOCUMENT}: {outcome}"), &imported, &theirs, &now);
    if let (Some(ours), Some(data), Some(added)) = (&ours, data, &added) {
        let reviews = follow(ours.root(), now.root(), &data)?;
        let (data, by_hand) = changed(data, &reviews);
        let rows = Document::parse(&data.operations.name, &data.operations.text)?;
        report.rows = Rows::missing(theirs.root(), &rows);
        if apply {
            files.extend(texts(&data, &reviews));
            let empty = |source: &&Source| source.text.contains("\nentries: []\n");
            let empty = data.overlay.iter().filter(empty);
            report.emptied = empty.map(|source| source.name.clone()).collect();
        }
        let spec = Source {
            name: DOCUMENT.to_owned(),
            text: imported.text.clone(),
        };
        report.unnamed = unnamed(&Inputs::new(spec, data, false), added)
            .map_err(|problems| problems.to_string());
        report.reviews = reviews;
        (report.applied, report.by_hand) = (apply, by_hand);
    }
    let report = report.to_string();
    for (name, text) in files {
        let path = root.join(name);
        fs::write(&path, text).map_err(|error| io_problem(&path, &error))?;
    }
    Ok(report)
}

/// openapi.yaml, or another document, with the overlay applied; and what did not apply to the other.
pub(crate) fn merged_file(
    root: &Path,
    file: Option<&Path>,
    as_json: bool,
) -> Result<(String, Vec<Diagnostic>), Diagnostics> {
    let (_, document) = document(root, file)?;
    let mut corrected = document.root().clone();
    let overlay = Overlay::parse(&sources::data(root)?.overlay)?;
    let (_, reports) = overlay.apply(&mut corrected);
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

/// A workspace before the import: its openapi.yaml, and the data beside it.
struct Workspace {
    text: Option<String>,
    ours: Option<Document>,
    data: Option<Data>,
}

impl Workspace {
    fn read(root: &Path) -> Result<Self, Diagnostics> {
        let mut workspace = Self {
            text: None,
            ours: None,
            data: None,
        };
        if root.join(DOCUMENT).exists() {
            let Source { name, text } = sources::own(root, DOCUMENT)?;
            workspace.ours = Some(Document::parse(&name, &text)?);
            workspace.text = Some(text);
            // A folder with a document alone is a workspace that begins.
            if root.join("xtask/overlay").is_dir() {
                workspace.data = Some(sources::data(root)?);
            }
        }
        Ok(workspace)
    }
}

/// The data as the reviews have it, and the places that cannot be changed in their text.
fn changed(mut data: Data, reviews: &[Review]) -> (Data, Vec<String>) {
    let mut by_hand = Vec::new();
    let mut edits: BTreeMap<&str, BTreeSet<Edit>> = reviews
        .iter()
        .map(|review| (review.file.as_str(), review.edits.clone()))
        .collect();
    let files = data.overlay.iter_mut();
    for source in files.chain([&mut data.names, &mut data.operations]) {
        let Some(mut edits) = edits.remove(source.name.as_str()) else {
            continue;
        };
        loop {
            match edited(&source.text, &edits) {
                Ok(text) => break source.text = text,
                Err(place) => {
                    by_hand.push(format!("{} {place}", source.name));
                    let before = edits.len();
                    edits.retain(|edit| !edit.is_at(&place));
                    if edits.len() == before {
                        break;
                    }
                }
            }
        }
    }
    (data, by_hand)
}

/// The texts of the files that the reviews change, by name.
fn texts(data: &Data, reviews: &[Review]) -> BTreeMap<String, String> {
    let files = data.overlay.iter().chain([&data.names, &data.operations]);
    files
        .filter(|source| reviews.iter().any(|review| review.file == source.name))
        .map(|source| (source.name.clone(), source.text.clone()))
        .collect()
}
