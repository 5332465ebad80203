//! What an attempt came to, as far as repeating it is concerned.

use std::time::Duration;

use reqwest::StatusCode;

use crate::error::{Error, Kind};

/// The 422 that says: someone else holds the lock for the moment. Other 422s are for good.
const LOCKED: &str = "lock_acquisition_failed";

/// What came of an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) class: Class,
    /// The server may have executed the request, or did.
    pub(crate) may_be_executed: bool,
    /// How long the answer asks to wait.
    pub(crate) wait: Option<Duration>,
}

/// Outcomes that are treated alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// No connection: nothing was sent.
    Unsent,
    /// No answer, or a part of one.
    Lost,
    /// The server or a gateway is in trouble.
    Trouble,
    /// A gateway takes no more requests: this one went no further.
    Throttled,
    /// Lago passes on that a payment provider takes no more requests; what it had done until then
    /// is unknown.
    ProviderThrottled,
    /// Another request was faster; the same may work in a moment.
    Conflict,
    /// Repeating it would change nothing.
    Final,
}

impl Outcome {
    /// What a failure came to.
    pub(crate) fn of(error: &Error) -> Self {
        let status = error.status();
        let class = match error.kind() {
            Kind::Connect { .. } => Class::Unsent,
            Kind::Timeout | Kind::Transport => Class::Lost,
            Kind::Api | Kind::Refused => of_answer(status, error.code()),
            Kind::Config(_)
            | Kind::Request(_)
            | Kind::Paced
            | Kind::TooLarge(_)
            | Kind::Decode(_)
            | Kind::Endless
            | Kind::NotReady
            | Kind::NoFile
            | Kind::NoWay(_) => Class::Final,
        };
        let may_be_executed = match (class, status) {
            (Class::ProviderThrottled, _) => true,
            (_, Some(status)) => is_open(status),
            // Nothing came back, or nothing was sent.
            (class, None) => class == Class::Lost,
        };
        Self {
            class,
            may_be_executed,
            wait: error.retry_after(),
        }
    }
}

fn of_answer(status: Option<StatusCode>, code: Option<&str>) -> Class {
    let Some(status) = status else {
        return Class::Final;
    };
    match (status.as_u16(), code) {
        (429, None) => Class::Throttled,
        (429, Some(_)) => Class::ProviderThrottled,
        (409, _) | (422, Some(LOCKED)) => Class::Conflict,
        // Never heard of the method, or of this version of HTTP.
        (501 | 505, _) => Class::Final,
        (408 | 500..=599, _) => Class::Trouble,
        _ => Class::Final,
    }
}

/// Whether a status leaves open that the request was executed, or says so.
fn is_open(status: StatusCode) -> bool {
    status.is_success() || matches!(of_answer(Some(status), None), Class::Trouble)
}
