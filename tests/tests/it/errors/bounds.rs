//! How much is printed of what a server says, however much that is.

use std::error::Error as StdError;

use lago_client::RetryPolicy;
use lago_client::types::{Webhook, WebhookType};
use lago_client::webhooks::Verifier;
use lago_tests::support::bodies::tax;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::{Value, json};

use crate::traced;

type Outcome = Result<(), Box<dyn StdError>>;

/// In bytes, of a header or a text; a head of more is refused before anybody reads it.
const HUGE: usize = 100_000;

/// In bytes, of what is printed in one way.
const MOST: usize = 2_000;

fn huge(part: &str) -> String {
    part.repeat(HUGE / part.len())
}

/// Objects in objects.
fn nested(key: &str, innermost: Value) -> Value {
    (0..120).fold(innermost, |value, _| json!({ key: value }))
}

/// In every header that is looked at.
fn headers() -> Vec<(&'static str, String)> {
    vec![
        ("x-request-id", huge("\tid")),
        ("content-type", huge("text/x")),
        ("location", format!("http://{}/", huge("a."))),
        ("retry-after", huge("9")),
    ]
}

/// Responses of which everything is too long that can be.
fn responses() -> Vec<ScriptedResponse> {
    // Less than what is read of a refusal.
    let codes: Vec<String> = (0..HUGE / 2)
        .map(|number| format!("code_{number}"))
        .collect();
    let word = "w".repeat(60);
    let refusal = |details: Value| {
        json!({
            "status": 422, "error": huge("e"), "code": word, "message": huge("m"),
            "error_details": details,
        })
    };
    let refusals = [
        json!({"code": codes}),
        nested(&word, json!([word])),
        json!({format!("a{}", "[0]".repeat(HUGE)): [word]}),
        json!({huge("k"): huge("v")}),
        json!({"0": {"errors": format!("Validation errors: {}", json!({"a": codes})), "params": {}}}),
        json!(huge("text ")),
    ];
    let mut odd = tax("vat");
    odd["rate"] = nested(&word, json!(1));
    let mut text = tax("vat");
    text["rate"] = json!(huge("12.x"));
    let mut unknown = tax("vat");
    unknown[huge("field")] = json!(1);
    let successes = [
        json!({"tax": odd}),
        json!({"tax": text}),
        json!({"tax": unknown}),
        json!(huge("x")),
    ];
    let of = |status: &str, body: String| {
        let headers = headers();
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        ScriptedResponse::new(status, &headers, body)
    };
    let mut responses = vec![
        of("301 Moved Permanently", String::new()),
        of("500 Internal Server Error", huge("<html>")),
        of("429 Too Many Requests", huge("slow")),
    ];
    responses.extend(refusals.map(|details| of("422 X", refusal(details).to_string())));
    responses.extend(successes.map(|body| of("200 OK", body.to_string())));
    responses
}

fn is_bounded(what: &str, printed: &str) {
    let length = printed.len();
    assert!(
        length <= MOST,
        "{what}: {length} bytes: {}",
        &printed[..200]
    );
    let is_seen = |character: char| !character.is_control() || character == '\n';
    assert!(printed.chars().all(is_seen), "{what}: {printed:?}");
}

/// An error in every way in which it is printed, with all that caused it.
fn is_bounded_in_every_way(error: &(impl StdError + 'static)) {
    is_bounded("display", &error.to_string());
    is_bounded("debug", &format!("{error:?}"));
    is_bounded("details", &format!("{error:#?}"));
    let mut cause = error.source();
    while let Some(error) = cause {
        is_bounded("cause", &error.to_string());
        is_bounded("debug of a cause", &format!("{error:?}"));
        cause = error.source();
    }
}

#[tokio::test]
async fn what_is_printed_of_a_response_has_a_bound() -> Outcome {
    let mut failed = 0;
    for response in responses() {
        let server = Scripted::always(response).await?;
        let lago = server
            .builder()
            .retry(RetryPolicy::new().max_attempts(1))
            .build()?;
        traced::begin();
        let outcome = lago.taxes().get("vat").response().await;
        for line in traced::take("lago_client") {
            is_bounded("traced", &line);
        }
        match outcome {
            Ok(response) => is_bounded("response", &format!("{:?}", response)),
            Err(error) => {
                failed += 1;
                assert_eq!(
                    error.request_id().map(str::len),
                    Some(huge("\tid").trim().len())
                );
                is_bounded_in_every_way(&error);
            }
        }
    }
    assert_eq!(
        failed,
        responses().len() - 1,
        "all but the one with a field that nobody knows"
    );
    Ok(())
}

/// Of a list of codes each has a place, and their paths are no longer all together than a body may be.
#[tokio::test]
async fn a_long_path_to_many_codes_is_not_kept_with_each() -> Outcome {
    let codes = vec!["c"; 100_000];
    let body = json!({"status": 422, "error": "e", "code": "c", "error_details": {"k".repeat(500_000): codes}});
    let server = Scripted::always(ScriptedResponse::json("422 X", body)).await?;
    let error = server
        .client()?
        .taxes()
        .get("vat")
        .await
        .err()
        .ok_or("a success")?;
    let refusal = error.api_error().ok_or("no refusal")?;
    let problems = refusal.problems();
    assert_eq!(problems.len(), 100_000);
    assert!(problems.iter().all(|problem| problem.path.len() <= 1_000));
    is_bounded_in_every_way(&error);
    Ok(())
}

#[test]
fn what_is_printed_of_a_delivery_has_a_bound() -> Outcome {
    let key = "hmac-key";
    let body = json!({"webhook_type": huge("type."), "object_type": "x", "x": {}}).to_string();
    let signature = lago_client::webhooks::sign_hmac(key, body.as_bytes());
    let headers = [
        ("x-lago-signature", signature.as_str()),
        ("x-lago-unique-key", "id"),
    ];
    let delivery = Verifier::hmac(key).verify(headers, body.as_bytes())?;
    assert!(matches!(delivery.webhook_type, WebhookType::Unknown(_)));
    is_bounded("delivery", &format!("{delivery:?}"));
    is_bounded("delivery", &format!("{delivery:#?}"));

    let odd = nested(&"w".repeat(60), json!(1));
    let body = json!({"webhook_type": "invoice.created", "object_type": "invoice", "invoice": {"number": odd}});
    let malformed = Webhook::from_slice(body.to_string().as_bytes())?.malformed;
    is_bounded_in_every_way(&malformed.ok_or("it was read")?);
    Ok(())
}
