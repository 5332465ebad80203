//! What is accepted while the server is down.

use std::time::Duration;

use lago_client::Client;
use lago_client::ingest::WhenFull;
use lago_tests::conform::extent;
use lago_tests::support::server::{Act, Faulty, Then};

use super::*;

/// A client of a server that refuses connections, and what keeps its port.
fn down() -> Result<(Client, impl Sized), Box<dyn Error>> {
    let (server, late) = Faulty::late(vec![Act::says("")])?;
    let client = Client::builder()
        .api_key("key")
        .base_url(format!("http://{}", server.address()));
    Ok((client.build()?, late))
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses_waits_or_drops_the_oldest() -> Outcome {
    let (client, _port) = down()?;
    let ingest = || client.ingest().queue_events(3).linger(FOR_EVER);

    let refuses = ingest().when_full(WhenFull::Refuse).start().await?;
    let waits = ingest().start().await?;
    for number in 0..3 {
        refuses.send(event(number)).await?;
        waits.try_send(event(number))?;
    }
    for error in [
        refuses.send(event(3)).await,
        refuses.try_send(event(3)),
        waits.try_send(event(3)),
    ] {
        let error = error.unwrap_err();
        assert!(error.is_full(), "{error}");
        assert_eq!(error.into_event(), event(3));
    }
    let waiting = waits.send(event(3));
    let waited = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    assert!(waited.is_err(), "there was room");
    // Of what was given up nothing is left.
    assert_eq!(waits.stats().queued, 3);

    let letters = Letters::default();
    let drops = ingest()
        .when_full(WhenFull::DropOldest)
        .dead_letters(letters.take())
        .start()
        .await?;
    let first = drops.send_with_receipt(event(0)).await?;
    for number in 1..10 {
        drops.try_send(event(number))?;
    }
    assert_eq!(
        first.await,
        lago_client::ingest::EventOutcome::Lost {
            may_be_stored: false
        }
    );
    assert_eq!((drops.stats().queued, drops.stats().lost), (3, 7));
    let report = drops.shutdown(Duration::ZERO).await;
    assert_eq!(report.lost, 10);
    let left = letters
        .all()
        .iter()
        .map(DeadLetter::event)
        .collect::<Result<Vec<_>, _>>()?;
    assert_eq!(rows(left), rows((7..10).map(event)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_waits_to_be_sent_again_is_dropped_too() -> Outcome {
    let (client, _port) = down()?;
    let ingest = client
        .ingest()
        .queue_events(3)
        .batch_events(1)
        .when_full(WhenFull::DropOldest);
    let events = ingest.start().await?;
    for number in 0..3 {
        events.send(event(number)).await?;
    }
    // Long enough that each of them was tried.
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert!(events.try_send(event(3)).unwrap_err().is_full());
    for number in 3..10 {
        tokio::time::timeout(Duration::from_secs(600), events.send(event(number))).await??;
    }
    let stats = events.stats();
    assert_eq!((stats.queued, stats.lost), (3, 7), "{stats:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn bytes_are_bounded_too() -> Outcome {
    let (client, _port) = down()?;
    let events = client
        .ingest()
        .queue_bytes(1_000)
        .linger(FOR_EVER)
        .start()
        .await?;
    let large = |number| event(number).property("text", "x".repeat(300));
    events.try_send(large(0))?;
    events.try_send(large(1))?;
    assert!(events.try_send(large(2)).unwrap_err().is_full());
    // Larger than all of it: that will never be accepted.
    let error = events
        .try_send(event(3).property("text", "x".repeat(1_000)))
        .unwrap_err();
    assert!(error.is_usage() && !error.is_full(), "{error}");
    assert!(error.to_string().contains("queue_bytes"), "{error}");
    assert!(events.send(event(4).code("")).await.unwrap_err().is_usage());
    assert_eq!(events.stats().queued, 2);
    Ok(())
}

/// Memory of this process in bytes, where that is known.
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

#[tokio::test]
async fn memory_stays_flat_while_the_server_is_down() -> Outcome {
    let (client, _port) = down()?;
    let ingest = client
        .ingest()
        .queue_events(10_000)
        .when_full(WhenFull::DropOldest);
    let events = ingest.linger(Duration::ZERO).start().await?;
    let count = if extent::is_whole() {
        10_000_000
    } else {
        60_000
    };
    let (mut full, mut refused) = (None, 0);
    let model = event(0);
    for number in 0..count {
        let event = model.clone().transaction_id(format!("t{number}"));
        // Until the task has given something up that it had taken.
        if let Err(error) = events.try_send(event) {
            assert!(error.is_full(), "{error}");
            refused += 1;
        }
        if number == 30_000 {
            full = resident();
        }
        if number % 5_000 == 0 {
            assert!(events.stats().queued <= 10_000);
            tokio::task::yield_now().await;
        }
    }
    if let (Some(full), Some(now)) = (full, resident()) {
        let more = now.saturating_sub(full);
        // Other tests run meanwhile in the same process: far less than the events would take.
        assert!(
            more < 400 * count / 4 || more < 64 << 20,
            "{more} bytes more than when it was full"
        );
    }
    let report = events.shutdown(Duration::ZERO).await;
    assert_eq!((report.delivered, report.lost + refused), (0, count as u64));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_server_that_comes_back_gets_everything() -> Outcome {
    let (client, late) = {
        let acts = vec![Act::says(confirmation(3)).then(Then::Keep)];
        let (server, late) = Faulty::late(acts)?;
        let client = Client::builder()
            .api_key("key")
            .base_url(format!("http://{}", server.address()));
        (client.build()?, late)
    };
    let events = client.ingest().start().await?;
    for number in 0..3 {
        events.send(event(number)).await?;
    }
    let early = tokio::time::timeout(Duration::from_secs(600), events.flush()).await;
    assert!(early.is_err());
    let stats = events.stats();
    assert_eq!((stats.queued, stats.delivered), (3, 0));
    assert!(
        stats.retries > 10 && stats.oldest_age > Some(Duration::from_secs(599)),
        "{stats:?}"
    );
    late.listen()?;
    events.flush().await;
    assert_eq!(events.stats().delivered, 3);
    Ok(())
}

/// What the server says when it has stored so many events.
fn confirmation(events: usize) -> Vec<u8> {
    let body = serde_json::json!({"events": vec![serde_json::json!({}); events]}).to_string();
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}
