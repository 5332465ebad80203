//! How a pipeline stands.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::notice::DeliveryFailure;
use super::schedule::{Failure, Waiting};

/// What the task tells of what it has taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) batches_in_flight: usize,
    /// When the oldest event was accepted that it has and is not settled.
    pub(super) oldest: Option<Instant>,
    pub(super) failing: Option<Failing>,
    pub(super) paused: Option<Arc<str>>,
}

/// That events do not get through.
#[derive(Clone, Debug)]
pub(super) struct Failing {
    failure: Failure,
    is_paused: bool,
}

impl Failing {
    pub(super) fn of(failure: &Failure, is_paused: bool) -> Self {
        let failure = failure.clone();
        Self { failure, is_paused }
    }

    /// What is told of it while so many events are accepted and not settled.
    pub(super) fn told(self, queued: u64, now: Instant) -> DeliveryFailure {
        let Self { failure, is_paused } = self;
        DeliveryFailure {
            reason: failure.reason.to_string(),
            is_paused,
            others_succeed: failure.others_succeed,
            lasts: now.saturating_duration_since(failure.since),
            attempts: failure.attempts,
            queued,
        }
    }
}

/// How things stand.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) waiting: Waiting,
    /// Accepted and not settled, the waiting ones included.
    pub(super) unsettled: u64,
    pub(super) seen: Seen,
    pub(super) is_closed: bool,
    pub(super) deadline: Option<Instant>,
}

impl Standing {
    /// How long ago the oldest event was accepted that is not settled.
    pub(super) fn oldest_age(&self, now: Instant) -> Option<Duration> {
        let oldest = self
            .seen
            .oldest
            .into_iter()
            .chain(self.waiting.oldest)
            .min();
        oldest.map(|oldest| now.saturating_duration_since(oldest))
    }
}
