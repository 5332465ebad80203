//! Usage events, under the rules of the two stores that a server may keep them in.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::super::event_store;
use super::ask::{Ask, view};
use super::crud::is_named;
use super::list::{self, Filter};
use super::refusal::{Outcome, Refusal};
use super::store::{EventStore, Fields, Store, stamp, text};

const NAME: &str = "events";

pub(super) fn create(store: &mut Store, ask: &Ask) -> Outcome {
    let sent = ask.object();
    if let Some(faults) = faults(store.event_store, false, &sent) {
        return Err(Refusal::Invalid(faults));
    }
    if store.event_store == EventStore::Postgres && is_there(store, &sent) {
        return Err(Refusal::taken("transaction_id"));
    }
    let fields = kept(store, &sent);
    Ok(ask.shown(&fields))
}

/// All or nothing: first whether all are valid, then, in Postgres, whether all are new.
pub(super) fn create_batch(store: &mut Store, ask: &Ask) -> Outcome {
    let events = ask.sent.and_then(|sent| sent.get("events")?.as_array());
    let events: Vec<Fields> = events
        .into_iter()
        .flatten()
        .map(|event| event.as_object().cloned().unwrap_or_default())
        .collect();
    if let Some(code) = event_store::wrong_count(events.len()) {
        return Err(Refusal::field("events", code));
    }
    let invalid = events.iter();
    refused(
        invalid
            .map(|event| faults(store.event_store, true, event))
            .collect(),
    )?;
    if store.event_store == EventStore::Postgres {
        let key = |event: &Fields| {
            let of = |name| text(event, name).to_owned();
            (of("external_subscription_id"), of("transaction_id"))
        };
        let taken = events.iter().enumerate().map(|(index, event)| {
            let is_second = events[..index].iter().any(|other| key(other) == key(event));
            let is_taken = is_second || is_there(store, event);
            is_taken.then(|| json!({ "transaction_id": ["value_already_exist"] }))
        });
        refused(taken.collect())?;
    }
    let example = ask.example();
    let shown = events
        .iter()
        .map(|event| view(&example, &kept(store, event)));
    let shown: Vec<Value> = shown.collect();
    Ok(ask.said(shown.into()))
}

/// Refuses a batch for what is wrong with some of its events, by their indices.
fn refused(faults: Vec<Option<Value>>) -> Result<(), Refusal> {
    let wrong = faults.into_iter().enumerate();
    let wrong = wrong.filter_map(|(index, fault)| Some((index.to_string(), fault?)));
    let wrong: Map<String, Value> = wrong.collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Refusal::Invalid(Value::Object(wrong))),
    }
}

/// What is wrong with an event, by field.
fn faults(store: EventStore, is_batch: bool, sent: &Fields) -> Option<Value> {
    let mandatory = store.mandatory(is_batch).iter();
    let missing = mandatory.filter(|name| text(sent, name).is_empty());
    let mut wrong: Map<String, Value> = missing
        .map(|name| ((*name).to_owned(), json!(["value_is_mandatory"])))
        .collect();
    let is_time = |value: &Value| value.is_null() || event_store::time(value).is_some();
    if !sent.get("timestamp").is_none_or(is_time) {
        wrong.insert("timestamp".into(), json!([event_store::INVALID_TIME]));
    }
    (!wrong.is_empty()).then_some(Value::Object(wrong))
}

fn is_there(store: &Store, sent: &Fields) -> bool {
    let is_same = |name| move |entry: &&super::store::Entry| entry.text(name) == text(sent, name);
    let mut same = store.all(NAME).iter().filter(is_same("transaction_id"));
    same.any(|entry| is_same("external_subscription_id")(&entry))
}

/// A time that is kept, or that a query asks for: as events have it, or a date and time.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    let written = value.as_str().unwrap_or_default();
    match DateTime::parse_from_rfc3339(written) {
        Ok(time) => Some(time.to_utc()),
        Err(_) => event_store::time(value),
    }
}

/// Keeps an event; in ClickHouse in the place of one that is the same.
fn kept(store: &mut Store, sent: &Fields) -> Fields {
    let time = sent.get("timestamp").and_then(time).unwrap_or(store.now());
    let is_row = store.event_store == EventStore::Postgres;
    let (id, created_at) = (store.id(), stamp(store.now()));
    let precise = match sent.get("precise_total_amount_cents") {
        Some(Value::Number(number)) => json!(super::object::decimal(&number.to_string())),
        Some(value) => value.clone(),
        None => Value::Null,
    };
    let said = |name: &str| sent.get(name).cloned();
    let event = json!({
        "lago_id": is_row.then_some(id),
        "transaction_id": said("transaction_id"),
        "lago_customer_id": null,
        "code": said("code"),
        "timestamp": time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "precise_total_amount_cents": precise,
        "properties": sent.get("properties").filter(|value| value.is_object()).cloned().unwrap_or_else(|| json!({})),
        "lago_subscription_id": null,
        "external_subscription_id": said("external_subscription_id"),
        "created_at": is_row.then_some(created_at),
    });
    let Value::Object(fields) = event else {
        return Fields::new();
    };
    if !is_row {
        let key = [
            "transaction_id",
            "external_subscription_id",
            "code",
            "timestamp",
        ];
        store.all_mut(NAME).retain(|entry| {
            key.iter()
                .any(|name| entry.fields.get(*name) != fields.get(*name))
        });
    }
    store.push(NAME, fields.clone());
    fields
}

pub(super) fn all(store: &mut Store, ask: &Ask) -> Outcome {
    let filter = Filter::of(store, ask, None)?;
    let bound = |name| ask.query(name).and_then(|value| time(&json!(value)));
    let (from, to) = (bound("timestamp_from"), bound("timestamp_to"));
    let found = store.all(NAME).iter().filter(|entry| {
        let at = entry.fields.get("timestamp").and_then(time);
        is_named(ask, entry)
            && filter.takes(&entry.fields)
            && from.is_none_or(|from| at >= Some(from))
            && to.is_none_or(|to| at <= Some(to))
    });
    Ok(list::page(ask, found))
}
