//! Webhooks: whatever a delivery holds, a receiver gets it.

use std::cell::Cell;
use std::path::Path;

use lago_tests::conform::extent::{cases, largest};
use lago_tests::conform::mutate::chaos;
use lago_tests::conform::recording::Recordings;
use lago_tests::conform::replay::leaves;
use lago_tests::support::document::Document;
use lago_types::{Webhook, WebhookEvent};
use serde_json::Value;

use super::subjects::tried;

#[test]
fn a_delivery_is_read_whatever_its_object_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let document = Document::read().unwrap();
    let (typed, malformed) = (Cell::new(0), Cell::new(0));
    let deliveries = Recordings::read(&folder).unwrap().deliveries;
    let object = |body: &[u8]| -> Value { serde_json::from_slice(body).unwrap() };
    let deliveries = largest(
        deliveries,
        |delivery| object(&delivery.body)["webhook_type"].to_string(),
        |delivery| delivery.body.len(),
    );
    for delivery in deliveries {
        let recorded = object(&delivery.body);
        let root = recorded["object_type"].as_str().unwrap();
        let outcome = tried(cases(24, 100), |dice| {
            let mut body = recorded.clone();
            body[root] = chaos(&document, &recorded[root], dice.changed);
            let webhook = read(&body)?;
            match webhook.event {
                WebhookEvent::Unknown { .. } => {
                    malformed.set(malformed.get() + 1);
                    arrives_unread(&webhook, &body)
                }
                _ => {
                    typed.set(typed.get() + 1);
                    is_stable(&webhook)
                }
            }
        });
        assert_eq!(outcome, Ok(()), "{}", delivery.file);
    }
    assert!(typed.get() > 100 && malformed.get() > 100);
}

fn read(body: &Value) -> Result<Webhook, String> {
    let read = Webhook::from_slice(body.to_string().as_bytes());
    read.map_err(|error| format!("{error}: {body}"))
}

/// What cannot be read is handed over as it came.
fn arrives_unread(webhook: &Webhook, body: &Value) -> Result<(), String> {
    let found = leaves(body, &serde_json::to_value(webhook).unwrap());
    match found.differences.as_slice() {
        [] => Ok(()),
        differences => Err(format!("{differences:?} in {body}")),
    }
}

fn is_stable(webhook: &Webhook) -> Result<(), String> {
    let written = serde_json::to_value(webhook).unwrap();
    match read(&written)? == *webhook {
        true => Ok(()),
        false => Err(format!("{written} is read otherwise")),
    }
}
