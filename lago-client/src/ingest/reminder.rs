//! When to say again what is still so.

use std::time::Duration;

use tokio::time::Instant;

/// Two lines about the same are no nearer to each other.
const SHORTEST: Duration = Duration::from_secs(60);

/// Whoever begins to read a log finds a line within this time.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Says a thing when it begins, and again after a minute, two, four, at most an hour, as long as it lasts.
#[derive(Debug)]
pub(crate) struct Reminder {
    told: Option<Instant>,
    distance: Duration,
}

impl Default for Reminder {
    fn default() -> Self {
        Self {
            told: None,
            distance: SHORTEST,
        }
    }
}

impl Reminder {
    /// Whether to say it now. What is news is said as soon as a line may be.
    pub(crate) fn is_due(&mut self, is_news: bool, now: Instant) -> bool {
        if let Some(told) = self.told {
            let distance = if is_news { SHORTEST } else { self.distance };
            if now.saturating_duration_since(told) < distance {
                return false;
            }
            if !is_news {
                self.distance = (self.distance * 2).min(LONGEST);
            }
        }
        self.told = Some(now);
        true
    }

    /// It is over. The next one is another matter, and yet no nearer to the last line.
    pub(crate) fn over(&mut self) {
        self.distance = SHORTEST;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// At which seconds something is said that is so in every second of a day.
    #[test]
    fn what_lasts_is_said_at_growing_distances_and_once_an_hour_at_least() {
        let (start, mut reminder) = (Instant::now(), Reminder::default());
        let said: Vec<u64> = (0..24 * 3600)
            .filter(|second| reminder.is_due(false, start + Duration::from_secs(*second)))
            .collect();
        assert_eq!(said[..6], [0, 60, 180, 420, 900, 1860]);
        let distances = said.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(
            distances.skip(6).all(|distance| distance == 3600),
            "{said:?}"
        );
    }

    proptest! {
        /// Whatever happens, and however often it ends and begins anew.
        #[test]
        fn no_two_lines_are_nearer_than_a_minute(
            steps in prop::collection::vec((0..200_u64, any::<bool>(), any::<bool>()), 1..200),
        ) {
            let (mut now, mut reminder, mut last) = (Instant::now(), Reminder::default(), None);
            for (seconds, is_news, is_over) in steps {
                now += Duration::from_secs(seconds);
                if is_over {
                    reminder.over();
                }
                if reminder.is_due(is_news, now) {
                    prop_assert!(last.is_none_or(|last| now - last >= SHORTEST));
                    last = Some(now);
                } else {
                    prop_assert!(last.is_some_and(|last| now - last < LONGEST));
                }
            }
        }
    }
}
