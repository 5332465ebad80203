//! What becomes of a batch, and of each event in it.

use std::fmt;
use std::time::Duration;

use lago_types::words::is_code;

/// What became of one event.
///
/// `Display` is a line for logs: it holds codes of the server and nothing of the event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventOutcome {
    /// The server has it, from this pipeline.
    Delivered,
    /// The server had its `transaction_id` already when it was first sent: from another process, or an earlier
    /// event with the same one. It was not stored again.
    Duplicate,
    /// The server refused it, and will each time.
    Rejected(Rejection),
    /// The server may have it: no response came that tells, and the pipeline was told to keep such events back
    /// ([`Ambiguous::Keep`](super::Ambiguous::Keep)).
    InDoubt,
    /// The pipeline ended, or dropped it for newer events, before the server had confirmed it.
    Lost {
        /// It had been sent, so that the server may have it. To send it again, with its `transaction_id` and
        /// `timestamp`, does no harm where the server deduplicates.
        may_be_stored: bool,
    },
    /// The pipeline ended before the server had confirmed it, and it is on disk: the next pipeline with the same
    /// [spool](super::PipelineBuilder::spool) sends it.
    Spooled,
}

impl EventOutcome {
    /// Whether the event goes to the dead letters.
    pub(super) fn is_dead(&self) -> bool {
        matches!(self, Self::Rejected(_) | Self::InDoubt | Self::Lost { .. })
    }

    /// Whether the server may have the event although it is dead.
    pub(super) fn may_be_stored(&self) -> bool {
        match self {
            Self::Rejected(rejection) => rejection.may_be_stored,
            Self::Lost { may_be_stored } => *may_be_stored,
            _ => true,
        }
    }
}

impl fmt::Display for EventOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered => f.write_str("delivered"),
            Self::Duplicate => {
                f.write_str("a duplicate: the server had its transaction_id already")
            }
            Self::Rejected(rejection) => write!(f, "rejected: {rejection}"),
            Self::InDoubt => f.write_str("in doubt: no response tells whether the server has it"),
            Self::Lost { .. } => {
                f.write_str("lost: the pipeline ended or dropped it before it was confirmed")
            }
            Self::Spooled => f.write_str("not confirmed, and on disk for the next pipeline"),
        }
    }
}

/// Why the server refused an event, or a batch as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The HTTP status; none where the sink speaks no HTTP.
    pub status: Option<u16>,
    /// The server's codes, each with the field that it is about.
    pub codes: Vec<RejectionCode>,
    /// An earlier attempt to send this event was lost in doubt, so that it may have been stored by that one.
    pub may_be_stored: bool,
}

impl Rejection {
    /// A refusal with this HTTP status and no codes yet.
    #[must_use]
    pub fn new(status: Option<u16>) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// Adds what is wrong with a field; an empty field stands for the whole event.
    #[must_use]
    pub fn code(self, field: impl Into<String>, code: impl Into<String>) -> Self {
        self.code_with_message(field, code, None)
    }

    pub(super) fn code_with_message(
        mut self,
        field: impl Into<String>,
        code: impl Into<String>,
        message: Option<String>,
    ) -> Self {
        self.codes.push(RejectionCode {
            field: field.into(),
            code: code.into(),
            message,
        });
        self
    }

    /// Whether a field has a code.
    #[must_use]
    pub fn has(&self, field: &str, code: &str) -> bool {
        let is_it = |known: &RejectionCode| known.field == field && known.code == code;
        self.codes.iter().any(is_it)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for RejectionCode { field, code, .. } in &self.codes {
            // What is no word of the API may be data.
            fn word(text: &str) -> &str {
                if is_code(text) { text } else { "?" }
            }
            // A sentence about the whole event: the status says as much as may be printed of it.
            if field.is_empty() && !is_code(code) {
                continue;
            }
            match field.is_empty() {
                true => write!(f, "{separator}{}", word(code))?,
                false => write!(f, "{separator}{}: {}", word(field), word(code))?,
            }
            separator = ", ";
        }
        match (self.status, separator) {
            (Some(status), "") => write!(f, "status {status}"),
            (None, "") => f.write_str("no reason given"),
            _ => Ok(()),
        }
    }
}

/// A code of the server and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectionCode {
    /// `code`, `timestamp`; empty where it is about the event as a whole.
    pub field: String,
    /// `value_is_mandatory`, in places a sentence.
    pub code: String,
    /// The sentence that the server writes after some codes; it may quote the event.
    pub message: Option<String>,
}

/// What came of one attempt to send a batch, as a [`Sink`](super::Sink) tells it.
///
/// `in_doubt` is true where the events may have been stored all the same: no response, or one that does not prove
/// that nothing was. Then they are sent again, which is what their fixed keys are for, unless the pipeline is told
/// to [keep](super::Ambiguous::Keep) them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchOutcome {
    /// All events are stored, or were before.
    Stored,
    /// None was stored in this attempt, because of the events at these indices.
    Refused(Vec<(usize, Fault)>),
    /// None was stored in this attempt, and nobody says because of which event. It is searched for by halves.
    RefusedAsWhole(Rejection),
    /// None was stored, as a batch may not have so many events. Smaller ones are sent from now on.
    TooManyEvents,
    /// Too many bytes. Smaller batches are sent from now on; a single event that is too large is rejected.
    TooLarge {
        /// Whether it may have been stored.
        in_doubt: bool,
    },
    /// Nothing will be taken until somebody changes something: the API key, a permission, the address. The pipeline
    /// pauses, says so once, and tries again from time to time.
    Blocked {
        /// What to print: it holds no secret and nothing of the events.
        reason: String,
        /// Whether it may have been stored.
        in_doubt: bool,
    },
    /// A client error in words that are not the server's own, such as the page of a firewall: it proves nothing, so that it
    /// may have been stored. It is sent again, in halves when that fails again and again; and a single event that is refused
    /// like this 20 times while the server takes others is rejected.
    UnprovenRefusal {
        /// Why it is rejected in the end.
        rejection: Rejection,
        /// What to print of it meanwhile: it holds no secret and nothing of the events.
        reason: String,
    },
    /// The server failed at it, as HTTP 500 says. It may have been stored; and something in it may be the reason,
    /// so that it is halved when it fails again and again.
    ServerError {
        /// What to print: it holds no secret and nothing of the events.
        reason: String,
    },
    /// It may work later.
    Failed {
        /// Whether it may have been stored.
        in_doubt: bool,
        /// How long the server asks to wait.
        wait: Option<Duration>,
        /// What to print: it holds no secret and nothing of the events.
        reason: String,
    },
    /// What became of each event, from a store that takes them one by one, such as a topic of Kafka.
    Each {
        /// One for each event, in the order of the batch. An event without one is in doubt, and may work later.
        verdicts: Vec<Verdict>,
        /// How long to wait before what failed is sent again.
        wait: Option<Duration>,
    },
}

/// What became of one event of [`BatchOutcome::Each`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It is stored, or was before.
    Stored,
    /// It was not stored in this attempt, and another one would change nothing.
    Refused(Fault),
    /// It may work later.
    Failed {
        /// Whether it may have been stored.
        in_doubt: bool,
    },
}

impl BatchOutcome {
    /// How long the server asks to wait.
    pub(super) fn wait(&self) -> Option<Duration> {
        match *self {
            Self::Failed { wait, .. } | Self::Each { wait, .. } => wait,
            _ => None,
        }
    }

    /// What to print of a failure.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::UnprovenRefusal { reason, .. }
            | Self::ServerError { reason }
            | Self::Failed { reason, .. }
            | Self::Blocked { reason, .. } => reason,
            _ => "the store took none of them",
        }
    }

    /// Whether nothing was achieved with any event, and it may work later.
    pub(super) fn is_failure(&self) -> bool {
        match self {
            Self::Failed { .. } | Self::ServerError { .. } | Self::UnprovenRefusal { .. } => true,
            Self::Each { verdicts, .. } => verdicts
                .iter()
                .all(|verdict| matches!(verdict, Verdict::Failed { .. })),
            _ => false,
        }
    }

    /// Whether nobody knows of all events if they were stored in this attempt.
    pub(super) fn is_in_doubt(&self) -> bool {
        match *self {
            Self::TooLarge { in_doubt }
            | Self::Blocked { in_doubt, .. }
            | Self::Failed { in_doubt, .. } => in_doubt,
            Self::ServerError { .. } | Self::UnprovenRefusal { .. } => true,
            Self::Stored
            | Self::Refused(_)
            | Self::RefusedAsWhole(_)
            | Self::TooManyEvents
            | Self::Each { .. } => false,
        }
    }
}

/// What is wrong with one event of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The server has its key already.
    AlreadyExists,
    /// It can never be stored.
    Invalid(Rejection),
}
