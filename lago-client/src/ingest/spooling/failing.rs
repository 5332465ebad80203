//! Whether the spool does what it is asked for, and what is told of it when it does not.

use tokio::time::Instant;

use super::super::notice::Notice;
use super::super::reminder::Reminder;
use super::super::spool::SpoolError;

/// What a spool is asked for. That one works says nothing of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Append,
    Acknowledge,
    Sync,
    Read,
}

/// Begins with a failure, and lasts until all that failed has worked again.
#[derive(Debug, Default)]
pub(super) struct Failing {
    parts: Vec<Part>,
    since: Option<Instant>,
    was_told: bool,
    reminder: Reminder,
}

impl Failing {
    /// What is to be told after something was tried.
    pub(super) fn tried(
        &mut self,
        part: Part,
        error: Option<&SpoolError>,
        now: Instant,
    ) -> Option<Notice> {
        match error {
            Some(error) if error.is_damaged() => Some(Notice::SpoolDamaged {
                reason: error.with_cause(),
            }),
            Some(error) => self.failed(part, error, now),
            None => self.worked(part, now),
        }
    }

    fn failed(&mut self, part: Part, error: &SpoolError, now: Instant) -> Option<Notice> {
        let is_news = self.parts.is_empty();
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
        let since = *self.since.get_or_insert(now);
        if !self.reminder.is_due(is_news, now) {
            return None;
        }
        self.was_told = true;
        Some(Notice::SpoolFailing {
            reason: error.with_cause(),
            lasts: now.saturating_duration_since(since),
        })
    }

    fn worked(&mut self, part: Part, now: Instant) -> Option<Notice> {
        self.parts.retain(|failing| *failing != part);
        if !self.parts.is_empty() {
            return None;
        }
        let since = self.since.take()?;
        self.reminder.over();
        let after = now.saturating_duration_since(since);
        std::mem::take(&mut self.was_told).then_some(Notice::SpoolWorking { after })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_works_again_when_all_does_that_failed() {
        let (start, mut failing) = (Instant::now(), Failing::default());
        let full = SpoolError::full("no room");
        let at = |second| start + Duration::from_secs(second);
        assert_eq!(failing.tried(Part::Append, None, start), None);
        let notice = failing.tried(Part::Append, Some(&full), start);
        assert_eq!(
            notice,
            Some(Notice::SpoolFailing {
                reason: "spool: no room".to_owned(),
                lasts: Duration::ZERO
            })
        );
        for second in 1..60 {
            assert_eq!(failing.tried(Part::Append, Some(&full), at(second)), None);
            assert_eq!(failing.tried(Part::Acknowledge, None, at(second)), None);
        }
        let notice = failing.tried(Part::Acknowledge, Some(&full), at(60));
        assert!(
            matches!(notice, Some(Notice::SpoolFailing { lasts, .. }) if lasts.as_secs() == 60)
        );
        assert_eq!(failing.tried(Part::Append, None, at(70)), None);
        let notice = failing.tried(Part::Acknowledge, None, at(80));
        let after = Duration::from_secs(80);
        assert_eq!(notice, Some(Notice::SpoolWorking { after }));
    }

    #[test]
    fn damage_is_told_each_time_and_is_no_failure_that_lasts() {
        let mut failing = Failing::default();
        let path = std::path::Path::new("file");
        let damaged = SpoolError::damaged("broken", path);
        for _ in 0..2 {
            let notice = failing.tried(Part::Read, Some(&damaged), Instant::now());
            assert!(
                matches!(notice, Some(Notice::SpoolDamaged { .. })),
                "{notice:?}"
            );
        }
        assert_eq!(failing.tried(Part::Read, None, Instant::now()), None);
    }
}
