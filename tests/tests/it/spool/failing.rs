//! A pipeline whose disk fails: those who can wait do, the others are told, and one event does not keep the others from
//! the disk.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::stream;
use lago_client::ingest::{DeadLetter, EventOutcome, Metrics, WhenFull};
use lago_client::types::EventInput;
use lago_tests::support::server::ScriptedResponse;

use super::own::{Kept, Own};
use super::*;
use crate::ingest::store::{Kind, Store};
use crate::ingest::{Lago, lock};

/// So that a test that would hang fails; in paused time that takes none.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

fn event(number: u64) -> EventInput {
    let event = EventInput::new("api_calls", "sub_1").timestamp(1_700_000_000);
    event.transaction_id(format!("event-{number:05}"))
}

fn large(number: u64) -> EventInput {
    event(number).property("text", "x".repeat(10_000))
}

fn stored(lago: &Lago) -> Vec<String> {
    lago.rows().into_iter().map(|(_, id, ..)| id).collect()
}

fn expected(numbers: std::ops::Range<u64>) -> Vec<String> {
    numbers.map(|number| event(number).transaction_id).collect()
}

async fn down() -> std::io::Result<Lago> {
    Lago::with(Store::new(Kind::Postgres), |_, _| {
        ScriptedResponse::new("503 Service Unavailable", &[], "")
    })
    .await
}

fn small(directory: &Path) -> Result<DiskSpool, SpoolError> {
    let options = SpoolOptions::new().max_bytes(6_000).segment_bytes(0);
    DiskSpool::open(directory, options)
}

#[tokio::test(start_paused = true)]
async fn an_event_that_no_record_can_hold_keeps_no_other_from_the_disk() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = Lago::start().await?;
    let builder = lago.server.client()?.ingest();
    let events = builder.spool_with(small(directory.path())?).start().await?;
    // It was promised memory, and has it.
    events.try_send(large(0))?;
    for number in 1..4 {
        tokio::time::timeout(FOR_EVER, events.send(event(number))).await??;
    }
    let error = tokio::time::timeout(FOR_EVER, events.send(large(9))).await?;
    let error = error.unwrap_err();
    assert!(
        error.is_usage() && error.is_spool() && !error.is_full(),
        "{error}"
    );
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    assert!(
        cause
            .as_ref()
            .is_some_and(|cause| cause.contains("SpoolOptions::max_bytes")),
        "{cause:?}"
    );
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.spooled, report.lost), (4, 0, 0));
    assert_eq!(stored(&lago), expected(0..4));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn more_than_the_spool_holds_goes_through_it_in_parts() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = Lago::start().await?;
    let builder = lago.server.client()?.ingest();
    let events = builder.spool_with(small(directory.path())?).start().await?;
    let all = events.send_all(stream::iter((0..500).map(event)));
    assert_eq!(tokio::time::timeout(FOR_EVER, all).await??, 500);
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.spooled, report.lost), (500, 0, 0));
    assert_eq!(stored(&lago), expected(0..500));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_has_room_of_a_stream_is_accepted_and_the_rest_refused() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = down().await?;
    let builder = lago.server.client()?.ingest().when_full(WhenFull::Refuse);
    let events = builder.spool_with(small(directory.path())?).start().await?;
    let all = events.send_all(stream::iter((0..500).map(event)));
    let error = tokio::time::timeout(FOR_EVER, all).await?.unwrap_err();
    assert!(error.is_full() && error.is_spool(), "{error}");
    let accepted = error.accepted();
    assert!(accepted > 20, "{accepted}");
    assert_eq!(events.shutdown(Duration::ZERO).await.spooled, accepted);
    let found = read_all(&mut small(directory.path())?)?.len() as u64;
    assert_eq!(found, accepted);
    Ok(())
}

/// A disk that fails until it is mended.
fn broken(kept: &Kept, works: &Arc<AtomicBool>) -> Own {
    let works = Arc::clone(works);
    Own::new(kept, move |_| match works.load(SeqCst) {
        true => Ok(()),
        false => Err(SpoolError::new("the store fails", "broken")),
    })
}

#[tokio::test(start_paused = true)]
async fn while_the_disk_fails_whoever_waits_for_it_is_told_and_the_rest_is_kept() -> Outcome {
    let (kept, works) = (Kept::default(), Arc::new(AtomicBool::new(false)));
    let lago = Lago::start().await?;
    let builder = lago.server.client()?.ingest();
    let events = builder.spool_with(broken(&kept, &works)).start().await?;
    events.try_send(event(0))?;
    for number in 10..13 {
        // One that waits in memory does not make the others wait with it.
        let error = tokio::time::timeout(FOR_EVER, events.send(event(number))).await?;
        let error = error.unwrap_err();
        assert!(error.is_spool() && !error.is_full(), "{error}");
        events.try_send(event(number - 9))?;
    }
    assert_eq!(events.stats().queued, 4);
    works.store(true, SeqCst);
    tokio::time::timeout(FOR_EVER, events.flush()).await?;
    tokio::time::timeout(FOR_EVER, events.send(event(4))).await??;
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.lost), (5, 0));
    assert_eq!(stored(&lago), expected(0..5));
    assert_eq!(kept.records().len(), 5);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_that_ends_while_the_disk_fails_delivers_without_it() -> Outcome {
    let (kept, works) = (Kept::default(), Arc::new(AtomicBool::new(false)));
    let lago = Lago::start().await?;
    let builder = lago.server.client()?.ingest();
    let events = builder.spool_with(broken(&kept, &works)).start().await?;
    for number in 0..10 {
        events.try_send(event(number))?;
    }
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.spooled, report.lost), (10, 0, 0));
    assert_eq!(stored(&lago), expected(0..10));
    Ok(())
}

/// Dead letters, and the highest figure of what is queued.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<(Vec<DeadLetter>, u64)>>);

impl Told {
    fn take(&self) -> impl FnMut(DeadLetter) + Send + 'static {
        let told = self.clone();
        move |letter| lock(&told.0).0.push(letter)
    }
}

impl Metrics for Told {
    fn queued(&self, events: u64) {
        let most = &mut lock(&self.0).1;
        *most = events.max(*most);
    }
}

#[tokio::test(start_paused = true)]
async fn what_never_reached_a_failing_disk_nor_the_server_is_lost_and_told() -> Outcome {
    let (kept, works) = (Kept::default(), Arc::new(AtomicBool::new(false)));
    let told = Told::default();
    let lago = down().await?;
    let builder = lago.server.client()?.ingest().dead_letters(told.take());
    let builder = builder.max_in_flight(1).batch_events(2);
    let events = builder.spool_with(broken(&kept, &works)).start().await?;
    for number in 0..10 {
        events.try_send(event(number))?;
    }
    let stats = events.clone();
    let report = events.shutdown(Duration::from_secs(5)).await;
    assert_eq!((report.delivered, report.spooled, report.lost), (0, 0, 10));
    assert_eq!(stats.stats().lost, 10);
    assert_eq!(lock(&told.0).0.len(), 10);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn metrics_count_what_is_on_disk_as_queued() -> Outcome {
    let directory = tempfile::tempdir()?;
    let told = Told::default();
    let lago = down().await?;
    let builder = lago.server.client()?.ingest().metrics(told.clone());
    let builder = builder.max_in_flight(1).batch_events(2);
    let events = builder.spool(directory.path()).start().await?;
    for number in 0..50 {
        events.send(event(number)).await?;
    }
    let report = events.shutdown(Duration::from_secs(60)).await;
    assert_eq!(report.spooled, 50);
    assert_eq!(lock(&told.0).1, 50);
    Ok(())
}

/// What a runtime that ends takes with it is told as it is without a spool, and what was delivered is not forgotten.
#[test]
fn a_runtime_that_ends_tells_what_is_lost_and_what_was_delivered() -> Outcome {
    let (kept, works) = (Kept::default(), Arc::new(AtomicBool::new(true)));
    let told = Told::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let events = runtime.block_on(async {
        let lago = Lago::start().await?;
        let builder = lago.server.client()?.ingest().dead_letters(told.take());
        let events = builder.spool_with(broken(&kept, &works)).start().await?;
        for number in 0..7 {
            events.send(event(number)).await?;
        }
        events.flush().await;
        works.store(false, SeqCst);
        events.try_send(event(7))?;
        Ok::<_, Box<dyn std::error::Error>>(events)
    })?;
    events.try_send(event(8))?;
    drop(runtime);
    let other = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = other.block_on(events.shutdown(FOR_EVER));
    assert_eq!((report.delivered, report.spooled, report.lost), (7, 0, 2));
    let letters = lock(&told.0).0.clone();
    assert_eq!(letters.len(), 2);
    let is_lost = |letter: &DeadLetter| matches!(letter.outcome, EventOutcome::Lost { .. });
    assert!(letters.iter().all(is_lost), "{letters:?}");
    Ok(())
}

/// Times with which nobody can compute are no times at which a task panics.
#[tokio::test(start_paused = true)]
async fn limits_that_never_come_are_limits() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = Lago::start().await?;
    let options = SpoolOptions::new().fsync(Fsync::Interval(Duration::MAX));
    let builder = lago.server.client()?.ingest().linger(Duration::MAX);
    let builder = builder
        .batch_events(usize::MAX)
        .batch_bytes(usize::MAX)
        .max_in_flight(usize::MAX)
        .queue_events(usize::MAX)
        .queue_bytes(usize::MAX);
    let spool = DiskSpool::open(directory.path(), options)?;
    let events = builder.spool_with(spool).start().await?;
    for number in 0..10 {
        events.send(event(number)).await?;
    }
    tokio::time::timeout(FOR_EVER, events.flush()).await?;
    let report = events.shutdown(Duration::MAX).await;
    assert_eq!((report.delivered, report.lost), (10, 0));
    Ok(())
}

/// What is written to a file without a name is on no disk that anybody could read.
#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_directory_that_is_removed_takes_nothing_more() -> Outcome {
    let directory = tempfile::tempdir()?;
    let lago = Lago::start().await?;
    let builder = lago.server.client()?.ingest();
    let events = builder.spool(directory.path()).start().await?;
    for number in 0..10 {
        events.send(event(number)).await?;
    }
    std::fs::remove_dir_all(directory.path())?;
    let error = events.send(event(10)).await.unwrap_err();
    assert!(error.is_spool() && !error.is_full(), "{error}");
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    assert!(
        cause
            .as_ref()
            .is_some_and(|cause| cause.contains("was removed while it is in use")),
        "{cause:?}"
    );
    // What was accepted is in memory as well.
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.lost), (10, 0));
    assert_eq!(stored(&lago), expected(0..10));
    Ok(())
}
