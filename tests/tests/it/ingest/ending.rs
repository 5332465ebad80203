//! How a pipeline ends.

use std::time::Duration;

use lago_client::Client;
use lago_client::ingest::EventOutcome;
use lago_tests::support::server::ScriptedResponse;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_silent_server_does_not_keep_shutdown_from_ending() -> Outcome {
    let silent = Lago::with(Store::new(Kind::Postgres), |_, _| {
        ScriptedResponse::silence()
    })
    .await?;
    let letters = Letters::default();
    let client = silent.server.client()?;
    let events = client.ingest().dead_letters(letters.take()).start().await?;
    for number in 0..1000 {
        events.send(event(number)).await?;
    }
    let other = events.clone();
    let start = tokio::time::Instant::now();
    let report = events.shutdown(Duration::from_secs(5)).await;
    assert_eq!(start.elapsed().as_secs(), 5);
    assert_eq!((report.delivered, report.lost), (0, 1000));
    // Nothing disappears: whoever takes dead letters has all of them, and knows which were sent.
    let letters = letters.all();
    let was_sent = |letter: &&DeadLetter| {
        letter.outcome
            == EventOutcome::Lost {
                may_be_stored: true,
            }
    };
    assert_eq!(
        letters.iter().filter(was_sent).count(),
        silent.sizes().iter().sum::<usize>()
    );
    let lost = letters
        .iter()
        .map(DeadLetter::event)
        .collect::<Result<Vec<_>, _>>()?;
    assert_eq!(rows(lost), rows((0..1000).map(event)));

    let error = other.send(event(1000)).await.unwrap_err();
    assert!(
        error.is_closed() && !error.is_full() && !error.is_usage(),
        "{error}"
    );
    assert_eq!(error.into_event(), event(1000));
    other.flush().await;
    assert_eq!(other.shutdown(FOR_EVER).await, report);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn shutdown_delivers_what_was_accepted_and_does_not_linger() -> Outcome {
    let lago = Lago::start().await?;
    let events = lago
        .server
        .client()?
        .ingest()
        .linger(FOR_EVER)
        .start()
        .await?;
    events.send(event(1)).await?;
    let start = tokio::time::Instant::now();
    let report = events.shutdown(FOR_EVER).await;
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_eq!((report.delivered, report.lost), (1, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_that_is_dropped_delivers_what_it_has() -> Outcome {
    let lago = Lago::start().await?;
    let events = lago
        .server
        .client()?
        .ingest()
        .linger(FOR_EVER)
        .start()
        .await?;
    let last = events.send_with_receipt(event(0)).await?;
    let other = events.clone();
    drop(events);
    other.send(event(1)).await?;
    drop(other);
    assert_eq!(last.await, EventOutcome::Delivered);
    assert_eq!(lago.rows(), rows([event(0), event(1)]));
    Ok(())
}

#[test]
fn a_runtime_that_ends_takes_the_pipeline_with_it_and_what_is_lost_is_told() -> Outcome {
    let letters = Letters::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let events = runtime.block_on(async {
        let lago = Lago::start().await?;
        let client = lago.server.client()?;
        let events = client
            .ingest()
            .linger(FOR_EVER)
            .dead_letters(letters.take())
            .start()
            .await?;
        events.send(event(1)).await?;
        Ok::<_, Box<dyn Error>>(events)
    })?;
    // Outside of any runtime.
    events.try_send(event(2))?;
    drop(runtime);
    let lost = letters.all();
    assert_eq!(lost.len(), 2);
    assert!(lost.iter().all(|letter| letter.outcome
        == EventOutcome::Lost {
            may_be_stored: false
        }));
    assert!(events.try_send(event(3)).unwrap_err().is_closed());
    assert_eq!(events.stats().lost, 2);
    Ok(())
}

#[test]
fn without_a_runtime_there_is_no_pipeline() -> Outcome {
    let client = Client::builder()
        .api_key("key")
        .base_url("http://127.0.0.1:1")
        .build()?;
    let start = std::pin::pin!(client.ingest().start());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = start.poll(&mut context) else {
        return Err("it started".into());
    };
    assert!(
        error.is_usage() && error.to_string().contains("tokio"),
        "{error}"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn settings_that_can_deliver_nothing_are_refused() -> Outcome {
    let client = Lago::start().await?.server.client()?;
    let ingest = || client.ingest();
    for (builder, name) in [
        (ingest().batch_events(0), "batch_events"),
        (ingest().batch_bytes(0), "batch_bytes"),
        (ingest().max_in_flight(0), "max_in_flight"),
        (ingest().queue_events(0), "queue_events"),
        (ingest().queue_bytes(0), "queue_bytes"),
    ] {
        let error = builder.start().await.map(drop).unwrap_err();
        assert!(
            error.is_usage() && error.to_string().contains(name),
            "{error}"
        );
    }
    Ok(())
}
