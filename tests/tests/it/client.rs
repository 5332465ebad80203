//! What settings of a client and of a call do to what leaves, and where it goes.

use std::error::Error;
use std::future::IntoFuture;
use std::time::Duration;

use lago_client::types::Tax;
use lago_client::{Client, RetryPolicy};
use lago_tests::support::bodies::tax;
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::{Captured, Prompted, Scripted, ScriptedResponse};
use serde_json::json;

type Outcome = Result<(), Box<dyn Error>>;

/// A server that knows one tax.
async fn taxed() -> Result<Scripted, Box<dyn Error>> {
    let response = ScriptedResponse::json("200 OK", json!({"tax": tax("vat")}));
    Ok(Scripted::always(response).await?)
}

/// The only request that came.
fn only(server: &Scripted) -> Captured {
    let mut requests = server.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

#[tokio::test]
async fn every_request_says_who_calls_and_what_it_accepts() -> Outcome {
    let server = taxed().await?;
    server.client()?.taxes().get("vat").await?;
    let request = only(&server);
    assert_eq!(request.header("authorization"), format!("Bearer {API_KEY}"));
    assert_eq!(request.header("accept"), "application/json");
    let agent = request.header("user-agent");
    assert!(agent.starts_with("lago-client-rust/"), "{agent}");
    assert!(!agent.contains(' '), "{agent}");
    let mut names: Vec<_> = request
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    // Nothing else, the version of the document in particular.
    assert_eq!(names, ["accept", "authorization", "host", "user-agent"]);
    Ok(())
}

#[tokio::test]
async fn the_user_agent_has_a_suffix_of_ones_own() -> Outcome {
    let server = taxed().await?;
    let lago = server.builder().user_agent("billing-worker/1.2").build()?;
    lago.taxes().get("vat").await?;
    let agent = only(&server).header("user-agent");
    assert!(agent.starts_with("lago-client-rust/"), "{agent}");
    assert!(agent.ends_with(" billing-worker/1.2"), "{agent}");
    Ok(())
}

#[tokio::test]
async fn a_header_of_the_client_is_on_every_request_and_one_of_a_call_replaces_it() -> Outcome {
    let server = taxed().await?;
    let lago = server
        .builder()
        .header("x-tenant", "blue")
        .header("x-trace", "all")
        .build()?;
    lago.taxes().get("vat").await?;
    lago.taxes().get("vat").header("X-Tenant", "green").await?;
    lago.taxes().get("vat").await?;
    let sent: Vec<_> = server
        .requests()
        .iter()
        .map(|request| (request.header("x-tenant"), request.header("x-trace")))
        .collect();
    let sent: Vec<_> = sent.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(sent, [("blue", "all"), ("green", "all"), ("blue", "all")]);
    Ok(())
}

#[tokio::test]
async fn the_last_header_of_a_name_counts() -> Outcome {
    let server = taxed().await?;
    let lago = server
        .builder()
        .header("x-a", "1")
        .header("X-A", "2")
        .build()?;
    lago.taxes()
        .get("vat")
        .header("x-b", "1")
        .header("x-b", "2")
        .await?;
    let request = only(&server);
    assert_eq!(
        (request.header("x-a"), request.header("x-b")),
        ("2".into(), "2".into())
    );
    Ok(())
}

#[tokio::test]
async fn what_no_request_can_hold_is_an_error_when_it_is_sent_and_nothing_is_sent() -> Outcome {
    let server = taxed().await?;
    let taxes = server.client()?.taxes();
    let wrong = [
        (taxes.get("vat").header("secret name", "x"), "a header"),
        (taxes.get("vat").header("x-a", "secret\r\nx-b: c"), "x-a"),
        (
            taxes.get("vat").header("authorization", "Bearer secret"),
            "api_key",
        ),
        (
            taxes
                .get("vat")
                .header("x-a", "secret\n")
                .header("x-b", "fine"),
            "x-a",
        ),
        (
            taxes.get("vat").header("Content-Length", "1000"),
            "content-length",
        ),
        (taxes.get("vat").header("host", "secret"), "`host`"),
        (
            taxes.get("vat").header("transfer-encoding", "chunked"),
            "transfer-encoding",
        ),
        (taxes.get(".."), "`code`"),
        (taxes.get(""), "`code`"),
    ];
    for (request, named) in wrong {
        let error = request.await.err().ok_or("a success")?;
        assert!(error.is_usage(), "{error}");
        assert!(
            error.to_string().starts_with("GET /taxes/{code}: "),
            "{error}"
        );
        assert!(error.to_string().contains(named), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        assert!(error.status().is_none() && error.headers().is_none());
    }
    assert_eq!(server.requests(), []);
    Ok(())
}

#[tokio::test]
async fn a_base_url_is_written_in_many_ways() -> Outcome {
    for (written, path) in [
        ("", "/api/v1/taxes/vat"),
        ("/", "/api/v1/taxes/vat"),
        ("/api/v1", "/api/v1/taxes/vat"),
        ("/api/v1/", "/api/v1/taxes/vat"),
        ("/lago", "/lago/api/v1/taxes/vat"),
        ("/lago/", "/lago/api/v1/taxes/vat"),
        ("/lago/api/v1", "/lago/api/v1/taxes/vat"),
        ("/a%20b", "/a%20b/api/v1/taxes/vat"),
    ] {
        let server = taxed().await?;
        let lago = server
            .builder()
            .base_url(format!(" {}{written} ", server.origin()))
            .build()?;
        lago.taxes().get("vat").await?;
        assert_eq!(server.targets(), [path], "{written}");
    }
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_key_goes_nowhere_else() -> Outcome {
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let elsewhere = taxed().await?;
        let there = format!("{}/api/v1/taxes/vat", elsewhere.origin());
        for location in [there.as_str(), "/api/v1/taxes/other"] {
            let server =
                Scripted::always(ScriptedResponse::new(status, &[("location", location)], ""))
                    .await?;
            let error = server
                .client()?
                .taxes()
                .get("vat")
                .retry(RetryPolicy::never())
                .await
                .err()
                .ok_or("a success")?;
            let number = error.status().map(|status| status.as_u16().to_string());
            assert_eq!(number.as_deref(), status.split(' ').next());
            let headers = error.headers().ok_or("no headers")?;
            assert_eq!(headers["location"], location);
            assert_eq!(server.requests().len(), 1);
        }
        assert_eq!(elsewhere.requests(), []);
    }
    Ok(())
}

#[tokio::test]
async fn an_http_client_that_follows_redirects_does_not_hand_the_key_on() -> Outcome {
    let elsewhere = taxed().await?;
    let there = format!("{}/api/v1/taxes/vat", elsewhere.origin());
    let response = ScriptedResponse::new("307 Temporary Redirect", &[("location", &there)], "");
    let server = Scripted::always(response).await?;
    let lago = server
        .builder()
        .http_client(reqwest::Client::new())
        .build()?;
    lago.taxes().get("vat").await?;
    assert_eq!(
        only(&server).header("authorization"),
        format!("Bearer {API_KEY}")
    );
    assert_eq!(only(&elsewhere).header("authorization"), "");
    Ok(())
}

#[tokio::test]
async fn an_http_client_of_ones_own_is_the_one_that_calls() -> Outcome {
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-own", "yes".parse()?);
    headers.insert("authorization", "Bearer of-the-http-client".parse()?);
    let http = reqwest::Client::builder()
        .default_headers(headers)
        .build()?;
    let server = taxed().await?;
    let lago = server.builder().http_client(http).build()?;
    lago.taxes().get("vat").await?;
    let request = only(&server);
    assert_eq!(request.header("x-own"), "yes");
    assert_eq!(request.header("authorization"), format!("Bearer {API_KEY}"));
    assert!(
        request
            .header("user-agent")
            .starts_with("lago-client-rust/")
    );
    Ok(())
}

#[tokio::test]
async fn clones_are_the_same_client() -> Outcome {
    let server = taxed().await?;
    let lago = server.builder().header("x-tenant", "blue").build()?;
    let taxes = lago.clone().taxes();
    drop(lago);
    let (a, b) = tokio::join!(taxes.get("vat").send(), taxes.clone().get("vat").send());
    assert_eq!(a?, b?);
    for request in server.requests() {
        assert_eq!(request.header("x-tenant"), "blue");
        assert_eq!(request.header("authorization"), format!("Bearer {API_KEY}"));
    }
    assert_eq!(server.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_request_does_nothing_until_it_is_sent_and_can_be_sent_twice_elsewhere() -> Outcome {
    let server = taxed().await?;
    let request = server.client()?.taxes().get("vat").header("x-a", "b");
    drop(request.clone());
    let again = request.clone();
    // Boxed and not, and a future that was made here and runs there.
    let first = tokio::spawn(async move { request.await });
    let second = tokio::spawn(again.clone().send());
    let third = tokio::spawn(again.into_future());
    let taxes: [Tax; 3] = [first.await??, second.await??, third.await??];
    assert!(taxes.iter().all(|tax| tax.code == "vat"));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|sent| *sent == requests[0]));
    Ok(())
}

#[tokio::test]
async fn a_call_may_have_a_time_limit_of_its_own() -> Outcome {
    let silent = Scripted::always(ScriptedResponse::silence()).await?;
    let patient = silent.client()?;
    let error = patient
        .taxes()
        .get("vat")
        .timeout(Duration::from_millis(50))
        .await;
    assert!(error.err().is_some_and(|error| error.is_timeout()));
    // The total limit is never exceeded.
    let hasty = silent
        .builder()
        .total_timeout(Duration::from_millis(50))
        .build()?;
    let call = hasty.taxes().get("vat").timeout(Duration::from_secs(600));
    let error = tokio::time::timeout(Duration::from_secs(60), call.send()).await?;
    assert!(error.err().is_some_and(|error| error.is_timeout()));

    // A longer one outlives that of the client: the second call begins later and ends first.
    let mut server = Prompted::start().await?;
    let hasty = server
        .builder()
        .timeout(Duration::from_millis(50))
        .build()?;
    let patient = hasty.taxes().get("vat").timeout(Duration::from_secs(60));
    let patient = tokio::spawn(patient.send());
    let waiting = server.next().await.ok_or("the server is gone")?;
    let error = hasty.taxes().get("vat").await.err();
    assert!(error.is_some_and(|error| error.is_timeout()));
    waiting.respond(ScriptedResponse::json("200 OK", json!({"tax": tax("vat")})));
    assert_eq!(patient.await??.code, "vat");
    Ok(())
}

#[tokio::test]
async fn response_gives_what_came_around_the_value() -> Outcome {
    let headers = [
        ("x-request-id", "req-7"),
        ("x-ratelimit-limit", "100"),
        ("x-ratelimit-remaining", "99"),
        ("x-ratelimit-reset", "12"),
        ("x-more", "1"),
        ("x-more", "2"),
    ];
    let body = json!({"tax": tax("vat"), "beside": {"amount": 1}}).to_string();
    let lago = Scripted::always(ScriptedResponse::new("201 Created", &headers, &body))
        .await?
        .client()?;
    let response = lago.taxes().get("vat").response().await?;
    assert_eq!(response.value.code, "vat");
    assert_eq!(response.status, 201);
    assert_eq!(response.body, body);
    assert_eq!(response.headers.get_all("x-more").iter().count(), 2);
    assert_eq!(response.request_id(), Some("req-7"));
    let limit = response.rate_limit().ok_or("no rate limit")?;
    assert_eq!(
        (limit.limit, limit.remaining, limit.reset),
        (100, 99, Duration::from_secs(12))
    );

    // The open-source server has no limits, a strange one may say half of them.
    for headers in [&headers[..1], &headers[..3]] {
        let lago = Scripted::always(ScriptedResponse::new("200 OK", headers, &body))
            .await?
            .client()?;
        assert_eq!(lago.taxes().get("vat").response().await?.rate_limit(), None);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_held_prints_no_key() -> Outcome {
    let lago: Client = taxed().await?.builder().header("x-a", API_KEY).build()?;
    let request = lago.taxes().get("secret-tax").header("x-b", API_KEY);
    let printed = format!("{lago:?} {request:?} {:?}", lago.taxes());
    assert!(!printed.contains("secret"), "{printed}");
    assert!(printed.contains("findTax"), "{printed}");
    Ok(())
}
