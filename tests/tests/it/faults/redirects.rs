//! HTTP clients of the caller's that follow redirects: after a server acted, what they meet elsewhere looks as
//! if nothing had been sent.

use std::error::Error;

use lago_client::Client;
use lago_client::mock::example;
use lago_client::types::EventInput;
use lago_tests::support::clients::client_for;
use lago_tests::support::faults::response;
use lago_tests::support::server::{Act, Faulty, Scripted, ScriptedResponse};
use reqwest::redirect::Policy;
use serde_json::json;
use tokio::net::TcpListener;

use super::{OPERATIONS, Operation, Outcome, call, good_body, hasty};

/// An address at which nobody listens.
async fn nobody() -> std::io::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")
        .await?
        .local_addr()?
        .to_string())
}

fn follows() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().build()
}

/// Makes both calls to a server that redirects them, through an HTTP client that follows. Tells of each what
/// came of it and how often the server was asked.
async fn redirected(
    status: &str,
    location: &str,
) -> Result<Vec<(Operation, lago_client::Error, usize)>, Box<dyn Error>> {
    let mut outcomes = Vec::new();
    for operation in OPERATIONS {
        let redirect = ScriptedResponse::new(status, &[("location", location)], "");
        let server = Scripted::always(redirect).await?;
        let lago = hasty(server.builder()).http_client(follows()?).build()?;
        let (_, outcome) = call(&lago, operation).await;
        let error = outcome.err().ok_or("a success")?;
        outcomes.push((operation, error, server.requests().len()));
    }
    Ok(outcomes)
}

/// How often a call is made that nobody knows the end of.
fn attempts(operation: Operation) -> usize {
    match operation {
        Operation::Upsert => 4,
        Operation::TopUp => 1,
    }
}

#[tokio::test]
async fn a_redirect_to_where_nobody_is_leaves_a_doubt() -> Outcome {
    let there = format!("http://{}/", nobody().await?);
    for status in [
        "307 Temporary Redirect",
        "308 Permanent Redirect",
        "302 Found",
    ] {
        for (operation, error, asked) in redirected(status, &there).await? {
            assert!(error.is_connect() && error.is_ambiguous(), "{error:?}");
            let expected = attempts(operation);
            assert_eq!((error.attempts() as usize, asked), (expected, expected));
            assert!(
                error.to_string().contains("or to where it redirects"),
                "{error}"
            );
        }
    }
    Ok(())
}

/// An HTTP client refuses such requests without sending them, the second one too.
#[tokio::test]
async fn a_redirect_that_the_http_client_refuses_leaves_a_doubt() -> Outcome {
    for (operation, error, asked) in redirected("307 X", "ftp://127.0.0.1/").await? {
        assert!(!error.is_usage() && error.is_ambiguous(), "{error:?}");
        let expected = attempts(operation);
        assert_eq!((error.attempts() as usize, asked), (expected, expected));
    }
    Ok(())
}

/// Whether it follows redirects cannot be seen.
#[tokio::test]
async fn an_http_client_of_the_callers_that_follows_none_leaves_a_doubt_too() -> Outcome {
    let http = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()?;
    let lago = hasty(client_for(&nobody().await?))
        .http_client(http)
        .build()?;
    for operation in OPERATIONS {
        let (made, outcome) = call(&lago, operation).await;
        let error = outcome.err().ok_or("a success")?;
        assert!(error.is_connect() && error.is_ambiguous(), "{error:?}");
        assert_eq!(made as usize, attempts(operation));
    }
    Ok(())
}

/// The HTTP client that is made here follows none: what answers is the API, and there is no second place.
#[tokio::test]
async fn no_redirect_is_followed_by_an_http_client_that_is_made_here() -> Outcome {
    let there = format!("http://{}/", nobody().await?);
    for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
        let redirect = ScriptedResponse::new(status, &[("location", &there)], "");
        let server = Scripted::always(redirect).await?;
        let lago: Client = hasty(server.builder()).build()?;
        let (made, outcome) = call(&lago, Operation::TopUp).await;
        let error = outcome.err().ok_or("a success")?;
        assert!(
            error.is_redirect() && !error.is_connect() && error.is_ambiguous(),
            "{error:?}"
        );
        assert_eq!((made, server.requests().len()), (1, 1));
    }
    Ok(())
}

/// A refusal of the request to which a redirect led proves nothing of the one that was answered with it.
#[tokio::test]
async fn a_refusal_from_another_url_leaves_a_doubt() -> Outcome {
    let refusal = r#"{"status":404,"error":"Not Found","code":"wallet_not_found"}"#;
    let server = Scripted::start(move |request| match request.method.as_str() {
        "POST" => ScriptedResponse::new("302 Found", &[("location", "/elsewhere")], ""),
        _ => ScriptedResponse::json("404 Not Found", refusal),
    })
    .await?;
    let lago = hasty(server.builder()).http_client(follows()?).build()?;
    let (_, outcome) = call(&lago, Operation::TopUp).await;
    let error = outcome.err().ok_or("a success")?;
    assert!(error.is_not_found() && error.is_ambiguous(), "{error:?}");
    assert_eq!((error.attempts(), server.requests().len()), (1, 2));
    Ok(())
}

#[tokio::test]
async fn what_the_http_client_refuses_to_send_was_not_sent() -> Outcome {
    let server = Faulty::start(vec![Act::says(response("200 OK", &[], good_body()?))]).await?;
    let http = reqwest::Client::builder().https_only(true).build()?;
    let lago = hasty(client_for(server.address()).http_client(http)).build()?;
    for operation in OPERATIONS {
        let (_, outcome) = call(&lago, operation).await;
        let error = outcome.err().ok_or("a success")?;
        assert!(error.is_usage() && !error.is_ambiguous(), "{error:?}");
        assert_eq!(error.attempts(), 0);
    }
    assert_eq!(server.connections(), 0);
    Ok(())
}

/// After a 301, 302 or 303 what was a `POST` is a `GET`, and the list of the events that there are reads like
/// those that were stored.
#[tokio::test]
async fn a_success_of_another_url_is_none_of_a_call_that_does_something() -> Outcome {
    let mut event = example("events.create")?;
    let events = json!({"events": [event["event"].take()]}).to_string();
    for status in ["301 X", "302 Found", "303 See Other", "307 X", "308 X"] {
        let events = events.clone();
        let server = Scripted::start(move |request| match request.target.as_str() {
            "/api/v1/events/batch" => {
                ScriptedResponse::new(status, &[("location", "/elsewhere")], "")
            }
            _ => ScriptedResponse::json("200 OK", &events),
        })
        .await?;
        let lago = hasty(server.builder()).http_client(follows()?).build()?;
        let lost = EventInput::new("api_calls", "sub_1");
        let error = lago
            .events()
            .create_batch([lost])
            .await
            .err()
            .ok_or("a success")?;
        assert!(error.is_redirect() && error.is_ambiguous(), "{error:?}");
        assert_eq!((error.attempts(), server.requests().len()), (1, 2));
        assert!(error.body().starts_with(b"{\"events\""));
    }
    Ok(())
}

/// Whether it is another URL is a comparison of texts, which have to be written alike on both ways.
#[tokio::test]
async fn a_response_of_the_same_url_is_no_redirect_whatever_is_in_the_path() -> Outcome {
    let server = Scripted::always(ScriptedResponse::new("200 OK", &[], "")).await?;
    let lago = server.builder().http_client(follows()?).build()?;
    let ids = [
        "a.b",
        "..a",
        "odd/../ü %2F?#&",
        "%2E",
        "'\"<>`{}|\\^[]",
        "a;b=c,d",
        "+ \u{1f600}",
    ];
    for id in ids {
        lago.subscriptions().alerts().delete_all(id).await?;
    }
    assert_eq!(server.requests().len(), ids.len());
    Ok(())
}
