//! Whether anything may be sent at all.

use std::time::Duration;

use tokio::time::Instant;

/// How long the pipeline waits after the server said that somebody has to change something.
pub(super) const PAUSE: Duration = Duration::from_secs(30);

/// Closed after failures that speak of the server, until a verdict shows that it works.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// In a row.
    failures: u32,
    is_blocked: bool,
    closed_until: Option<Instant>,
}

impl Gate {
    /// Whether one batch at most goes at a time, to find out whether the server is back.
    pub(super) fn is_troubled(&self) -> bool {
        self.failures > 0 || self.is_blocked
    }

    /// When it opens, if that is later than now.
    pub(super) fn opens_after(&self, now: Instant) -> Option<Instant> {
        self.closed_until.filter(|&until| until > now)
    }

    /// Another failure in a row; `until` says from their number how long it stays closed.
    pub(super) fn failed(&mut self, until: impl Fn(u32) -> Instant) {
        self.failures = self.failures.saturating_add(1);
        let until = until(self.failures);
        self.closed_until = self.closed_until.max(Some(until));
    }

    /// Somebody has to change something.
    pub(super) fn block(&mut self, now: Instant) {
        self.closed_until = self.closed_until.max(Some(now + PAUSE));
        self.is_blocked = true;
    }

    /// The server works.
    pub(super) fn open(&mut self) {
        *self = Self::default();
    }
}
