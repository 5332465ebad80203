//! What could make a pipeline lose an event, or count one twice.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::future::join;
use lago_client::ingest::{BatchOutcome, EventBatch, EventOutcome, Sink};
use lago_tests::support::server::ScriptedResponse;

use super::*;

#[tokio::test(start_paused = true)]
async fn without_any_time_nothing_is_sent_that_nobody_would_wait_for() -> Outcome {
    let lago = Lago::start().await?;
    let letters = Letters::default();
    let builder = lago.server.client()?.ingest().dead_letters(letters.take());
    let events = builder.start().await?;
    // So few that sending them gives the pipeline no turn.
    for number in 0..120 {
        events.send(event(number)).await?;
    }
    let report = events.shutdown(Duration::ZERO).await;
    assert_eq!((report.delivered, report.lost), (0, 120));
    assert_eq!(lago.server.requests().len(), 0);
    let may_be_stored = false;
    let lost = EventOutcome::Lost { may_be_stored };
    assert!(letters.all().iter().all(|letter| letter.outcome == lost));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_flush_and_a_shutdown_do_not_wait_for_each_other() -> Outcome {
    for is_silent in [false, true] {
        let lago = Lago::with(
            Store::new(Kind::Postgres),
            move |store, request| match is_silent {
                true => ScriptedResponse::silence(),
                false => said(store.post(&request.body, || false)),
            },
        )
        .await?;
        let events = lago.server.client()?.ingest().start().await?;
        for number in 0..250 {
            events.send(event(number)).await?;
        }
        let other = events.clone();
        let both = join(other.flush(), events.shutdown(Duration::from_secs(100)));
        let ((), report) = tokio::time::timeout(FOR_EVER, both).await?;
        let delivered = if is_silent { 0 } else { 250 };
        assert_eq!(
            (report.delivered, report.lost),
            (delivered, 250 - delivered)
        );
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn receipts_that_nobody_keeps_change_nothing() -> Outcome {
    let lago = Lago::start().await?;
    let events = lago.server.client()?.ingest().start().await?;
    for number in 0..250 {
        drop(events.send_with_receipt(event(number)).await?);
    }
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.lost), (250, 0));
    assert_eq!(lago.rows(), rows((0..250).map(event)));
    Ok(())
}

/// Polls a future so often at most, and drops it.
fn poll_and_drop<T>(future: impl Future<Output = T>, polls: u64) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..polls).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    })
}

/// A queue so small that most futures are dropped while they wait for room, and some just after there was.
#[tokio::test(start_paused = true)]
async fn a_send_that_is_given_up_leaves_its_event_or_takes_it_and_no_room_with_it() -> Outcome {
    let lago = Lago::start().await?;
    let builder = lago.server.client()?.ingest().queue_events(3);
    let events = builder
        .batch_events(2)
        .linger(Duration::ZERO)
        .start()
        .await?;
    let mut accepted = Vec::new();
    for number in 0..500 {
        match poll_and_drop(events.send(event(number)), 1 + number as u64 % 3) {
            Some(sent) => {
                sent?;
                accepted.push(event(number));
            }
            // Given up: another time.
            None if number % 5 == 0 => tokio::time::sleep(Duration::from_millis(1)).await,
            None => tokio::task::yield_now().await,
        }
    }
    // Had a future kept its room, these would wait for ever.
    for number in 500..510 {
        tokio::time::timeout(FOR_EVER, events.send(event(number))).await??;
        accepted.push(event(number));
    }
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!(report.delivered, accepted.len() as u64);
    assert_eq!(lago.rows(), rows(accepted.clone()));
    assert!((20..500).contains(&accepted.len()), "{}", accepted.len());
    Ok(())
}

/// Stores what it gets, and counts it.
struct Counting(Arc<AtomicU64>);

impl Sink for Counting {
    async fn send(&self, batch: EventBatch) -> BatchOutcome {
        self.0.fetch_add(batch.len() as u64, SeqCst);
        BatchOutcome::Stored
    }
}

/// Whatever was accepted is delivered or counted as lost, also by those who send while the runtime ends.
#[test]
fn a_runtime_that_ends_under_busy_producers_accounts_for_all_they_sent() -> Outcome {
    for _ in 0..20 {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let stored = Arc::<AtomicU64>::default();
        let letters = Letters::default();
        let events = runtime.block_on(async {
            let client = lago_client::Client::builder()
                .api_key("key")
                .base_url("http://127.0.0.1:1");
            let builder = client.build()?.ingest().dead_letters(letters.take());
            let sink = Counting(Arc::clone(&stored));
            builder.start_with(sink).await
        })?;
        let has_ended = AtomicBool::new(false);
        let accepted = std::thread::scope(|scope| {
            let producers: Vec<_> = (0..4)
                .map(|producer| {
                    let (events, has_ended) = (events.clone(), &has_ended);
                    scope.spawn(move || {
                        let numbers =
                            (producer * 1_000_000..).take_while(|_| !has_ended.load(SeqCst));
                        let sent = numbers.map(|number| events.try_send(event(number)));
                        let sent = sent
                            .take_while(|sent| !matches!(sent, Err(error) if error.is_closed()));
                        sent.filter(|sent| sent.is_ok()).count() as u64
                    })
                })
                .collect();
            while stored.load(SeqCst) < 1_000 {
                std::thread::yield_now();
            }
            drop(runtime);
            has_ended.store(true, SeqCst);
            let counts = producers.into_iter().map(|producer| producer.join());
            counts.map(|count| count.unwrap_or_default()).sum::<u64>()
        });
        let stats = events.stats();
        assert_eq!(stats.delivered + stats.lost, accepted);
        assert_eq!(letters.all().len() as u64, stats.lost);
        // What the end met on its way may be stored, and is called lost.
        assert!(stored.load(SeqCst) >= stats.delivered);
    }
    Ok(())
}
