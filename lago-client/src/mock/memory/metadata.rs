//! Metadata of an object: a map of texts that can be changed by itself.

use serde_json::{Value, json};

use super::ask::Ask;
use super::collection::Collection;
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store};

/// Where objects have metadata, as their names begin.
pub(super) const OWNERS: [&str; 4] = ["credit_notes", "customers.wallets", "plans", "wallets"];

/// What is done to the metadata.
#[derive(Clone, Copy)]
pub(super) enum Change {
    Replace,
    Merge,
    DeleteAll,
    DeleteOne,
}

/// The change that a verb means.
pub(super) fn change(verb: &str) -> Option<Change> {
    Some(match verb {
        "replace" => Change::Replace,
        "merge" => Change::Merge,
        "delete_all" => Change::DeleteAll,
        "delete" => Change::DeleteOne,
        _ => return None,
    })
}

pub(super) fn apply(
    store: &mut Store,
    ask: &Ask,
    collection: &Collection,
    change: Change,
) -> Outcome {
    let index = owner(store, ask, collection)?;
    let fields = &mut store.all_mut(collection.name)[index].fields;
    let there = fields.get("metadata").and_then(Value::as_object).cloned();
    let left = match change {
        Change::Replace => Some(ask.object()),
        Change::Merge => {
            let mut merged = there.unwrap_or_default();
            merged.extend(ask.object());
            Some(merged)
        }
        Change::DeleteAll => None,
        Change::DeleteOne => {
            let mut left = there.unwrap_or_default();
            left.remove(ask.last_parameter());
            Some(left)
        }
    };
    match &left {
        Some(left) => fields.insert("metadata".into(), json!(left)),
        None => fields.remove("metadata"),
    };
    Ok(ask.said(left.map_or(Value::Null, Value::Object)))
}

/// Whose metadata it is. Operations on metadata state nothing of their path again.
fn owner(store: &Store, ask: &Ask, collection: &Collection) -> Result<usize, Refusal> {
    let parameters = ask.request.path_parameters.iter();
    let parameters: Vec<_> = parameters.filter(|(name, _)| *name != "key").collect();
    let states = |fields: &Fields| {
        parameters.iter().all(|(name, value)| {
            let property = if *name == "wallet_code" { "code" } else { name };
            super::store::text(fields, property) == value
        })
    };
    let found = store
        .all(collection.name)
        .iter()
        .rposition(|entry| states(&entry.fields));
    found.ok_or_else(|| Refusal::missing(collection.noun))
}
