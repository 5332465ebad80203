//! The command as a person runs it, on a copy of this workspace's inputs.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::sources::{OVERLAY, WORDS};

const INPUTS: [&str; 3] = ["openapi.yaml", "xtask/names.yaml", "xtask/operations.yaml"];

/// A folder with what regen reads.
fn copy() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let workspace = crate::workspace().unwrap();
    for folder in [OVERLAY, WORDS] {
        let target = root.path().join(folder);
        fs::create_dir_all(&target).unwrap();
        for file in fs::read_dir(workspace.join(folder)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), target.join(file.file_name())).unwrap();
        }
    }
    for input in INPUTS {
        fs::copy(workspace.join(input), root.path().join(input)).unwrap();
    }
    root
}

fn options() -> Regen {
    Regen {
        check: false,
        spec: None,
        out: None,
        fault: None,
        timings: false,
        stop_after: None,
        print: None,
    }
}

fn check() -> Regen {
    Regen {
        check: true,
        ..options()
    }
}

/// Every file below a folder with its content.
fn contents(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                files.push((
                    path.strip_prefix(folder_root(&path)).unwrap().to_owned(),
                    text,
                ));
            }
        }
    }
    files.sort();
    files
}

/// Temporary folders have a name of their own each; files are compared below them.
fn folder_root(path: &Path) -> &Path {
    let depth = std::env::temp_dir().components().count() + 1;
    let below = path.components().count() - depth;
    path.ancestors().nth(below).unwrap()
}

#[test]
fn the_generated_code_of_this_workspace_is_up_to_date() {
    let said = regen(&check(), &crate::workspace().unwrap());
    assert_eq!(
        said.map_err(|error| error.to_string()).as_deref(),
        Ok("generated code is up to date")
    );
}

#[test]
fn two_runs_write_the_same_bytes_and_the_second_writes_nothing() {
    let (one, other) = (copy(), copy());
    regen(&options(), one.path()).unwrap();
    regen(&options(), other.path()).unwrap();
    assert_eq!(contents(one.path()), contents(other.path()));
    assert!(
        regen(&options(), one.path())
            .unwrap()
            .ends_with("all up to date")
    );
}

#[test]
fn check_fails_on_a_stale_file_and_changes_nothing() {
    let root = copy();
    regen(&options(), root.path()).unwrap();
    assert!(regen(&check(), root.path()).is_ok());
    let file = root.path().join("lago-types/src/generated/tax.rs");
    fs::write(
        &file,
        fs::read_to_string(&file)
            .unwrap()
            .replace("pub code", "pub cod"),
    )
    .unwrap();
    fs::write(
        file.with_file_name("stray.rs"),
        "// nobody generates this\n",
    )
    .unwrap();
    let before = contents(root.path());
    let error = regen(&check(), root.path()).unwrap_err().to_string();
    assert!(
        error.contains("2 generated files are not up to date"),
        "{error}"
    );
    assert!(error.contains("cargo xtask regen"), "{error}");
    assert_eq!(contents(root.path()), before);
}

#[test]
fn another_document_is_reported_on_and_goes_to_its_own_folder() {
    let (root, out) = (copy(), tempfile::tempdir().unwrap());
    let spec = root.path().join("other.yaml");
    fs::write(root.path().join("Cargo.toml"), "members = [\"xtask\"]\n").unwrap();
    fs::write(&spec, "openapi: 3.0.3\ninfo: {title: t, version: '2'}\npaths:\n  /taxes:\n    get: {operationId: listTaxes, responses: {}}\n").unwrap();
    let options = Regen {
        spec: Some(spec),
        out: Some(out.path().join("copy")),
        ..options()
    };
    let said = regen(&options, root.path()).unwrap();
    assert!(
        said.contains("nobody has reviewed whether `listTaxes` may be repeated"),
        "{said}"
    );
    assert!(
        out.path()
            .join("copy/lago-types/src/generated/mod.rs")
            .exists()
    );
    assert!(!root.path().join("lago-types").exists());
}

#[test]
fn bad_input_writes_nothing() {
    let (root, out) = (copy(), tempfile::tempdir().unwrap());
    let spec = root.path().join("bad.yaml");
    fs::write(&spec, "openapi: 3.1.0\npaths: {/a: {get: {}}}\n").unwrap();
    let target = out.path().join("copy");
    let options = Regen {
        spec: Some(spec),
        out: Some(target.clone()),
        ..options()
    };
    let error = regen(&options, root.path()).unwrap_err().to_string();
    assert!(
        error.contains("bad.yaml:2: the operation has no operationId"),
        "{error}"
    );
    assert!(!target.exists());
}

#[test]
fn a_missing_file_is_named() {
    let root = tempfile::tempdir().unwrap();
    let error = regen(&options(), root.path()).unwrap_err().to_string();
    assert!(error.contains("openapi.yaml"), "{error}");
}

#[test]
fn another_document_never_replaces_the_code_of_the_workspace() {
    let root = copy();
    let options = Regen {
        spec: Some("other.yaml".into()),
        ..options()
    };
    let error = regen(&options, root.path()).unwrap_err().to_string();
    assert!(error.contains("--out DIR"), "{error}");
}

#[test]
fn stopping_after_a_step_prints_a_place_and_writes_nothing() {
    let root = copy();
    let before = contents(root.path());
    let options = Regen {
        stop_after: Some("rename".to_owned()),
        print: Some("PlanObject.amount_cents".to_owned()),
        ..options()
    };
    let said = regen(&options, root.path()).unwrap();
    assert!(
        said.starts_with("/components/schemas/Plan/properties/amount_cents\n{"),
        "{said}"
    );
    assert_eq!(contents(root.path()), before);
}
