//! Why an event is not accepted.

use std::fmt;
use std::sync::Arc;

use lago_types::EventInput;

use super::queue::NoRoom;
use super::spool::SpoolError;

/// Why an event was not accepted. It gives the event back.
pub struct SendError {
    event: Box<EventInput>,
    reason: Reason,
    accepted: u64,
}

/// The same without the event.
#[derive(Debug)]
pub(crate) enum Reason {
    Usage(String),
    NoRoom(NoRoom),
    Spool(Arc<SpoolError>),
}

impl Reason {
    /// As [`SendError::is_full`].
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Spool(error) => error.is_full(),
            reason => matches!(reason, Self::NoRoom(NoRoom::Full)),
        }
    }

    /// As [`SendError::is_usage`].
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            Self::Usage(_) => true,
            Self::NoRoom(no_room) => *no_room == NoRoom::TooLarge,
            Self::Spool(error) => error.is_usage(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(problem) => write!(f, "the event cannot be sent: {problem}"),
            Self::Spool(_) => f.write_str("the event cannot be written to the spool"),
            Self::NoRoom(NoRoom::Full) => f.write_str(
                "the queue of events is full: the server takes them slower than they come, or is down",
            ),
            Self::NoRoom(NoRoom::Closed) => {
                f.write_str("the pipeline of events accepts no more: it was shut down, or its runtime has ended")
            }
            Self::NoRoom(NoRoom::TooLarge) => {
                f.write_str("the event is larger than the queue: raise `queue_bytes`, or send less in it")
            }
        }
    }
}

impl SendError {
    pub(super) fn new(event: EventInput, reason: Reason) -> Self {
        Self {
            event: Box::new(event),
            reason,
            accepted: 0,
        }
    }

    /// An event that is not accepted from here.
    #[cfg(feature = "blocking")]
    pub(crate) fn usage(event: EventInput, why: String) -> Self {
        Self::new(event, Reason::Usage(why))
    }

    /// The same, of an event that came after so many that were accepted.
    pub(super) fn after(self, accepted: u64) -> Self {
        Self { accepted, ..self }
    }

    /// The queue is full: the server takes events slower than they come, or is down. Or the spool or its disk is.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.reason.is_full()
    }

    /// The event could not be written to the spool; the [`source`](std::error::Error::source) says why. It may be
    /// there all the same where the disk failed, so send it again as it is, with its `transaction_id`.
    #[must_use]
    pub fn is_spool(&self) -> bool {
        matches!(self.reason, Reason::Spool(_))
    }

    /// The pipeline accepts nothing any more: it was shut down, or its runtime has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.reason, Reason::NoRoom(NoRoom::Closed))
    }

    /// The event cannot be sent like this: a field is missing, cannot be written, or the event is larger than the
    /// queue or the spool. Another time would change nothing.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        self.reason.is_usage()
    }

    /// How many events of [`send_all`](super::Pipeline::send_all) were accepted before this one.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// The event, its time fixed.
    #[must_use]
    pub fn into_event(self) -> EventInput {
        *self.event
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.reason, f)
    }
}

impl fmt::Debug for SendError {
    /// Without the event, which is data of a customer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError")
            .field("reason", &self.reason)
            .field("accepted", &self.accepted)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for SendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.reason {
            Reason::Spool(error) => Some(&**error),
            Reason::Usage(_) | Reason::NoRoom(_) => None,
        }
    }
}
