//! Broken responses, rules for many requests, and a bounded memory.

use std::sync::atomic::{AtomicU32, Ordering};

use lago_client::mock::{MockResponse, MockServer, example};
use lago_client::{Client, RetryPolicy, types::CustomerInput};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Caller, Outcome, client, exchange};

const REQUEST: &[u8] =
    b"GET /api/v1/plans/pro HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\n\r\n";

/// What a caller gets who sends a request and reads until the server closes.
async fn plan_until_closed(server: &MockServer) -> Outcome<String> {
    let address = server.url().replace("http://", "");
    exchange(&mut TcpStream::connect(address).await?, REQUEST).await
}

/// A client that tries once.
fn hasty(server: &MockServer) -> Outcome<Client> {
    let builder = Client::builder().api_key("key").base_url(server.url());
    Ok(builder.retry(RetryPolicy::never()).build()?)
}

#[tokio::test]
async fn it_hangs_up_after_the_request() -> Outcome {
    let server = MockServer::start().await?;
    server.respond_next("plans.get", MockResponse::hang_up())?;
    assert_eq!(plan_until_closed(&server).await?, "");
    let requests = server.requests();
    let request = &requests[0];
    let operation = request.operation.map(|operation| operation.resource);
    assert_eq!((operation, request.status), (Some("plans.get"), None));

    server.respond_next("customers.create", MockResponse::hang_up())?;
    let customer = hasty(&server)?.customers().create(CustomerInput::new("a"));
    let error = customer.await.unwrap_err();
    assert!(error.is_transport() && error.is_ambiguous(), "{error}");
    Ok(())
}

#[tokio::test]
async fn it_cuts_off_half_of_the_body() -> Outcome {
    let server = MockServer::start().await?;
    let body = example("plans.get")?;
    let response = MockResponse::new(200).json(body.clone()).cut_off();
    server.respond_next("plans.get", response.clone())?;
    let answered = plan_until_closed(&server).await?;
    let (head, part) = answered.split_once("\r\n\r\n").ok_or("no head")?;
    let whole = body.to_string();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert!(head.contains(&format!("content-length: {}", whole.len())));
    assert_eq!(part, &whole[..whole.len() / 2]);
    assert_eq!(server.requests()[0].status, Some(200.try_into()?));

    server.respond_next("plans.get", response)?;
    let error = hasty(&server)?.plans().get("pro").await.unwrap_err();
    assert!(error.is_transport() && error.is_ambiguous(), "{error}");
    assert_eq!(error.status(), Some(200.try_into()?));
    assert_eq!(error.body(), &part);
    Ok(())
}

#[tokio::test]
async fn also_a_response_without_a_body_is_cut_off() -> Outcome {
    let server = MockServer::start().await?;
    server.respond_next("plans.get", MockResponse::new(502).cut_off())?;
    let answered = plan_until_closed(&server).await?;
    assert!(answered.starts_with("HTTP/1.1 502 Bad Gateway"));
    assert!(answered.contains("content-length: 1\r\n") && answered.ends_with("\r\n\r\n"));
    Ok(())
}

#[tokio::test]
async fn it_keeps_silent_until_the_caller_goes() -> Outcome {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let server = MockServer::builder()
        .on_request(move |request| tell.send(request.status).unwrap())
        .start()
        .await?;
    server.respond_next("plans.get", MockResponse::silence())?;
    let mut stream = TcpStream::connect(server.url().replace("http://", "")).await?;
    stream.write_all(REQUEST).await?;
    assert_eq!(told.recv().await, Some(None));
    // Others are served meanwhile, and the caller can still end it.
    client(&server)?.plans().get("pro").await?;
    stream.shutdown().await?;
    assert_eq!(stream.read_to_end(&mut Vec::new()).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_gateway_answers_in_its_own_words() -> Outcome {
    let caller = Caller::start().await?;
    let page = "<html><h1>502 Bad Gateway</h1></html>";
    let page = MockResponse::new(502)
        .text(page)
        .header("content-type", "text/html");
    caller.server.respond_next("plans.get", page)?;
    let limited = MockResponse::new(429).header("retry-after", "0");
    let limited = limited.header("x-ratelimit-reset", "1");
    caller.server.respond_next("plans.get", limited)?;

    let response = caller.request("GET", "/plans/pro")?.send().await?;
    assert_eq!(response.status(), 502);
    assert_eq!(response.headers()["content-type"], "text/html");
    assert!(response.text().await?.starts_with("<html>"));
    let response = caller.request("GET", "/plans/pro")?.send().await?;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "0");
    assert_eq!(response.bytes().await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn a_rule_decides_for_each_request() -> Outcome {
    let count = AtomicU32::new(0);
    let server = MockServer::builder()
        .respond_with(move |request| {
            assert_eq!(request.status, None);
            let is_third = count.fetch_add(1, Ordering::Relaxed) % 3 == 2;
            let (_, code) = request.path_parameters.first()?;
            is_third.then(|| MockResponse::error(404, &format!("{code}_not_found")))
        })
        .start()
        .await?;
    server.respond("plans.get", MockResponse::error(403, "forbidden"))?;
    server.respond_next("plans.get", MockResponse::error(403, "feature_unavailable"))?;
    let lago = client(&server)?;
    let http = reqwest::Client::new();
    let mut codes = Vec::new();
    for code in ["a", "b", "c", "d"] {
        // Refused requests are none of its business.
        let url = format!("{}/api/v1/plans/{code}", server.url());
        assert_eq!(http.get(url).send().await?.status(), 401);
        let error = lago.plans().get(code).await.unwrap_err();
        codes.push(error.code().unwrap_or_default().to_owned());
    }
    assert_eq!(
        codes,
        [
            "feature_unavailable",
            "forbidden",
            "c_not_found",
            "forbidden"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_client_gets_through_faults() -> Outcome {
    let count = AtomicU32::new(0);
    let broken = MockResponse::new(200).json(example("plans.get")?).cut_off();
    let server = MockServer::builder()
        .respond_with(move |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 => Some(MockResponse::hang_up()),
            1 => Some(broken.clone()),
            2 => Some(MockResponse::new(429).header("retry-after", "0")),
            _ => None,
        })
        .start()
        .await?;
    let swift = RetryPolicy::new().initial_backoff(std::time::Duration::ZERO);
    let plan = client(&server)?.plans().get("pro").retry(swift);
    assert_eq!(plan.response().await?.attempts, 4);
    let requests = server.requests();
    let statuses = requests.iter().map(|request| request.status);
    let statuses = statuses.map(|status| status.map_or(0, |status| status.as_u16()));
    assert_eq!(statuses.collect::<Vec<_>>(), [0, 200, 429, 200]);
    Ok(())
}

#[tokio::test]
async fn it_keeps_as_many_requests_as_it_is_told() -> Outcome {
    for (kept, expected) in [(0, [].as_slice()), (2, &["b", "c"]), (9, &["a", "b", "c"])] {
        let server = MockServer::builder().keep_requests(kept).start().await?;
        let lago = client(&server)?;
        for code in ["a", "b", "c"] {
            lago.plans().get(code).await?;
        }
        let requests = server.requests();
        let codes = requests.iter().map(|request| &request.path_parameters[0].1);
        assert_eq!(codes.collect::<Vec<_>>(), expected);
    }
    // It does as it is told without knowing requests.
    let server = MockServer::builder().keep_requests(0).start().await?;
    server.respond_next("plans.get", MockResponse::new(500).json(json!({})))?;
    assert!(hasty(&server)?.plans().get("a").await.is_err());
    Ok(())
}
