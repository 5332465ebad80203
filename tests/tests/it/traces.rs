//! What calls tell through `tracing`, and what they keep to themselves.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lago_client::RetryPolicy;
use lago_client::types::CustomerInput;
use lago_tests::support::bodies::tax;
use lago_tests::support::clients::client_for;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::json;

use crate::errors::cases::cases;
use crate::errors::client;
use crate::traced;

type Outcome = Result<(), Box<dyn Error>>;

/// In ids, names and headers of the calls of these tests; the keys of clients hold it too.
const SECRET: &str = "secret";

/// So that nothing waits for the end of one.
const SHORTER_THAN_ANY_WINDOW: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_call_is_a_span_in_the_words_of_opentelemetry_and_a_retry_is_an_event() -> Outcome {
    let asked = AtomicU32::new(0);
    let body = json!({"tax": tax("vat-secret")});
    let server = Scripted::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => ScriptedResponse::new("502 Bad Gateway", &[], ""),
        1 => ScriptedResponse::new("429 Too Many Requests", &[("retry-after", "0")], ""),
        _ => ScriptedResponse::json("200 OK", &body),
    });
    let server = server.await?;
    let port = server.origin().rsplit(':').next().map(str::to_owned);
    let port = port.ok_or("no port")?;
    let lago = server
        .builder()
        .retry(RetryPolicy::new().max_backoff(Duration::ZERO))
        .build()?;
    traced::begin();
    lago.taxes().get("vat-secret").await?;
    let origin = server.origin();
    let expected = [
        format!(
            "INFO otel.kind=client http.request.method=GET url.template=/taxes/{{code}} \
             lago.operation_id=findTax otel.name=GET /taxes/{{code}} \
             url.full={origin}/api/v1/taxes/{{code}} server.address=127.0.0.1 server.port={port} \
             http.response.status_code=200 lago.request_id=req-1 http.request.resend_count=2: lago"
        ),
        "INFO lago.operation_id=findTax attempt=1 error.type=502 pause=0ns: \
         an attempt failed and is repeated after a pause"
            .to_owned(),
        "INFO lago.operation_id=findTax attempt=2 error.type=429 pause=0ns: \
         an attempt failed and is repeated after a pause"
            .to_owned(),
        "DEBUG : the call succeeded".to_owned(),
    ];
    assert_eq!(traced::take("lago_client"), expected);
    Ok(())
}

#[tokio::test]
async fn an_address_that_may_be_a_key_is_told_nowhere() -> Outcome {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = nobody.local_addr()?;
    drop(nobody);
    let http = reqwest::Client::builder()
        .resolve("key-that-is-secret", address)
        .build()?;
    let lago = client_for("key-that-is-secret").http_client(http);
    let lago = lago.retry(RetryPolicy::never()).build()?;
    traced::begin();
    let error = lago.taxes().get("vat").await.unwrap_err();
    let lines = traced::take("lago_client").join("\n");
    assert!(
        lines.contains("url.full=http://[redacted]/api/v1/taxes/{code} server.address=[redacted]"),
        "{lines}"
    );
    let printed = format!("{lines} {error} {error:?} {lago:?}");
    assert!(error.is_connect() && !printed.contains(SECRET), "{printed}");
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(error) = cause {
        assert!(!error.to_string().contains(SECRET), "{error}");
        cause = error.source();
    }
    Ok(())
}

#[tokio::test]
async fn a_failure_has_a_class() -> Outcome {
    for (case, expected) in [
        (
            "404 with a code",
            "http.response.status_code=404 lago.request_id=req-1 otel.status_code=ERROR error.type=404: lago",
        ),
        (
            "200 with HTML",
            "http.response.status_code=200 otel.status_code=ERROR error.type=decode: lago",
        ),
        (
            "nobody listens",
            "otel.status_code=ERROR error.type=connect: lago",
        ),
        (
            "no response",
            "otel.status_code=ERROR error.type=timeout: lago",
        ),
        (
            "closed before the response",
            "otel.status_code=ERROR error.type=transport: lago",
        ),
        (
            "too large, and says so",
            "http.response.status_code=200 otel.status_code=ERROR error.type=too_large: lago",
        ),
    ] {
        let case = cases().into_iter().find(|known| known.name == case);
        let lago = client(&case.ok_or("no such case")?).await?;
        traced::begin();
        assert!(lago.taxes().get("vat").await.is_err());
        let lines = traced::take("lago_client");
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].ends_with(expected), "{lines:?}");
        assert_eq!(lines[1], "DEBUG : the call failed");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_told_is_free_of_keys_and_data() -> Outcome {
    for case in cases() {
        let lago = client(&case).await?;
        let often = RetryPolicy::new()
            .max_backoff(Duration::ZERO)
            .max_attempts(2);
        traced::begin();
        let customer = CustomerInput::new("customer-secret-1").email("jane@secret.example");
        let create = lago
            .customers()
            .create(customer)
            .retry(often.clone())
            .total_timeout(SHORTER_THAN_ANY_WINDOW);
        let read = lago
            .taxes()
            .get("tax-secret")
            .header("x-a", "secret")
            .retry(often)
            .total_timeout(SHORTER_THAN_ANY_WINDOW);
        let debugged = format!("{lago:?} {create:?} {read:?}");
        assert!(!debugged.contains(SECRET), "{debugged}");
        // Whatever comes of them.
        let (created, read) = (create.await, read.response().await);
        drop((created, read));
        let lines = traced::take("lago_client").join("\n");
        assert!(
            lines.contains("lago.operation_id=createCustomer"),
            "{lines}"
        );
        assert!(!lines.contains(SECRET), "{}: {lines}", case.name);
    }
    Ok(())
}
