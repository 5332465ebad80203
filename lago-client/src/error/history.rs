//! What came before a failure: the attempts of its call, and why there is no other.

use std::fmt;

/// What the attempts before have come to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct History {
    /// How often the request was sent.
    pub(crate) attempts: u32,
    /// The server may have executed one of them.
    pub(crate) may_be_executed: bool,
}

/// Why a call is not tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It would change nothing.
    Final,
    /// It may have been executed, and must not be twice.
    NotIdempotent,
    /// It was tried often enough.
    Attempts,
    /// The wait would take longer than the call may.
    Deadline,
    /// The server asks for a longer wait than the policy allows.
    Wait,
    /// Too much was tried again lately.
    Budget,
}

impl Stop {
    /// Whether it might have been worth it, so that the caller wants to know why not.
    pub(crate) fn is_limit(self) -> bool {
        matches!(self, Self::Deadline | Self::Wait | Self::Budget)
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Final => "it would change nothing",
            Self::NotIdempotent => "it may have been executed",
            Self::Attempts => "no attempts are left",
            Self::Deadline => "the wait before the next attempt exceeds the time that is left",
            Self::Wait => "the server asks for a longer wait than the policy allows",
            Self::Budget => "the client's budget for retries is used up",
        })
    }
}
