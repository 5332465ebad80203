//! What is repeated, what is not, and what a response says of it.

use lago_client::mock::{MockResponse, MockServer, Mode};
use lago_tests::support::server::{Scripted, ScriptedResponse};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Adapter, Outcome, code, header, seen};

const WITH_BOTH: &str =
    r#"{"event":{"transaction_id":"t","code":"c","external_subscription_id":"s","timestamp":1}}"#;

async fn server() -> std::io::Result<MockServer> {
    MockServer::builder().mode(Mode::Off).start().await
}

#[tokio::test]
async fn what_may_be_repeated_is() -> Outcome {
    let server = server().await?;
    let adapter = Adapter::start(&server.url(), &[]).await?;
    let without_time = WITH_BOTH.replace(r#","timestamp":1"#, "");
    let batch =
        json!({"events": [{"transaction_id": "t", "timestamp": 1}, {"transaction_id": "u"}]});
    let again = "200 lago-attempts=2";
    let in_doubt = "503 lago-attempts=1 lago-ambiguous=true";
    for (operation, method, target, body, expected) in [
        ("plans.get", Method::GET, "/plans/pro", "", again),
        ("customers.create", Method::POST, "/customers", "{}", again),
        (
            "invoices.preview",
            Method::POST,
            "/invoices/preview",
            "{}",
            again,
        ),
        ("events.create", Method::POST, "/events", WITH_BOTH, again),
        (
            "events.create",
            Method::POST,
            "/events",
            &without_time,
            in_doubt,
        ),
        (
            "events.create_batch",
            Method::POST,
            "/events/batch",
            &batch.to_string(),
            in_doubt,
        ),
        (
            "subscriptions.create",
            Method::POST,
            "/subscriptions",
            "{}",
            in_doubt,
        ),
        (
            "subscriptions.delete",
            Method::DELETE,
            "/subscriptions/s",
            "",
            in_doubt,
        ),
    ] {
        server.reset();
        server.respond_next(operation, MockResponse::new(503))?;
        let response = adapter
            .request(method, target)
            .body(body.to_owned())
            .send()
            .await?;
        assert_eq!(seen(&response), expected, "{operation} {body}");
        let sent = server.requests();
        let bodies = sent.iter().all(|request| request.body == body.as_bytes());
        assert!(bodies, "{operation}");
    }
    let lines = adapter.lines();
    assert_eq!(
        lines[0],
        "GET /api/v1/plans/{code} 200 attempts=2 plans.get"
    );
    assert_eq!(
        lines.last().map(String::as_str),
        Some(
            "DELETE /api/v1/subscriptions/{external_id} 503 attempts=1 subscriptions.delete ambiguous"
        )
    );
    Ok(())
}

#[tokio::test]
async fn a_write_without_an_answer_is_in_doubt_and_a_read_is_not() -> Outcome {
    let server = Scripted::always(ScriptedResponse::silence()).await?;
    let more = ["--timeout", "1", "--total-timeout", "1"];
    let adapter = Adapter::start(&server.origin(), &more).await?;
    let write = adapter.post("/subscriptions", "{}");
    let read = adapter.get("/plans");
    let (write, read) = tokio::join!(write, read);
    let (write, read) = (write?, read?);
    assert_eq!(seen(&write), "504 lago-attempts=1 lago-ambiguous=true");
    assert_eq!(header(&read, "lago-ambiguous"), None);
    assert_eq!(code(write).await?, "gateway_timeout");
    assert_eq!(code(read).await?, "gateway_timeout");
    let writes = server
        .requests()
        .into_iter()
        .filter(|request| request.method == "POST");
    assert_eq!(writes.count(), 1);
    Ok(())
}

#[tokio::test]
async fn without_a_connection_nothing_is_in_doubt() -> Outcome {
    // Nobody listens there. Only of its own client is known that it follows no redirect.
    let url = "http://127.0.0.1:1";
    let adapter = Adapter::with(super::client().api_key("key"), url, &[], None).await?;
    let response = adapter.post("/subscriptions", "{}").await?;
    assert_eq!(seen(&response), "502 lago-attempts=4");
    assert_eq!(code(response).await?, "gateway_no_connection");
    Ok(())
}

#[tokio::test]
async fn what_nobody_knows_is_passed_on_only_where_that_is_wanted() -> Outcome {
    let server = Scripted::always(ScriptedResponse::new("502 Bad Gateway", &[], "")).await?;
    let careful = Adapter::start(&server.origin(), &[]).await?;
    for (method, target) in [
        (Method::GET, "/gadgets"),
        (Method::POST, "/plans/pro"),
        (Method::GET, "/api/v3/plans"),
        (Method::TRACE, "/plans"),
        (Method::GET, "/../admin"),
    ] {
        let response = careful.request(method, target).send().await?;
        assert_eq!(response.status(), 404, "{target}");
        assert_eq!(code(response).await?, "gateway_unknown_operation");
    }
    assert!(server.requests().is_empty());

    let open = Adapter::start(&server.origin(), &["--pass-unknown"]).await?;
    let read = open.get("/gadgets/a.b?x[]=1").await?;
    assert_eq!(seen(&read), "502 lago-attempts=4");
    let write = open.post("/api/v1/gadgets/a/parts", "[1]").await?;
    assert_eq!(seen(&write), "502 lago-attempts=1 lago-ambiguous=true");
    let sent = server.requests();
    assert_eq!(sent[0].target, "/api/v1/gadgets/a%2Eb?x[]=1");
    assert_eq!(
        (sent[4].target.as_str(), &sent[4].body[..]),
        ("/api/v1/gadgets/a/parts", &b"[1]"[..])
    );
    let lines = open.lines();
    assert_eq!(lines[0], "GET /api/v1/{1}/{2} 502 attempts=4");
    Ok(())
}

#[tokio::test]
async fn the_rate_limit_is_kept_for_all_callers_together() -> Outcome {
    let headers = [
        ("x-ratelimit-limit", "1"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "3600"),
    ];
    let server = Scripted::always(ScriptedResponse::new("200 OK", &headers, "{}")).await?;
    let adapter = Adapter::start(&server.origin(), &["--total-timeout", "1"]).await?;
    assert_eq!(adapter.get("/plans").await?.status(), 200);
    let second = adapter.get("/taxes").await?;
    assert_eq!(seen(&second), "429 lago-attempts=0");
    let wait: u64 = header(&second, "retry-after").ok_or("no time")?.parse()?;
    assert!((100..3700).contains(&wait), "{wait}");
    assert_eq!(code(second).await?, "gateway_rate_limited");
    assert_eq!(server.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_success_that_is_too_large_was_done() -> Outcome {
    let server = Scripted::always(ScriptedResponse::json("200 OK", "x".repeat(2000))).await?;
    let client = super::client().api_key("key").max_response_bytes(1000);
    let adapter = Adapter::with(client, &server.origin(), &[], None).await?;
    let response = adapter.post("/subscriptions", "{}").await?;
    assert_eq!(seen(&response), "502 lago-attempts=1 lago-ambiguous=true");
    let body: Value = serde_json::from_slice(&response.bytes().await?)?;
    assert_eq!(body["code"], "gateway_no_response");
    Ok(())
}
