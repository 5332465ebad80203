//! Responses of failure: what the caller is told is what was recorded.

use lago_client::Error;
use serde_json::Value;

use super::Scene;
use super::leaves::Difference;
use super::report::Report;
use super::stage::Stage;
use crate::support::calling::CallError;

pub(super) async fn replay(stage: &mut Stage, scene: &Scene<'_>, report: &mut Report) {
    let body = &scene.exchange.response_body;
    let played = stage.play(scene, &scene.args, body).await;
    let mut found = match played.outcome {
        Err(CallError::Client(error)) => differences(scene, &error),
        Err(error) => vec![Difference::whole(error.to_string())],
        Ok(answered) => vec![Difference::whole(format!(
            "expected an error, got {}",
            answered.value
        ))],
    };
    found.extend(played.stray);
    report.errors.total += 1;
    if found.is_empty() {
        report.errors.decoded += 1;
    }
    for difference in found {
        report.fail(&scene.exchange.file, scene.operation.id, difference);
    }
}

/// Where the error is not what was recorded.
fn differences(scene: &Scene<'_>, error: &Error) -> Vec<Difference> {
    let exchange = scene.exchange;
    let of_body = |key| exchange.response_body.get(key);
    let said = |text: Option<&str>| text.map_or(Value::Null, Value::from);
    let is_lagos = |key| of_body(key).is_some_and(Value::is_string);
    let refusal = (is_lagos("error") || is_lagos("code")).then_some(&exchange.response_body);
    let questions = [
        (
            "status",
            Some(&Value::from(exchange.status)),
            Value::from(error.status().map(|status| status.as_u16())),
        ),
        ("code", of_body("code"), said(error.code())),
        ("error", of_body("error"), said(error.message())),
        (
            "error_details",
            of_body("error_details"),
            error.details().cloned().unwrap_or_default(),
        ),
        (
            "x-request-id",
            exchange.response_headers.get("x-request-id"),
            said(error.request_id()),
        ),
        (
            "api_error",
            refusal,
            error
                .api_error()
                .map_or(Value::Null, |refusal| refusal.raw().clone()),
        ),
    ];
    questions
        .into_iter()
        .map(|(path, recorded, told)| (path, recorded.unwrap_or(&Value::Null), told))
        .filter(|(_, recorded, told)| *recorded != told)
        .map(|(path, recorded, told)| Difference::of(path, recorded, &told))
        .collect()
}
