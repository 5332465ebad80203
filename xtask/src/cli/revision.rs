//! Documents as they are named on the command line: files, and what git keeps of earlier ones.

use std::path::Path;
use std::process::Command;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::regen::follow::Data;
use crate::regen::{Inputs, Source};
use crate::sources::{self, DOCUMENT, OVERLAY, WORDS};

const NAMES: &str = "xtask/names.yaml";
const OPERATIONS: &str = "xtask/operations.yaml";

/// A document, and what goes with it.
pub(super) fn inputs(root: &Path, asked: &str) -> Result<Inputs, Diagnostics> {
    let path = Path::new(asked);
    if path.exists() {
        let spec = sources::read(path, asked)?;
        return Ok(Inputs::new(spec, sources::data(root)?, false));
    }
    revision(root, asked)
}

/// A document of a revision, and the data of that.
pub(super) fn revision(root: &Path, asked: &str) -> Result<Inputs, Diagnostics> {
    let (revision, document) = asked.split_once(':').unwrap_or((asked, DOCUMENT));
    let of = |path: &str| -> Result<Source, Diagnostics> {
        let name = format!("{revision}:{path}");
        Ok(Source {
            text: git(root, asked, &["show", &name])?,
            name,
        })
    };
    let spec = of(document)?;
    // A revision without such a folder lists nothing.
    let folder = |name: &str| -> Result<Vec<Source>, Diagnostics> {
        let files = git(
            root,
            asked,
            &["ls-tree", "--name-only", revision, &format!("{name}/")],
        )?;
        let files = files.lines().filter(|file| file.ends_with(".yaml"));
        files.map(of).collect()
    };
    let data = Data {
        overlay: folder(OVERLAY)?,
        words: folder(WORDS)?,
        names: of(NAMES)?,
        operations: of(OPERATIONS)?,
    };
    Ok(Inputs::new(spec, data, false))
}

/// What git prints.
pub(super) fn git(root: &Path, asked: &str, arguments: &[&str]) -> Result<String, Diagnostics> {
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

/// The version of the crates.
pub(super) fn version(root: &Path) -> Result<String, Diagnostics> {
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

pub(super) fn problem(file: &str, message: String, advice: &str) -> Diagnostics {
    Diagnostic {
        file: file.to_owned(),
        line: None,
        pointer: None,
        message,
        advice: advice.to_owned(),
    }
    .into()
}
