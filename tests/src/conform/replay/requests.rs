//! Requests that the server took: a caller can say the same, leaf for leaf.

use lago_client::{Idempotency, Key};
use serde_json::{Value, json};

use super::Scene;
use super::leaves::{Difference, short};
use super::report::Report;
use super::stage::Stage;
use crate::support::calling::{Args, CallError};

pub(super) async fn replay(stage: &mut Stage, scene: &Scene<'_>, report: &mut Report) {
    let exchange = scene.exchange;
    if scene.said.is_null() {
        return;
    }
    let args = Args {
        body: Some(scene.said.clone()),
        ..scene.args.clone()
    };
    let played = stage.play(scene, &args, &exchange.response_body).await;
    let faults: Vec<Difference> = match played.outcome {
        Err(CallError::Arguments(why)) => vec![Difference {
            path: "request".to_owned(),
            what: format!("cannot be said: {}", short(&Value::from(why))),
        }],
        // How the response is read is told elsewhere.
        _ => Vec::new(),
    };
    let recorded = json!({ "request": with_nulls(&scene.said) });
    let sent = played.sent.map(|sent| {
        let mut sent: Value = serde_json::from_slice(&sent).unwrap_or_default();
        if let Idempotency::WithKey(key) = scene.operation.idempotency {
            forget_fixed_times(&exchange.request_body, &mut sent, key);
        }
        json!({ "request": with_nulls(&sent) })
    });
    let found = report.requests.add(&recorded, &faults, sent.as_ref());
    for difference in found {
        report.fail(&exchange.file, scene.operation.id, difference);
    }
}

/// A call fixes the time of what was recorded without one.
fn forget_fixed_times(recorded: &Value, sent: &mut Value, key: Key) {
    match (recorded, sent) {
        (Value::Object(recorded), Value::Object(sent)) => {
            if recorded.contains_key(key.name) && !recorded.contains_key(key.time) {
                sent.remove(key.time);
            }
            for (name, sent) in sent {
                let recorded = recorded.get(name).unwrap_or(&Value::Null);
                forget_fixed_times(recorded, sent, key);
            }
        }
        (Value::Array(recorded), Value::Array(sent)) => {
            for (recorded, sent) in recorded.iter().zip(sent) {
                forget_fixed_times(recorded, sent, key);
            }
        }
        _ => {}
    }
}

/// In a request null says something: there it is a leaf like others.
fn with_nulls(value: &Value) -> Value {
    match value {
        Value::Null => json!("(null)"),
        Value::Array(items) => items.iter().map(with_nulls).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), with_nulls(value)))
            .collect(),
        other => other.clone(),
    }
}
