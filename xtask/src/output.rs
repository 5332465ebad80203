//! What commands write: generated files, and others as a whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::regen::emit::Tree;

/// The folders that hold nothing but generated files.
const GENERATED: [&str; 4] = [
    "lago-client/src/generated",
    "lago-types/benches/generated",
    "lago-types/src/generated",
    "tests/src/generated",
];

/// The published crates: what a copy of the workspace holds.
const CRATES: [&str; 2] = ["lago-client", "lago-types"];

/// How a folder differs from the tree: path, what is there, what should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    path: String,
    actual: Option<String>,
    expected: Option<String>,
}

impl Difference {
    /// A unified diff from what is there to what should be.
    pub(crate) fn diff(&self) -> String {
        let text = |side: &Option<String>| side.clone().unwrap_or_default();
        let name = |side: &Option<String>| match side {
            Some(_) => self.path.clone(),
            None => "/dev/null".to_owned(),
        };
        TextDiff::from_lines(text(&self.actual), text(&self.expected))
            .unified_diff()
            .header(&name(&self.actual), &name(&self.expected))
            .to_string()
    }
}

/// What has to change under `root`, strays included.
pub(crate) fn differences(root: &Path, tree: &Tree) -> io::Result<Vec<Difference>> {
    let mut found = Vec::new();
    for (path, text) in tree {
        let actual = read(&root.join(path))?;
        if actual.as_ref() != Some(text) {
            found.push(Difference {
                path: path.clone(),
                actual,
                expected: Some(text.clone()),
            });
        }
    }
    for folder in GENERATED {
        for file in files_below(&root.join(folder))? {
            let Ok(path) = file.strip_prefix(root) else {
                continue;
            };
            let path = path.to_string_lossy().replace('\\', "/");
            if !tree.contains_key(&path) {
                let actual = read(&file)?;
                found.push(Difference {
                    path,
                    actual,
                    expected: None,
                });
            }
        }
    }
    Ok(found)
}

/// Writes what differs and deletes strays.
pub(crate) fn write(root: &Path, differences: &[Difference]) -> io::Result<()> {
    for difference in differences {
        let path = root.join(&difference.path);
        match &difference.expected {
            Some(text) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(&path, text)?;
            }
            None => fs::remove_file(&path)?,
        }
    }
    Ok(())
}

/// Writes these files, and folders for them.
pub(crate) fn write_files(root: &Path, files: &Tree) -> io::Result<()> {
    for (path, text) in files {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text)?;
    }
    Ok(())
}

/// Writes a file whole or not at all.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

/// What of the published crates a copy takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Copied {
    /// All but generated files: those of another document follow.
    HandWritten,
    Whole,
}

/// Copies the manifests and files of the published crates to `out`, as a workspace that compiles. A folder that holds something else is left alone, and so is this workspace:
/// its sources would be overwritten, or become a workspace within it.
pub(crate) fn copy_workspace(root: &Path, out: &Path, copied: Copied) -> io::Result<()> {
    let refused = |why: &str| {
        let message = format!("{} {why}", out.display());
        Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
    };
    let members = format!("members = {CRATES:?}");
    let is_copy = fs::read_to_string(out.join("Cargo.toml"))
        .is_ok_and(|manifest| manifest.lines().any(|line| line == members));
    let is_empty = !fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    if !is_copy && !is_empty {
        return refused("holds files that are no copy of this workspace");
    }
    let place = nearest(out)?;
    let root_place = root.canonicalize()?;
    if place.starts_with(&root_place) && !place.starts_with(root_place.join("target")) {
        return refused("is in this workspace; name a folder outside of it, or below `target`");
    }
    fs::create_dir_all(out)?;
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let members = manifest
        .lines()
        .map(|line| match line.starts_with("members = ") {
            true => members.clone(),
            false => line.to_owned(),
        })
        .collect::<Vec<_>>();
    fs::write(out.join("Cargo.toml"), members.join("\n") + "\n")?;
    if root.join("Cargo.lock").exists() {
        fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock"))?;
    }
    for name in CRATES {
        for file in files_below(&root.join(name))? {
            let Ok(path) = file.strip_prefix(root) else {
                continue;
            };
            let generated = GENERATED.iter().any(|folder| path.starts_with(folder));
            if copied == Copied::Whole || !generated {
                let target = out.join(path);
                if let Some(folder) = target.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::copy(&file, &target)?;
            }
        }
    }
    Ok(())
}

/// Where a path that may not be there yet would be, links and `..` resolved as far as it is.
fn nearest(path: &Path) -> io::Result<PathBuf> {
    let whole = std::path::absolute(path)?;
    let there = whole.ancestors().find_map(|known| {
        let missing = whole.strip_prefix(known).ok()?;
        Some(known.canonicalize().ok()?.join(missing))
    });
    Ok(there.unwrap_or(whole))
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The files below a folder in a stable order; none when it does not exist.
fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = entry?.path();
            match path.is_dir() {
                true if path.file_name().is_some_and(|name| name == "target") => {}
                true => waiting.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written_and_strays_go() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(GENERATED[1]);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("stray.rs"), "old\n").unwrap();
        fs::write(folder.join("same.rs"), "same\n").unwrap();
        let path = |name: &str| format!("{}/{name}", GENERATED[1]);
        let tree = Tree::from([
            (path("same.rs"), "same\n".into()),
            (path("new.rs"), "new\n".into()),
        ]);
        let found = differences(root.path(), &tree).unwrap();
        let paths: Vec<&str> = found
            .iter()
            .map(|difference| difference.path.as_str())
            .collect();
        assert_eq!(paths, [path("new.rs"), path("stray.rs")]);
        assert!(found[1].diff().contains("-old"));
        write(root.path(), &found).unwrap();
        assert_eq!(differences(root.path(), &tree).unwrap(), vec![]);
    }

    #[test]
    fn a_folder_with_other_things_is_not_overwritten() {
        let (root, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(root.path().join("Cargo.toml"), "members = [\"xtask\"]\n").unwrap();
        copy_workspace(root.path(), &out.path().join("fresh"), Copied::HandWritten).unwrap();
        let manifest = fs::read_to_string(out.path().join("fresh/Cargo.toml")).unwrap();
        assert_eq!(manifest, "members = [\"lago-client\", \"lago-types\"]\n");
        let taken = copy_workspace(root.path(), out.path(), Copied::HandWritten);
        assert_eq!(taken.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        // A copy is overwritten, another project not.
        copy_workspace(root.path(), &out.path().join("fresh"), Copied::HandWritten).unwrap();
        fs::create_dir(out.path().join("other")).unwrap();
        fs::write(out.path().join("other/Cargo.toml"), "[package]\n").unwrap();
        assert!(
            copy_workspace(root.path(), &out.path().join("other"), Copied::HandWritten).is_err()
        );
    }

    #[test]
    fn the_workspace_is_not_written_over() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("Cargo.toml"), "members = [\"xtask\"]\n").unwrap();
        for inside in ["", "new", "a/../new", "targets"] {
            assert!(
                copy_workspace(root.path(), &root.path().join(inside), Copied::HandWritten)
                    .is_err(),
                "{inside}"
            );
        }
        copy_workspace(
            root.path(),
            &root.path().join("target/copy"),
            Copied::HandWritten,
        )
        .unwrap();
        let manifest = fs::read_to_string(root.path().join("Cargo.toml")).unwrap();
        assert_eq!(manifest, "members = [\"xtask\"]\n");
    }
}
