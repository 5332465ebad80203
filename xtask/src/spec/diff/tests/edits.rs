//! Any edit of a document has a finding, and the way back has the opposite one.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::Comparison;
use super::super::rules::Effect;
use super::facts::overlooked;
use super::{of, side};

const SMALL: &str = include_str!("small.yaml");

/// A change of one node.
#[derive(Clone, Debug)]
enum Edit {
    Replace(Value),
    Remove,
    Rename(String),
}

fn edit() -> impl Strategy<Value = Edit> {
    let values = vec![
        json!("string"),
        json!("integer"),
        json!("object"),
        json!("other"),
        json!(1),
        json!(7),
        json!(true),
        json!(false),
        json!([]),
        json!(["code"]),
        json!({}),
        json!({"type": "string"}),
        json!({"type": ["integer", "null"]}),
        json!({"$ref": "#/components/schemas/Tax"}),
        json!({"oneOf": [{"$ref": "#/components/schemas/Tax"}, {"type": "null"}]}),
        json!({"allOf": [{"$ref": "#/components/schemas/Tax"}, {"properties": {"b": {}}}]}),
    ];
    let names = [
        "code",
        "renamed",
        "Renamed",
        "201",
        "404",
        "enum",
        "default",
        "maxLength",
        "x-note",
    ];
    prop_oneof![
        3 => proptest::sample::select(values).prop_map(Edit::Replace),
        2 => Just(Edit::Remove),
        1 => proptest::sample::select(names.to_vec()).prop_map(|name| Edit::Rename(name.to_owned())),
    ]
}

fn pointers(node: &Value, place: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match node {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, item)| (at.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let place = crate::pointer::join(place, &key);
        found.push(place.clone());
        pointers(child, &place, found);
    }
}

/// Whether a node is a schema.
fn is_schema(place: &str) -> bool {
    let mut segments = crate::pointer::parse(place);
    let last = segments.pop().unwrap_or_default();
    let holder = segments.pop().unwrap_or_default();
    matches!(
        holder.as_str(),
        "properties" | "schemas" | "oneOf" | "anyOf" | "allOf"
    ) || matches!(last.as_str(), "schema" | "items" | "additionalProperties")
        && holder != "properties"
}

/// Whether the keys of a node are names that anybody may choose.
fn has_names(place: &str) -> bool {
    let last = crate::pointer::parse(place).pop().unwrap_or_default();
    matches!(
        last.as_str(),
        "properties" | "schemas" | "responses" | "headers" | "webhooks" | "content"
    )
}

/// The document with a change; as it was when that would leave no document.
fn edited(document: &Value, at: &prop::sample::Index, edit: &Edit) -> Value {
    let mut root = document.clone();
    let mut places = Vec::new();
    pointers(&root, "", &mut places);
    let place = &places[at.index(places.len())];
    let (holder, _) = place.rsplit_once('/').unwrap();
    let key = crate::pointer::parse(place).pop().unwrap();
    match (edit, root.pointer_mut(place)) {
        (Edit::Replace(value), Some(node)) => {
            let alike =
                !value.is_object() && std::mem::discriminant(value) == std::mem::discriminant(node);
            if alike || value.is_object() && is_schema(place) {
                *node = value.clone();
            }
            return root;
        }
        (Edit::Rename(_), _) if !has_names(holder) => return root,
        _ => {}
    }
    match root.pointer_mut(holder) {
        Some(Value::Object(map)) => {
            let node = map.shift_remove(&key);
            if let (Edit::Rename(name), Some(node)) = (edit, node) {
                map.insert(name.clone(), node);
            }
        }
        Some(Value::Array(items)) => {
            if let Ok(index) = key.parse::<usize>() {
                items.remove(index);
            }
        }
        _ => {}
    }
    root
}

/// Old place, new place, and how often.
type Places = BTreeMap<(Option<String>, Option<String>), usize>;

fn places(comparison: &Comparison, back: bool) -> Places {
    let mut places = Places::new();
    for finding in &comparison.findings {
        let at = |place: &Option<super::super::finding::Place>| {
            place.as_ref().map(|place| place.pointer.clone())
        };
        let (old, new) = (at(&finding.old), at(&finding.new));
        *places
            .entry(if back { (new, old) } else { (old, new) })
            .or_default() += 1;
    }
    places
}

/// Whether a reference below a node leads nowhere.
fn leads_nowhere(root: &Value, node: &Value) -> bool {
    let reference = node.get("$ref").and_then(Value::as_str);
    let is_lost =
        reference.is_some_and(|reference| crate::pointer::follow(root, reference).is_none());
    is_lost
        || match node {
            Value::Object(map) => map.values().any(|child| leads_nowhere(root, child)),
            Value::Array(items) => items.iter().any(|child| leads_nowhere(root, child)),
            _ => false,
        }
}

#[test]
fn the_small_document_is_like_itself() {
    let comparison = super::super::compare(&side(SMALL), &side(SMALL));
    assert!(comparison.findings.is_empty(), "{:?}", comparison.findings);
}

#[test]
fn a_schema_in_a_circle_is_compared() {
    let old = side(SMALL);
    let tax = "#/components/schemas/Tax";
    for circle in [
        json!({"$ref": tax}),
        json!({"allOf": [{"$ref": tax}, {"properties": {"b": {}}}]}),
        json!({"oneOf": [{"$ref": tax}, {"type": "null"}]}),
        json!({"oneOf": [{"$ref": tax}, {"type": "string"}]}),
        json!({"type": "object", "properties": {"code": {"$ref": tax}, "inner": {"$ref": tax}}}),
        json!({"type": "array", "items": {"$ref": tax}}),
    ] {
        for place in [
            "/components/schemas/Tax",
            "/components/schemas/Tax/properties/code",
        ] {
            let mut root = old.root.clone();
            *root.pointer_mut(place).unwrap() = circle.clone();
            let new = of(&root);
            assert!(
                !super::super::compare(&old, &new).findings.is_empty(),
                "{circle}"
            );
            assert!(
                !super::super::compare(&new, &old).findings.is_empty(),
                "{circle}"
            );
            assert!(
                super::super::compare(&new, &new).findings.is_empty(),
                "{circle}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::spec::extent(64, 1024), ..ProptestConfig::default() })]

    #[test]
    fn every_edit_is_found_both_ways(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), edit()), 1..3),
    ) {
        let old = side(SMALL);
        let mut root = old.root.clone();
        for (at, edit) in &edits {
            if root.as_object().is_some_and(|map| !map.is_empty()) {
                root = edited(&root, at, edit);
            }
        }
        let new = of(&root);
        // Such a document is refused before anything else is done with it.
        if leads_nowhere(&new.root, &new.root) {
            return Ok(());
        }
        let there = super::super::compare(&old, &new);
        let (_, missed) = overlooked(&old, &new, &there);
        prop_assert!(missed.is_empty(), "{missed:?}\n{:#?}\n{root}", there.findings);
        let back = super::super::compare(&new, &old);
        let (_, missed) = overlooked(&new, &old, &back);
        prop_assert!(missed.is_empty(), "back: {missed:?}\n{root}");
        prop_assert_eq!(places(&there, false), places(&back, true), "{}", root);
        // What one way widens, the other way does not.
        for finding in &there.findings {
            let pointers = |finding: &super::super::Finding, back: bool| {
                let at = |place: &Option<super::super::finding::Place>| place.as_ref().map(|place| place.pointer.clone());
                let (old, new) = (at(&finding.old), at(&finding.new));
                if back { (new, old) } else { (old, new) }
            };
            let place = pointers(finding, false);
            let same = |other: &&super::super::Finding| {
                pointers(other, true) == place && other.before == finding.after && other.after == finding.before
            };
            for other in back.findings.iter().filter(same) {
                let both = (finding.rule.effect, other.rule.effect);
                let is_mirrored = !matches!(both, (Effect::Widens, Effect::Widens) | (Effect::Narrows, Effect::Narrows));
                prop_assert!(is_mirrored || there.findings.len() > 1, "{:?} {:?}", finding, other);
            }
        }
    }
}
