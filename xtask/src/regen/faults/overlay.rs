//! Faults of the overlay: an entry that is lost, or that has lost a part of what it brings.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Fault;
use crate::diagnostic::Diagnostics;
use crate::pointer::join;
use crate::regen::Inputs;
use crate::yaml::edit::{Edit, edited};
use crate::yaml::read::Document;

/// What entries are told apart by: what is lost with one.
const CHANGES: &[(&str, &str)] = &[
    ("nullable", "overlay: null lost"),
    ("optional", "overlay: absence lost"),
    ("values", "overlay: value lost"),
    ("add", "overlay: property lost"),
    ("merge", "overlay: type lost"),
    ("replace", "overlay: type lost"),
];

/// All that is no change of a single value: parameters, roots, bodies.
const OTHER: &str = "overlay: entry lost";

/// What is no fault: words for readers, and what other data refers to, so that nothing is generated without it.
const NEVER: [&str; 4] = ["note", "errors", "operation", "schema"];

/// Every fault of the overlay, kind by kind.
pub(super) fn faults(inputs: &Inputs) -> Result<Vec<Vec<Fault>>, Diagnostics> {
    let mut kinds: BTreeMap<&str, Vec<Fault>> = BTreeMap::new();
    for source in &inputs.overlay {
        let document = Document::parse(&source.name, &source.text)?;
        let entries = document.root()["entries"].as_array().into_iter().flatten();
        for (number, entry) in entries.enumerate() {
            let Some((kind, parts)) = parts(entry) else {
                continue;
            };
            let entry_at = format!("/entries/{number}");
            for (part, what) in parts {
                kinds.entry(kind).or_default().push(Fault {
                    kind: kind.to_owned(),
                    address: format!("{} {entry_at}{part} {what}", source.name),
                });
            }
        }
    }
    Ok(kinds.into_values().collect())
}

/// The kind of an entry, and what can be taken from it: the pointer in the entry, and a name for people.
fn parts(entry: &Value) -> Option<(&'static str, Vec<(String, String)>)> {
    let verb = match &entry["change"] {
        Value::String(word) => word,
        change => change.as_object()?.keys().next()?,
    };
    if NEVER.contains(&verb.as_str()) {
        return None;
    }
    let kind = CHANGES.iter().find(|(change, _)| change == verb);
    let kind = kind.map_or(OTHER, |(_, kind)| kind);
    let targets: Vec<&str> = match &entry["target"] {
        Value::Array(targets) => targets.iter().filter_map(Value::as_str).collect(),
        target => target.as_str().into_iter().collect(),
    };
    let what = &entry["change"][verb];
    let parts: Vec<(String, String)> = match (verb.as_str(), what) {
        ("values", Value::Array(values)) if values.len() > 1 => values
            .iter()
            .enumerate()
            .map(|(number, value)| {
                (
                    format!("/change/values/{number}"),
                    format!("{}.{value}", targets[0]),
                )
            })
            .collect(),
        ("add", added)
            if added["properties"]
                .as_object()
                .is_some_and(|all| all.len() > 1) =>
        {
            let names = added["properties"].as_object().into_iter().flatten();
            let required = added["required"].as_array();
            // What is required has to be there.
            let names = names.map(|(name, _)| name).filter(|name| {
                !required.is_some_and(|required| required.iter().any(|one| one == *name))
            });
            names
                .map(|name| {
                    (
                        join("/change/add/properties", name),
                        format!("{}.{name}", targets[0]),
                    )
                })
                .collect()
        }
        _ if targets.len() > 1 => targets
            .iter()
            .enumerate()
            .map(|(number, target)| (format!("/target/{number}"), (*target).to_owned()))
            .collect(),
        _ => vec![(String::new(), targets.first()?.to_string())],
    };
    Some((kind, parts))
}

/// The inputs with a fault of the overlay; none when the fault is of another kind.
pub(super) fn altered(inputs: &Inputs, fault: &Fault) -> Result<Option<Inputs>, Diagnostics> {
    if !faults(inputs)?.iter().flatten().any(|known| known == fault) {
        return Ok(None);
    }
    let mut words = fault.address.split(' ');
    let (Some(file), Some(pointer)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let mut inputs = inputs.clone();
    for source in inputs
        .overlay
        .iter_mut()
        .filter(|source| source.name == file)
    {
        let edits = BTreeSet::from([Edit::Remove(pointer.to_owned())]);
        source.text = edited(&source.text, &edits).map_err(|_| fault.unknown())?;
    }
    Ok(Some(inputs))
}
