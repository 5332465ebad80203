//! For whom the events of a spool were taken.

use std::error::Error;

use lago_client::mock::{MockResponse, MockServer};
use lago_tests::support::clients::plain_http;
use serde_json::json;

use super::spool::{arrived, event, until};
use super::{Adapter, Outcome, client};

/// The events of one organization are not billed to another.
#[tokio::test]
async fn a_spool_is_delivered_to_whom_its_events_were_taken_for() -> Outcome {
    let directory = tempfile::tempdir()?;
    let spool = directory.path().display().to_string();
    let server = MockServer::start().await?;
    server.respond("events.create_batch", MockResponse::new(503))?;
    let more = ["--spool", &spool, "--stop-within", "1"];
    let start = async |url: &str, key: &str, more: &[&str]| {
        Adapter::with(
            client().api_key(key).http_client(plain_http()?),
            url,
            more,
            None,
        )
        .await
        .map_err(Box::<dyn Error>::from)
    };
    let first = start(&server.url(), "key-of-one", &more).await?;
    let taken = first
        .post("/events", json!({ "event": event("a") }))
        .await?;
    assert_eq!(taken.status(), 202);
    let report = first.running.stop().await.ok_or("no report")?;
    assert_eq!(report.spooled, 1);
    let note = std::fs::read_to_string(directory.path().join("destination"))?;
    assert!(
        note.contains(&server.url()) && !note.contains("key-of-one"),
        "{note}"
    );

    let other = MockServer::start().await?;
    for (url, key, told) in [
        (
            server.url(),
            "key-of-another",
            "an event that was taken with another API key",
        ),
        (
            other.url(),
            "key-of-one",
            "an event that was taken for http://127.0.0.1:",
        ),
    ] {
        let why = start(&url, key, &more)
            .await
            .err()
            .ok_or("it started")?
            .to_string();
        assert!(
            why.contains(told) && why.contains("`--new-destination`"),
            "{why}"
        );
        assert!(!why.contains("key-of-"), "{why}");
    }

    // The same one needs no word, a new one that is meant, and one for an empty spool.
    let same = start(&server.url(), "key-of-one", &more).await?;
    assert_eq!(same.running.stop().await.ok_or("no report")?.spooled, 1);
    let meant = [&more[..], &["--new-destination"]].concat();
    let meant = start(&other.url(), "key-of-another", &meant).await?;
    until(|| arrived(&other) == ["a"]).await?;
    assert_eq!(meant.running.stop().await.ok_or("no report")?.delivered, 1);
    let empty = start(&server.url(), "key-of-one", &more).await?;
    assert_eq!(empty.running.stop().await.ok_or("no report")?.spooled, 0);
    Ok(())
}
