//! Rules about schemas that are made of others.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::subject::{Subject, types};
use super::Found;
use crate::pointer::join;
use crate::regen::schema::{list, listed_required, properties, strings};

const KEYS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

pub(super) fn illogical_composition(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for schema in &subject.schemas {
        for key in KEYS {
            let at = join(&schema.pointer, key);
            if schema
                .node
                .get(key)
                .and_then(Value::as_array)
                .is_some_and(Vec::is_empty)
            {
                found.push(Found::new(
                    at.clone(),
                    format!("`{key}` has no members"),
                    "name them, or remove it",
                ));
            }
            let members: Vec<&Value> = list(schema.node, key).collect();
            if key != "allOf" {
                for (number, member) in members.iter().enumerate() {
                    if let Some(first) = members[..number].iter().position(|other| other == member)
                    {
                        let help = "remove one of the two";
                        found.push(
                            Found::new(
                                format!("{at}/{number}"),
                                "the same choice a second time",
                                help,
                            )
                            .beside(format!("{at}/{first}"), "first here"),
                        );
                    }
                }
            }
        }
        parts(subject, &schema.pointer, schema.node, found);
    }
}

/// Looks at the parts of an `allOf`.
fn parts<'d>(subject: &Subject<'d>, pointer: &str, node: &'d Value, found: &mut Vec<Found>) {
    let parts: Vec<&Value> = list(node, "allOf")
        .map(|part| subject.resolved(part))
        .collect();
    for (number, part) in parts.iter().enumerate() {
        let at = format!("{pointer}/allOf/{number}");
        for (other_number, other) in parts[..number].iter().enumerate() {
            let beside = format!("{pointer}/allOf/{other_number}");
            if exclude(&kinds(part), &kinds(other)) {
                let help = "no value is of both types: correct one, or write `oneOf`";
                found.push(
                    Found::new(
                        at.clone(),
                        "this part and another are of different types",
                        help,
                    )
                    .beside(beside, "the other part"),
                );
                continue;
            }
            for (name, one) in subject.declared(part) {
                let others = subject.declared(other);
                let Some(other) = others.get(name) else {
                    continue;
                };
                if exclude(
                    &kinds(subject.resolved(one)),
                    &kinds(subject.resolved(other)),
                ) {
                    found.push(
                        Found::new(
                            at.clone(),
                            format!("`{name}` is of another type in another part"),
                            "no value is of both types: correct one of the two",
                        )
                        .beside(beside.clone(), "the other part"),
                    );
                }
            }
        }
        let is_closed = part["additionalProperties"] == Value::Bool(false);
        let foreign = parts
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != number);
        let foreign = foreign.flat_map(|(_, other)| subject.declared(other).into_keys());
        let own = subject.declared(part);
        if is_closed && foreign.into_iter().any(|name| !own.contains_key(name)) {
            found.push(Found::new(
                at,
                "this part forbids the properties of the others",
                "remove `additionalProperties: false`, or write `unevaluatedProperties: false` beside `allOf`",
            ));
        }
    }
}

pub(super) fn ambiguous_one_of(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for schema in &subject.schemas {
        if schema.node.get("discriminator").is_some() {
            continue;
        }
        let members: Vec<&Value> = list(schema.node, "oneOf").collect();
        for (number, member) in members.iter().enumerate() {
            let same = |other: &&Value| overlap(subject, other, member, 0);
            // Equal ones are the other rule's.
            let other = members[..number]
                .iter()
                .position(|other| same(other) && other != member);
            if let Some(other) = other {
                let at = format!("{}/oneOf/{number}", schema.pointer);
                found.push(
                    Found::new(
                        at,
                        "a value of this choice may be one of another choice, too",
                        "tell them apart by a required property with one value, or write `anyOf`",
                    )
                    .beside(
                        format!("{}/oneOf/{other}", schema.pointer),
                        "the other choice",
                    ),
                );
            }
        }
    }
}

/// Whether some value is likely to satisfy both.
fn overlap<'d>(subject: &Subject<'d>, one: &'d Value, other: &'d Value, depth: usize) -> bool {
    const DEEPEST: usize = 8;
    let (one, other) = (subject.resolved(one), subject.resolved(other));
    if depth > DEEPEST {
        return true;
    }
    let (kinds_of_one, kinds_of_other) = (kinds(one), kinds(other));
    if exclude(&kinds_of_one, &kinds_of_other) {
        return false;
    }
    let (values, others) = (strings(&one["enum"]), strings(&other["enum"]));
    if !values.is_empty() && !others.is_empty() {
        return values.iter().any(|value| others.contains(value));
    }
    if one.get("const").is_some() && other.get("const").is_some() {
        return one["const"] == other["const"];
    }
    if one.get("format").is_some()
        && other.get("format").is_some()
        && one["format"] != other["format"]
    {
        return false;
    }
    if let (Some(one), Some(other)) = (one.get("items"), other.get("items")) {
        return overlap(subject, one, other, depth + 1);
    }
    let (mine, theirs) = (subject.declared(one), subject.declared(other));
    let told_apart = mine.iter().any(|(name, one)| {
        theirs
            .get(name)
            .is_some_and(|other| !overlap(subject, one, other, depth + 1))
    });
    let own = |holder: &Value, foreign: &std::collections::BTreeMap<&str, &Value>| {
        needed(holder)
            .iter()
            .any(|name| !foreign.contains_key(name.as_str()))
    };
    !(told_apart || own(one, &theirs) && own(other, &mine))
}

fn needed(node: &Value) -> BTreeSet<String> {
    let parts = list(node, "allOf").flat_map(needed);
    let own = listed_required(node).map(str::to_owned);
    own.chain(parts.collect::<Vec<_>>()).collect()
}

/// The JSON types of a schema, also those that follow from its other keywords; none if it may be anything.
fn kinds(node: &Value) -> BTreeSet<&str> {
    let mut kinds = types(node);
    if kinds.is_empty() {
        if properties(node).next().is_some() {
            kinds.insert("object");
        } else if node.get("items").is_some() {
            kinds.insert("array");
        } else if !strings(&node["enum"]).is_empty() {
            kinds.insert("string");
        }
    }
    if kinds.contains("number") {
        kinds.insert("integer");
    }
    kinds
}

fn exclude(one: &BTreeSet<&str>, other: &BTreeSet<&str>) -> bool {
    !one.is_empty() && !other.is_empty() && one.is_disjoint(other)
}
