//! Usage events, under the rules of the two stores that a server may keep them in.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::ask::{Ask, view};
use super::crud::is_named;
use super::list::{self, Filter};
use super::refusal::{Outcome, Refusal};
use super::store::{EventStore, Fields, Store, stamp, text};

const NAME: &str = "events";

/// How many events a batch may have.
const BATCH: usize = 100;

pub(super) fn create(store: &mut Store, ask: &Ask) -> Outcome {
    let sent = ask.object();
    let is_checked = store.event_store == EventStore::Postgres;
    if is_checked && let Some(faults) = faults(&sent) {
        return Err(Refusal::Invalid(faults));
    }
    if is_checked && is_there(store, &sent) {
        return Err(Refusal::taken("transaction_id"));
    }
    let fields = kept(store, &sent);
    Ok(ask.shown(&fields))
}

/// All or nothing in Postgres: first whether all are valid, then whether all are new.
pub(super) fn create_batch(store: &mut Store, ask: &Ask) -> Outcome {
    let events = ask.sent.and_then(|sent| sent.get("events")?.as_array());
    let events: Vec<Fields> = events
        .into_iter()
        .flatten()
        .map(|event| event.as_object().cloned().unwrap_or_default())
        .collect();
    match events.len() {
        0 => return Err(Refusal::field("events", "no_events")),
        1..=BATCH => {}
        _ => return Err(Refusal::field("events", "too_many_events")),
    }
    if store.event_store == EventStore::Postgres {
        let invalid = events.iter().map(faults);
        refused(invalid.collect())?;
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
fn faults(sent: &Fields) -> Option<Value> {
    let missing = ["transaction_id", "code"]
        .into_iter()
        .filter(|name| text(sent, name).is_empty());
    let mut wrong: Map<String, Value> = missing
        .map(|name| (name.to_owned(), json!(["value_is_mandatory"])))
        .collect();
    if sent
        .get("timestamp")
        .is_some_and(|value| !value.is_null() && time(value).is_none())
    {
        wrong.insert("timestamp".into(), json!(["invalid_format"]));
    }
    (!wrong.is_empty()).then_some(Value::Object(wrong))
}

fn is_there(store: &Store, sent: &Fields) -> bool {
    let is_same = |name| move |entry: &&super::store::Entry| entry.text(name) == text(sent, name);
    let mut same = store.all(NAME).iter().filter(is_same("transaction_id"));
    same.any(|entry| is_same("external_subscription_id")(&entry))
}

/// A time as events have it: seconds, with a fraction or without, as a number or as text; or a date and time.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    let seconds = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(time) => return Some(time.to_utc()),
            Err(_) => text.parse().ok(),
        },
        _ => None,
    };
    let millis = (seconds? * 1000.0).round();
    // Beyond this no float is exact, and no date is meant.
    let is_a_time = millis.is_finite() && millis.abs() < 9e15;
    is_a_time.then(|| DateTime::from_timestamp_millis(millis as i64))?
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
    let event = json!({
        "lago_id": is_row.then_some(id),
        "transaction_id": text(sent, "transaction_id"),
        "lago_customer_id": null,
        "code": text(sent, "code"),
        "timestamp": time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "precise_total_amount_cents": precise,
        "properties": sent.get("properties").filter(|value| value.is_object()).cloned().unwrap_or_else(|| json!({})),
        "lago_subscription_id": null,
        "external_subscription_id": sent.get("external_subscription_id").cloned(),
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
    let filter = Filter::of(ask, None);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_many_forms() {
        let expected = DateTime::from_timestamp_millis(1_651_240_791_123);
        for value in [
            json!(1_651_240_791.123),
            json!("1651240791.123"),
            json!("2022-04-29T13:59:51.123Z"),
        ] {
            assert_eq!(time(&value), expected, "{value}");
        }
        for value in [
            json!("soon"),
            json!(1e300),
            json!("NaN"),
            json!(null),
            json!([1]),
        ] {
            assert_eq!(time(&value), None, "{value}");
        }
    }
}
