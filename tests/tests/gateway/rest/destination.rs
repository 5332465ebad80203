//! For whom the events of a spool were taken.

use std::error::Error;

use lago_client::mock::{MockResponse, MockServer};
use lago_tests::support::clients::plain_http;
use serde_json::json;

use super::spool::{agreement, arrived, event, until};
use super::{Adapter, Outcome, client, code};

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
            why.contains(told) && why.contains("which is for this change alone"),
            "{why}"
        );
        assert!(!why.contains("key-of-"), "{why}");
    }

    // The same one needs no word, a new one that is meant, and one for an empty spool.
    let same = start(&server.url(), "key-of-one", &more).await?;
    assert_eq!(same.running.stop().await.ok_or("no report")?.spooled, 1);
    let refused = start(&other.url(), "key-of-another", &more).await;
    let agreement = agreement(&refused.err().ok_or("it started")?.to_string());
    let meant = [&more[..], &["--new-destination", &agreement]].concat();
    let meant = start(&other.url(), "key-of-another", &meant).await?;
    until(|| arrived(&other) == ["a"]).await?;
    assert_eq!(meant.running.stop().await.ok_or("no report")?.delivered, 1);
    let empty = start(&server.url(), "key-of-one", &more).await?;
    assert_eq!(empty.running.stop().await.ok_or("no report")?.spooled, 0);
    Ok(())
}

/// Who agreed once, and left that in the file of a service, has agreed to nothing else: also not to the same change of
/// other events, and not where the note is damaged.
#[tokio::test]
async fn an_agreement_is_for_one_change() -> Outcome {
    let directory = tempfile::tempdir()?;
    let spool = directory.path().display().to_string();
    let mut codes = std::collections::BTreeSet::new();
    let more = ["--spool", &spool, "--stop-within", "1"];
    let start = async |url: &str, agreed: &str| {
        let agreed = ["--new-destination", agreed];
        Adapter::start(url, &[&more[..], &agreed].concat()).await
    };
    let (one, two) = ("http://127.0.0.1:1", "http://127.0.0.1:2");
    let mut agreed = "no-code-yet".to_owned();
    for (round, url) in (0..).zip([one, two, one]) {
        let adapter = match round {
            0 => start(url, &agreed).await?,
            _ => {
                let why = start(url, &agreed).await.err().ok_or("it started")?;
                let why = why.to_string();
                assert!(
                    why.contains("the one that is given is for another"),
                    "{why}"
                );
                agreed = agreement(&why);
                assert!(codes.insert(agreed.clone()), "{agreed} once more");
                start(url, &agreed).await?
            }
        };
        let taken = adapter.post("/events", json!({ "event": event("a") }));
        assert_eq!(taken.await?.status(), 202);
        let report = adapter.running.stop().await.ok_or("no report")?;
        assert_eq!(report.spooled, round + 1);
    }
    std::fs::write(directory.path().join("destination"), "{\"url\":\"half")?;
    let why = start(two, &agreed).await.err().ok_or("it started")?;
    let why = why.to_string();
    assert!(why.contains("no longer tells, as it is damaged"), "{why}");
    start(two, &agreement(&why)).await?.running.stop().await;
    // And it does no harm where nothing changes.
    start(two, &agreed).await?;
    Ok(())
}

/// As one that has events: it delivers, passes on what is no event, and takes events as soon as there is room.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_new_spool_on_a_full_disk_starts_and_takes_no_event_before_it_is_noted_for_whom()
-> Outcome {
    let directory = tempfile::tempdir()?;
    let spool = directory.path().display().to_string();
    let server = MockServer::start().await?;
    let note = directory.path().join("destination");
    // A file that takes nothing is a disk that is full. It is removed when it was tried.
    let fill = || {
        let unfinished = directory.path().join("destination.tmp");
        std::os::unix::fs::symlink("/dev/full", unfinished)
    };
    fill()?;
    let adapter = Adapter::start(&server.url(), &["--spool", &spool]).await?;
    fill()?;
    let body = json!({ "event": event("a") });
    let refused = adapter.post("/events", &body).await?;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    assert!(!refused.headers().contains_key("lago-ambiguous"));
    assert_eq!(code(refused).await?, "gateway_spool_full");
    assert!(!note.exists());
    assert_eq!(adapter.get("/plans").await?.status(), 200);

    assert_eq!(adapter.post("/events", &body).await?.status(), 202);
    assert!(std::fs::read_to_string(&note)?.contains(&server.url()));
    until(|| arrived(&server) == ["a"]).await?;
    Ok(())
}
