//! What the overlay rests on is there for everybody to look at.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use lago_tests::yaml;
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

/// The names of the recordings in a folder.
fn names(folder: &str) -> BTreeSet<String> {
    let files = fs::read_dir(workspace().join(folder)).into_iter().flatten();
    let names = files.flatten().map(|file| file.file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    names
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect()
}

/// Where a recording should be, if it is not there.
fn missing(set: Option<&str>, recording: &Recording) -> Option<String> {
    let folder = folder(set);
    let (is_there, place) = match recording {
        Recording::Exchange(number) => {
            let folder = format!("{folder}/exchanges");
            let number_of = |name: &String| name.split('_').next()?.parse().ok();
            let numbers: BTreeSet<u32> = names(&folder).iter().filter_map(number_of).collect();
            (
                numbers.contains(number),
                format!("{folder}/{number:03}_*.json"),
            )
        }
        Recording::Delivery(name) => {
            let folder = format!("{folder}/webhooks");
            (
                names(&folder).contains(name),
                format!("{folder}/{name}.json"),
            )
        }
    };
    (!is_there).then(|| format!("there is no {place}"))
}

/// The version of openapi.yaml.
static PUBLISHED: LazyLock<Version> = LazyLock::new(|| {
    let text = fs::read_to_string(workspace().join("openapi.yaml")).unwrap();
    let document = yaml::parse(&text).unwrap();
    Version::read(document["info"]["version"].as_str().unwrap()).unwrap()
});

/// What is wrong with a citation.
fn complaint(citation: &Citation) -> Option<String> {
    match citation {
        Citation::Recorded(Recorded { set, which }) => {
            let mut missing = which.iter().map(|one| missing(set.as_deref(), one));
            missing.find_map(|missing| missing)
        }
        Citation::Published(Some(since)) if *since > *PUBLISHED => {
            Some(format!("{since} is not published here"))
        }
        // Who tried a server of that version recorded some of it.
        Citation::Live(Some(version)) => {
            let folder = folder(Some(&version.set())) + "/exchanges";
            names(&folder)
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
                citations.iter().filter_map(complaint).collect()
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
