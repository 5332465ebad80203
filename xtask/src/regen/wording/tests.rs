use serde_json::json;

use super::gaps::{fillers, gaps, only_repeats};
use super::*;
use crate::regen::corrections::Corrections;

const SERVER: &str = "server: lago-api 0123abc\n";

fn source(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

/// A document with words, after the overlay, and what was found about them.
fn worded(mut document: Value, overlay: &str, words: &str) -> (Value, Vec<String>) {
    let entries = match overlay {
        "" => " []",
        entries => &format!("\n{entries}"),
    };
    let overlay = [source("o.yaml", &format!("{SERVER}entries:{entries}\n"))];
    let corrections = Corrections::parse(&overlay, &[source("w.yaml", words)]).unwrap();
    let (_, findings) = corrections.apply(&mut document);
    let findings = findings.into_iter().map(|finding| finding.message);
    (document, findings.collect())
}

fn schemas(schemas: Value) -> Value {
    json!({"components": {"schemas": schemas}})
}

/// What is said of a place.
fn said<'v>(document: &'v Value, place: &str) -> Option<&'v str> {
    document
        .pointer(&format!("/components/schemas{place}/description"))?
        .as_str()
}

#[test]
fn a_property_gets_the_words_of_its_name_unless_it_has_its_own() {
    let plan = json!({"description": "A plan.", "properties": {
        "code": {"type": "string"},
        "name": {"type": "string", "description": "What it is called."},
        "price": {"type": "integer"},
        "fee": {"$ref": "#/components/schemas/Fee"},
        "fees": {"type": "array", "items": {"$ref": "#/components/schemas/Fee"}},
    }});
    let fee = json!({"description": "A fee.", "properties": {"code": {"type": "string"}, "units": {"type": "string"}}});
    let page = json!({"properties": {
        "fees": {"type": "array", "items": {"$ref": "#/components/schemas/Fee"}}, "meta": {"type": "object"},
    }});
    let document = schemas(json!({"Plan": plan, "Fee": fee, "Page": page}));
    let words = "
properties: {code: By which it is known., price: In cents., fee: One., fees: What is billed., name: Never used.}
places:
- at: [Plan.price, Fee.units]
  say: Per month.
";
    let (document, findings) = worded(document, "", words);
    assert_eq!(
        said(&document, "/Plan/properties/code"),
        Some("By which it is known.")
    );
    assert_eq!(
        said(&document, "/Fee/properties/code"),
        Some("By which it is known.")
    );
    assert_eq!(
        said(&document, "/Plan/properties/name"),
        Some("What it is called.")
    );
    assert_eq!(
        said(&document, "/Plan/properties/price"),
        Some("Per month.")
    );
    assert_eq!(said(&document, "/Fee/properties/units"), Some("Per month."));
    assert_eq!(
        said(&document, "/Plan/properties/fees"),
        Some("What is billed.")
    );
    // The fee says what it is, and so does the page.
    assert_eq!(said(&document, "/Plan/properties/fee"), None);
    assert_eq!(said(&document, "/Page/properties/fees"), None);
    assert_eq!(
        findings,
        ["price", "fee", "name"].map(|name| format!("`{name}` in `properties` reaches nothing"))
    );
}

#[test]
fn what_the_overlay_says_of_a_place_follows_the_words() {
    let document = || {
        schemas(
            json!({"Fee": {"properties": {"units": {"type": "string"}, "code": {"type": "string"}}}}),
        )
    };
    let entry = "- {target: [Fee.units, Fee.code], change: note, absent_in: [1.16.0], evidence: inferred from nothing}\n";
    let overlay = format!(
        "{entry}- {{target: Fee.units, change: nullable, why: Null in drafts, evidence: inferred from nothing}}\n"
    );
    let words = "properties: {code: By which it is known., units: Never used.}\nplaces:\n- {at: Fee.units, say: How many.}\n";
    let (document, findings) = worded(document(), &overlay, words);
    assert_eq!(
        said(&document, "/Fee/properties/units"),
        Some("How many.\n\nNot sent by Lago 1.16.\n\nNull in drafts.")
    );
    // Who lacks it is not what it means.
    assert_eq!(
        said(&document, "/Fee/properties/code"),
        Some("By which it is known.\n\nNot sent by Lago 1.16.")
    );
    assert_eq!(findings, ["`units` in `properties` reaches nothing"]);
}

#[test]
fn words_reach_what_the_overlay_adds() {
    let document = schemas(json!({"Fee": {"properties": {"code": {"type": "string"}}}}));
    let overlay = "- {target: Fee, change: {add: {properties: {units: {type: string}}}}, why: Sent, evidence: inferred from nothing}\n";
    let words = "places:\n- {at: Fee.units, say: How many.}\n";
    let (document, findings) = worded(document, overlay, words);
    assert!(
        said(&document, "/Fee/properties/units")
            .unwrap()
            .starts_with("How many.")
    );
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn values_have_words_by_place_by_property_and_from_webhooks() {
    let body = json!({"properties": {"webhook_type": {"type": "string", "enum": ["fee.made"]}}});
    let delivery = json!({"post": {
        "summary": "Sent when a fee is made.",
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"200": {"description": "OK"}},
    }});
    let status = |values: Value| json!({"type": "string", "enum": values});
    let document = json!({
        "components": {"schemas": {
            "Fee": {"properties": {"status": status(json!(["paid", "due"])), "kind": status(json!(["only"]))}},
            "Plan": {"properties": {"status": status(json!(["due", null]))}, "x": 1},
            "Invoice": {"properties": {"states": {"type": "array", "items": status(json!(["due", "void"]))}}},
            "Type": status(json!(["fee.made", "fee.gone"])),
        }},
        "webhooks": {"fee_made": delivery},
    });
    let words = "
values:
- {of: [status, states], mean: {due: Nobody has paid., void: It was called off., paid: Somebody has paid.}}
- {of: 'Invoice.states[]', mean: {due: It waits.}}
responses:
- {of: webhooks 200, say: The delivery was taken.}
";
    let (document, findings) = worded(document, "", words);
    let words =
        |place: &str| document.pointer(&format!("/components/schemas/{place}/{VALUE_WORDS}"));
    assert_eq!(
        words("Fee/properties/status"),
        Some(&json!({"paid": "Somebody has paid.", "due": "Nobody has paid."}))
    );
    assert_eq!(
        words("Invoice/properties/states/items"),
        Some(&json!({"due": "It waits.", "void": "It was called off."}))
    );
    assert_eq!(words("Fee/properties/kind"), None);
    assert_eq!(
        words("Type"),
        Some(&json!({"fee.made": "Sent when a fee is made."}))
    );
    assert_eq!(
        document["webhooks"]["fee_made"]["post"]["responses"]["200"]["description"],
        "The delivery was taken."
    );
    assert!(findings.is_empty(), "{findings:?}");
    let gaps: Vec<String> = gaps(&document).iter().map(ToString::to_string).collect();
    assert!(
        gaps.contains(&"`Type = fee.gone`: no words for the value".to_owned()),
        "{gaps:?}"
    );
}

#[test]
fn what_outlived_its_place_or_is_said_already_is_found() {
    let fee = json!({"properties": {"code": {"type": "string", "description": "The key."}, "state": {"type": "string", "enum": ["a", "b"]}}});
    let mut document = schemas(json!({"Fee": fee}));
    document["paths"] = json!({"/fees": {"get": {"operationId": "findFees", "description": "All.", "responses": {}}}});
    let words = "
places:
- {at: [Fee.code, Fee.gone], say: Its key.}
values:
- {of: [state, elsewhere], mean: {a: One., c: None.}}
operations:
- {of: [findFees, findNothing], say: Finds.}
";
    let (_, findings) = worded(document, "", words);
    assert_eq!(
        findings,
        [
            "openapi.yaml describes `Fee.code` itself",
            "the document describes `findFees` itself",
            "`Fee.gone` in `places` reaches nothing",
            "`elsewhere` in `values` reaches nothing",
            "`=c` in `values` reaches nothing",
            "`findNothing` in `operations` reaches nothing",
        ]
    );
}

#[test]
fn two_wordings_of_one_thing_and_what_is_no_entry_are_refused() {
    let refused = |words: &str| {
        let problems = Wording::parse(&[source("w.yaml", words)]).unwrap_err();
        let messages = problems.0.into_iter().map(|problem| problem.message);
        messages.collect::<Vec<_>>()
    };
    assert_eq!(
        refused("places:\n- {at: A.b, say: One.}\n- {at: [A.b], say: Two.}\n"),
        ["places `A.b` has words at w.yaml/places/0 already"]
    );
    assert_eq!(
        refused("values:\n- {of: a, mean: {x: One.}}\n- {of: a, mean: {x: Two., y: Three.}}\n"),
        ["values `a` = `x` has words at w.yaml/values/0 already"]
    );
    assert_eq!(refused("parts: {}\n"), ["`parts` is no section"]);
    for wrong in [
        "places:\n- {at: A.b}\n",
        "properties: {a: ''}\n",
        "values:\n- {of: a, mean: text}\n",
    ] {
        assert_eq!(
            refused(wrong),
            ["this is no entry of this section"],
            "{wrong}"
        );
    }
}

#[test]
fn words_that_only_repeat_the_name_are_told_from_those_that_say_something() {
    for (name, said) in [
        ("Fee.lago_id", "The lago id of the fee."),
        ("FeeObject.createdAt", "When it was created at."),
    ] {
        assert!(only_repeats(name, said), "{said}");
    }
    for said in ["The id of the fee in Lago, a UUID.", "In cents.", ""] {
        assert!(!only_repeats("Fee.id", said), "{said}");
    }
}

/// The document of this workspace as other tools read it.
fn whole() -> Value {
    let root = crate::workspace::workspace().unwrap();
    let data = crate::sources::data(&root).unwrap_or_else(|problems| panic!("{problems}"));
    let spec = crate::sources::own(&root, crate::sources::DOCUMENT).unwrap();
    let document = crate::yaml::read::Document::parse(&spec.name, &spec.text).unwrap();
    let mut document = document.root().clone();
    let corrections = Corrections::parse(&data.overlay, &data.words).unwrap();
    corrections.apply(&mut document);
    document
}

#[test]
fn everything_in_the_document_has_words_that_say_something() {
    let document = whole();
    let gaps: Vec<String> = gaps(&document).iter().map(ToString::to_string).collect();
    assert!(
        gaps.is_empty(),
        "write words in xtask/words/:\n{}",
        gaps.join("\n")
    );
    let fillers = fillers(&document);
    assert!(
        fillers.is_empty(),
        "these only repeat the name: {fillers:#?}"
    );
}
