//! A whole update of a small workspace, which is a repository in a temporary folder.

use std::collections::BTreeMap;
use std::fs;

use super::*;

const BEFORE: &str = include_str!("tests/before.yaml");

const OVERLAY: &str = "# Plans.

server: lago-api 0123abc

entries:

# Null

- target: PlanObject.code
  change: nullable
  why: null in drafts
  evidence: live server

- target: PlanObject.interval
  change: nullable  # as it is
  why: null in drafts
  evidence: live server

- target: PlanObject.legacy
  change: nullable
  why: null in drafts
  evidence: live server

- target: Limits.least
  change: nullable
  why: null without one
  evidence: live server

# More

- target: PlanObject
  change:
    add:
      properties:
        units: {type: integer, description: How many.}
        more: {type: string, description: More.}
  why: sent
  evidence: live server
";

/// All that a file of the overlay says is stated by the next document.
const GOES: &str = "server: lago-api 0123abc
entries:
- target: PlanObject.amount
  change: required
  why: always there
  evidence: live server
";

const OPERATION: &str = "  /plans/{code}:
    delete:
      operationId: deletePlan
      parameters: [{name: code, in: path, required: true, description: upstream's, schema: {type: string}}]
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/Plan'}}}}
components:
";

/// The next version of the document.
fn next() -> String {
    let mut next = BEFORE.to_owned();
    for (old, new) in [
        ("version: 1.0.0", "version: 1.1.0"),
        ("components:\n", OPERATION),
        ("schemas/Limits'", "schemas/LimitsObject'"),
        ("    Limits:", "    LimitsObject:"),
        (
            "      description: A plan.\n      type: object\n      required: [code]",
            "      type: object\n      required: [code, amount]",
        ),
        (
            "        legacy: {type: string, description: What it was.}\n",
            "",
        ),
        (
            "        code: {type: string, description: Its code.}\n        interval",
            "        code: {type: [string, 'null']}\n        units: {type: integer, description: upstream's}\n        kind: {type: string, enum: [free, paid]}\n        interval",
        ),
    ] {
        assert!(next.contains(old), "{old}");
        next = next.replace(old, new);
    }
    next
}

struct Room(tempfile::TempDir);

impl Room {
    /// A repository with one commit, and the next document beside it.
    fn new() -> Self {
        let room = Self(tempfile::tempdir().unwrap());
        for (name, text) in [
            ("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\"\n"),
            ("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- Older.\n"),
            ("openapi.yaml", BEFORE),
            ("xtask/overlay/amounts.yaml", GOES),
            ("xtask/overlay/plans.yaml", OVERLAY),
            (
                "xtask/names.yaml",
                "merge:\n  Plan: [PlanObject, PlanObjectExtended]\n",
            ),
            (
                "xtask/operations.yaml",
                "findAllPlans: {effect: reads, repeatable: true}\ncreatePlan: {effect: adds, repeatable: false}\n",
            ),
            (".gitignore", "/next.yaml\n/body.md\n"),
            ("next.yaml", &next()),
        ] {
            room.write(name, text);
        }
        room.git(&["init", "--quiet"]);
        room.git(&["add", "."]);
        room.git(&["commit", "--quiet", "--message", "First"]);
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn replace(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "{old} is not in {name}:\n{text}");
        self.write(name, &text.replacen(old, new, 1));
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.0.path());
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
    }

    fn options(&self) -> Options {
        Options {
            file: self.path("next.yaml"),
            pr_body: Some(self.path("body.md")),
            since: "HEAD".to_owned(),
            no_snapshots: true,
        }
    }

    fn update(&self) -> Outcome {
        update(self.0.path(), &self.options()).unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// Writes what the first run leaves for people.
    fn decide(&self) {
        self.replace(
            "xtask/overlay/plans.yaml",
            "- target: PlanObject.legacy\n  change: nullable\n  why: null in drafts\n  evidence: live server\n\n",
            "",
        );
        let rows = self.read("xtask/operations.yaml")
            + "deletePlan: {effect: removes, repeatable: true, since: 1.1.0}\n";
        self.write("xtask/operations.yaml", &rows);
        let document = self.read("openapi.yaml");
        let document = document
            .replace(
                "      operationId: deletePlan\n",
                "      summary: Delete a plan.\n      operationId: deletePlan\n",
            )
            .replace(
                "          name: code\n          in: path\n",
                "          name: code\n          in: path\n          description: Which plan.\n",
            )
            .replace(
                "        - name: code\n          in: path\n",
                "        - name: code\n          in: path\n          description: Which plan.\n",
            )
            .replace(
                "        kind:\n",
                "        kind:\n          description: Who pays.\n",
            );
        self.write("openapi.yaml", &document);
    }

    /// Every file that git would commit, by name.
    fn tree(&self) -> BTreeMap<String, String> {
        let mut waiting = vec![self.0.path().to_owned()];
        let mut files = BTreeMap::new();
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(self.0.path()).unwrap();
                let name = name.display().to_string();
                match path.is_dir() {
                    true if name == ".git" => {}
                    true => waiting.push(path),
                    false => drop(files.insert(name, fs::read_to_string(&path).unwrap())),
                }
            }
        }
        files
    }
}

#[test]
fn an_update_stops_where_people_decide_and_goes_on_from_there() {
    let room = Room::new();
    let first = room.update();
    assert!(!first.is_done);
    insta::assert_snapshot!("what_is_left", first.said);
    let body = room.read("body.md");
    assert!(
        body.starts_with("# Lago's API 1.0.0 → 1.1.0\n\n**Not finished.**"),
        "{body}"
    );
    // What could be decided is done.
    let overlay = room.read("xtask/overlay/plans.yaml");
    assert!(
        !overlay.contains("PlanObject.code") && !overlay.contains("units"),
        "{overlay}"
    );
    assert!(
        overlay.contains("- target: LimitsObject.least\n"),
        "{overlay}"
    );
    assert!(
        overlay.contains("  change: nullable  # as it is\n"),
        "{overlay}"
    );
    assert!(!room.path("xtask/overlay/amounts.yaml").exists());
    assert!(room.read("openapi.yaml").contains("description: How many."));
    // What speaks of the whole update waits for it.
    assert_eq!(
        room.read("CHANGELOG.md"),
        "# Changelog\n\n## Unreleased\n\n- Older.\n"
    );

    // Nothing is forgotten because it was listed once.
    let again = room.update();
    assert_eq!(again.said, first.said);
    assert_eq!(room.read("body.md"), body);

    room.decide();
    let second = room.update();
    assert!(second.is_done, "{}", second.said);
    insta::assert_snapshot!("body", room.read("body.md"));
    assert!(
        room.read("lago-types/src/generated/plan.rs")
            .contains("pub kind")
    );
    insta::assert_snapshot!("changelog", room.read("CHANGELOG.md"));

    // The tree stays what it is.
    let tree = room.tree();
    let third = room.update();
    // The snapshots may not have been renewed yet.
    assert!(third.is_done && !third.is_idle);
    let names = |tree: &BTreeMap<String, String>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&room.tree()), names(&tree));
    for (name, text) in room.tree() {
        assert_eq!(text, tree[&name], "{name}");
    }
    assert!(
        third.said.contains("code      0 files written"),
        "{}",
        third.said
    );

    // What people reword is not written again.
    room.replace(
        "CHANGELOG.md",
        "- Lago's API 1.1.0, from 1.0.0.",
        "- Version 1.1.0, which deletes plans.",
    );
    let changelog = room.read("CHANGELOG.md");
    let fourth = room.update();
    assert_eq!(room.read("CHANGELOG.md"), changelog);
    assert!(
        fourth.said.contains("- Lago's API 1.1.0, from 1.0.0."),
        "{}",
        fourth.said
    );

    room.git(&["add", "--all"]);
    room.git(&["commit", "--quiet", "--message", "Update"]);
    let last = room.update();
    assert!(last.is_done && last.is_idle);
    assert_eq!(room.read("CHANGELOG.md"), changelog);
    assert!(last.said.contains("1.1.0 → 1.1.0"), "{}", last.said);
}

#[test]
fn an_update_that_was_killed_goes_on() {
    let whole = Room::new();
    whole.update();
    let expected = whole.tree();
    let files = ["openapi.yaml", "xtask/overlay/plans.yaml"];
    for reached in 1..=files.len() {
        let room = Room::new();
        for name in &files[..reached] {
            room.write(name, &expected[*name]);
        }
        room.update();
        let mut tree = room.tree();
        tree.remove("body.md");
        for (name, text) in tree {
            assert_eq!(
                Some(&text),
                expected.get(&name),
                "{name}, from {reached} files"
            );
        }
    }
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let room = Room::new();
    let tree = room.tree();
    room.write("broken.yaml", "openapi: 3.1.0\npaths: [\n");
    room.write("other.yaml", "swagger: '2.0'\n");
    for (file, since, said) in [
        ("broken.yaml", "HEAD", "broken.yaml:"),
        (
            "other.yaml",
            "HEAD",
            "other.yaml:1: this is no OpenAPI document",
        ),
        ("gone.yaml", "HEAD", "gone.yaml"),
        (
            "next.yaml",
            "nowhere",
            "nowhere: there is no such file, and git says",
        ),
    ] {
        let options = Options {
            file: room.path(file),
            since: since.to_owned(),
            ..room.options()
        };
        let problems = match update(room.0.path(), &options) {
            Err(problems) => problems.to_string(),
            Ok(Outcome { said, .. }) => panic!("{file}: {said}"),
        };
        assert!(problems.contains(said), "{file}: {problems}");
        assert!(problems.contains("help: "), "{problems}");
    }
    // Nor does a slip of a person in what is beside it.
    room.write("xtask/overlay/plans.yaml", "entries: [\n");
    assert!(update(room.0.path(), &room.options()).is_err());
    room.write("xtask/overlay/plans.yaml", OVERLAY);
    let mut now = room.tree();
    for made in ["broken.yaml", "other.yaml"] {
        now.remove(made);
    }
    assert_eq!(now, tree);
}
