//! What is remembered, to be looked at, and what it begins with.

use std::collections::BTreeMap;

use lago_types::{Customer, Event, Invoice, Plan, Subscription, Wallet};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ask::example_of;
use super::collection::COLLECTIONS;
use super::object::fresh;
use super::store::{Fields, Store};

/// What a [stateful](crate::mock::MockServerBuilder::stateful) server remembers, as it was when it was
/// [asked](crate::mock::MockServer::state) for. Objects stand in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MockState {
    collections: BTreeMap<&'static str, Vec<Value>>,
}

impl MockState {
    pub(super) fn of(store: &Store) -> Self {
        let names = COLLECTIONS.iter().map(|row| row.name);
        let collections = names.map(|name| {
            let objects = store.all(name).iter();
            let objects = objects.map(|entry| Value::Object(entry.fields.clone()));
            (name, objects.collect())
        });
        Self {
            collections: collections.collect(),
        }
    }

    /// The JSON of the objects of a collection: `plans`, `credit_notes`. Empty for one that there is not.
    #[must_use]
    pub fn objects(&self, collection: &str) -> &[Value] {
        self.collections.get(collection).map_or(&[], Vec::as_slice)
    }

    /// The customers that have not been deleted.
    #[must_use]
    pub fn customers(&self) -> Vec<Customer> {
        self.typed("customers")
    }

    /// The plans that have not been deleted.
    #[must_use]
    pub fn plans(&self) -> Vec<Plan> {
        self.typed("plans")
    }

    /// All subscriptions, those that have ended too.
    #[must_use]
    pub fn subscriptions(&self) -> Vec<Subscription> {
        self.typed("subscriptions")
    }

    /// The events that were taken.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.typed("events")
    }

    /// The invoices.
    #[must_use]
    pub fn invoices(&self) -> Vec<Invoice> {
        self.typed("invoices")
    }

    /// All wallets, those that are terminated too.
    #[must_use]
    pub fn wallets(&self) -> Vec<Wallet> {
        self.typed("wallets")
    }

    /// Those that this crate can read: only what a seed made may be something else, and is in
    /// [`objects`](Self::objects).
    fn typed<T: DeserializeOwned>(&self, collection: &str) -> Vec<T> {
        let objects = self.objects(collection).iter();
        objects
            .filter_map(|object| serde_json::from_str(&object.to_string()).ok())
            .collect()
    }
}

/// Puts objects into a store that were given as JSON: lists of them by collection. What an object does not say it has
/// as a new one would.
///
/// # Errors
///
/// Says which collection or object is none.
pub(super) fn plant(seed: &Value, store: &mut Store) -> Result<(), String> {
    let collections = seed
        .as_object()
        .ok_or("a seed is a JSON object of lists: {\"plans\": [{\"code\": \"pro\"}]}")?;
    for (name, objects) in collections {
        let row = COLLECTIONS.iter().find(|row| row.prefix == name);
        let row = row.ok_or_else(|| {
            let known: Vec<&str> = COLLECTIONS
                .iter()
                .filter(|row| row.prefix == row.name)
                .map(|row| row.name)
                .collect();
            format!(
                "the seed has `{name}`, and what is remembered is one of {}",
                known.join(", ")
            )
        })?;
        let objects = objects
            .as_array()
            .ok_or_else(|| format!("`{name}` of the seed is no list of objects"))?;
        for (index, object) in objects.iter().enumerate() {
            let object = object
                .as_object()
                .ok_or_else(|| format!("`{name}[{index}]` of the seed is no object"))?;
            let mut fields = fresh(row.noun, &model(row.prefix), store);
            fields.extend(object.clone());
            store.push(row.name, fields);
        }
    }
    Ok(())
}

/// An example of what is in a collection.
fn model(prefix: &str) -> Fields {
    let made = example_of(&format!("{prefix}.create"));
    match made.is_empty() {
        true => example_of(&format!("{prefix}.get")),
        false => made,
    }
}
