//! Webhooks: each decodes into the event of its type, and every leaf arrives.

use lago_types::{Webhook, WebhookEvent};
use serde_json::Value;

use super::leaves::Difference;
use super::repair::{Fault, Refused, repaired};
use super::report::{Apart, Report};
use crate::conform::recording::Delivery;

pub(super) async fn replay(delivery: &Delivery, report: &mut Report) {
    let Delivery { file, body, .. } = delivery;
    let recorded: Value = match serde_json::from_slice(body) {
        Ok(recorded) => recorded,
        Err(error) => {
            report.deliveries.total += 1;
            let why = format!("the body is no JSON: {error}");
            return report.fail(file, "webhook", Difference::whole(why));
        }
    };
    let about = recorded["webhook_type"].as_str().unwrap_or("webhook");
    if is_unknown(body) {
        let (file, what) = (file.clone(), about.to_owned());
        return report.apart.push(Apart { file, what });
    }
    let read = repaired(&recorded, read(body), async |body| {
        read(body.to_string().as_bytes())
    })
    .await;
    let arrived = read.outcome.as_ref();
    let found = report.deliveries.add(&recorded, &read.faults, arrived);
    for difference in found {
        report.fail(file, about, difference);
    }
}

/// Whether a body is a delivery of a type that the crate does not have.
fn is_unknown(body: &[u8]) -> bool {
    let webhook = Webhook::from_slice(body);
    webhook.is_ok_and(|webhook| webhook.webhook_type.is_unknown())
}

/// What a receiver gets, written again.
fn read(body: &[u8]) -> Result<Value, Refused> {
    let webhook = Webhook::from_slice(body).map_err(|error| Refused::Whole(error.to_string()))?;
    match (&webhook.malformed, &webhook.event) {
        (Some(why), _) => Err(Refused::At(Fault::new(&why.path, &why.reason))),
        (None, WebhookEvent::Unknown { .. }) => {
            let why = "is of a known type and has an unknown event";
            Err(Refused::Whole(why.to_owned()))
        }
        (None, _) => serde_json::to_value(&webhook).map_err(|e| Refused::Whole(e.to_string())),
    }
}
