//! One event that something before the server refuses, in words that are not the server's.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use lago_client::RetryPolicy;
use lago_client::ingest::EventOutcome;

use super::store::WALLED;
use super::*;

/// So often it is refused while others pass before that is final: the guide says so.
const REFUSALS: usize = 20;

/// A refusal counts only where another event was taken since the one before: however long nothing is taken, it waits.
#[tokio::test(start_paused = true)]
async fn an_event_that_is_refused_without_proof_is_a_dead_letter_after_20_refusals_while_others_pass()
-> Outcome {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&attempts);
    let lago = Lago::with(Store::new(Kind::Postgres), move |store, request| {
        let rows = store::read(&request.body).unwrap_or_default();
        if rows.iter().any(|(_, _, code, _)| code == WALLED) {
            counts.fetch_add(1, SeqCst);
            let page = "<html>406 Not Acceptable</html>";
            return ScriptedResponse::new("406 Not Acceptable", &[], page);
        }
        said(store.post(&request.body, || false))
    })
    .await?;
    let letters = Letters::default();
    let client = lago.server.builder().retry(RetryPolicy::new()).build()?;
    // One batch at a time, so that what is answered first is settled first.
    let builder = client.ingest().max_in_flight(1).linger(Duration::ZERO);
    let events = builder.dead_letters(letters.take()).start().await?;
    let walled = events.send_with_receipt(event(0).code(WALLED)).await?;
    let until_attempt = async |number| {
        while attempts.load(SeqCst) < number && events.stats().rejected == 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };

    // Ten times as often, while nothing else is there that could pass.
    let alone = 10 * REFUSALS;
    until_attempt(alone).await;
    assert_eq!((letters.all().len(), events.stats().rejected), (0, 0));

    for number in 1..=REFUSALS {
        assert_eq!(
            events.stats().rejected,
            0,
            "after {} with others",
            number - 1
        );
        let other = events.send_with_receipt(event(number)).await?;
        assert_eq!(other.await, EventOutcome::Delivered);
        until_attempt(attempts.load(SeqCst) + 1).await;
    }
    let EventOutcome::Rejected(rejection) = tokio::time::timeout(FOR_EVER, walled).await? else {
        return Err("it was not rejected".into());
    };
    assert_eq!(rejection.status, Some(406));
    assert!(rejection.may_be_stored, "nothing proves that it is not");
    let report = events.shutdown(FOR_EVER).await;
    assert_eq!(
        (report.delivered, report.rejected, report.lost),
        (REFUSALS as u64, 1, 0)
    );
    let letters = letters.all();
    assert_eq!(letters.len(), 1);
    assert_eq!(rows([letters[0].event()?]), rows([event(0).code(WALLED)]));
    Ok(())
}
