//! What is told through `tracing`: a span for each batch that is sent, and events of what somebody should know.
//! Without the feature it is nothing. No value is secret or data of customers.

use super::outcome::BatchOutcome;

/// A word for what came of a batch.
#[cfg(feature = "tracing")]
fn word(outcome: &BatchOutcome) -> &'static str {
    match outcome {
        outcome if outcome.is_failure() => "failed",
        BatchOutcome::Each { .. } => "each",
        BatchOutcome::Stored => "stored",
        BatchOutcome::Refused(_) | BatchOutcome::RefusedAsWhole(_) => "refused",
        BatchOutcome::TooManyEvents | BatchOutcome::TooLarge { .. } => "too large",
        BatchOutcome::Blocked { .. } => "blocked",
        BatchOutcome::Failed { .. } | BatchOutcome::ServerError => "failed",
    }
}

/// Sends a batch within its span.
#[cfg(feature = "tracing")]
pub(super) async fn sending(
    events: usize,
    bytes: usize,
    attempt: u32,
    sending: impl Future<Output = BatchOutcome>,
) -> BatchOutcome {
    let span = tracing::info_span!(
        target: "lago_client::ingest",
        "lago.ingest.batch",
        events,
        bytes,
        attempt,
        outcome = tracing::field::Empty,
    );
    let outcome = tracing::Instrument::instrument(sending, span.clone()).await;
    span.record("outcome", word(&outcome));
    outcome
}

#[cfg(not(feature = "tracing"))]
pub(super) async fn sending(
    _: usize,
    _: usize,
    _: u32,
    sending: impl Future<Output = BatchOutcome>,
) -> BatchOutcome {
    sending.await
}

macro_rules! tell {
    ($level:ident, $name:ident($($field:ident: $type:ty),*), $message:literal) => {
        #[cfg(feature = "tracing")]
        pub(super) fn $name($($field: $type),*) {
            tracing::$level!(target: "lago_client::ingest", { $($field),* }, $message);
        }

        #[cfg(not(feature = "tracing"))]
        pub(super) fn $name($(_: $type),*) {}
    };
}

tell!(
    error,
    paused(reason: &str),
    "event ingestion pauses: the server accepts nothing until somebody changes something; nothing is dropped"
);
tell!(
    info,
    resumed(),
    "event ingestion goes on: the server accepts events again"
);
tell!(warn, rejected(events: u64), "the server rejected events for good; they went to the dead letters, if there are any");
tell!(error, lost(events: u64), "the pipeline ended with events that the server had not confirmed");
tell!(
    error,
    spool_failed(problem: &str),
    "the spool of event ingestion fails; what was accepted stays, and what failed is tried again or refused"
);
tell!(
    error,
    observer_panicked(),
    "a dead letter or metrics callback panicked; event ingestion goes on"
);
