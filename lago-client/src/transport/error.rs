//! Why a transport has no response, or no more of one.

use std::error::Error as StdError;
use std::fmt;

use crate::platform::is_connect;

/// Any error, as transports have them.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Why a transport has no response, or no more of one.
///
/// What follows from it depends on what is known of the request, so that is what its constructors ask for. When in
/// doubt it is [`interrupted`](Self::interrupted): then a call that is not idempotent is not repeated, and its error is
/// [ambiguous](crate::Error::is_ambiguous).
///
/// Its text becomes a [source](StdError::source) of the error of the call, and may be logged: leave out the URL,
/// which has ids of customers.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) failure: Failure,
    source: BoxError,
}

/// What is known of a request that has no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There was no connection. It proves that nothing was sent, unless there may have been a redirect before.
    Unconnected { timed_out: bool, is_proof: bool },
    /// No response within the time limit.
    TimedOut,
    /// Anything else; nobody knows how far it got.
    Interrupted,
    /// It was not sent, and never will be like this.
    Refused,
}

impl TransportError {
    pub(crate) fn new(failure: Failure, source: impl Into<BoxError>) -> Self {
        Self {
            failure,
            source: source.into(),
        }
    }

    /// Nothing was sent: there was no connection. Every call may be repeated after it, those that buy something among
    /// them, so say it only where it is certain, and never after a redirect or a repetition of your own.
    pub fn not_sent(source: impl Into<BoxError>) -> Self {
        let failure = Failure::Unconnected {
            timed_out: false,
            is_proof: true,
        };
        Self::new(failure, source)
    }

    /// No response came in time. The server may have executed the request.
    pub fn timed_out(source: impl Into<BoxError>) -> Self {
        Self::new(Failure::TimedOut, source)
    }

    /// The exchange ended before the response was complete, for whatever reason. The server may have executed the
    /// request.
    pub fn interrupted(source: impl Into<BoxError>) -> Self {
        Self::new(Failure::Interrupted, source)
    }

    /// The transport does not send such requests. Nothing was sent, and repeating it would change nothing: the error
    /// of the call is [`is_usage`](crate::Error::is_usage).
    pub fn refused(source: impl Into<BoxError>) -> Self {
        Self::new(Failure::Refused, source)
    }

    /// The same error where it is one of these already, as it comes out of layers and bodies; any other interrupted
    /// the exchange.
    pub fn from_boxed(source: BoxError) -> Self {
        match source.downcast::<Self>() {
            Ok(error) => *error,
            Err(source) => match source.downcast::<reqwest::Error>() {
                Ok(error) => Self::of_reqwest(*error),
                Err(source) => Self::interrupted(source),
            },
        }
    }

    /// The cause.
    pub(crate) fn into_source(self) -> BoxError {
        self.source
    }

    /// What reqwest says, of which nobody knows whether it followed a redirect.
    pub(crate) fn of_reqwest(error: reqwest::Error) -> Self {
        let failure = match (is_connect(&error), error.is_timeout()) {
            (true, timed_out) => Failure::Unconnected {
                timed_out,
                is_proof: false,
            },
            (false, true) => Failure::TimedOut,
            // By its settings: `https_only`, for one.
            (false, false) if error.is_builder() => Failure::Refused,
            (false, false) => Failure::Interrupted,
        };
        // The URL holds ids of customers.
        Self::new(failure, error.without_url())
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.failure {
            Failure::Unconnected { .. } => "no connection",
            Failure::TimedOut => "no response within the time limit",
            Failure::Interrupted => "the exchange was interrupted",
            Failure::Refused => "the transport does not send such requests",
        })
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}
