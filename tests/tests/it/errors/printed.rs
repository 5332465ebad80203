//! What `main` and `unwrap` print of an error: one line that helps, and the details with `{:#?}`.

use std::error::Error as StdError;

use lago_client::mock::{MockResponse, MockServer};
use lago_client::types::{ApiError, CustomerInput, Decimal, Webhook};
use lago_client::webhooks::Verifier;
use lago_client::{Client, RetryPolicy};
use lago_tests::support::clients::client_for;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::cases::cases;

type Outcome = Result<(), Box<dyn StdError>>;

#[tokio::test]
async fn every_failure_is_a_line_with_details_for_those_who_ask() -> Outcome {
    for case in cases() {
        let Err(error) = super::client(&case).await?.taxes().get("vat").await else {
            continue;
        };
        let printed = format!("{error:?}");
        assert_eq!(printed.lines().count(), 1, "{}: {printed}", case.name);
        assert!(printed.starts_with(&error.to_string()), "{printed}");
        let details = format!("{error:#?}");
        assert!(details.starts_with("Error {\n") && details.contains("findTax"));
    }
    Ok(())
}

/// A client whose calls are answered with this refusal.
async fn refused(body: Value) -> Result<Client, Box<dyn StdError>> {
    let response = ScriptedResponse::json(&format!("{} X", body["status"]), body);
    Ok(Scripted::always(response).await?.client()?)
}

#[tokio::test]
async fn causes_and_advice_follow_the_line() -> Outcome {
    let nobody = TcpListener::bind("127.0.0.1:0").await?;
    let address = nobody.local_addr()?.to_string();
    drop(nobody);
    let alone = client_for(&address).retry(RetryPolicy::never()).build()?;
    let unauthorized = refused(json!({"status": 401, "error": "Unauthorized"})).await?;
    let invalid = refused(json!({
        "status": 422, "error": "Unprocessable Entity", "code": "validation_errors",
        "error_details": {"external_id": ["value_already_exist"]},
    }))
    .await?;
    for (lago, beginning, end) in [
        (
            alone,
            "POST /customers: no connection to the server: error sending request: ",
            ". Is the base URL (LAGO_API_URL) right, and does the server run?",
        ),
        (
            unauthorized,
            "POST /customers: 401 Unauthorized, request req-1",
            ". Is the API key (LAGO_API_KEY) right, and of this server (LAGO_API_URL)?",
        ),
        (
            invalid,
            "POST /customers: 422 Unprocessable Entity, validation_errors (external_id: value_already_exist), request req-1",
            ". `details()` has all that the server said",
        ),
    ] {
        let customer = CustomerInput::new("acme");
        let error = lago
            .customers()
            .create(customer)
            .await
            .err()
            .ok_or("a success")?;
        let printed = format!("{error:?}");
        assert!(
            printed.starts_with(beginning) && printed.ends_with(end),
            "{printed}"
        );
        let exists = error.has("external_id", "value_already_exist");
        assert_eq!(exists, error.is_validation());
    }
    let error = Client::builder().build().err().ok_or("a client")?;
    assert_eq!(format!("{error:?}"), error.to_string());
    Ok(())
}

#[tokio::test]
async fn all_public_errors_are_printed_like_that() -> Outcome {
    let body = br#"{"webhook_type": "invoice.created", "invoice": {"number": ["Jane Doe"]}}"#;
    let malformed = Webhook::from_slice(body)?.malformed.ok_or("read")?;
    let refused = json!({"status": 422, "code": "validation_errors", "error_details": {"name": ["Jane Doe"]}});
    let server = MockServer::start().await?;
    let errors: [Box<dyn StdError>; 6] = [
        Decimal::parse("1,5").err().ok_or("a decimal")?.into(),
        malformed.into(),
        Webhook::from_slice(b"[\"Jane Doe\"]")
            .err()
            .ok_or("a webhook")?
            .into(),
        ApiError::from(refused).into(),
        Verifier::hmac("Jane Doe")
            .verify([("a", "b")], b"")
            .err()
            .ok_or("trusted")?
            .into(),
        server
            .respond_next("invoices.got", MockResponse::new(200))
            .err()
            .ok_or("known")?
            .into(),
    ];
    for error in errors {
        let printed = format!("{error:?}");
        assert_eq!(printed.lines().count(), 1, "{printed}");
        assert!(printed.starts_with(&error.to_string()), "{printed}");
        let details = format!("{error:#?}");
        assert_ne!(details, printed);
        assert!(
            !format!("{printed} {details}").contains("Jane"),
            "{details}"
        );
    }
    Ok(())
}
