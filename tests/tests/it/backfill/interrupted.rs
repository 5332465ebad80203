//! Killed at any point and run again: every event is there once, and so is every dead letter.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::channel;

use lago_tests::conform::extent::cases;
use lago_tests::support::server::ScriptedResponse;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn it_goes_on_where_it_was_killed() -> Outcome {
    for (name, seed) in [("events.jsonl", 1), ("events.csv", 2)] {
        for case in 0..cases(1, 20) {
            killed_and_run_again(name, seed + case as usize).await?;
        }
    }
    Ok(())
}

fn written(name: &str, events: &[Value]) -> String {
    if name.ends_with("jsonl") {
        return lines(events.iter().cloned());
    }
    let mut text = "transaction_id,external_subscription_id,code,timestamp\n".to_owned();
    for event in events {
        let values = [
            "transaction_id",
            "external_subscription_id",
            "code",
            "timestamp",
        ];
        let values = values.map(|name| event[name].to_string());
        text += &format!("{}\n", values.join(","));
    }
    text
}

async fn killed_and_run_again(name: &str, seed: usize) -> Outcome {
    let directory = tempfile::tempdir()?;
    let (asked, asks) = channel();
    let requests = AtomicUsize::new(seed);
    let lago = Lago::with(Store::new(Kind::Postgres), move |store, request| {
        // Nobody listens when the last run is over.
        let _ = asked.send(());
        let reply = said(store.post(&request.body, || false));
        match requests.fetch_add(1, Relaxed) % 6 {
            0 => ScriptedResponse::raw([]).closing(),
            _ => reply,
        }
    })
    .await?;
    let events: Vec<Value> = (0..3_000).map(event).collect();
    fs::write(directory.path().join(name), written(name, &events))?;
    for round in 0..4 {
        let mut child = program(&lago, directory.path(), &[name]).spawn()?;
        // The moment is one of the server's, somewhere on its way.
        for _ in 0..1 + (seed + round) * 5 % 9 {
            asks.recv()?;
        }
        child.kill()?;
        child.wait()?;
        asks.try_iter().for_each(drop);
    }
    let output = run(&lago, directory.path(), &[name])?;
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));

    let is_invalid = |event: &&Value| event["code"] == INVALID;
    let id = |event: &Value| {
        event["transaction_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let expected: Vec<String> = events
        .iter()
        .filter(|event| !is_invalid(event))
        .map(id)
        .collect();
    assert_eq!(sorted(ids(&lago)), expected);
    let letters = json_lines(&directory.path().join(format!("{name}.dead-letters.jsonl")))?;
    let letters: Vec<String> = letters.iter().map(|letter| id(&letter["event"])).collect();
    let expected: Vec<String> = events.iter().filter(is_invalid).map(id).collect();
    assert_eq!(letters, expected, "each once, in the order of the file");
    let total = ["delivered", "duplicates", "rejected"]
        .map(|name| count(&output, name).unwrap_or_default());
    assert_eq!(total.iter().sum::<u64>(), 3_000);
    Ok(())
}
