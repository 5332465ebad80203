//! The objects that are remembered, and where ids and times come from.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};
use uuid::{Builder, Uuid};

pub(super) use super::super::event_store::EventStore;

/// The billing entity of what is sent without one.
const DEFAULT_ENTITY: &str = "default";

/// What the properties of an object are by name.
pub(super) type Fields = Map<String, Value>;

/// One object, and what its path had in it when it was made.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) fields: Fields,
    /// Parameters of the path under which it was made: an alert belongs to the wallet of a customer.
    pub(super) scope: Vec<(&'static str, String)>,
    /// What no response says.
    pub(super) is_file_ordered: bool,
    /// What other objects are made of.
    pub(super) kept: Fields,
}

impl Entry {
    pub(super) fn text(&self, name: &str) -> &str {
        text(&self.fields, name)
    }
}

/// The text of a property; nothing when it is none.
pub(super) fn text<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A change that a webhook tells of: its type, and the object.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) webhook_type: &'static str,
    pub(super) object: Value,
}

/// Everything that is remembered.
pub(super) struct Store {
    collections: BTreeMap<&'static str, Vec<Entry>>,
    random: fastrand::Rng,
    now: DateTime<Utc>,
    pub(super) event_store: EventStore,
    told: Vec<Told>,
}

impl Store {
    pub(super) fn new(seed: u64, now: DateTime<Utc>) -> Self {
        Self {
            collections: BTreeMap::new(),
            random: fastrand::Rng::with_seed(seed),
            now,
            event_store: EventStore::default(),
            told: Vec::new(),
        }
    }

    pub(super) fn all(&self, collection: &str) -> &[Entry] {
        self.collections.get(collection).map_or(&[], Vec::as_slice)
    }

    pub(super) fn all_mut(&mut self, collection: &'static str) -> &mut Vec<Entry> {
        self.collections.entry(collection).or_default()
    }

    /// The latest object with this text in a property.
    pub(super) fn find(&self, collection: &str, name: &str, value: &str) -> Option<&Entry> {
        let entries = self.all(collection).iter().rev();
        entries.into_iter().find(|entry| entry.text(name) == value)
    }

    /// Whether there is an object with this text in a property. There is always the billing entity that is the default.
    pub(super) fn has(&self, collection: &str, name: &str, value: &str) -> bool {
        let is_default = collection == "billing_entities" && value == DEFAULT_ENTITY;
        is_default || self.find(collection, name, value).is_some()
    }

    /// The latest object with this text in a property, to be changed.
    pub(super) fn find_mut(
        &mut self,
        collection: &'static str,
        name: &str,
        value: &str,
    ) -> Option<&mut Entry> {
        let mut entries = self.all_mut(collection).iter_mut().rev();
        entries.find(|entry| entry.text(name) == value)
    }

    pub(super) fn push(&mut self, collection: &'static str, fields: Fields) {
        self.all_mut(collection).push(Entry {
            fields,
            ..Entry::default()
        });
    }

    /// A UUID that nothing else has.
    pub(super) fn id(&mut self) -> Uuid {
        Builder::from_random_bytes(self.random.u128(..).to_be_bytes()).into_uuid()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(super) fn set_now(&mut self, now: DateTime<Utc>) {
        self.now = now;
    }

    /// Now, as the server writes times.
    pub(super) fn stamp(&self) -> String {
        stamp(self.now)
    }

    /// Today, as the server writes days.
    pub(super) fn today(&self) -> String {
        self.now.format("%Y-%m-%d").to_string()
    }

    /// Keeps a change for those who are told of changes.
    pub(super) fn tell(&mut self, webhook_type: &'static str, fields: &Fields) {
        self.told.push(Told {
            webhook_type,
            object: Value::Object(fields.clone()),
        });
    }

    pub(super) fn take_told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }
}

pub(super) fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
