//! What the overlay rests on is there for everybody to look at.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use lago_tests::support::yaml;
use serde_json::Value;

// Compiled here once more: a copy of the grammar could read something else.
#[path = "../../../xtask/src/regen/overlay/evidence.rs"]
mod grammar;

use grammar::{ADVICE, Citation, Recorded, Recording, Version};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder of recordings of today's server, or of the server that a citation names.
fn folder(set: Option<&str>) -> String {
    let recorded = "tests/fixtures/recorded";
    set.map_or(recorded.to_owned(), |set| format!("{recorded}/{set}"))
}

/// The files of a folder, by their names without the end.
fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let files = fs::read_dir(workspace().join(folder)).into_iter().flatten();
    let named = files.flatten().map(|file| file.path());
    named
        .filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path)))
        .collect()
}

/// The file of a recording, or where there should be one.
fn file(set: Option<&str>, recording: &Recording) -> Result<PathBuf, String> {
    let folder = folder(set);
    let (kind, name) = match recording {
        Recording::Exchange(number) => ("exchanges", format!("{number:03}_*")),
        Recording::Delivery(name) => ("webhooks", name.clone()),
    };
    let is_it = |name: &str| match recording {
        Recording::Exchange(number) => {
            name.split('_').next().and_then(|n| n.parse().ok()) == Some(*number)
        }
        Recording::Delivery(delivery) => name == delivery,
    };
    let mut files = files(&format!("{folder}/{kind}")).into_iter();
    let found = files.find(|(name, _)| is_it(name));
    found
        .map(|(_, path)| path)
        .ok_or_else(|| format!("there is no {folder}/{kind}/{name}.json"))
}

/// What was sent, as text.
fn text(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let recording: Value = serde_json::from_str(&text).unwrap();
    match recording["raw_body_b64"].as_str() {
        Some(body) => String::from_utf8(STANDARD.decode(body).unwrap()).unwrap(),
        None => text,
    }
}

/// Why recordings do not show one of these properties.
fn unshown(recorded: &Recorded, properties: &[&str]) -> Option<String> {
    let files = recorded
        .which
        .iter()
        .map(|one| file(recorded.set.as_deref(), one));
    let files: Vec<_> = match files.collect() {
        Ok(files) => files,
        Err(missing) => return Some(missing),
    };
    if recorded.lack_it || properties.is_empty() {
        // They may have a property of the same name somewhere else.
        return None;
    }
    let shows = |text: &String| {
        properties
            .iter()
            .any(|name| text.contains(&format!("\"{name}\"")))
    };
    let shown = files.iter().map(|path| text(path)).any(|text| shows(&text));
    (!shown).then(|| format!("{recorded:?} shows none of {properties:?}"))
}

/// The properties that an entry says are there.
fn properties(entry: &Value) -> Vec<&str> {
    if let Some(added) = entry["change"]["add"]["properties"].as_object() {
        return added.keys().map(String::as_str).collect();
    }
    let targets = match &entry["target"] {
        Value::Array(targets) => targets.as_slice(),
        target => std::slice::from_ref(target),
    };
    let schemas = targets.iter().filter_map(Value::as_str);
    let schemas = schemas.filter(|target| !target.contains(' ') && entry["change"] != "absent");
    let names = schemas.filter_map(|target| target.rsplit_once('.'));
    names
        .map(|(_, name)| name.trim_end_matches(['[', ']', '{', '}']))
        .collect()
}

/// The version of openapi.yaml.
static PUBLISHED: LazyLock<Version> = LazyLock::new(|| {
    let text = fs::read_to_string(workspace().join("openapi.yaml")).unwrap();
    let document = yaml::parse(&text).unwrap();
    Version::read(document["info"]["version"].as_str().unwrap()).unwrap()
});

/// What is wrong with a citation of an entry.
fn complaint(citation: &Citation, entry: &Value) -> Option<String> {
    match citation {
        Citation::Recorded(recorded) => unshown(recorded, &properties(entry)),
        Citation::Published(Some(since)) if *since > *PUBLISHED => {
            Some(format!("{since} is not published here"))
        }
        // Who tried a server of that version recorded some of it.
        Citation::Live(Some(version)) => {
            let folder = folder(Some(&version.set())) + "/exchanges";
            files(&folder)
                .is_empty()
                .then(|| format!("there is nothing in {folder}"))
        }
        _ => None,
    }
}

/// What cannot be looked up, and how many recordings can, in a file of the overlay.
fn look_up(text: &str) -> (Vec<String>, usize) {
    let file = yaml::parse(text).unwrap();
    let mut complaints = Vec::new();
    let mut recordings = 0;
    for entry in file["entries"].as_array().into_iter().flatten() {
        let evidence = entry["evidence"].as_str().unwrap_or_default();
        let found = match grammar::parse(evidence) {
            Ok(citations) => {
                let recorded = |citation: &Citation| matches!(citation, Citation::Recorded(_));
                recordings += citations.iter().filter(|one| recorded(one)).count();
                citations
                    .iter()
                    .filter_map(|one| complaint(one, entry))
                    .collect()
            }
            Err(message) => vec![format!("{message}: {ADVICE}")],
        };
        complaints.extend(
            found
                .into_iter()
                .map(|found| format!("{}: {found}", entry["target"])),
        );
    }
    (complaints, recordings)
}

/// The files of the overlay.
fn overlay() -> Vec<(String, String)> {
    let folder = workspace().join("xtask/overlay");
    let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = files.map(|file| {
        let name = format!("xtask/overlay/{}", file.file_name().to_string_lossy());
        (name, fs::read_to_string(file.path()).unwrap())
    });
    files.collect()
}

#[test]
fn every_citation_of_the_overlay_can_be_looked_up() {
    let mut looked_up = 0;
    for (file, text) in overlay() {
        let (complaints, recordings) = look_up(&text);
        assert!(complaints.is_empty(), "{file}:\n{}", complaints.join("\n"));
        looked_up += recordings;
    }
    assert!(looked_up > 200, "{looked_up}");
}

#[test]
fn what_is_not_there_is_found() {
    for (evidence, said) in [
        (
            "recording 999",
            "there is no tests/fixtures/recorded/exchanges/999_*.json",
        ),
        ("recordings 058, 999", "recorded/exchanges/999_*.json"),
        (
            "recording 058 of older-1.33",
            "recorded/older-1.33/exchanges/058_*.json",
        ),
        (
            "recording 101 of older-1.20",
            "recorded/older-1.20/exchanges/101_*.json",
        ),
        (
            "webhook plan.created__hmac__9",
            "recorded/webhooks/plan.created__hmac__9.json",
        ),
        ("published since 9.0.0", "9.0 is not published here"),
        (
            "live server 1.20.0",
            "there is nothing in tests/fixtures/recorded/older-1.20/exchanges",
        ),
        ("recording 058; seen", "`seen` cites nothing"),
    ] {
        let entry = |evidence| format!("entries:\n- {{target: Plan, evidence: '{evidence}'}}\n");
        let (complaints, _) = look_up(&entry(evidence));
        assert_eq!(complaints.len(), 1, "{evidence}");
        assert!(complaints[0].contains(said), "{evidence}: {complaints:?}");
        let right = "recording 058; recording 101 of older-1.33; webhook plan.created__hmac__1; live server 1.16.0";
        assert_eq!(look_up(&entry(right)), (vec![], 3));
    }
}

#[test]
fn a_recording_that_shows_something_else_is_found() {
    let found = |entry: &str| look_up(&format!("entries:\n- {{{entry}}}\n")).0;
    for entry in [
        "target: Plan.amount_cents, change: nullable, evidence: recording 058",
        "target: [Plan.gone, Plan.amount_cents], change: note, evidence: recording 058",
        "target: Plan.gone, change: note, evidence: recording 058 (without)",
        "target: Plan.gone, change: absent, evidence: recording 058",
        "target: Plan, change: {add: {properties: {parent_id: {}}}}, evidence: webhook plan.created__hmac__1",
        "target: POST /plans request, change: required, evidence: recording 058",
    ] {
        assert_eq!(found(entry), Vec::<String>::new(), "{entry}");
    }
    for entry in [
        "target: Plan.gone, change: nullable, evidence: recording 058",
        "target: 'Plan.gone[].lost{}', change: nullable, evidence: recording 058",
        "target: Plan, change: {add: {properties: {gone: {}}}}, evidence: webhook plan.created__hmac__1",
    ] {
        assert!(found(entry)[0].contains("shows none of"), "{entry}");
    }
}

/// The texts of an entry that readers see.
fn texts(node: &Value) -> Vec<&str> {
    match node {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(map) => map.values().flat_map(texts).collect(),
        _ => vec![],
    }
}

/// Whether a text says by hand that servers of a version lack something.
fn is_written_out(text: &str) -> bool {
    let of_version = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let versions = ["ervers before ", "ervers of "]
        .iter()
        .flat_map(|words| text.split(words).skip(1));
    let mut versions = versions.filter(|rest| of_version(rest));
    versions.any(|rest| rest.contains(" do not send "))
}

#[test]
fn which_servers_lack_a_field_is_said_by_a_key() {
    assert!(is_written_out("Name. Servers before 1.22 do not send it"));
    assert!(is_written_out("Name; the servers of 2024 do not send it"));
    assert!(!is_written_out("Servers of 1.33 send it in webhooks only"));
    for (file, text) in overlay() {
        for entry in yaml::parse(&text).unwrap()["entries"].as_array().unwrap() {
            let said = [&entry["why"], &entry["change"]];
            let by_hand = said
                .into_iter()
                .flat_map(texts)
                .find(|text| is_written_out(text));
            assert_eq!(by_hand, None, "{file}: {}", entry["target"]);
        }
    }
}
