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
    /// Since when events did not get through, where that was told and nothing fails any more, but nothing has got through
    /// either: what waited was refused.
    unproven: Option<Instant>,
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

    /// Whether something failed, and its end was not told.
    pub(super) fn is_open(&self) -> bool {
        self.failure.is_some() || self.unproven.is_some()
    }

    /// Nothing fails any more. How long it did, where that was told and an event got through: a refusal proves only that
    /// there is a server.
    pub(super) fn over(&mut self, is_proven: bool, now: Instant) -> Option<Duration> {
        if let Some(failure) = self.failure.take() {
            self.reminder.over();
            if self.told.take().is_some() {
                self.unproven.get_or_insert(failure.since);
            }
        }
        let since = match is_proven {
            true => self.unproven.take(),
            false => None,
        };
        since.map(|since| now.saturating_duration_since(since))
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
        assert_eq!(failing.over(true, now), Some(Duration::from_secs(1_000)));
        assert_eq!(failing.over(true, now), None);
    }

    #[test]
    fn what_was_not_told_is_not_said_to_be_over() {
        let (start, mut failing) = (Instant::now(), Failing::default());
        assert!(failing.failed(&failed("a"), false, start));
        assert_eq!(failing.over(true, start), Some(Duration::ZERO));
        let later = start + Duration::from_secs(30);
        assert!(!failing.failed(&failed("b"), false, later));
        assert_eq!(failing.over(true, later), None);
    }

    #[test]
    fn the_end_is_told_when_an_event_got_through_and_not_before() {
        let (start, mut failing) = (Instant::now(), Failing::default());
        assert!(failing.failed(&failed("a"), false, start));
        let at = |second| start + Duration::from_secs(second);
        assert_eq!(failing.over(false, at(1)), None);
        assert!(failing.failure().is_none() && failing.is_open());
        assert_eq!(failing.over(false, at(2)), None);
        assert_eq!(failing.over(true, at(3)), Some(Duration::from_secs(3)));
        assert!(!failing.is_open());
    }
}
