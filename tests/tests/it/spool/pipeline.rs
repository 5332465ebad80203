//! The pipeline with a spool: the disk takes up what the server does not.

use std::time::Duration;

use lago_client::ingest::{Ambiguous, EventOutcome, WhenFull};
use lago_client::types::EventInput;
use lago_tests::support::server::ScriptedResponse;

use super::*;
use crate::ingest::store::{self, Kind, Row, Store};
use crate::ingest::{Lago, lock, said};

/// So that a test that would hang fails; in paused time that takes none.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

async fn down() -> std::io::Result<Lago> {
    Lago::with(Store::new(Kind::Postgres), |_, _| {
        ScriptedResponse::new("503 Service Unavailable", &[], "")
    })
    .await
}

fn event(number: u64) -> EventInput {
    let event = EventInput::new("api_calls", "sub_1").timestamp(1_700_000_000);
    event.transaction_id(format!("event-{number:05}"))
}

fn ids(rows: Vec<Row>) -> Vec<String> {
    rows.into_iter().map(|(_, id, ..)| id).collect()
}

fn expected(numbers: std::ops::Range<u64>) -> Vec<String> {
    numbers.map(|number| event(number).transaction_id).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_not_delivered_is_on_disk_for_the_next_pipeline() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = down().await?;
    // A queue that is far too small for them: the disk is not.
    let builder = lago
        .server
        .client()?
        .ingest()
        .queue_events(10)
        .max_in_flight(2)
        .batch_events(10);
    let events = builder.spool(directory.path()).start().await?;
    let first = events.send_with_receipt(event(0)).await?;
    for number in 1..1000 {
        events.send(event(number)).await?;
    }
    let last = events.send_with_receipt(event(1000)).await?;
    assert_eq!(events.stats().queued, 1001);
    let other = events.clone();
    let report = events.shutdown(Duration::from_secs(5)).await;
    assert_eq!(
        (report.delivered, report.spooled, report.lost),
        (0, 1001, 0)
    );
    assert_eq!(first.await, EventOutcome::Spooled);
    assert_eq!(last.await, EventOutcome::Spooled);
    assert!(other.send(event(2000)).await.unwrap_err().is_closed());

    let lago = Lago::start().await?;
    let events = lago
        .server
        .client()?
        .ingest()
        .spool(directory.path())
        .start()
        .await?;
    events.send(event(1001)).await?;
    tokio::time::timeout(FOR_EVER, events.flush()).await?;
    assert_eq!(ids(lago.rows()), expected(0..1002));
    assert_eq!(events.stats().queued, 0);
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!(
        (report.delivered, report.duplicates, report.spooled),
        (1002, 0, 0)
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn receipts_come_in_whichever_way_the_disk_was_passed() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = Lago::start().await?;
    let builder = lago
        .server
        .client()?
        .ingest()
        .max_in_flight(1)
        .batch_events(3);
    let events = builder.spool(directory.path()).start().await?;
    let mut receipts = Vec::new();
    for number in 0..200 {
        let event = if number % 50 == 7 {
            event(number).code(store::INVALID)
        } else {
            event(number)
        };
        receipts.push((number, events.send_with_receipt(event).await?));
        events.try_send(self::event(1000 + number))?;
    }
    for (number, receipt) in receipts {
        match tokio::time::timeout(FOR_EVER, receipt).await? {
            EventOutcome::Rejected(rejection) => {
                assert!(number % 50 == 7 && rejection.has("code", "value_is_mandatory"))
            }
            outcome => assert_eq!(
                (outcome, number % 50 == 7),
                (EventOutcome::Delivered, false)
            ),
        }
    }
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!(
        (
            report.delivered,
            report.rejected,
            report.spooled,
            report.lost
        ),
        (396, 4, 0, 0)
    );
    assert_eq!(open(directory.path())?.unacknowledged(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_process_may_have_sent_is_no_duplicate() -> Outcome {
    let directory = tempfile::tempdir()?;
    // Stored, and every response is lost.
    let lossy = Lago::with(Store::new(Kind::Postgres), |store, request| {
        store.post(&request.body, || false);
        ScriptedResponse::raw([]).closing()
    })
    .await?;
    let events = lossy
        .server
        .client()?
        .ingest()
        .spool(directory.path())
        .start()
        .await?;
    for number in 0..5 {
        events.send(event(number)).await?;
    }
    let report = events.shutdown(Duration::from_secs(3)).await;
    assert_eq!((report.spooled, lossy.rows().len()), (5, 5));

    let rows = lock(&lossy.store).clone();
    let lago = Lago::with(rows, |store, request| {
        said(store.post(&request.body, || false))
    })
    .await?;
    let events = lago
        .server
        .client()?
        .ingest()
        .spool(directory.path())
        .start()
        .await?;
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.duplicates), (5, 0));
    assert_eq!(ids(lago.rows()), expected(0..5));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_spool_that_is_full_refuses_or_waits() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = down().await?;
    let small = || {
        DiskSpool::open(
            directory.path(),
            SpoolOptions::new().max_bytes(6_000).segment_bytes(0),
        )
    };
    let refusing = lago
        .server
        .client()?
        .ingest()
        .when_full(WhenFull::Refuse)
        .spool_with(small()?)
        .start()
        .await?;
    let mut accepted = 0;
    let error = loop {
        match refusing.send(event(accepted)).await {
            Ok(()) => accepted += 1,
            Err(error) => break error,
        }
    };
    assert!(
        error.is_full() && error.is_spool() && !error.is_closed(),
        "{error}"
    );
    let cause = std::error::Error::source(&error)
        .map(ToString::to_string)
        .unwrap_or_default();
    assert!(
        cause.contains("of at most 6000 (SpoolOptions::max_bytes)"),
        "{cause}"
    );
    assert_eq!(error.into_event(), event(accepted));
    assert!(accepted > 20, "{accepted}");
    assert_eq!(refusing.shutdown(Duration::ZERO).await.spooled, accepted);

    let lago = Lago::start().await?;
    let waiting = lago
        .server
        .client()?
        .ingest()
        .spool_with(small()?)
        .start()
        .await?;
    for number in accepted..200 {
        tokio::time::timeout(FOR_EVER, waiting.send(event(number))).await??;
    }
    let report = waiting.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.spooled), (200, 0));
    assert_eq!(ids(lago.rows()), expected(0..200));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_spool_that_cannot_be_had_is_said_before_anything_is_accepted() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = down().await?;
    let client = lago.server.client()?;
    let events = client.ingest().spool(directory.path()).start().await?;
    let error = client
        .ingest()
        .spool(directory.path())
        .start()
        .await
        .unwrap_err();
    assert!(error.is_usage());
    assert!(
        error
            .to_string()
            .contains("give each process a directory of its own"),
        "{error}"
    );
    // Whoever has shut down has given it back.
    let _ = events.shutdown(Duration::ZERO).await;
    let events = client.ingest().spool(directory.path()).start().await?;
    let _ = events.shutdown(Duration::ZERO).await;

    let kept = client
        .ingest()
        .ambiguous(Ambiguous::Keep)
        .dead_letters(drop)
        .spool(directory.path());
    let error = kept.start().await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("after a crash all events of a spool are in doubt"),
        "{error}"
    );
    Ok(())
}

#[test]
fn a_runtime_that_ends_leaves_what_was_accepted_on_disk() -> Outcome {
    let directory = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let events = runtime.block_on(async {
        let lago = down().await?;
        let events = lago
            .server
            .client()?
            .ingest()
            .spool(directory.path())
            .start()
            .await?;
        for number in 0..10 {
            events.send(event(number)).await?;
        }
        Ok::<_, Box<dyn std::error::Error>>(events)
    })?;
    drop(runtime);
    let other = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = other.block_on(events.shutdown(FOR_EVER));
    assert_eq!((report.delivered, report.spooled, report.lost), (0, 10, 0));
    assert_eq!(open(directory.path())?.unacknowledged(), 10);
    Ok(())
}
