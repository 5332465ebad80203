//! One thing has one type: ids are UUIDs everywhere, and what is an enum somewhere is no text elsewhere.

use std::collections::BTreeMap;

use lago_tests::support::document::Document;
use lago_tests::support::places::{Place, places};
use serde_json::{Value, json};

/// Ids that are no UUIDs although others of their name are, and why.
const TEXT_IDS: &[(&str, &str)] = &[
    (
        "CustomerBillingConfiguration.payment_method_id",
        "the payment provider made it",
    ),
    (
        "EventObject.lago_id",
        "with the ClickHouse store it is no UUID",
    ),
];

/// Texts whose name is that of an enum elsewhere, and why.
const TEXTS: &[(&str, &str)] = &[(
    "PaymentObject.status",
    "how the payment provider calls it; Lago's own word is payment_status",
)];

/// Names that say who made an id: the caller.
const IDS_OF_CALLERS: &[&str] = &["external", "transaction"];

fn all() -> Vec<Place> {
    places(&Document::read().unwrap())
}

fn is_text(place: &Place) -> bool {
    let ty = place.schema.get("type");
    ty == Some(&json!("string")) || ty == Some(&json!(["string", "null"]))
}

fn is_uuid(place: &Place) -> bool {
    place.schema.get("format") == Some(&json!("uuid"))
}

/// Compares what was found with what was reviewed.
fn assert_reviewed(found: &[&Place], reviewed: &[(&str, &str)]) {
    let found: Vec<&str> = found.iter().map(|place| place.address.as_str()).collect();
    let mut reviewed: Vec<&str> = reviewed.iter().map(|(address, _)| *address).collect();
    reviewed.sort_by_key(|address| found.iter().position(|known| known == address));
    assert_eq!(found, reviewed);
}

#[test]
fn an_id_that_lago_makes_is_a_uuid_wherever_it_stands() {
    let all = all();
    let one = |name: &str| {
        name.strip_suffix("_ids")
            .map_or(name.to_owned(), |stem| format!("{stem}_id"))
    };
    let uuids: Vec<String> = all
        .iter()
        .filter(|place| is_uuid(place))
        .map(|place| one(&place.name))
        .collect();
    assert!(uuids.len() > 150, "{}", uuids.len());
    let texts: Vec<&Place> = all
        .iter()
        .filter(|place| is_text(place) && !is_uuid(place))
        .filter(|place| {
            let name = one(&place.name);
            let by_caller = IDS_OF_CALLERS.iter().any(|word| name.contains(word));
            name.starts_with("lago_") && name.ends_with("_id")
                || uuids.contains(&name) && !by_caller
        })
        .collect();
    assert_reviewed(&texts, TEXT_IDS);
}

#[test]
fn what_is_an_enum_somewhere_is_no_text_elsewhere() {
    let all = all();
    // A single value, or one beside null, tells variants apart.
    let listed = |place: &Place| {
        let values = place.schema.get("enum").and_then(Value::as_array);
        let values = values.into_iter().flatten();
        values.filter(|value| !value.is_null()).count() > 1
    };
    let mut enums: BTreeMap<String, usize> = BTreeMap::new();
    for place in all.iter().filter(|place| listed(place)) {
        *enums.entry(noun(&place.name)).or_default() += 1;
    }
    assert!(enums["currency"] > 20 && enums["status"] > 5, "{enums:?}");
    let texts: Vec<&Place> = all
        .iter()
        .filter(|place| is_text(place) && place.schema.get("enum").is_none())
        .filter(|place| place.schema.get("format").is_none())
        .filter(|place| enums.contains_key(&noun(&place.name)))
        .collect();
    assert_reviewed(&texts, TEXTS);
}

/// What a name is about: one of several, whatever it belongs to.
fn noun(name: &str) -> String {
    let one = match (
        name.strip_suffix("ies"),
        name.strip_suffix("uses"),
        name.strip_suffix('s'),
    ) {
        (Some(stem), ..) => format!("{stem}y"),
        (_, Some(stem), _) => format!("{stem}us"),
        (_, _, Some(stem)) if !name.ends_with("us") && !name.ends_with("ss") => stem.to_owned(),
        _ => name.to_owned(),
    };
    ["currency", "country", "timezone"]
        .into_iter()
        .find(|noun| one.ends_with(&format!("_{noun}")))
        .map_or(one.clone(), str::to_owned)
}
