//! What the server does not take.

use std::sync::atomic::{AtomicU32, Ordering};

use lago_client::ingest::{Ambiguous, EventOutcome, Metrics};
use lago_client::types::EventInput;

use super::store::{INVALID, POISON, UNNAMED};
use super::*;
use crate::traced;

#[tokio::test(start_paused = true)]
async fn receipts_tell_what_became_of_each_event() -> Outcome {
    let lago = Lago::start().await?;
    let letters = Letters::default();
    let client = lago.server.client()?;
    let events = client.ingest().dead_letters(letters.take()).start().await?;
    let before = event(1);
    lock(&lago.store).rows.push(store::row(before.clone()));

    let good = events.send_with_receipt(event(2)).await?;
    let duplicate = events.send_with_receipt(before).await?;
    let invalid = events.send_with_receipt(event(3).code(INVALID)).await?;
    let unnamed = events.send_with_receipt(event(4).code(UNNAMED)).await?;
    let again = events.send_with_receipt(event(2)).await?;

    assert_eq!(good.await, EventOutcome::Delivered);
    assert_eq!(duplicate.await, EventOutcome::Duplicate);
    // Never in one batch with its twin, and so a duplicate for sure.
    assert_eq!(again.await, EventOutcome::Duplicate);
    let EventOutcome::Rejected(rejection) = invalid.await else {
        return Err("the invalid event was not rejected".into());
    };
    assert!(rejection.has("code", "value_is_mandatory"), "{rejection}");
    assert_eq!(
        (rejection.status, rejection.may_be_stored),
        (Some(422), false)
    );
    let EventOutcome::Rejected(rejection) = unnamed.await else {
        return Err("the event that nobody named was not rejected".into());
    };
    assert_eq!(rejection.to_string(), "base: cannot_be_stored");

    let letters = letters.all();
    let dead: Vec<EventInput> = letters
        .iter()
        .map(|letter| letter.event())
        .collect::<Result<_, _>>()?;
    assert_eq!(
        rows(dead),
        rows([event(3).code(INVALID), event(4).code(UNNAMED)])
    );
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!(
        (report.delivered, report.duplicates, report.rejected),
        (1, 2, 2)
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_event_at_which_the_server_fails_holds_up_nobody() -> Outcome {
    let lago = Lago::start().await?;
    let events = lago.server.client()?.ingest().start().await?;
    let poison = events.send_with_receipt(event(50).code(POISON)).await?;
    for number in 0..50 {
        events.send(event(number)).await?;
    }
    while lago.rows().len() < 50 {
        tokio::time::advance(std::time::Duration::from_millis(100)).await;
        tokio::task::yield_now().await;
    }
    for number in 51..200 {
        let receipt = events.send_with_receipt(event(number)).await?;
        assert_eq!(receipt.await, EventOutcome::Delivered);
    }
    assert_eq!(events.stats().queued, 1);
    let report = events.shutdown(std::time::Duration::from_secs(1)).await;
    assert_eq!((report.delivered, report.lost), (199, 1));
    assert_eq!(
        poison.await,
        EventOutcome::Lost {
            may_be_stored: true
        }
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_lower_limit_of_the_server_is_found_and_remembered() -> Outcome {
    let mut store = Store::new(Kind::Postgres);
    store.max_events = 30;
    let lago = Lago::with(store, |store, request| {
        said(store.post(&request.body, || false))
    })
    .await?;
    let events = lago.server.client()?.ingest().start().await?;
    for round in 0..2 {
        let before = lago.sizes().len();
        for number in 0..500 {
            events.send(event(round * 1000 + number)).await?;
        }
        events.flush().await;
        let sizes = lago.sizes().split_off(before);
        let too_large = sizes.iter().filter(|&&size| size > 30).count();
        match round {
            // Those that were under way already.
            0 => assert!((1..=12).contains(&too_large), "{sizes:?}"),
            _ => assert_eq!(too_large, 0, "{sizes:?}"),
        }
    }
    assert_eq!(lago.rows().len(), 1000);
    assert_eq!(events.shutdown(FOR_EVER).await.delivered, 1000);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_takes_fewer_bytes_gets_fewer() -> Outcome {
    let mut store = Store::new(Kind::Postgres);
    store.max_bytes = 5_000;
    let lago = Lago::with(store, |store, request| {
        said(store.post(&request.body, || false))
    })
    .await?;
    let events = lago.server.client()?.ingest().start().await?;
    let huge = event(500).property("text", "x".repeat(6_000));
    let huge = events.send_with_receipt(huge).await?;
    for number in 0..200 {
        events.send(event(number)).await?;
    }
    events.flush().await;
    assert_eq!(lago.rows(), rows((0..200).map(event)));
    let EventOutcome::Rejected(rejection) = huge.await else {
        return Err("the event that no request can hold was not rejected".into());
    };
    assert_eq!(rejection.to_string(), "content_too_large");
    Ok(())
}

/// How often the pipeline told that it has something, and how much there was.
#[derive(Clone, Default)]
struct Told(Arc<[AtomicU32; 2]>);

impl Metrics for Told {
    fn delivered(&self, events: u64) {
        self.0[0].fetch_add(events as u32, Ordering::SeqCst);
    }

    fn lost(&self, _: u64) {
        // A caller's mistake must not end the pipeline.
        panic!("in a metric");
    }

    fn retries(&self, events: u64) {
        self.0[1].fetch_add(events as u32, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_not_accepted_pauses_the_pipeline_and_loses_nothing() -> Outcome {
    let refused = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&refused);
    let lago = Lago::with(Store::new(Kind::Postgres), move |store, request| {
        match count.fetch_add(1, Ordering::SeqCst) < 5 {
            true => unauthorized(),
            false => said(store.post(&request.body, || false)),
        }
    })
    .await?;
    let told = Told::default();
    traced::begin();
    let events = lago
        .server
        .client()?
        .ingest()
        .metrics(told.clone())
        .start()
        .await?;
    let start = tokio::time::Instant::now();
    events.send(event(0)).await?;
    // Until the first refusal.
    while refused.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    for number in 1..1000 {
        events.send(event(number)).await?;
    }
    let stats = events.stats();
    assert!(
        stats
            .paused
            .as_deref()
            .is_some_and(|reason| reason.contains("401")),
        "{stats:?}"
    );
    assert_eq!((stats.queued, stats.rejected, stats.lost), (1000, 0, 0));
    events.flush().await;
    assert_eq!(lago.rows().len(), 1000);
    assert_eq!(events.stats().paused, None);
    // One request at a time goes to find out, and not often.
    let waited = start.elapsed().as_secs();
    assert!((4 * 30..6 * 30).contains(&waited), "{waited}");
    assert_eq!(told.0[0].load(Ordering::SeqCst), 1000);
    assert!(told.0[1].load(Ordering::SeqCst) >= 5);
    let lines = traced::take("lago_client::ingest");
    let said = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    // At the first refusal and a minute after it, and not each time.
    assert_eq!(
        (said("ingestion pauses"), said("ingestion goes on")),
        (2, 1),
        "{lines:?}"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_in_doubt_is_kept_back_where_the_store_does_not_deduplicate() -> Outcome {
    let turns = AtomicU32::new(0);
    let store = Store::new(Kind::ClickHouseThatRepeats);
    let lago = Lago::with(store, move |store, request| {
        let reply = store.post(&request.body, || false);
        match turns.fetch_add(1, Ordering::SeqCst) {
            0 => ScriptedResponse::raw([]).closing(),
            _ => said(reply),
        }
    })
    .await?;
    let client = lago.server.client()?;
    let nobody = client.ingest().ambiguous(Ambiguous::Keep).start().await;
    let said = nobody.map(drop).unwrap_err().to_string();
    assert!(said.contains("dead_letters"), "{said}");

    let letters = Letters::default();
    let keep = client.ingest().ambiguous(Ambiguous::Keep);
    let events = keep.dead_letters(letters.take()).start().await?;
    let kept = events.send_with_receipt(event(1)).await?;
    assert_eq!(kept.await, EventOutcome::InDoubt);
    let sure = events.send_with_receipt(event(2)).await?;
    assert_eq!(sure.await, EventOutcome::Delivered);
    assert_eq!(lago.rows(), rows([event(1), event(2)]));
    let letters = letters.all();
    assert_eq!(letters.len(), 1);
    assert_eq!(rows([letters[0].event()?]), rows([event(1)]));
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!((report.delivered, report.in_doubt, report.lost), (1, 1, 0));
    Ok(())
}
