//! What a refusal says, from the socket to the typed view.

use std::error::Error;
use std::path::Path;

use lago_client::types::api_error::Details;
use lago_client::types::{ApiError, EventInput};
use lago_tests::conform::recording::Recordings;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

async fn refusal(status: &str, body: &Value) -> Result<lago_client::Error, Box<dyn Error>> {
    let lago = Scripted::always(ScriptedResponse::json(status, body))
        .await?
        .client()?;
    let events = ["a", "b"].map(|code| EventInput::new(code, "sub"));
    let outcome = lago.events().create_batch(events).await;
    Ok(outcome.err().ok_or("a success")?)
}

#[tokio::test]
async fn a_refused_batch_names_the_events_at_fault() -> Outcome {
    // As recorded: the second of two events lacked everything.
    let body = json!({
        "status": 422, "error": "Unprocessable Entity", "code": "validation_errors",
        "error_details": {"1": {"transaction_id": ["value_is_mandatory"], "code": ["value_is_mandatory"]}},
    });
    let error = refusal("422 Unprocessable Entity", &body).await?;
    let refusal = error.api_error().ok_or("no error of the API")?;
    assert_eq!(refusal.raw(), &body);
    assert_eq!(
        refusal.status(),
        error.status().map(|status| status.as_u16())
    );
    assert_eq!(
        (refusal.code(), refusal.error()),
        (error.code(), error.message())
    );
    assert_eq!(refusal.raw().get("error_details"), error.details());
    let Details::Items(items) = refusal.details() else {
        return Err(format!("{:?}", refusal.details()).into());
    };
    let indices: Vec<usize> = items.iter().map(|(index, _)| index).collect();
    assert_eq!(indices, [1]);
    assert!(refusal.has("code", "value_is_mandatory"));
    assert!(!refusal.has("code", "value_already_exist"));
    Ok(())
}

/// Every refusal of a real server is of a shape that is known, and says what is wrong.
#[test]
fn recorded_refusals_are_understood() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let mut refusals = Recordings::read(&folder)?.exchanges;
    refusals.retain(|exchange| exchange.status >= 400 && exchange.is_json());
    for exchange in &refusals {
        let refusal = ApiError::from(exchange.response_body.clone());
        let file = &exchange.file;
        assert_eq!(refusal.status(), Some(exchange.status), "{file}");
        assert!(refusal.error().is_some(), "{file}");
        let has_code = !matches!(exchange.status, 400 | 401 | 500);
        assert_eq!(refusal.code().is_some(), has_code, "{file}");
        let has_problems = match refusal.details() {
            Details::Absent => false,
            Details::Fields(_) | Details::Items(_) => true,
            // Of a list in a query: the field, the place in the list, what is wrong with it.
            Details::Other(Value::Object(_)) => {
                let problems = refusal.problems();
                problems.iter().all(|problem| problem.path.ends_with(".0"))
            }
            details => return Err(format!("{file}: {details:?}").into()),
        };
        assert_eq!(!refusal.problems().is_empty(), has_problems, "{file}");
    }
    assert!(refusals.len() > 60, "{}", refusals.len());
    Ok(())
}

#[tokio::test]
async fn what_is_not_lagos_has_no_view_and_keeps_its_body() -> Outcome {
    for body in [
        json!({"detail": "a gateway"}),
        json!(["error"]),
        json!(null),
    ] {
        let error = refusal("502 Bad Gateway", &body).await?;
        assert_eq!(error.api_error(), None);
        assert_eq!(**error.body(), *body.to_string().as_bytes());
    }
    // A sentence of another type is no reason to lose the code.
    let error = refusal(
        "404 Not Found",
        &json!({"error": 404, "code": "plan_not_found"}),
    )
    .await?;
    assert_eq!(error.code(), Some("plan_not_found"));
    assert_eq!(error.api_error().and_then(ApiError::error), None);
    Ok(())
}
