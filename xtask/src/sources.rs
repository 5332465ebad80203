//! The files that generated code depends on, read from the disk.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::regen::Source;
use crate::regen::follow::Data;

/// The document that the workspace is generated from.
pub(crate) const DOCUMENT: &str = "openapi.yaml";

/// The folder of the overlay, and that of words.
pub(crate) const OVERLAY: &str = "xtask/overlay";
pub(crate) const WORDS: &str = "xtask/words";

/// The folders of the overlay and of words, names.yaml and operations.yaml of a workspace.
pub(crate) fn data(root: &Path) -> Result<Data, Diagnostics> {
    Ok(Data {
        overlay: folder(root, OVERLAY)?,
        words: words(root)?,
        names: own(root, "xtask/names.yaml")?,
        operations: own(root, "xtask/operations.yaml")?,
    })
}

/// The files of words; a workspace that begins has none.
fn words(root: &Path) -> Result<Vec<Source>, Diagnostics> {
    match root.join(WORDS).is_dir() {
        true => folder(root, WORDS),
        false => Ok(Vec::new()),
    }
}

/// A file of the workspace, by its path from there.
pub(crate) fn own(root: &Path, name: &str) -> Result<Source, Diagnostics> {
    read(&root.join(name), name)
}

/// Any file; `name` is what diagnostics call it.
pub(crate) fn read(path: &Path, name: &str) -> Result<Source, Diagnostics> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Source {
            name: name.to_owned(),
            text,
        }),
        Err(error) => Err(io_problem(path, &error).into()),
    }
}

/// What a person is told when a file cannot be read or written.
pub(crate) fn io_problem(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic {
        file: path.display().to_string(),
        line: None,
        pointer: None,
        message: error.to_string(),
        advice: "check that the path is right and may be read and written".to_owned(),
    }
}

/// The YAML files of a folder, by name.
fn folder(root: &Path, name: &str) -> Result<Vec<Source>, Diagnostics> {
    let path = root.join(name);
    let problem = |error| Diagnostics::from(io_problem(&path, &error));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&path).map_err(problem)? {
        let file = entry.map_err(problem)?.file_name();
        files.extend(
            file.to_str()
                .filter(|file| file.ends_with(".yaml"))
                .map(str::to_owned),
        );
    }
    files.sort();
    let sources = files
        .iter()
        .map(|file| read(&path.join(file), &format!("{name}/{file}")));
    sources.collect()
}
