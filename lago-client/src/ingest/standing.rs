//! How a pipeline stands.

use std::time::Duration;

use tokio::time::Instant;

use super::schedule::Waiting;

/// What the task tells of what it has taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) batches_in_flight: usize,
    /// When the oldest event was accepted that it has and is not settled.
    pub(super) oldest: Option<Instant>,
    pub(super) paused: Option<String>,
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
