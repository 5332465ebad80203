//! How events arrive.

use std::time::Duration;

use futures::stream;
use lago_client::ingest::{BatchOutcome, EventBatch, EventOutcome, Sink};
use lago_client::types::EventInput;
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::ScriptedResponse;

use super::*;
use crate::traced;

#[tokio::test(start_paused = true)]
async fn events_arrive_in_batches_as_the_api_takes_them() -> Outcome {
    let lago = Lago::start().await?;
    let events = lago.server.client()?.ingest().start().await?;
    for number in 0..250 {
        events.send(event(number)).await?;
    }
    events.flush().await;
    assert_eq!(lago.rows(), rows((0..250).map(event)));
    let mut sizes = lago.sizes();
    sizes.sort_unstable();
    assert_eq!(sizes, [50, 100, 100]);
    for request in lago.server.requests() {
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            ("POST", "/api/v1/events/batch")
        );
        assert_eq!(request.header("authorization"), format!("Bearer {API_KEY}"));
        assert_eq!(request.header("content-type"), "application/json");
    }
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.lost), (250, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_event_alone_is_sent_once_it_has_lingered() -> Outcome {
    let lago = Lago::start().await?;
    let events = lago
        .server
        .client()?
        .ingest()
        .linger(Duration::from_secs(7))
        .start()
        .await?;
    let start = tokio::time::Instant::now();
    let receipt = events.send_with_receipt(event(1)).await?;
    assert_eq!(receipt.await, EventOutcome::Delivered);
    let waited = start.elapsed();
    assert!((7..8).contains(&waited.as_secs()), "{waited:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn every_attempt_sends_the_same_bytes() -> Outcome {
    let fails = std::sync::atomic::AtomicU32::new(0);
    let lago = Lago::with(Store::new(Kind::Postgres), move |store, request| {
        let reply = store.post(&request.body, || false);
        match fails.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            // Stored, and nobody is told.
            0 => ScriptedResponse::raw([]).closing(),
            1 => ScriptedResponse::new("503 Service Unavailable", &[], ""),
            // A network that wants a login, and says 200.
            2 => ScriptedResponse::new("200 OK", &[], "<html>log in</html>"),
            _ => said(reply),
        }
    })
    .await?;
    let events = lago.server.client()?.ingest().start().await?;
    traced::begin();
    let mut input = EventInput::new("api_calls", "sub_1").property("requests", 3);
    input.timestamp = None;
    let receipt = events.send_with_receipt(input).await?;
    // The server says that it exists, and it does from this very pipeline.
    assert_eq!(receipt.await, EventOutcome::Delivered);
    let requests = lago.server.requests();
    assert_eq!(requests.len(), 4);
    assert!(
        requests
            .iter()
            .all(|request| request.body == requests[0].body)
    );
    assert_eq!(lago.rows().len(), 1);
    assert_eq!(events.stats().retries, 3);
    let bytes = requests[0].body.len();
    let span = |attempt: usize, outcome: &str| {
        format!(
            "INFO events=1 bytes={bytes} attempt={attempt} outcome={outcome}: lago.ingest.batch"
        )
    };
    let spans = [
        span(1, "failed"),
        span(2, "failed"),
        span(3, "failed"),
        span(4, "refused"),
    ];
    let (told, rest): (Vec<_>, Vec<_>) = traced::take("lago_client::ingest")
        .into_iter()
        .partition(|line| line.ends_with(": lago.ingest.batch"));
    assert_eq!(told, spans);
    // The first failure, and that it is over.
    assert_eq!(rest.len(), 2, "{rest:?}");
    assert!(
        rest[0].ends_with("events do not get through; nothing is dropped, and they are sent again")
    );
    assert!(rest[1].ends_with("event ingestion goes on: events get through again"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_flush_does_not_wait_for_what_comes_after_it() -> Outcome {
    let lago = Lago::start().await?;
    let client = lago.server.client()?;
    let events = client
        .ingest()
        .linger(FOR_EVER)
        .queue_events(100)
        .start()
        .await?;
    // With nothing to deliver there is nothing to wait for.
    events.flush().await;
    events.send(event(1)).await?;
    let more = events.clone();
    let late = async move { more.try_send(event(2)) };
    let ((), sent) = futures::future::join(events.flush(), late).await;
    sent?;
    assert!(lago.rows().contains(&rows([event(1)])[0]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_slowed_down_to_what_the_server_takes() -> Outcome {
    let lago = Lago::start().await?;
    let client = lago.server.client()?;
    let events = client
        .ingest()
        .queue_events(10)
        .batch_events(4)
        .start()
        .await?;
    let accepted = events.send_all(stream::iter((0..500).map(event))).await?;
    assert_eq!(accepted, 500);
    events.flush().await;
    assert_eq!(lago.rows(), rows((0..500).map(event)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_producers_share_a_pipeline() -> Outcome {
    let lago = Lago::start().await?;
    let client = lago.server.client()?;
    let events = client
        .ingest()
        .queue_events(300)
        .linger(Duration::from_millis(1))
        .start()
        .await?;
    let producers = (0..8).map(|producer| {
        let events = events.clone();
        tokio::spawn(async move {
            for number in 0..250 {
                events.send(event(producer * 1000 + number)).await.unwrap();
            }
        })
    });
    for producer in producers.collect::<Vec<_>>() {
        producer.await?;
    }
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.lost), (2000, 0));
    let all =
        (0..8).flat_map(|producer| (0..250).map(move |number| event(producer * 1000 + number)));
    assert_eq!(lago.rows(), rows(all));
    Ok(())
}

/// Panics at first, fails then, and keeps what it is given.
#[derive(Clone, Default)]
struct Shaky(Arc<Mutex<Vec<Vec<u8>>>>);

impl Sink for Shaky {
    async fn send(&self, batch: EventBatch) -> BatchOutcome {
        let sent = {
            let mut sent = lock(&self.0);
            sent.push(batch.body().to_vec());
            sent.len()
        };
        assert_ne!(sent, 1, "the first time it panics");
        match sent {
            2 => BatchOutcome::Failed {
                in_doubt: false,
                wait: Some(Duration::from_secs(60)),
                reason: "a minute".to_owned(),
            },
            _ => BatchOutcome::Stored,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_sink_of_ones_own_may_fail_and_panic() -> Outcome {
    let sink = Shaky::default();
    let client = Lago::start().await?.server.client()?;
    let events = client.ingest().start_with(sink.clone()).await?;
    let start = tokio::time::Instant::now();
    let receipt = events.send_with_receipt(event(1)).await?;
    assert_eq!(receipt.await, EventOutcome::Delivered);
    assert!(start.elapsed() >= Duration::from_secs(60));
    let sent = lock(&sink.0).clone();
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|body| *body == sent[0]));
    Ok(())
}
