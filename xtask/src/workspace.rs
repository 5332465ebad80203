//! Which workspace the command works on: the one that it is run in, wherever it was built.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;

/// A file that only a workspace of this kind has.
const MARK: &str = "xtask/operations.yaml";

/// Where cargo runs the command from, when that is given on its command line.
const MANIFEST: &str = "CARGO_MANIFEST_DIR";

/// The root of the workspace around the current folder, or else of the one that cargo was told to
/// run the command of.
pub(crate) fn workspace() -> Result<PathBuf, Diagnostic> {
    let here = std::env::current_dir().ok();
    let told = std::env::var_os(MANIFEST).map(PathBuf::from);
    let found = [here.as_deref(), told.as_deref()]
        .into_iter()
        .flatten()
        .find_map(around);
    found.map(Path::to_owned).ok_or_else(|| Diagnostic {
        file: here.unwrap_or_default().display().to_string(),
        line: None,
        pointer: None,
        message: format!("no folder from here up has {MARK}"),
        advice: "run the command in the workspace that it is to work on".to_owned(),
    })
}

fn around(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|folder| folder.join(MARK).is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_workspace_is_the_innermost_around_a_folder() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("vendor/lago");
        for root in [outer.path(), &inner] {
            fs::create_dir_all(root.join("xtask/src")).unwrap();
            fs::write(root.join(MARK), "").unwrap();
        }
        assert_eq!(around(&inner.join("xtask/src")), Some(inner.as_path()));
        assert_eq!(around(&outer.path().join("vendor")), Some(outer.path()));
        assert_eq!(around(Path::new("/")), None);
    }
}
