//! Everything that a server may say: responses and deliveries full, minimal, sparse and with null, and in them every value
//! that an enum may have. Nothing is lost, and each value has a name.

use std::collections::BTreeSet;

use lago_client::mock;
use lago_client::types::{Webhook, WebhookEvent, WebhookType};
use lago_tests::conform::compare::{differences, without_nulls};
use lago_tests::conform::extent::cases;
use lago_tests::conform::mutate::schema_with;
use lago_tests::generated::calls::DECODERS;
use lago_tests::support::calling::{Decoder, nameless};
use lago_tests::support::document::{Delivery, Document, Operation};
use lago_tests::support::instance::{Filled, Instances};
use serde_json::Value;

use super::inputs::{enums, turned};

/// Enums that have been gone through: what the property is called, and its values.
type Known = BTreeSet<(String, Vec<String>)>;

/// Lists of more values are those of currencies, countries and time zones.
const LONG: usize = 100;

/// How many values of an enum are tried where a property of that name has been gone through before.
const AGAIN: u32 = 2;

/// Bodies that together have every value of every enum in a schema: the first property of a name with a list of values goes
/// through all of it, the others show that they are no other thing.
fn bodies(document: &Document, schema: &Value, known: &mut Known) -> Vec<Value> {
    let filled = [
        Filled::Everything,
        Filled::Required,
        Filled::Nulls,
        Filled::Sparse,
    ];
    let mut bodies: Vec<Value> = filled
        .into_iter()
        .map(|filled| Instances { document, filled }.of(schema, "body"))
        .collect();
    let turns = enums(document, schema).into_iter().map(|(name, values)| {
        let length = values.len();
        // No two enums have the same long list.
        let name = if length > LONG { String::new() } else { name };
        match known.insert((name, values)) {
            true => length,
            false => length.min(cases(AGAIN, 1_000) as usize),
        }
    });
    let others = (1..turns.max().unwrap_or_default())
        .map(|turn| turned(document, schema, &bodies[0], turn))
        .collect::<Vec<_>>();
    bodies.extend(others);
    bodies
}

/// The schema of the responses that a decoder reads.
fn schema(document: &Document, operation: &Operation, decoder: &Decoder) -> Option<Value> {
    let response = operation.response.as_ref()?;
    match decoder.root {
        Some(root) => schema_with(document, response, root),
        None => Some(response.clone()),
    }
}

/// What of a response a caller does not get.
fn faults(decoder: &Decoder, body: &Value) -> Vec<String> {
    let text = body.to_string().into_bytes();
    let read = match (decoder.decode)(&text) {
        Ok(read) => read,
        Err(why) => return vec![format!("{why} in {body}")],
    };
    let mut found = match decoder.root {
        Some(_) => differences(
            &without_nulls(body.clone()),
            &without_nulls(decoder.in_envelope(&read)),
        ),
        // Of several types one is chosen, and of some only that there is a response.
        None => Vec::new(),
    };
    match (decoder.unknown)(&text) {
        Ok(values) => found.extend(values.iter().map(|value| format!("`{value}` has no name"))),
        Err(why) => found.push(why.to_string()),
    }
    found
}

#[test]
fn every_response_arrives_whole_with_values_that_have_names() {
    let document = Document::read().unwrap();
    let mut known = BTreeSet::new();
    let mut wrong = Vec::new();
    let mut read = 0;
    for operation in document.operations() {
        for decoder in DECODERS.iter().filter(|known| known.id == operation.id) {
            let Some(schema) = schema(&document, &operation, decoder) else {
                continue;
            };
            for body in bodies(&document, &schema, &mut known) {
                read += 1;
                let found = faults(decoder, &body).into_iter();
                wrong.extend(found.map(|fault| format!("{}: {fault}", decoder.method)));
            }
        }
    }
    assert!(read > 1_000, "{read}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What of a delivery a receiver does not get.
fn lost(delivery: &Delivery, body: &Value) -> Result<Vec<String>, String> {
    let webhook = Webhook::from_slice(body.to_string().as_bytes()).map_err(|e| e.to_string())?;
    if webhook.malformed.is_some() || matches!(webhook.event, WebhookEvent::Unknown { .. }) {
        return Err(format!("{:?} of {body}", webhook.malformed));
    }
    let written = serde_json::to_value(&webhook).map_err(|error| error.to_string())?;
    let mut found = differences(&without_nulls(body.clone()), &without_nulls(written));
    let values = nameless(&webhook).into_iter();
    found.extend(values.map(|value| format!("`{value}` has no name")));
    if webhook.webhook_type.as_str() != delivery.name {
        found.push(format!("it is {}", webhook.webhook_type));
    }
    let root = Some(delivery.root.as_str());
    let known = WebhookEvent::object_type_of(&webhook.webhook_type);
    let example = mock::delivery(&delivery.name).unwrap_or_default();
    if known != root || example["object_type"].as_str() != root {
        found.push(format!(
            "its object is under {known:?}, and in the example {}",
            example["object_type"]
        ));
    }
    Ok(found)
}

#[test]
fn every_delivery_arrives_whole_with_values_that_have_names() {
    let document = Document::read().unwrap();
    let deliveries = document.deliveries();
    let mut lists = BTreeSet::new();
    let is_unpublished = |name: &&str| !deliveries.iter().any(|one| one.name == *name);
    let unpublished = WebhookType::KNOWN.iter().copied().filter(is_unpublished);
    let mut wrong: Vec<String> = unpublished
        .map(|name| format!("no webhook is called {name}"))
        .collect();
    for delivery in &deliveries {
        for mut body in bodies(&document, &delivery.schema, &mut lists) {
            // Without the object there is nothing to tell.
            if body[&delivery.root].is_null() {
                continue;
            }
            body["webhook_type"] = Value::from(delivery.name.as_str());
            let found = lost(delivery, &body).unwrap_or_else(|why| vec![why]);
            wrong.extend(
                found
                    .iter()
                    .map(|fault| format!("{}: {fault}", delivery.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
