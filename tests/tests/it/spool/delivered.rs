//! A process that reports events and is killed at any moment: whatever it accepted is delivered by one of those after it,
//! and billed once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use lago_client::types::EventInput;
use lago_client::{Client, RetryPolicy};
use lago_tests::conform::extent::cases;
use lago_tests::support::server::ScriptedResponse;

use super::child::{Process, say};
use super::*;
use crate::ingest::store::{Kind, Store};
use crate::ingest::{Lago, said};

/// Longer than anything takes that works: whole, the last process has thousands of events to deliver to a model of a
/// server that looks through all its rows each time.
const PATIENCE: Duration = Duration::from_secs(3600);

fn event(number: u64) -> EventInput {
    let event = EventInput::new("api_calls", format!("sub_{}", number % 7));
    event
        .transaction_id(format!("event-{number}"))
        .timestamp(1_700_000_000 + number as i64)
}

/// What a process does: it accepts events until it is killed, or delivers what there is when it is to accept none.
#[tokio::main(flavor = "current_thread")]
pub(super) async fn report_events(directory: &Path, role: &str) -> Outcome {
    let (origin, first) = role.split_once(' ').ok_or("no first event")?;
    let retry = RetryPolicy::new()
        .initial_backoff(Duration::from_millis(1))
        .max_backoff(Duration::from_millis(5));
    let lago = Client::builder()
        .api_key("key")
        .base_url(origin)
        .retry(retry)
        .build()?;
    let builder = lago.ingest().linger(Duration::from_millis(5));
    let events = builder.spool(directory).start().await?;
    if let Ok(first) = first.parse::<u64>() {
        for number in first.. {
            events.send(event(number)).await?;
            say(&number.to_string())?;
        }
    }
    let report = events.shutdown(PATIENCE).await;
    say(&format!("{} {}", report.spooled, report.lost))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_process_accepted_is_delivered_and_billed_once() -> Outcome {
    let directory = tempfile::tempdir()?;
    let requests = AtomicU64::new(0);
    let lago = Lago::with(Store::new(Kind::Postgres), move |store, request| {
        let reply = said(store.post(&request.body, || false));
        match requests.fetch_add(1, Relaxed) % 11 {
            // Stored, and the response is lost.
            3 => ScriptedResponse::raw([]).closing(),
            5 => ScriptedResponse::new("503 Service Unavailable", &[], ""),
            _ => reply,
        }
    })
    .await?;
    let origin = lago.server.origin();
    let mut accepted: BTreeSet<u64> = BTreeSet::new();
    for round in 0..cases(6, 200) {
        let next = accepted.last().map_or(0, |last| last + 1);
        let mut process =
            Process::start(&format!("report {origin} {next}"), directory.path(), None)?;
        for _ in 0..1 + round * 67 % 193 {
            accepted.insert(
                process
                    .line()?
                    .ok_or("the process ended by itself")?
                    .parse()?,
            );
        }
        process.kill()?;
        while let Some(line) = process.line()? {
            accepted.insert(line.parse()?);
        }
    }
    let mut last = Process::start(&format!("report {origin} none"), directory.path(), None)?;
    assert_eq!(last.line()?.as_deref(), Some("0 0"), "something is left");

    let rows = lago.rows();
    let ids: BTreeSet<&str> = rows.iter().map(|(_, id, ..)| id.as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "billed twice");
    let lost: Vec<&u64> = accepted
        .iter()
        .filter(|number| !ids.contains(format!("event-{number}").as_str()))
        .collect();
    assert!(
        lost.is_empty(),
        "{} of {} are lost: {lost:?}",
        lost.len(),
        accepted.len()
    );
    assert!(accepted.len() > 100, "{}", accepted.len());
    let spool = open(directory.path())?;
    assert_eq!(
        (spool.unacknowledged(), spool.recovery().damage.len()),
        (0, 0)
    );
    Ok(())
}
