//! The guides are all found, lead to one another, and name calls that there are.

mod code;
mod commands;
mod links;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lago_client::OPERATIONS;
use lago_tests::support::document::Document;
use lago_tests::support::places::places;

fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(workspace(path)).unwrap()
}

/// Names and texts of the guides.
fn guides() -> Vec<(String, String)> {
    let files = fs::read_dir(workspace("lago-client/src/guide")).unwrap();
    let guides = files.map(|file| {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    let guides: Vec<_> = guides.collect();
    assert!(guides.len() > 10, "{}", guides.len());
    guides
}

/// The names that follow a mark in a text, as far as they are letters, digits and underscores.
fn names_after<'t>(text: &'t str, mark: &str) -> BTreeSet<&'t str> {
    let rests = text.split(mark).skip(1);
    let names = rests.map(|rest| {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let end = rest.find(|letter| !is_part(letter));
        &rest[..end.unwrap_or(rest.len())]
    });
    names.collect()
}

#[test]
fn every_guide_is_published_listed_and_run() {
    let guides = guides();
    let all: BTreeSet<&str> = guides.iter().map(|(name, _)| name.as_str()).collect();
    for (page, mark) in [
        ("lago-client/src/guide.rs", "\"guide/"),
        ("lago-client/src/lib.rs", "(guide::"),
        ("tests/src/lib.rs", "lago-client/src/guide/"),
        ("README.md", "lago-client/src/guide/"),
    ] {
        assert_eq!(names_after(&text(page), mark), all, "{page}");
    }
}

#[test]
fn every_noun_leads_to_guides_that_there_are() {
    let guides = guides();
    let all: BTreeSet<&str> = guides.iter().map(|(name, _)| name.as_str()).collect();
    let nouns = OPERATIONS.iter().filter(|row| row.since.is_some());
    let nouns: BTreeSet<&str> = nouns
        .filter_map(|row| row.resource.split('.').next())
        .collect();
    for noun in &nouns {
        let page = text(&format!("lago-client/src/generated/resources/{noun}.rs"));
        let named = names_after(&page, "(crate::guide::");
        assert!(
            !named.is_empty(),
            "{noun} leads to no guide: names.yaml has a list"
        );
        assert!(named.is_subset(&all), "{noun} leads to one of {named:?}");
    }
    assert!(nouns.len() > 20, "{nouns:?}");
}

/// The second cells of a table whose first ones are code.
fn calls(guide: &str) -> Vec<String> {
    let rows = guide.lines().filter_map(|line| {
        let (_, call) = line.strip_prefix("| `")?.split_once("` | [`")?;
        let (call, _) = call.split_once("`][")?;
        call.contains("().").then(|| call.to_owned())
    });
    rows.collect()
}

/// `plans().charges().get(code, charge)` as `OPERATIONS` has it: `plans.charges.get`.
fn resource(call: &str) -> String {
    let (path, _) = call.rsplit_once('(').unwrap();
    path.replace("()", "")
}

#[test]
fn the_calls_beside_those_of_the_official_client_exist() {
    let guide = text("lago-client/src/guide/from_the_official_client.md");
    let (_, table) = guide.split_once("## The calls").unwrap();
    let calls: Vec<String> = calls(table).iter().map(|call| resource(call)).collect();
    for call in &calls {
        let is_there = OPERATIONS.iter().any(|row| row.resource == call);
        assert!(is_there, "there is no {call}");
    }
    let different: BTreeSet<_> = calls.iter().collect();
    assert_eq!((calls.len(), different.len()), (81, 81));
    let published = OPERATIONS.iter().filter(|row| row.since.is_some()).count();
    let rest = format!("{} published calls", published - calls.len());
    assert!(table.contains(&rest), "it does not say {rest}");
}

#[test]
fn every_field_that_an_update_forgets_is_in_the_guide() {
    let guide = text("lago-client/src/guide/create_or_update.md");
    let (_, table) = guide.split_once("## What an update forgets").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let document = Document::read().unwrap();
    let mut forgotten = 0;
    for place in places(&document) {
        if place.schema.get("x-left-out").is_none() {
            continue;
        }
        let is_named = table.contains(&format!("`{}`", place.name));
        assert!(
            is_named,
            "{} is forgotten, and not in the guide",
            place.address
        );
        forgotten += 1;
    }
    assert!(forgotten > 30, "{forgotten}");
}
