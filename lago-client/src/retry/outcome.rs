//! What an attempt came to, as far as repeating it is concerned.

use std::time::Duration;

use reqwest::StatusCode;

use super::refusals::{self, Later};
use crate::error::{Error, Kind};

/// What came of an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) class: Class,
    /// The server may have executed the request, or did.
    pub(crate) may_be_executed: bool,
    /// How long the response asks to wait.
    pub(crate) wait: Option<Duration>,
}

/// Outcomes that are treated alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// No connection: nothing was sent.
    NotSent,
    /// No response, or a part of one.
    NoResponse,
    /// Somebody takes no more requests: a gateway, or a payment provider behind Lago. How far this one
    /// went is unknown.
    Throttled,
    /// Any other response that does not prove that the server did nothing.
    Unproven,
    /// The same, and the same request would have the same response: it speaks of the request, or leads elsewhere.
    Lasting,
    /// Another request was faster; the same may work in a moment.
    Conflict,
    /// The server did not accept the key, and there is another one by now.
    KeyChanged,
    /// Repeating it would change nothing.
    Final,
}

impl Outcome {
    /// What a failure came to.
    pub(crate) fn of(error: &Error) -> Self {
        let status = error.status();
        let class = match error.kind() {
            Kind::Connect { .. } if error.is_of_another_request() => Class::NoResponse,
            Kind::Connect { .. } => Class::NotSent,
            Kind::Timeout | Kind::Transport | Kind::Elsewhere => Class::NoResponse,
            Kind::Api if error.is_of_another_request() => unproven(status),
            Kind::Api => match of_response(error) {
                Class::Final if error.has_another_key() => Class::KeyChanged,
                class => class,
            },
            Kind::Refused => of_storage(status),
            Kind::TooLarge(_) => match status {
                // A success would be as large the next time.
                Some(status) if status.is_success() => Class::Final,
                status => unproven(status),
            },
            Kind::Config(_)
            | Kind::Request(_)
            | Kind::NoKey
            | Kind::Redirected
            | Kind::Paced
            | Kind::Decode(_)
            | Kind::OtherObject(_)
            | Kind::Endless
            | Kind::NotReady
            | Kind::NoFile
            | Kind::InvalidFileUrl(_) => Class::Final,
        };
        let may_be_executed = match class {
            Class::NoResponse | Class::Throttled | Class::Unproven | Class::Lasting => true,
            Class::NotSent | Class::Conflict | Class::KeyChanged => false,
            Class::Final => matches!(error.kind(), Kind::TooLarge(_) | Kind::Redirected),
        };
        Self {
            class,
            may_be_executed,
            wait: error.retry_after(),
        }
    }

    /// A server that works as it should said no.
    pub(crate) fn is_refusal(self) -> bool {
        self.class == Class::Final && !self.may_be_executed
    }
}

fn of_response(error: &Error) -> Class {
    let refusal = error.status().zip(error.api_error());
    match refusal.and_then(|(status, body)| refusals::find(status, body)) {
        Some(Later::Same) => Class::Final,
        Some(Later::Other) => Class::Conflict,
        // Lago, of something behind it that may have recovered: a payment provider, a tax system.
        None if error.code().is_some()
            && error.status() == Some(StatusCode::UNPROCESSABLE_ENTITY) =>
        {
            Class::Unproven
        }
        None => unproven(error.status()),
    }
}

/// A response that proves nothing. Whether another attempt is worth it is another question, which statuses answer whoever
/// they are from: 401, 403 and 404 may be those of a gateway that does not know its server yet.
fn unproven(status: Option<StatusCode>) -> Class {
    match status.map(|status| status.as_u16()) {
        Some(429) => Class::Throttled,
        // Redirects of calls are not followed, and the next would be the same.
        Some(300..=399) => Class::Lasting,
        // The form of the request, its size or what it asks for is refused; nothing of it changes with time.
        Some(400 | 405 | 406 | 411 | 413 | 414 | 415 | 417 | 422 | 431 | 501 | 505) => {
            Class::Lasting
        }
        _ => Class::Unproven,
    }
}

/// Reading a file changes nothing: all that counts is whether it may work the next time.
fn of_storage(status: Option<StatusCode>) -> Class {
    match status.map(|status| status.as_u16()) {
        Some(429) => Class::Throttled,
        // Never heard of the method, or of this version of HTTP.
        Some(501 | 505) => Class::Final,
        Some(408 | 500..=599) => Class::Unproven,
        _ => Class::Final,
    }
}
