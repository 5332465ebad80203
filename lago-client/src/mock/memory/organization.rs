//! The organization, of which there is one.

use serde_json::{Value, json};

use super::ask::{Ask, example_of};
use super::object::{fresh, lay};
use super::refusal::Outcome;
use super::store::{EventStore, Fields, Store};

const NAME: &str = "organizations";
const NOUN: &str = "organization";

/// The organization, which is made when it is first asked for.
fn organization(store: &mut Store) -> Fields {
    if store.all(NAME).is_empty() {
        let fields = fresh(NOUN, &example_of("organizations.get"), store);
        store.push(NAME, fields);
    }
    store.all(NAME)[0].fields.clone()
}

pub(super) fn get(store: &mut Store, ask: &Ask) -> Outcome {
    let fields = organization(store);
    Ok(shown(store, ask, fields))
}

pub(super) fn update(store: &mut Store, ask: &Ask) -> Outcome {
    let mut fields = organization(store);
    lay(&mut fields, &ask.example(), NOUN, &ask.object(), store)?;
    store.all_mut(NAME)[0].fields.clone_from(&fields);
    // Only this response has them.
    fields.insert("taxes".into(), json!([]));
    Ok(shown(store, ask, fields))
}

/// With what it says of other things: its webhook endpoints, and where its events are.
fn shown(store: &Store, ask: &Ask, mut fields: Fields) -> Value {
    let endpoints = store.all("webhook_endpoints").iter();
    let urls: Vec<&str> = endpoints.map(|one| one.text("webhook_url")).collect();
    let events_store = match store.event_store {
        EventStore::ClickHouse => "clickhouse",
        EventStore::Postgres => "postgres",
    };
    for (name, value) in [
        ("webhook_url", json!(urls.first().unwrap_or(&""))),
        ("webhook_urls", json!(urls)),
        ("events_store", json!(events_store)),
    ] {
        fields.insert(name.into(), value);
    }
    ask.shown(&fields)
}
