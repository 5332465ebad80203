//! What the server has, and what it has not.

use lago_tests::support::server::ScriptedResponse;

use super::*;

/// A server that has the events but each tenth, and another one in place of one.
async fn forgetful() -> std::io::Result<Lago> {
    Lago::with(Store::new(Kind::Postgres), |_, request| {
        let id = request.target.rsplit('/').next().unwrap_or_default();
        let number: u64 = id
            .rsplit('-')
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or_default();
        if number % 10 == 3 {
            let body = json!({"status": 404, "error": "Not Found", "code": "event_not_found"});
            return ScriptedResponse::json("404 Not Found", body);
        }
        let mut event = event(number);
        event["timestamp"] = json!("2024-01-01T00:00:00Z");
        if number == 55 {
            event["external_subscription_id"] = json!("another");
        }
        ScriptedResponse::json("200 OK", json!({ "event": event }))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_missing_is_written_as_it_can_be_sent() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = forgetful().await?;
    fs::write(
        directory.path().join("events.jsonl"),
        lines((0..100).map(event)),
    )?;
    let output = run(&lago, directory.path(), &["events.jsonl", "--reconcile"])?;
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    let counts = ["there", "missing", "other"].map(|name| count(&output, name));
    assert_eq!(counts, [89, 10, 1].map(Some));
    assert_eq!(
        text(&output.stderr),
        "events.jsonl:56: the server has it for the subscription another\n"
    );
    let missing = json_lines(&directory.path().join("events.jsonl.missing.jsonl"))?;
    let expected: Vec<Value> = (0..100)
        .filter(|number| number % 10 == 3)
        .map(event)
        .collect();
    assert_eq!(missing, expected);
    assert_eq!(lago.server.requests().len(), 100);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_sample_asks_for_so_many() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = forgetful().await?;
    fs::write(
        directory.path().join("events.jsonl"),
        lines((0..1_000).map(event)),
    )?;
    let output = run(
        &lago,
        directory.path(),
        &["events.jsonl", "--reconcile", "--sample", "20"],
    )?;
    let counts = ["there", "missing", "other"].map(|name| count(&output, name).unwrap_or_default());
    assert_eq!(counts.iter().sum::<u64>(), 20, "{}", text(&output.stderr));
    let mut targets = lago.server.targets();
    targets.sort();
    targets.dedup();
    assert_eq!(targets.len(), 20, "each once");
    Ok(())
}
