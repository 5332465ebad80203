//! Whole documents: ours, and those that are published.

use super::super::{Comparison, Side, compare};
use super::facts::overlooked;
use super::side;

/// openapi.yaml of this workspace.
pub(super) fn own() -> Side {
    let path = crate::workspace().unwrap().join("openapi.yaml");
    side(&std::fs::read_to_string(path).unwrap())
}

#[test]
fn a_document_is_like_itself() {
    let own = own();
    let comparison = compare(&own, &own);
    assert!(comparison.findings.is_empty() && comparison.renames.is_empty());
    assert_eq!(overlooked(&own, &own, &comparison), (0, vec![]));
}

#[test]
fn what_has_no_finding_is_missed() {
    let mut new = own();
    new.root["components"]["schemas"]["PlanObject"]["properties"]["code"]["type"] =
        "integer".into();
    let old = own();
    let comparison = compare(&old, &new);
    assert_eq!(overlooked(&old, &new, &comparison), (1, vec![]));
    let silent = Comparison {
        findings: Vec::new(),
        ..comparison
    };
    let place = "components/schemas/PlanObject/properties/code/type";
    assert_eq!(
        overlooked(&old, &new, &silent),
        (1, vec![format!("new {place}")])
    );
}

/// Compares documents of a folder, each with the next version, and says how much there is.
#[test]
#[ignore = "needs documents that are not ours to keep: LAGO_DOCUMENTS=DIR"]
fn no_fact_of_published_documents_is_overlooked() {
    let folder = std::env::var("LAGO_DOCUMENTS").unwrap();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let version = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        name.split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .map(number)
            .collect::<Vec<_>>()
    };
    files.sort_by_key(version);
    assert!(files.len() > 1);
    let mut failed = Vec::new();
    for pair in files.windows(2) {
        let [old, new] =
            [&pair[0], &pair[1]].map(|path| side(&std::fs::read_to_string(path).unwrap()));
        let start = std::time::Instant::now();
        let comparison = compare(&old, &new);
        let time = start.elapsed().as_millis();
        let (differing, missed) = overlooked(&old, &new, &comparison);
        println!(
            "{} → {}: {differing} facts differ, {} findings in {time} ms, {} overlooked",
            comparison.versions.0,
            comparison.versions.1,
            comparison.findings.len(),
            missed.len(),
        );
        failed.extend(
            missed
                .into_iter()
                .map(|fact| format!("{} {fact}", comparison.versions.1)),
        );
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
