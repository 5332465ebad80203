//! Events that are taken at once and delivered later.

use std::time::Duration;

use lago_client::mock::{MockResponse, MockServer};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::{Adapter, Outcome, code};

/// So that a test that would hang fails.
const FOR_EVER: Duration = Duration::from_secs(30);

/// Waits for something that happens elsewhere.
pub(super) async fn until(mut is: impl FnMut() -> bool) -> Outcome {
    let waiting = async {
        while !is() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    Ok(timeout(FOR_EVER, waiting).await?)
}

pub(super) fn event(id: &str) -> Value {
    json!({
        "transaction_id": id, "external_subscription_id": "sub", "code": "calls", "timestamp": 1_760_000_000,
        "properties": { "amount": "0.10" },
    })
}

/// The ids of the events that a server got, each time that it got one.
pub(super) fn arrived(server: &MockServer) -> Vec<String> {
    let requests = server.requests();
    let bodies = requests.iter().filter_map(|request| request.json());
    let mut ids: Vec<String> = bodies
        .flat_map(|body| body["events"].as_array().cloned().unwrap_or_default())
        .map(|event| {
            event["transaction_id"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    ids.sort();
    ids
}

/// With what a start that was refused says one agrees to what it was refused for.
pub(super) fn agreement(why: &str) -> String {
    let rest = why.split_once("`--new-destination ");
    let code = rest.and_then(|(_, rest)| rest.split_once('`'));
    code.map_or_else(|| panic!("no code in: {why}"), |(code, _)| code.to_owned())
}

#[tokio::test]
async fn events_that_were_taken_outlive_the_adapter_and_arrive_once() -> Outcome {
    let directory = tempfile::tempdir()?;
    let spool = directory.path().display().to_string();
    // Nobody listens there. A port that was free a moment ago might be that of another test's server by then.
    let nobody = "http://127.0.0.1:1";

    let more = ["--spool", &spool, "--stop-within", "1"];
    let first = Adapter::start(nobody, &more).await?;
    let one = first
        .post("/api/v1/events", json!({ "event": event("a") }))
        .await?;
    assert_eq!(one.status(), 202);
    let said: Value = serde_json::from_slice(&one.bytes().await?)?;
    assert_eq!(said, json!({ "transaction_ids": ["a"] }));
    let batch = json!({ "events": [event("b"), event("c")] });
    assert_eq!(first.post("/events/batch", batch).await?.status(), 202);
    assert_eq!(
        first.lines(),
        [
            "POST /api/v1/events 202 events.create",
            "POST /api/v1/events/batch 202 events.create_batch"
        ]
    );
    let report = first.running.stop().await.ok_or("no report")?;
    assert_eq!((report.spooled, report.delivered, report.lost), (3, 0, 0));

    let server = MockServer::start().await?;
    let refused = Adapter::start(&server.url(), &["--spool", &spool]).await;
    let agreement = agreement(&refused.err().ok_or("it started")?.to_string());
    let more = ["--spool", &spool, "--new-destination", &agreement];
    let second = Adapter::start(&server.url(), &more).await?;
    until(|| arrived(&server).len() >= 3).await?;
    let report = second.running.stop().await.ok_or("no report")?;
    assert_eq!((report.spooled, report.delivered, report.lost), (0, 3, 0));
    assert_eq!(arrived(&server), ["a", "b", "c"]);

    let third = Adapter::start(&server.url(), &["--spool", &spool]).await?;
    let report = third.running.stop().await.ok_or("no report")?;
    assert_eq!((report.spooled, report.delivered), (0, 0));
    assert_eq!(arrived(&server), ["a", "b", "c"]);
    Ok(())
}

#[tokio::test]
async fn events_are_sent_in_the_text_that_came() -> Outcome {
    let directory = tempfile::tempdir()?;
    let server = MockServer::start().await?;
    let more = ["--spool", &directory.path().display().to_string()];
    let adapter = Adapter::start(&server.url(), &more).await?;
    let event = r#"{"transaction_id":"t","external_subscription_id":"s","code":"c","timestamp":1.50,
        "properties":{"n":0.1234567890123456789},"of_a_newer_lago":1e400}"#;
    let taken = adapter
        .post("/events", format!("{{\"event\":{event}}}"))
        .await?;
    assert_eq!(taken.status(), 202);
    until(|| !server.requests().is_empty()).await?;
    let sent = server.requests();
    let body = std::str::from_utf8(&sent[0].body)?;
    assert!(body.contains(event), "{body}");
    Ok(())
}

/// An adapter before a server that takes no event.
async fn refused_by_lago(directory: &TempDir) -> Outcome<(MockServer, Adapter)> {
    let server = MockServer::start().await?;
    let details = json!({ "0": { "code": ["event_not_found"] } });
    server.respond(
        "events.create_batch",
        MockResponse::validation_errors(details),
    )?;
    let more = ["--spool", &directory.path().display().to_string()];
    let adapter = Adapter::start(&server.url(), &more).await?;
    Ok((server, adapter))
}

/// The dead letters, once there is one.
async fn written(directory: &TempDir) -> Outcome<String> {
    let file = directory.path().join("dead-letters.jsonl");
    let read = || std::fs::read_to_string(&file).unwrap_or_default();
    until(|| read().ends_with('\n')).await?;
    Ok(read())
}

#[tokio::test]
async fn an_event_that_lago_does_not_take_is_written_down() -> Outcome {
    let directory = tempfile::tempdir()?;
    let (_server, adapter) = refused_by_lago(&directory).await?;
    let taken = adapter
        .post("/events", json!({ "event": event("a") }))
        .await?;
    assert_eq!(taken.status(), 202);
    let letter: Value = serde_json::from_str(&written(&directory).await?)?;
    assert_eq!(letter["event"], event("a"));
    assert!(
        letter["outcome"]
            .as_str()
            .is_some_and(|outcome| outcome.contains("event_not_found")),
        "{letter}"
    );
    Ok(())
}

/// Whoever repairs it and sends it again bills what was meant: digits, names that stand twice, any depth.
#[tokio::test]
async fn what_is_written_down_is_the_text_that_came() -> Outcome {
    let directory = tempfile::tempdir()?;
    let (_server, adapter) = refused_by_lago(&directory).await?;
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let event = format!(
        "{{\"transaction_id\":\"t\",\"external_subscription_id\":\"s\",\"code\":\"c\",\"timestamp\":1.50,\n\
         \"properties\":{{\"n\":12345678901234567890.123,\"z\":1.10,\"d\":1,\"d\":2,\"e\":1E400,\"deep\":{deep}}}}}"
    );
    let taken = adapter
        .post("/events", format!("{{\"event\":{event}}}"))
        .await?;
    assert_eq!(taken.status(), 202);
    let written = written(&directory).await?;
    assert_eq!(written.lines().count(), 1, "{written}");
    assert!(
        written.contains(&format!("\"event\":{}", event.replace('\n', " "))),
        "{written}"
    );
    let report = adapter.running.stop().await.ok_or("no report")?;
    assert_eq!((report.rejected, report.spooled, report.lost), (1, 0, 0));
    Ok(())
}

/// `logrotate` moves it, people remove it, and a machine that fails leaves half a line.
#[tokio::test]
async fn no_dead_letter_is_lost_with_the_file_before_or_in_a_line_that_broke_off() -> Outcome {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("dead-letters.jsonl");
    std::fs::write(&file, "{\"outcome\":\"brok")?;
    let (_server, adapter) = refused_by_lago(&directory).await?;
    let send = async |id: &str| adapter.post("/events", json!({ "event": event(id) })).await;
    assert_eq!(send("a").await?.status(), 202);
    let text = written(&directory).await?;
    let (broken_off, letter) = text.split_once('\n').ok_or("one line")?;
    assert_eq!(broken_off, "{\"outcome\":\"brok");
    assert_eq!(serde_json::from_str::<Value>(letter)?["event"], event("a"));

    std::fs::rename(&file, directory.path().join("dead-letters.jsonl.1"))?;
    assert_eq!(send("b").await?.status(), 202);
    let letter: Value = serde_json::from_str(&written(&directory).await?)?;
    assert_eq!(letter["event"], event("b"));

    std::fs::remove_file(&file)?;
    assert_eq!(send("c").await?.status(), 202);
    let letter: Value = serde_json::from_str(&written(&directory).await?)?;
    assert_eq!(letter["event"], event("c"));
    Ok(())
}

/// One that the pipeline would refuse is refused before the others are taken.
#[tokio::test]
async fn of_a_batch_all_are_taken_or_none() -> Outcome {
    let directory = tempfile::tempdir()?;
    let server = MockServer::start().await?;
    let more = ["--spool", &directory.path().display().to_string()];
    let adapter = Adapter::start(&server.url(), &more).await?;
    let mut numbered = event("a");
    numbered["transaction_id"] = json!(1);
    let batch = json!({ "events": [event("b"), numbered] });
    let refused = adapter.post("/events/batch", batch).await?;
    assert_eq!(refused.status(), 422);
    assert!(!refused.headers().contains_key("lago-ambiguous"));
    let said: Value = serde_json::from_slice(&refused.bytes().await?)?;
    assert_eq!(
        said["error_details"],
        json!({ "1": { "transaction_id": ["value_is_mandatory"] } })
    );
    let report = adapter.running.stop().await.ok_or("no report")?;
    assert_eq!((report.delivered, report.spooled), (0, 0));
    Ok(())
}

#[tokio::test]
async fn an_event_that_nobody_could_recognise_is_not_taken() -> Outcome {
    let directory = tempfile::tempdir()?;
    let server = MockServer::start().await?;
    let more = ["--spool", &directory.path().display().to_string()];
    let adapter = Adapter::start(&server.url(), &more).await?;
    let mut without = event("a");
    without["timestamp"] = Value::Null;
    let batch = json!({ "events": [event("b"), without] });
    let refused = adapter.post("/events/batch", batch).await?;
    assert_eq!(refused.status(), 422);
    let said: Value = serde_json::from_slice(&refused.bytes().await?)?;
    assert_eq!(said["code"], "validation_errors");
    assert_eq!(
        said["error_details"],
        json!({ "1": { "timestamp": ["value_is_mandatory"] } })
    );
    let nothing = adapter.post("/events", "{}").await?;
    assert_eq!(nothing.status(), 400);
    assert_eq!(code(nothing).await?, "gateway_bad_event");

    // What is no event to be billed goes its way.
    let estimate = adapter
        .post("/events/estimate_fees", "{\"event\":{\"code\":\"c\"}}")
        .await?;
    assert_ne!(estimate.status(), 202);
    let report = adapter.running.stop().await.ok_or("no report")?;
    assert_eq!((report.delivered, report.spooled), (0, 0));
    assert_eq!(arrived(&server), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_spool_belongs_to_one_adapter() -> Outcome {
    let directory = tempfile::tempdir()?;
    let more = ["--spool", &directory.path().display().to_string()];
    let first = Adapter::start("http://127.0.0.1:1", &more).await?;
    let second = Adapter::start("http://127.0.0.1:1", &more).await;
    let why = second.err().ok_or("it started")?.to_string();
    assert!(why.contains("the spool in"), "{why}");
    drop(first);
    Ok(())
}

/// A file that takes nothing is a disk that is full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_event_that_cannot_be_written_down_stays_in_the_spool() -> Outcome {
    let directory = tempfile::tempdir()?;
    let letters = directory.path().join("dead-letters.jsonl");
    std::os::unix::fs::symlink("/dev/full", &letters)?;
    let spool = directory.path().display().to_string();
    let server = MockServer::start().await?;
    let details = json!({ "0": { "code": ["event_not_found"] } });
    server.respond(
        "events.create_batch",
        MockResponse::validation_errors(details),
    )?;
    let more = ["--spool", &spool, "--stop-within", "1"];
    let adapter = Adapter::start(&server.url(), &more).await?;
    let taken = adapter
        .post("/api/v1/events", json!({ "event": event("a") }))
        .await?;
    assert_eq!(taken.status(), 202);
    until(|| !arrived(&server).is_empty()).await?;
    let report = adapter.running.stop().await.ok_or("no report")?;
    assert_eq!((report.spooled, report.rejected, report.lost), (1, 0, 0));

    // There is room again.
    std::fs::remove_file(&letters)?;
    let _adapter = Adapter::start(&server.url(), &["--spool", &spool]).await?;
    let letter: Value = serde_json::from_str(&written(&directory).await?)?;
    assert_eq!(letter["event"], event("a"));
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_said_in_the_words_of_the_api() -> Outcome {
    let directory = tempfile::tempdir()?;
    let more = ["--spool", &directory.path().display().to_string()];
    let adapter = Adapter::start("http://127.0.0.1:1", &more).await?;
    for (path, body, said) in [
        (
            "/events",
            "[1]",
            "the body is an array, and has to be an object",
        ),
        (
            "/events",
            r#"{"event":"x"}"#,
            "`/event` is a string, and has to be an object",
        ),
        (
            "/events/batch",
            r#"{"events":[{"code":1}, 2]}"#,
            "`/events/1` is a number",
        ),
        (
            "/events/batch",
            "{",
            "the body breaks off at line 1, column 1",
        ),
    ] {
        let refused = adapter.post(path, body).await?;
        assert_eq!(refused.status(), 400, "{body}");
        let answer: Value = serde_json::from_slice(&refused.bytes().await?)?;
        let message = answer["message"].as_str().unwrap_or_default();
        assert!(message.starts_with(said), "{message}");
        for word in ["struct", "expected", "invalid type"] {
            assert!(!message.contains(word), "{message}");
        }
    }
    Ok(())
}
