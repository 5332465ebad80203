//! Calls without types: what is sent, what comes back, and when they are repeated.

use std::error::Error;
use std::time::Duration;

use lago_client::{Client, Method, RawRequest, RetryPolicy};
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::json;

use crate::traced;

type Outcome = Result<(), Box<dyn Error>>;

/// More digits than a float has.
const BODY: &str = r#"{"thing":{"amount":0.123456789012345678901234567890}}"#;

async fn server() -> std::io::Result<Scripted> {
    Scripted::always(ScriptedResponse::json("200 OK", BODY)).await
}

#[tokio::test]
async fn it_is_sent_as_it_is_described_and_comes_back_as_it_is() -> Outcome {
    let server = server().await?;
    let lago = server.client()?;
    let request = lago
        .raw(Method::Post, "/things/{code}/parts/{part}")
        .path("part", 7)
        .path("code", "a.b/c d")
        .query("status[]", "new")
        .query("status[]", "a&b")
        .header("x-a", "b")
        .json(&json!({ "part": { "name": "x" } }));
    let response = request.response().await?;
    assert_eq!(response.value, BODY);
    assert_eq!((response.status.as_u16(), response.attempts), (200, 1));
    assert_eq!(response.request_id(), Some("req-1"));

    lago.raw(Method::Get, "/api/v2/things").await?;
    let sent = server.requests();
    assert_eq!(
        sent[0].target,
        "/api/v1/things/a%2Eb%2Fc%20d/parts/7?status%5B%5D=new&status%5B%5D=a%26b"
    );
    assert_eq!(sent[0].method, "POST");
    assert_eq!(sent[0].body, br#"{"part":{"name":"x"}}"#);
    assert_eq!(sent[0].header("content-type"), "application/json");
    assert_eq!(sent[0].header("authorization"), format!("Bearer {API_KEY}"));
    assert_eq!(
        (sent[0].header("x-a").as_str(), sent[1].target.as_str()),
        ("b", "/api/v2/things")
    );
    Ok(())
}

#[tokio::test]
async fn only_what_is_said_to_be_idempotent_is_repeated() -> Outcome {
    let server = Scripted::always(ScriptedResponse::new("502 Bad Gateway", &[], "")).await?;
    let hasty = RetryPolicy::new()
        .initial_backoff(Duration::ZERO)
        .max_attempts(2);
    let lago: Client = server.builder().retry(hasty).build()?;
    let cases: [(RawRequest, u32, bool); 4] = [
        (lago.raw(Method::Get, "/things"), 2, true),
        (lago.raw(Method::Get, "/things").idempotent(false), 1, true),
        (lago.raw(Method::Delete, "/things"), 1, true),
        (lago.raw(Method::Put, "/things").idempotent(true), 2, true),
    ];
    for (request, attempts, is_ambiguous) in cases {
        let error = request.clone().await.unwrap_err();
        assert_eq!(
            (error.attempts(), error.is_ambiguous()),
            (attempts, is_ambiguous),
            "{request:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn refusals_and_traces_show_the_path_without_its_values() -> Outcome {
    let refusal = json!({ "status": 404, "error": "Not Found", "code": "thing_not_found" });
    let server = Scripted::always(ScriptedResponse::json("404 Not Found", refusal)).await?;
    let lago = server.client()?;
    traced::begin();
    let read = lago
        .raw(Method::Get, "/things/{code}")
        .path("code", "secret");
    assert!(!format!("{read:?}").contains("secret"));
    let error = read.clone().await.unwrap_err();
    assert!(error.is_not_found() && error.code() == Some("thing_not_found"));
    assert!(
        error.to_string().starts_with("GET /things/{code}: 404"),
        "{error}"
    );
    let lines = traced::take("lago_client").join("\n");
    assert!(
        lines.contains("url.template=/things/{code}") && !lines.contains("secret"),
        "{lines}"
    );
    // One for each literal, however often it is called.
    let again = read.await.unwrap_err();
    let both = error.operation().zip(again.operation());
    assert!(both.is_some_and(|(one, other)| std::ptr::eq(one, other)));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_sent_is_an_error_and_is_not_sent() -> Outcome {
    let server = server().await?;
    let lago = server.client()?;
    let thing = || lago.raw(Method::Get, "/things/{code}");
    let wrong = [
        thing(),
        thing().path("other", "x"),
        thing().path("code", "x").path("other", "x"),
        thing().path("code", "x").path("code", "y"),
        thing().path("code", ""),
        thing().path("code", ".."),
        thing().path("code", "a\0"),
        thing().path("code", "x").timeout(Duration::ZERO),
        thing().path("code", "x").header("authorization", "x"),
        thing()
            .path("code", "x")
            .json(&std::collections::BTreeMap::from([((1, 2), 3)])),
        lago.raw(Method::Get, "things"),
        lago.raw(Method::Get, "/things?a=b"),
        lago.raw(Method::Get, "/things/../admin"),
        lago.raw(Method::Get, "/things/{code"),
        lago.raw(Method::Get, "https://other.test/things"),
    ];
    for request in wrong {
        let error = request.clone().await.unwrap_err();
        assert!(
            error.is_usage() && error.attempts() == 0,
            "{request:?}: {error}"
        );
    }
    assert!(server.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_response_that_is_cut_off_is_none() -> Outcome {
    let torn = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"thing\":{";
    let server = Scripted::always(ScriptedResponse::raw(torn).closing()).await?;
    let lago = server.builder().retry(RetryPolicy::never()).build()?;
    let error = lago.raw(Method::Post, "/things").await.unwrap_err();
    assert!(error.is_transport() && error.is_ambiguous(), "{error}");
    Ok(())
}
