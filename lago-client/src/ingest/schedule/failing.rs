//! Whether events get through, and what is told of it when they do not.

use std::mem::{Discriminant, discriminant};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::outcome::BatchOutcome;
use super::super::reminder::Reminder;

/// Since when events do not get through, and why.
#[derive(Clone, Debug)]
pub(in super::super) struct Failure {
    pub(in super::super) reason: Arc<str>,
    /// The server took others, since what failed had failed before.
    pub(in super::super) others_succeed: bool,
    pub(in super::super) since: Instant,
    pub(in super::super) attempts: u64,
}

/// What is compared to know whether a failure is another than the one that was told.
type Sort = (Discriminant<BatchOutcome>, bool);

/// Begins with a failure, and lasts until all events are settled that were in an attempt that failed.
#[derive(Debug, Default)]
pub(super) struct Failing {
    failure: Option<Failure>,
    told: Option<Sort>,
    reminder: Reminder,
}

impl Failing {
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Another attempt failed. Whether that is to be told.
    pub(super) fn failed(
        &mut self,
        outcome: &BatchOutcome,
        others_succeed: bool,
        now: Instant,
    ) -> bool {
        let (since, attempts) = match &self.failure {
            Some(failure) => (failure.since, failure.attempts + 1),
            None => (now, 1),
        };
        self.failure = Some(Failure {
            reason: outcome.reason().into(),
            others_succeed,
            since,
            attempts,
        });
        let sort = (discriminant(outcome), others_succeed);
        let is_due = self.reminder.is_due(self.told != Some(sort), now);
        if is_due {
            self.told = Some(sort);
        }
        is_due
    }

    /// Nothing waits any more that failed. How long something did, where that had been told.
    pub(super) fn over(&mut self, now: Instant) -> Option<Duration> {
        let failure = self.failure.take()?;
        self.reminder.over();
        let was_told = self.told.take().is_some();
        was_told.then(|| now.saturating_duration_since(failure.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(reason: &str) -> BatchOutcome {
        BatchOutcome::Failed {
            in_doubt: true,
            wait: None,
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn a_failure_is_told_at_first_then_seldom_and_another_one_sooner() {
        let (start, mut failing) = (Instant::now(), Failing::default());
        let error = BatchOutcome::ServerError {
            reason: "500".to_owned(),
        };
        let mut told = Vec::new();
        for second in 0..1_000 {
            let outcome = match second {
                0..250 => failed("502"),
                _ => error.clone(),
            };
            let now = start + Duration::from_secs(second);
            if failing.failed(&outcome, second >= 600, now) {
                told.push(second);
            }
        }
        // The sort changes at 250 and at 600.
        assert_eq!(told, [0, 60, 180, 250, 490, 600]);
        let failure = failing.failure().unwrap();
        assert_eq!((&*failure.reason, failure.attempts), ("500", 1_000));
        let now = start + Duration::from_secs(1_000);
        assert_eq!(failing.over(now), Some(Duration::from_secs(1_000)));
        assert_eq!(failing.over(now), None);
    }

    #[test]
    fn what_was_not_told_is_not_said_to_be_over() {
        let (start, mut failing) = (Instant::now(), Failing::default());
        assert!(failing.failed(&failed("a"), false, start));
        assert_eq!(failing.over(start), Some(Duration::ZERO));
        let later = start + Duration::from_secs(30);
        assert!(!failing.failed(&failed("b"), false, later));
        assert_eq!(failing.over(later), None);
    }
}
