//! Limits of servers on requests, and limits of callers on retries.

use std::future::ready;
use std::time::Duration;

use lago_client::RetryPolicy;
use lago_tests::support::bodies::tax;
use lago_tests::support::server::{Prompted, Scripted, ScriptedResponse};
use serde_json::json;

use super::Outcome;

const LIMITS: [(&str, &str); 3] = [
    ("x-ratelimit-limit", "100"),
    ("x-ratelimit-remaining", "0"),
    ("x-ratelimit-reset", "3600"),
];

#[tokio::test]
async fn what_is_left_is_told_with_every_response() -> Outcome {
    let body = json!({"tax": tax("vat")}).to_string();
    let gone = r#"{"status":404,"error":"Not Found","code":"tax_not_found"}"#;
    for (status, body) in [
        ("200 OK", body.as_str()),
        ("404 Not Found", gone),
        ("429 Too Many Requests", ""),
    ] {
        let server = Scripted::always(ScriptedResponse::new(status, &LIMITS, body)).await?;
        let call = server.client()?.taxes().get("vat");
        let limit = match call.response().await {
            Ok(response) => response.rate_limit(),
            Err(error) => error.rate_limit(),
        };
        let limit = limit.ok_or("no limit")?;
        assert_eq!((limit.limit, limit.remaining), (100, 0));
        assert_eq!(limit.reset, Duration::from_secs(3600));
        assert_eq!(server.requests().len(), 1, "a wait of an hour is not begun");
    }
    Ok(())
}

#[tokio::test]
async fn paced_clones_send_nothing_before_the_window() -> Outcome {
    let body = json!({"tax": tax("vat")}).to_string();
    let server = Scripted::always(ScriptedResponse::new("200 OK", &LIMITS, &body)).await?;
    let lago = server
        .builder()
        .rate_limit_pacing(true)
        .total_timeout(Duration::from_secs(60))
        .build()?;
    lago.taxes().get("vat").await?;
    let error = lago
        .clone()
        .taxes()
        .get("vat")
        .await
        .err()
        .ok_or("a success")?;
    assert!(
        error.is_rate_limited() && !error.is_ambiguous(),
        "{error:?}"
    );
    assert_eq!((error.attempts(), error.status()), (0, None));
    let wait = error.retry_after().ok_or("no wait")?;
    // No window is waited for longer than the policy allows, whatever the server says.
    let longest = Duration::from_secs(120);
    assert!(
        wait <= longest && wait > longest - Duration::from_secs(60),
        "{wait:?}"
    );
    assert!(error.to_string().contains("rate limit"), "{error}");
    assert_eq!(server.requests().len(), 1);
    // Without pacing the server is asked.
    let lago = server.client()?;
    lago.taxes().get("vat").await?;
    lago.taxes().get("vat").await?;
    assert_eq!(server.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_walk_that_is_not_polled_does_not_hold_up_other_calls() -> Outcome {
    let none_left = |reset| {
        let body = json!({"tax": tax("vat")}).to_string();
        let limits = [LIMITS[0], LIMITS[1], ("x-ratelimit-reset", reset)];
        ScriptedResponse::new("200 OK", &limits, &body)
    };
    // The walk waits for the window, or it is what went out to see whether there is one.
    for (reset, is_sent) in [("1", false), ("0", true)] {
        let mut server = Prompted::start().await?;
        let lago = server.builder().rate_limit_pacing(true).build()?;
        let first = tokio::spawn(lago.taxes().get("vat").send());
        let request = server.next().await.ok_or("no request")?;
        request.respond(none_left(reset));
        first.await??;

        let mut walk = lago.taxes().list().items();
        let mut sent = None;
        tokio::select! {
            biased;
            item = walk.next() => return Err(format!("a response: {item:?}").into()),
            request = server.next(), if is_sent => sent = request,
            () = ready(()), if !is_sent => {}
        }
        assert_eq!(sent.is_some(), is_sent);
        // From here on nobody polls it.
        let call = tokio::spawn(lago.taxes().get("vat").send());
        let request = server.next().await.ok_or("no request")?;
        assert_eq!(request.request.target, "/api/v1/taxes/vat");
        request.respond(none_left(reset));
        call.await??;
        drop(walk);
    }
    Ok(())
}

#[tokio::test]
async fn a_call_has_a_policy_of_its_own() -> Outcome {
    let server = Scripted::always(ScriptedResponse::new("502 Bad Gateway", &[], "")).await?;
    let hasty = RetryPolicy::new().initial_backoff(Duration::ZERO);
    let lago = server
        .builder()
        .retry(hasty.clone().max_attempts(3))
        .build()?;
    for (policy, attempts) in [
        (None, 3),
        (Some(RetryPolicy::never()), 1),
        (Some(hasty.clone().max_attempts(0)), 1),
        (Some(hasty.max_attempts(6)), 6),
    ] {
        let before = server.requests().len();
        let call = lago.taxes().get("vat");
        let call = match policy {
            Some(policy) => call.retry(policy),
            None => call,
        };
        let error = call.await.err().ok_or("a success")?;
        assert_eq!(error.attempts(), attempts, "{error}");
        assert_eq!(server.requests().len() - before, attempts as usize);
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_is_dropped_is_not_tried_again() -> Outcome {
    let mut server = Prompted::start().await?;
    let lago = server.client()?;
    let dropped = tokio::spawn(async move { lago.taxes().get("vat").await });
    let first = server.next().await.ok_or("no request")?;
    dropped.abort();
    assert!(dropped.await.is_err_and(|error| error.is_cancelled()));
    first.respond(ScriptedResponse::new("502 Bad Gateway", &[], ""));
    // Were there a second attempt, it would come before this.
    let lago = server.client()?;
    let other = tokio::spawn(async move { lago.taxes().get("other").await });
    let next = server.next().await.ok_or("no request")?;
    assert_eq!(next.request.target, "/api/v1/taxes/other");
    next.respond(ScriptedResponse::json(
        "200 OK",
        json!({"tax": tax("other")}),
    ));
    other.await??;
    Ok(())
}

#[tokio::test]
async fn the_longest_times_there_are_do_no_harm() -> Outcome {
    let body = json!({"tax": tax("vat")}).to_string();
    let most = [
        ("x-ratelimit-limit", "1"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "99999999999999999999999999"),
        ("retry-after", "99999999999999999999999999"),
    ];
    for status in ["200 OK", "429 Too Many Requests", "503 Service Unavailable"] {
        let server = Scripted::always(ScriptedResponse::new(status, &most, &body)).await?;
        let patient = RetryPolicy::new()
            .initial_backoff(Duration::MAX)
            .max_backoff(Duration::MAX)
            .max_attempts(u32::MAX);
        let lago = server
            .builder()
            .timeout(Duration::MAX)
            .total_timeout(Duration::MAX)
            .rate_limit_pacing(true)
            .retry(patient)
            .build()?;
        let outcome = lago.taxes().get("vat").await;
        assert_eq!(outcome.is_ok(), status == "200 OK", "{outcome:?}");
        if let Err(error) = outcome {
            assert_eq!(error.retry_after(), Some(Duration::MAX));
            assert_eq!(error.to_string().lines().count(), 1);
        }
    }
    Ok(())
}

#[tokio::test]
async fn no_time_at_all_is_a_mistake() -> Outcome {
    let body = json!({"tax": tax("vat")}).to_string();
    let server = Scripted::always(ScriptedResponse::new("200 OK", &[], &body)).await?;
    let zero = Duration::ZERO;
    for builder in [
        server.builder().timeout(zero),
        server.builder().total_timeout(zero),
    ] {
        let error = builder.build().err().ok_or("a client")?;
        assert!(error.is_usage(), "{error:?}");
    }
    let lago = server.client()?;
    let call = || lago.taxes().get("vat");
    let file = || lago.invoices().fetch_pdf("x");
    for error in [
        call().timeout(zero).await.err(),
        call().total_timeout(zero).await.err(),
        file().timeout(zero).await.err(),
        file().total_timeout(zero).await.err(),
    ] {
        let error = error.ok_or("a success")?;
        assert!(error.is_usage() && !error.is_ambiguous(), "{error:?}");
        assert!(error.to_string().contains("timeout` is zero"), "{error}");
    }
    assert!(server.requests().is_empty());
    Ok(())
}
