//! What is read, from where, and with which status it ends.

use std::fs;
use std::process::Command;

use super::*;

/// A repository whose openapi.yaml has changed since its only commit.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\"\n");
    write("xtask/names.yaml", "enums: {}\n");
    write(
        "xtask/operations.yaml",
        "findPlan: {effect: reads, repeatable: true}\n",
    );
    write(
        "xtask/overlay/plans.yaml",
        "server: lago-api 0123abc\nentries:\n  - target: Plan.code\n    change: nullable\n    why: Code; null when it has none\n    evidence: live server\n",
    );
    write("openapi.yaml", &document("string"));
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder.path());
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
        assert!(
            command.args(arguments).output().unwrap().status.success(),
            "{arguments:?}"
        );
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "First"]);
    write("openapi.yaml", &document("integer"));
    folder
}

fn document(ty: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths:\n  /plans:\n    get:\n      operationId: findPlan\n      responses:\n        '200': {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Plan'}}}}}}}}\ncomponents:\n  schemas:\n    Plan: {{type: object, required: [code], properties: {{code: {{type: {ty}}}}}}}\n"
    )
}

fn options(old: &str, new: &str, merged: bool) -> Diff {
    Diff {
        old: old.to_owned(),
        new: new.to_owned(),
        format: Format::Text,
        merged,
        fail_on: None,
    }
}

#[test]
fn a_revision_is_compared_with_a_file() {
    let folder = repository();
    let file = folder.path().join("openapi.yaml").display().to_string();
    for (old, merged) in [
        ("HEAD", false),
        ("HEAD:openapi.yaml", false),
        ("HEAD", true),
    ] {
        let report = report(folder.path(), &options(old, &file, merged)).unwrap();
        let text = report.text();
        assert!(text.contains("response-property-type-changed"), "{text}");
        assert!(
            text.contains("~ output plans::Get: Option<i64>, was Option<String>"),
            "{text}"
        );
        assert!(text.contains("major release: 0.1.0 → 0.2.0"), "{text}");
        assert_eq!(report.severity(), Some(Severity::Breaking));
    }
    let same = report(folder.path(), &options("HEAD", "HEAD", true)).unwrap();
    assert_eq!(same.severity(), None);
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = repository();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let broken = write("broken.yaml", "openapi: 3.1.0\npaths: [\n");
    let other = write("other.yaml", "swagger: '2.0'\n");
    for (asked, said) in [
        ("gone.yaml", "there is no such file, and git says"),
        ("HEAD:gone.yaml", "there is no such file, and git says"),
        (broken.as_str(), "broken.yaml:"),
        (
            other.as_str(),
            "other.yaml:1: this is no OpenAPI 3 document",
        ),
    ] {
        let problems = report(folder.path(), &options(asked, "HEAD", false))
            .unwrap_err()
            .to_string();
        assert!(problems.contains(said), "{asked}: {problems}");
        assert!(problems.contains("help: "), "{problems}");
    }
}

#[test]
fn the_status_follows_the_worst_difference() {
    let all = [
        None,
        Some(Severity::Info),
        Some(Severity::Warning),
        Some(Severity::Breaking),
    ];
    for (fail_on, expected) in [
        (None, [false, false, false, false]),
        (Some(FailOn::Info), [false, true, true, true]),
        (Some(FailOn::Warning), [false, false, true, true]),
        (Some(FailOn::Breaking), [false, false, false, true]),
    ] {
        assert_eq!(
            all.map(|worst| fails(worst, fail_on)),
            expected,
            "{fail_on:?}"
        );
    }
}
