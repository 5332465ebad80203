//! What somebody should know of a pipeline while it runs: that events do not get through, and that they do again.

use std::fmt;
use std::time::Duration;

/// What somebody should know of a pipeline while it runs: see [`notices`](super::PipelineBuilder::notices).
///
/// `Display` is a line for logs. It says what to do, and holds no secret and nothing of the events.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// Events do not get through.
    Failing(DeliveryFailure),
    /// They get through again.
    Delivering {
        /// How long some did not.
        after: Duration,
    },
    /// The spool fails: it takes no events, or cannot write down which are delivered. Those that it has are delivered all
    /// the same.
    SpoolFailing {
        /// What it could not do, where and why.
        reason: String,
        /// How long that lasts.
        lasts: Duration,
    },
    /// A file of the spool is damaged. It is kept as it was, and what is intact in it is delivered.
    SpoolDamaged {
        /// What is damaged, where the file is, and how many records are lost.
        reason: String,
    },
    /// The spool works again.
    SpoolWorking {
        /// How long it did not.
        after: Duration,
    },
}

/// That events do not get through, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryFailure {
    /// What came of the latest attempt that failed, and what to do about it. Of the server it holds the status and its
    /// codes, no secret and nothing of the events.
    pub reason: String,
    /// The server takes nothing until somebody changes something, such as the API key.
    pub is_paused: bool,
    /// The server takes other events, so that something in those that wait may be the reason.
    pub others_succeed: bool,
    /// How long it lasts.
    pub lasts: Duration,
    /// How many attempts failed in this time.
    pub attempts: u64,
    /// How many events are accepted and not settled.
    pub queued: u64,
}

impl fmt::Display for DeliveryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (self.is_paused, self.others_succeed) {
            (true, _) => "events wait",
            (false, false) => "events do not get through",
            (false, true) => "some events do not get through, while others do",
        };
        let (queued, attempts) = (self.queued, self.attempts);
        // It may end with a question.
        let end = if self.reason.ends_with('?') { "" } else { "." };
        write!(f, "{what}: {}{end} ", self.reason)?;
        write!(f, "Attempts that failed: {attempts}, ")?;
        write!(f, "in {}. Events that wait: {queued}. ", Rough(self.lasts))?;
        f.write_str("None is dropped: they are sent again")
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failing(failure) => failure.fmt(f),
            Self::Delivering { after } => {
                write!(f, "events get through again, after {}", Rough(*after))
            }
            Self::SpoolFailing { reason, lasts } => {
                write!(f, "the spool of events fails: {reason}. ")?;
                write!(f, "It has done so for {}. ", Rough(*lasts))?;
                f.write_str(
                    "Make room on the disk, or repair it. What the spool has is delivered meanwhile, and what cannot be \
                     written to it is refused",
                )
            }
            Self::SpoolDamaged { reason } => write!(f, "{reason}"),
            Self::SpoolWorking { after } => {
                write!(
                    f,
                    "the spool of events works again, after {}",
                    Rough(*after)
                )
            }
        }
    }
}

/// A time for people, in the largest unit of which there are two.
struct Rough(Duration);

impl fmt::Display for Rough {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        match (minutes, hours) {
            (0..2, _) => write!(f, "{seconds} s"),
            (_, 0..2) => write!(f, "{minutes} min"),
            (_, 2..48) => write!(f, "{hours} h"),
            _ => write!(f, "{} days", hours / 24),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_what_why_since_when_how_many_and_what_to_do() {
        let failure = DeliveryFailure {
            reason: "POST /events/batch: 503 Service Unavailable: look at the server".to_owned(),
            is_paused: false,
            others_succeed: false,
            lasts: Duration::from_secs(700),
            attempts: 40,
            queued: 1_234,
        };
        let said = Notice::Failing(failure.clone()).to_string();
        assert_eq!(
            said,
            "events do not get through: POST /events/batch: 503 Service Unavailable: look at the server. Attempts that \
             failed: 40, in 11 min. Events that wait: 1234. None is dropped: they are sent again"
        );
        let some = DeliveryFailure {
            others_succeed: true,
            ..failure
        };
        assert!(
            some.to_string()
                .starts_with("some events do not get through, while others do: ")
        );
    }

    #[test]
    fn times_are_told_in_the_unit_that_people_would_use() {
        for (seconds, said) in [
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (7_199, "119 min"),
            (7_200, "2 h"),
            (172_799, "47 h"),
            (172_800, "2 days"),
        ] {
            assert_eq!(Rough(Duration::from_secs(seconds)).to_string(), said);
        }
    }
}
