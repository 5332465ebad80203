use std::collections::BTreeSet;

use super::*;
use crate::regen::moves::Moves;
use crate::regen::overlay::review::Outcome;
use crate::yaml::edit::Edit;

const FEE: &str = "#/components/schemas/Fee";

/// The next version of the document: what it says of fees has been corrected, and one schema has another name.
fn next() -> Value {
    let mut now = api();
    let schemas = now["components"]["schemas"].as_object_mut().unwrap();
    let envelope = schemas.shift_remove("Envelope").unwrap();
    schemas.insert("FeeEnvelope".into(), envelope);
    schemas["Invoice"]["properties"]["fees"]["items"]["$ref"] =
        json!("#/components/schemas/FeeEnvelope");
    schemas["Fee"] = json!({"type": "object", "required": ["units", "code"], "properties": {
        "units": {"type": ["string", "null"], "format": "decimal"},
        "kind": {"type": "string", "enum": ["charge", "product"]},
        "code": {"type": "string", "description": "upstream's"},
    }});
    schemas.insert(
        "Kinds".into(),
        json!({"type": "string", "enum": ["charge", "product"]}),
    );
    schemas.insert(
        "List".into(),
        json!({"type": "object", "properties": {"kinds": {"$ref": "#/components/schemas/Kinds"}}}),
    );
    schemas.insert("Input".into(), json!({"type": "object", "properties": {"input": {"type": "object", "properties": {"a": {"type": "string"}}}}}));
    now["paths"]["/fees"]["get"]["operationId"] = json!("findFees");
    now["paths"]["/fees"]["get"]["parameters"] =
        json!([{"name": "page", "in": "query", "required": true, "schema": {"type": "integer"}}]);
    now
}

/// What becomes of entries, and the edits of their file.
fn reviewed(entries: &str) -> (Vec<(String, Outcome)>, BTreeSet<Edit>) {
    let mut before = api();
    before["components"]["schemas"]["Input"] =
        json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let now = next();
    let mut root = now.clone();
    let mut moves = Moves::between(&before, &now);
    let overlay = Overlay::parse(&source(entries)).unwrap();
    let mut reviews = overlay.review(&mut root, &mut moves);
    let review = reviews.remove(0);
    let outcomes = review.outcomes.into_iter();
    let outcomes = outcomes
        .map(|(_, target, outcome)| (target, outcome))
        .collect();
    (outcomes, review.edits)
}

fn one(target: &str, change: &str) -> (Vec<(String, Outcome)>, BTreeSet<Edit>) {
    reviewed(&format!(
        "- {{target: {target}, change: {change}, why: w, evidence: live server}}\n"
    ))
}

fn remove(places: &[&str]) -> BTreeSet<Edit> {
    places
        .iter()
        .map(|at| Edit::Remove((*at).to_owned()))
        .collect()
}

#[test]
fn what_the_document_says_now_goes() {
    for (target, change) in [
        ("Fee.units", "nullable"),
        ("Fee.kind", "optional"),
        ("Fee.units", "required"),
        ("Fee.gone", "absent"),
        ("GET /fees?gone", "absent"),
        ("Fee.kind", "{values: [product]}"),
        ("List.kinds", "{values: [product]}"),
        (
            "Fee",
            "{add: {required: [code], properties: {code: {type: string, example: x}}}}",
        ),
        ("Fee.units", "{merge: {format: decimal}}"),
        (
            "GET /fees",
            "{parameter: {name: page, in: query, required: true, schema: {type: integer}}}",
        ),
        ("Kinds", "{schema: {type: string, enum: [product]}}"),
        ("Input", "{wrap: input}"),
    ] {
        let (outcomes, edits) = one(target, change);
        assert_eq!(
            outcomes,
            [(target.to_owned(), Outcome::Corrected(None))],
            "{change}"
        );
        assert_eq!(edits, remove(&["/entries/0"]), "{change}");
    }
}

/// Nobody is to miss that a call leaves its feature.
#[test]
fn an_operation_that_the_document_has_now_is_named_as_published() {
    let (outcomes, edits) = one("GET /fees", "{operation: {operationId: findFees}}");
    assert_eq!(
        outcomes,
        [("GET /fees".to_owned(), Outcome::Published)],
        "{edits:?}"
    );
    assert_eq!(edits, remove(&["/entries/0"]));
    // Another one, or elsewhere: people look first.
    for (entry, said) in [
        ("operationId: other", "its operationId is"),
        (
            "operationId: findFees, servers: [{url: 'https://x.example.com/api/v2'}]",
            "it is where the other operations are",
        ),
    ] {
        let (outcomes, edits) = one("GET /fees", &format!("{{operation: {{{entry}}}}}"));
        let Outcome::Open { reason, .. } = &outcomes[0].1 else {
            panic!("{outcomes:?}");
        };
        assert!(reason.starts_with("it is published now"), "{reason}");
        assert!(reason.contains(said), "{reason}");
        assert!(edits.is_empty(), "{edits:?}");
    }
}

#[test]
fn what_it_does_not_say_stays() {
    for (target, change) in [
        ("Fee.kind", "nullable"),
        ("Fee.kind", "required"),
        ("Fee.kind", "{values: [other]}"),
        ("Fee", "{add: {properties: {more: {type: string}}}}"),
        ("Fee.kind", "note"),
    ] {
        assert_eq!(
            one(target, change),
            (Vec::new(), BTreeSet::new()),
            "{change}"
        );
    }
}

#[test]
fn of_a_list_goes_what_is_said() {
    let part = |words: &str| Outcome::Corrected(Some(words.to_owned()));
    let (outcomes, edits) = one("Fee.kind", "{values: [product, other]}");
    assert_eq!(outcomes[0].1, part("`product`"));
    assert_eq!(edits, remove(&["/entries/0/change/values/0"]));
    let add =
        "{add: {required: [code, more], properties: {code: {type: string}, more: {type: string}}}}";
    let (outcomes, edits) = one("Fee", add);
    assert_eq!(outcomes[0].1, part("`code`"));
    let places = [
        "/entries/0/change/add/properties/code",
        "/entries/0/change/add/required/0",
    ];
    assert_eq!(edits, remove(&places));
    let (outcomes, edits) = one("[Fee.kind, Fee.units]", "nullable");
    assert_eq!(
        outcomes,
        [("Fee.units".to_owned(), Outcome::Corrected(None))]
    );
    assert_eq!(edits, remove(&["/entries/0/target/1"]));
    // One target has the value, the other does not: people split the entry.
    let (outcomes, edits) = one("[Fee.kind, Wide.kind]", "{values: [product, other]}");
    assert!(
        matches!(&outcomes[1].1, Outcome::Open { reason, .. } if reason.contains("not in this document"))
    );
    assert!(edits.is_empty(), "{edits:?}");
}

#[test]
fn what_has_moved_is_followed_with_its_references() {
    let write = |at: &str, new: &str| Edit::Write(at.to_owned(), new.to_owned());
    let (outcomes, edits) = one("Envelope.fee", "nullable");
    assert_eq!(outcomes[0].1, Outcome::Moved("FeeEnvelope.fee".to_owned()));
    assert_eq!(
        edits,
        [write("/entries/0/target", "FeeEnvelope.fee")].into()
    );
    let change = "{add: {properties: {other: {$ref: '#/components/schemas/Envelope'}}}}";
    let (outcomes, edits) = one("Invoice", change);
    assert_eq!(outcomes, []);
    let place = "/entries/0/change/add/properties/other/$ref";
    assert_eq!(
        edits,
        [write(place, "#/components/schemas/FeeEnvelope")].into()
    );
    // The entry stands before the one that wraps.
    let (outcomes, edits) = reviewed(
        "- {target: Input, change: {add: {properties: {b: {type: string}}}}, why: w, evidence: live server}
- {target: [Fee.kind, Input.a], change: nullable, why: w, evidence: live server}
- {target: Input, change: {wrap: input}, why: w, evidence: live server}\n",
    );
    let outcomes: Vec<&Outcome> = outcomes.iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(
        outcomes,
        [
            &Outcome::Moved("Input.input".to_owned()),
            &Outcome::Moved("Input.input.a".to_owned()),
            &Outcome::Corrected(None),
        ]
    );
    let expected = [
        Edit::Remove("/entries/2".to_owned()),
        write("/entries/0/target", "Input.input"),
        write("/entries/1/target/1", "Input.input.a"),
    ];
    assert_eq!(edits, expected.into());
}

#[test]
fn what_is_said_otherwise_is_for_people_with_the_entry_to_paste() {
    let open = |target: &str, change: &str| match one(target, change) {
        (outcomes, edits) if edits.is_empty() => match outcomes.into_iter().next() {
            Some((_, Outcome::Open { reason, instead })) => (reason, instead),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let (reason, instead) = open(
        "Fee",
        "{add: {properties: {code: {type: [string, 'null']}}}}",
    );
    assert_eq!(
        reason,
        "the document says otherwise: Fee.code: it is required; Fee.code: it is never null"
    );
    assert_eq!(
        instead,
        "- target: Fee.code\n  change: optional\n  why: w\n  evidence: live server\n\
         - target: Fee.code\n  change: nullable\n  why: w\n  evidence: live server\n"
    );
    let (reason, _) = open("Fee.lost", "nullable");
    assert!(reason.contains("not in this document"), "{reason}");
    let (reason, _) = open(
        "Fee",
        &format!("{{schema: {{properties: {{a: {{$ref: '{FEE}'}}}}}}}}"),
    );
    assert!(reason.contains("it has no property `a`"), "{reason}");
}
