//! What people and programs read.

use super::super::{Built, Names, Report, Rust, Side, compare, rust};
use super::published::own;
use super::side;
use crate::regen::{Inputs, Source, regen};
use crate::yaml::read::Document;

const OLD: &str = include_str!("page-old.yaml");
const NEW: &str = include_str!("page-new.yaml");

const NAMES: &str = "enums:\n  PlanInterval: [PlanObject.interval]\n";

fn built(text: &str) -> Built {
    let source = |name: &str, text: &str| Source {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let inputs = Inputs {
        spec: source("api.yaml", text),
        overlay: vec![source(
            "overlay.yaml",
            "server: lago-api 0123abc\nentries: []\n",
        )],
        words: Vec::new(),
        names: source("names.yaml", NAMES),
        operations: source("operations.yaml", "{}\n"),
        strict: false,
    };
    let generated = regen(&inputs).unwrap_or_else(|problems| panic!("{problems}"));
    Built::of(generated).unwrap()
}

fn report() -> Report {
    let mut comparison = compare(&side(OLD), &side(NEW));
    let (old, new) = (built(OLD), built(NEW));
    let changes = rust(&mut comparison, &old, &new);
    let names = Document::parse("xtask/names.yaml", NAMES).unwrap();
    let known = Names {
        document: &names,
        apis: Some((&old.api, &new.api)),
    };
    let rust = Rust::Compared {
        changes,
        version: "0.1.0".to_owned(),
    };
    Report::new(
        ("openapi.yaml".to_owned(), "next.yaml".to_owned()),
        comparison,
        rust,
        known,
    )
}

#[test]
fn a_report_in_every_format() {
    let report = report();
    insta::assert_snapshot!("text", report.text());
    insta::assert_snapshot!("markdown", report.markdown());
    insta::assert_snapshot!("json", report.json());
}

/// Our own document, as an update might change it.
#[test]
fn the_first_page_of_an_update() {
    let (old, mut new) = (own(), own());
    let schemas = &mut new.root["components"]["schemas"];
    schemas["PlanObject"]["properties"]["code"]["maxLength"] = 255.into();
    schemas["InvoiceBaseObject"]["properties"]["number"]["type"] =
        serde_json::json!(["string", "null"]);
    schemas["Currency"]["enum"]
        .as_array_mut()
        .unwrap()
        .push("XTS".into());
    if let Some(paths) = new.root["paths"].as_object_mut() {
        paths.shift_remove("/taxes/{code}");
    }
    let comparison = compare(&old, &new);
    let names = Document::parse("xtask/names.yaml", "{}").unwrap();
    let known = Names {
        document: &names,
        apis: None,
    };
    let rust = Rust::Compared {
        changes: Vec::new(),
        version: "0.1.0".to_owned(),
    };
    let report = Report::new(
        ("HEAD".to_owned(), "next.yaml".to_owned()),
        comparison,
        rust,
        known,
    );
    let text = report.text();
    let page: Vec<&str> = text.lines().take(50).collect();
    insta::assert_snapshot!(page.join("\n"));
}

#[test]
fn a_document_that_cannot_be_generated_from_is_still_compared() {
    let same = |text: &str| -> Side { side(text) };
    let comparison = compare(&same(OLD), &same(NEW));
    let problem =
        Document::parse("next.yaml", NEW)
            .unwrap()
            .diagnostic("/paths", "it is wrong", "mend it");
    let names = Document::parse("xtask/names.yaml", "{}").unwrap();
    let known = Names {
        document: &names,
        apis: None,
    };
    let report = Report::new(
        ("a".to_owned(), "b".to_owned()),
        comparison,
        Rust::Unknown(problem.into()),
        known,
    );
    for said in [report.text(), report.markdown(), report.json()] {
        assert!(said.contains("next.yaml:3: it is wrong"), "{said}");
    }
}
