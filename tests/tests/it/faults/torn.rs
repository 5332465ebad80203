//! Responses that end after any of their bytes.

use lago_client::Error;
use lago_tests::support::bodies::tax;
use lago_tests::support::clients::{client_for, plain_http};
use lago_tests::support::faults::response;
use lago_tests::support::server::{Act, Faulty};
use serde_json::json;

use super::{Operation, Outcome, call, hasty};

/// What the caller of a call that buys credits sees when the response ends after so many bytes.
async fn cut(
    http: &reqwest::Client,
    whole: &[u8],
    length: usize,
) -> Result<(usize, Option<Error>), Box<dyn std::error::Error>> {
    let acts = vec![Act::says(&whole[..length]), Act::says(whole)];
    let server = Faulty::start(acts).await?;
    let builder = client_for(server.address()).http_client(http.clone());
    let lago = hasty(builder).build()?;
    let (_, outcome) = call(&lago, Operation::TopUp).await;
    Ok((server.arrived().len(), outcome.err()))
}

#[tokio::test]
async fn a_call_that_buys_is_never_repeated_wherever_its_response_ends() -> Outcome {
    let http = plain_http()?;
    let whole = response(
        "200 OK",
        &["x-request-id: req-1"],
        r#"{"wallet_transactions": []}"#,
    );
    let head = whole
        .windows(4)
        .position(|end| end == b"\r\n\r\n")
        .ok_or("no head")?
        + 4;
    for length in 0..whole.len() {
        let (arrived, error) = cut(&http, &whole, length).await?;
        let error = error.ok_or("a success")?;
        assert_eq!(arrived, 1, "{length}");
        assert!(
            error.is_transport() && error.is_ambiguous(),
            "{length}: {error:?}"
        );
        // What came is there, as soon as the head is whole.
        let came = length.checked_sub(head);
        assert_eq!(
            error.status().map(|status| status.as_u16()),
            came.map(|_| 200),
            "{length}"
        );
        assert_eq!(error.request_id(), came.map(|_| "req-1"), "{length}");
        assert_eq!(error.body().len(), came.unwrap_or(0), "{length}");
    }
    let (arrived, error) = cut(&http, &whole, whole.len()).await?;
    assert_eq!(arrived, 1);
    assert!(error.is_none(), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_call_that_reads_gets_the_whole_response_at_last() -> Outcome {
    let http = plain_http()?;
    let body = json!({"tax": tax("vat")}).to_string();
    let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{chunk}"
    );
    for whole in [response("200 OK", &[], &body), chunked.into_bytes()] {
        for length in 0..whole.len() {
            let acts = vec![Act::says(&whole[..length]), Act::says(whole.clone())];
            let server = Faulty::start(acts).await?;
            let builder = client_for(server.address()).http_client(http.clone());
            let lago = hasty(builder).build()?;
            let response = lago.taxes().get("vat").response().await?;
            assert_eq!(response.value.code, "vat");
            assert_eq!(
                (response.attempts, server.arrived().len()),
                (2, 2),
                "{length}"
            );
        }
    }
    Ok(())
}
