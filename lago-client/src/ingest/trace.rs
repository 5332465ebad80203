//! What is told through `tracing`: a span for each batch that is sent, and events of what somebody should know.
//! Without the feature it is nothing. No value is secret or data of customers.

#[cfg(feature = "tracing")]
use super::notice::DeliveryFailure;
use super::notice::Notice;
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
        BatchOutcome::Failed { .. }
        | BatchOutcome::ServerError { .. }
        | BatchOutcome::UnprovenRefusal { .. } => "failed",
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

/// What somebody should know: an error where nothing goes on before somebody does something.
#[cfg(feature = "tracing")]
pub(super) fn notice(notice: &Notice) {
    const TARGET: &str = "lago_client::ingest";
    match notice {
        Notice::Failing(failure) => {
            let DeliveryFailure {
                reason,
                is_paused,
                others_succeed,
                lasts,
                attempts,
                queued,
            } = failure;
            let seconds = lasts.as_secs();
            if *is_paused {
                tracing::error!(
                    target: TARGET, { reason, seconds, attempts, queued },
                    "event ingestion pauses: the server accepts nothing until somebody changes something; nothing is dropped"
                );
            } else {
                tracing::warn!(
                    target: TARGET, { reason, seconds, attempts, queued, others_succeed },
                    "events do not get through; nothing is dropped, and they are sent again"
                );
            }
        }
        Notice::Delivering { after } => tracing::info!(
            target: TARGET, { seconds = after.as_secs() },
            "event ingestion goes on: events get through again"
        ),
        Notice::SpoolFailing { reason, lasts } => tracing::error!(
            target: TARGET, { reason, seconds = lasts.as_secs() },
            "the spool of event ingestion fails; what was accepted stays, and what failed is tried again or refused"
        ),
        Notice::SpoolDamaged { reason } => tracing::error!(
            target: TARGET, { reason },
            "a file of the spool of event ingestion is damaged; what is intact in it is delivered"
        ),
        Notice::SpoolWorking { after } => tracing::info!(
            target: TARGET, { seconds = after.as_secs() },
            "the spool of event ingestion works again"
        ),
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) fn notice(_: &Notice) {}

tell!(warn, rejected(events: u64), "the server rejected events for good; they went to the dead letters, if there are any");
tell!(error, lost(events: u64), "the pipeline ended with events that the server had not confirmed");
tell!(
    error,
    observer_panicked(),
    "a dead letter or metrics callback panicked; event ingestion goes on"
);
