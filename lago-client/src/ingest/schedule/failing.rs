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

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// An attempt, with this kind of outcome.
    Attempt(Discriminant<BatchOutcome>),
    /// To keep a dead letter.
    Letter,
}

/// Begins with a failure, and lasts until all events are settled that were in an attempt that failed, and all dead letters
/// kept.
#[derive(Debug, Default)]
pub(super) struct Failing {
    failure: Option<Failure>,
    /// What was told last, and whether others got through then. Another one is news.
    told: Option<(Sort, bool)>,
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
    pub(super) fn failed_attempt(
        &mut self,
        outcome: &BatchOutcome,
        others_succeed: bool,
        now: Instant,
    ) -> bool {
        let sort = Sort::Attempt(discriminant(outcome));
        self.failed(sort, outcome.reason(), others_succeed, now)
    }

    /// Something failed once more. Whether that is to be told.
    pub(super) fn failed(
        &mut self,
        sort: Sort,
        reason: &str,
        others_succeed: bool,
        now: Instant,
    ) -> bool {
        let (since, attempts) = match &self.failure {
            Some(failure) => (failure.since, failure.attempts + 1),
            None => (now, 1),
        };
        self.failure = Some(Failure {
            reason: reason.into(),
            others_succeed,
            since,
            attempts,
        });
        let sort = (sort, others_succeed);
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

    /// An attempt that ends with such an outcome.
    fn no_response() -> Sort {
        Sort::Attempt(discriminant(&BatchOutcome::Failed {
            in_doubt: true,
            wait: None,
            reason: String::new(),
        }))
    }

    fn error() -> Sort {
        let reason = String::new();
        Sort::Attempt(discriminant(&BatchOutcome::ServerError { reason }))
    }

    #[test]
    fn a_failure_is_told_at_first_then_seldom_and_another_one_sooner() {
        let (start, mut failing) = (Instant::now(), Failing::default());
        let mut told = Vec::new();
        for second in 0..1_000 {
            let (sort, reason) = match second {
                0..250 => (no_response(), "502"),
                250..800 => (error(), "500"),
                _ => (Sort::Letter, "a full disk"),
            };
            let now = start + Duration::from_secs(second);
            if failing.failed(sort, reason, second >= 600, now) {
                told.push(second);
            }
        }
        // Something else fails from 250 and from 800 on, and others get through from 600 on.
        assert_eq!(told, [0, 60, 180, 250, 490, 600, 800]);
        let failure = failing.failure().unwrap();
        assert_eq!((&*failure.reason, failure.attempts), ("a full disk", 1_000));
        let now = start + Duration::from_secs(1_000);
        assert_eq!(failing.over(true, now), Some(Duration::from_secs(1_000)));
        assert_eq!(failing.over(true, now), None);
    }

    #[test]
    fn what_was_not_told_is_not_said_to_be_over() {
        let (start, mut failing) = (Instant::now(), Failing::default());
        assert!(failing.failed(no_response(), "a", false, start));
        assert_eq!(failing.over(true, start), Some(Duration::ZERO));
        let later = start + Duration::from_secs(30);
        assert!(!failing.failed(no_response(), "b", false, later));
        assert_eq!(failing.over(true, later), None);
    }

    #[test]
    fn the_end_is_told_when_an_event_got_through_and_not_before() {
        let (start, mut failing) = (Instant::now(), Failing::default());
        assert!(failing.failed(no_response(), "a", false, start));
        let at = |second| start + Duration::from_secs(second);
        assert_eq!(failing.over(false, at(1)), None);
        assert!(failing.failure().is_none() && failing.is_open());
        assert_eq!(failing.over(false, at(2)), None);
        assert_eq!(failing.over(true, at(3)), Some(Duration::from_secs(3)));
        assert!(!failing.is_open());
    }
}
