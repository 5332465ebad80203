//! Responses of success: they decode, and every leaf arrives.

use serde_json::{Map, Value};

use super::Scene;
use super::repair::{Fault, Refused, repaired};
use super::report::Report;
use super::stage::{Played, Stage};
use crate::support::calling::{Answered, CallError};

pub(super) async fn replay(stage: &mut Stage, scene: &Scene<'_>, report: &mut Report) {
    let recorded = &scene.exchange.response_body;
    let Played { outcome, stray, .. } = stage.play(scene, &scene.args, recorded).await;
    let read = repaired(recorded, outcome.map_err(refused), async |body| {
        let outcome = stage.play(scene, &scene.args, body).await.outcome;
        outcome.map_err(refused)
    })
    .await;
    let (file, id) = (&scene.exchange.file, scene.operation.id);
    if let Some(stray) = stray {
        report.fail(file, id, stray);
    }
    let arrived = read
        .outcome
        .and_then(|answered| in_envelope(scene, answered));
    let found = report
        .responses
        .add(recorded, &read.faults, arrived.as_ref());
    for difference in found {
        report.fail(file, id, difference);
    }
}

/// The place that a caller is told of.
fn refused(error: CallError) -> Refused {
    let CallError::Client(error) = &error else {
        return Refused::Whole(error.to_string());
    };
    let line = error.to_string();
    match std::error::Error::source(error) {
        Some(cause) if error.is_decode() => {
            let path = line.split_once(" cannot be read at ");
            let path = path.map_or("", |(_, path)| path);
            Refused::At(Fault::new(path, &cause.to_string()))
        }
        _ => Refused::Whole(line),
    }
}

/// What a caller got, as the server would have sent it: under the root key of the recorded body.
/// Nothing when that has none, though it should.
fn in_envelope(scene: &Scene<'_>, answered: Answered) -> Option<Value> {
    let recorded = &scene.exchange.response_body;
    let roots = scene.operation.roots;
    // A response that may be empty has no envelope then either.
    if roots.is_empty() || recorded.is_null() {
        return Some(answered.value);
    }
    let root = roots.iter().find(|root| recorded.get(**root).is_some())?;
    let mut envelope = Map::new();
    envelope.insert((*root).to_owned(), answered.value);
    envelope.extend(answered.meta.map(|meta| ("meta".to_owned(), meta)));
    Some(Value::Object(envelope))
}
