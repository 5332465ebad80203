//! Those who wait for the disk wait for it together, and of a stream nothing is accepted behind what was not.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};

use futures::{StreamExt, stream};
use lago_client::ingest::{BatchOutcome, EventBatch, Pipeline, Sink, WhenFull};
use lago_client::types::EventInput;

use super::own::{Kept, Own};
use super::*;
use crate::ingest::Lago;

/// Takes nothing, so that all that was accepted stays where it is.
struct Down;

impl Sink for Down {
    async fn send(&self, _: EventBatch) -> BatchOutcome {
        BatchOutcome::Failed {
            in_doubt: false,
            wait: None,
            reason: "it is down".to_owned(),
        }
    }
}

fn event(number: u64) -> EventInput {
    let event = EventInput::new("api_calls", "sub_1").timestamp(1_700_000_000);
    event.transaction_id(format!("event-{number:05}"))
}

/// Which events these records are.
fn ids(records: &[Vec<u8>]) -> Result<Vec<String>, serde_json::Error> {
    let read = |record: &Vec<u8>| serde_json::from_slice::<EventInput>(record);
    let ids = records
        .iter()
        .map(|record| Ok(read(record)?.transaction_id));
    ids.collect()
}

fn expected(numbers: std::ops::Range<u64>) -> Vec<String> {
    numbers.map(|number| event(number).transaction_id).collect()
}

/// Until so many are accepted or on their way.
fn wait_for(pipeline: &OnceLock<Pipeline>, queued: impl Fn() -> u64) {
    while pipeline
        .get()
        .is_none_or(|events| events.stats().queued < queued())
    {
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_waits_for_the_disk_once_and_not_for_each_event() -> Outcome {
    let kept = Kept::default();
    let pipeline = Arc::<OnceLock<Pipeline>>::default();
    let events = Arc::clone(&pipeline);
    let mut appended = 0;
    let spool = Own::new(&kept, move |records| {
        // As long as a disk takes: meanwhile as much comes as goes to the disk together.
        wait_for(&events, || (appended + 500).min(2_000));
        appended += records.len() as u64;
        Ok(())
    });
    let client = Lago::start().await?.server.client()?;
    let started = client.ingest().spool_with(spool).start_with(Down).await?;
    let events = pipeline.get_or_init(|| started);
    let accepted = events.send_all(stream::iter((0..2_000).map(event))).await?;
    assert_eq!(accepted, 2_000);
    // Whoever was woken by one append may be seen with one event before the next.
    assert!(kept.appends().len() <= 8, "{:?}", kept.appends());
    assert_eq!(ids(&kept.records())?, expected(0..2_000));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_producers_share_what_makes_events_durable() -> Outcome {
    const PRODUCERS: u64 = 8;
    const EVENTS: u64 = 50;
    let kept = Kept::default();
    let pipeline = Arc::<OnceLock<Pipeline>>::default();
    let busy = Arc::new(AtomicU64::new(PRODUCERS));
    let (events, others) = (Arc::clone(&pipeline), Arc::clone(&busy));
    let mut appended = 0;
    let spool = Own::new(&kept, move |records| {
        // As long as a disk takes: meanwhile everybody else comes as well, and waits.
        wait_for(&events, || appended + others.load(SeqCst));
        appended += records.len() as u64;
        Ok(())
    });
    let client = Lago::start().await?.server.client()?;
    let started = client.ingest().spool_with(spool).start_with(Down).await?;
    let events = pipeline.get_or_init(|| started);
    let producers = (0..PRODUCERS).map(|producer| {
        let (events, busy) = (events.clone(), Arc::clone(&busy));
        tokio::spawn(async move {
            for number in 0..EVENTS {
                events
                    .send(event(producer * EVENTS + number))
                    .await
                    .unwrap();
            }
            busy.fetch_sub(1, SeqCst);
        })
    });
    for producer in producers.collect::<Vec<_>>() {
        producer.await?;
    }
    let appends = kept.appends();
    assert_eq!(appends.iter().sum::<usize>() as u64, PRODUCERS * EVENTS);
    // Some came before the first append and all others with the second, and so on.
    assert!(appends.len() as u64 <= 2 * EVENTS + 2, "{appends:?}");
    Ok(())
}

/// Lets a stream meet a store that fails. Whether it did.
async fn stream_that_fails(seed: u64) -> Result<bool, Box<dyn std::error::Error>> {
    let kept = Kept::default();
    // What has no room is halved until it is one event.
    const MOST_HALVINGS: usize = 12;
    const EVENTS: u64 = 3_000;
    let appends = AtomicUsize::new(0);
    let fails = (seed % 5) as usize;
    let is_full = seed.is_multiple_of(2);
    let spool = Own::new(&kept, move |_| match appends.fetch_add(1, SeqCst) {
        now if now < fails => Ok(()),
        now if is_full && now < fails + MOST_HALVINGS => Err(SpoolError::full("the store is full")),
        now if !is_full && now == fails => Err(SpoolError::new("the store fails", "broken")),
        // It works again, and events behind the first one that failed must not be accepted for that.
        _ => Ok(()),
    });
    let client = Lago::start().await?.server.client()?;
    let builder = client.ingest().when_full(WhenFull::Refuse);
    let events = builder.spool_with(spool).start_with(Down).await?;
    let numbers = stream::iter(0..EVENTS).then(|number| async move {
        // So that it comes in parts.
        for _ in 0..(number * (seed + 3)) % 7 / 5 {
            tokio::task::yield_now().await;
        }
        event(number)
    });
    match events.send_all(numbers).await {
        Ok(accepted) => {
            assert_eq!(accepted, EVENTS, "seed {seed}");
            assert_eq!(ids(&kept.records())?, expected(0..EVENTS), "seed {seed}");
            Ok(false)
        }
        Err(error) => {
            let accepted = error.accepted();
            assert_eq!(error.is_full(), is_full, "seed {seed}: {error}");
            assert!(error.is_spool(), "seed {seed}: {error}");
            assert_eq!(error.into_event(), event(accepted), "seed {seed}");
            // None behind it, also of those that were on their way.
            while let Err(error) = events.send(event(900)).await {
                assert!(error.is_full(), "seed {seed}: {error}");
            }
            let mut all = expected(0..accepted);
            all.push(event(900).transaction_id);
            assert_eq!(ids(&kept.records())?, all, "seed {seed}");
            Ok(true)
        }
    }
}

#[tokio::test]
async fn nothing_of_a_stream_is_accepted_behind_what_was_not() -> Outcome {
    let mut failures = 0;
    for seed in 0..40 {
        failures += usize::from(stream_that_fails(seed).await?);
    }
    assert!(failures > 10, "{failures}");
    Ok(())
}

#[tokio::test]
async fn a_stream_ends_at_an_event_that_cannot_be_sent_when_those_before_are_on_disk() -> Outcome {
    let kept = Kept::default();
    let client = Lago::start().await?.server.client()?;
    let builder = client.ingest().spool_with(Own::new(&kept, |_| Ok(())));
    let events = builder.start_with(Down).await?;
    let with_a_bad_one = (0..100).map(|number| match number {
        70 => event(number).code(""),
        _ => event(number),
    });
    let error = events
        .send_all(stream::iter(with_a_bad_one))
        .await
        .unwrap_err();
    assert!(error.is_usage(), "{error}");
    assert_eq!(error.accepted(), 70);
    assert_eq!(ids(&kept.records())?, expected(0..70));
    Ok(())
}

#[tokio::test]
async fn a_stream_is_told_which_event_the_end_of_the_runtime_cut_off() -> Outcome {
    let kept = Kept::default();
    let (entered, is_entered) = std::sync::mpsc::channel();
    let (release, is_released) = std::sync::mpsc::channel::<()>();
    let mut appends = 0;
    let spool = Own::new(&kept, move |_| {
        appends += 1;
        if appends == 2 {
            let _ = entered.send(());
            // Until the test has ended.
            let _ = is_released.recv();
        }
        Ok(())
    });
    let client = Lago::start().await?.server.client()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let starting = async move { client.ingest().spool_with(spool).start_with(Down).await };
    let events = runtime.spawn(starting).await??;
    let sending = tokio::spawn(async move {
        let all = stream::iter((0..5_000).map(event));
        events.send_all(all).await.map_err(|error| {
            let (is_closed, accepted) = (error.is_closed(), error.accepted());
            (is_closed, accepted, error.into_event())
        })
    });
    tokio::task::spawn_blocking(move || is_entered.recv()).await??;
    runtime.shutdown_background();
    let accepted = kept.appends()[0] as u64;
    assert_eq!(sending.await?, Err((true, accepted, event(accepted))));
    drop(release);
    Ok(())
}
