//! The table of operations, against the document and as a reviewer reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use lago_client::{Effect, Idempotency, OPERATIONS, RequestBody};
use lago_tests::generated::calls::CALLS;
use lago_tests::support::document::Document;
use lago_tests::support::yaml;
use serde_json::json;

#[test]
fn the_table_is_the_document() {
    let document = Document::read().unwrap();
    let body = |operation: &lago_tests::support::document::Operation| match (
        &operation.body,
        operation.body_required,
    ) {
        (None, _) => RequestBody::Absent,
        (_, true) => RequestBody::Required,
        (_, false) => RequestBody::Optional,
    };
    let published: BTreeMap<String, _> = document
        .operations()
        .into_iter()
        .map(|operation| {
            let body = body(&operation);
            let path = operation.base_path + &operation.path;
            (operation.id, (operation.method, path, body))
        })
        .collect();
    let table: BTreeMap<String, _> = OPERATIONS
        .iter()
        .map(|row| {
            (
                row.id.to_owned(),
                (
                    row.method.to_string(),
                    row.base_path.to_owned() + row.path,
                    row.body,
                ),
            )
        })
        .collect();
    assert_eq!(table, published);
}

#[test]
fn what_is_known_of_each_is_what_people_reviewed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/operations.yaml");
    let reviewed_rows = yaml::parse(&fs::read_to_string(file).unwrap()).unwrap();
    for row in OPERATIONS {
        let review = &reviewed_rows[row.id]["repeatable"];
        let reviewed = match row.idempotency {
            Idempotency::Idempotent => json!(true),
            Idempotency::NotIdempotent => json!(false),
            Idempotency::WithKey(key) => {
                let (content, lookup) = (key.content, &review["lookup"]);
                json!({ "key": key.name, "time": key.time, "content": content, "lookup": lookup })
            }
        };
        assert_eq!(*review, reviewed, "{}", row.id);
        assert_eq!(
            row.grants,
            reviewed_rows[row.id]["grants"] == true,
            "{}",
            row.id
        );
    }
}

#[test]
fn every_row_has_a_call() {
    assert_eq!(CALLS.len(), OPERATIONS.len());
    for (call, row) in CALLS.iter().zip(OPERATIONS) {
        assert_eq!(call.id, row.id);
    }
}

#[test]
fn operations() {
    let (mut published, mut unpublished) = (String::new(), String::new());
    for row in OPERATIONS {
        let repeatable = match row.idempotency {
            Idempotency::Idempotent => "repeatable",
            Idempotency::WithKey(_) => "by key",
            Idempotency::NotIdempotent => "once",
        };
        let effect = match row.effect {
            Effect::Reads => "reads",
            Effect::Adds => "adds",
            Effect::Changes => "changes",
            Effect::Removes => "removes",
            Effect::Acts => "acts",
        };
        let outside = if row.outside { "*" } else { "" };
        let grants = if row.grants { ", grants" } else { "" };
        let body = match row.body {
            RequestBody::Absent => "",
            RequestBody::Optional => " (body?)",
            RequestBody::Required => " (body)",
        };
        let response = match row.roots {
            [] => String::new(),
            roots => format!(" -> {}", roots.join(" | ")),
        };
        let identity: Vec<String> = row
            .identity
            .iter()
            .map(|(parameter, property)| match parameter == property {
                true => (*property).to_owned(),
                false => format!("{parameter} as {property}"),
            })
            .collect();
        let identity = match identity.as_slice() {
            [] => String::new(),
            some => format!("; states {}", some.join(" and ")),
        };
        let lines = match row.since {
            Some(_) => &mut published,
            None => &mut unpublished,
        };
        let since = row.since.map(|since| format!(", since {since}"));
        let since = since.unwrap_or_default();
        // The first version stands without its name.
        let base_path = row.base_path.trim_start_matches("/api/v1");
        let _ = writeln!(
            lines,
            "{:<48} {:<10} {:<8} {} {base_path}{}{body}{response}{identity}; {}{grants}{since}",
            row.resource,
            repeatable,
            format!("{effect}{outside}"),
            row.method,
            row.path,
            row.id
        );
    }
    insta::assert_snapshot!(published);
    insta::assert_snapshot!("unpublished_operations", unpublished);
}
