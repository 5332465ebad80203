//! What `unwrap` and `?` in `main` print: a line that helps, and the details with `{:#?}`.

use std::error::Error as StdError;
use std::fmt;

use reqwest::StatusCode;

use super::{Error, Kind};
use crate::redact::long;

/// The line, what caused it, and what to do. With `{:#?}` all that is known, by name. Neither has a body.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.fmt_details(f);
        }
        write!(f, "{self}")?;
        if let Some(cause) = self.harmless_source() {
            write!(f, ": {}", long(Chain(cause)))?;
        }
        match self.advice() {
            Some(advice) => write!(f, ". {advice}"),
            None => Ok(()),
        }
    }
}

impl Error {
    fn fmt_details(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self
            .harmless_source()
            .map(|cause| long(Chain(cause)).to_string());
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.operation().map(|operation| operation.id))
            .field("status", &self.status())
            .field("refusal", &self.api_error().and_then(|api| api.summary()))
            .field("request_id", &self.short_request_id())
            .field("attempts", &self.attempts())
            .field("is_ambiguous", &self.is_ambiguous())
            .field("retry_after", &self.retry_after())
            .field("message", &self.to_string())
            .field("source", &source)
            .field("advice", &self.advice())
            .finish_non_exhaustive()
    }

    /// The cause, unless it may quote what the server said.
    fn harmless_source(&self) -> Option<&(dyn StdError + 'static)> {
        match self.0.kind {
            Kind::Config(_)
            | Kind::Request(_)
            | Kind::NoKey
            | Kind::Connect { .. }
            | Kind::Timeout
            | Kind::Transport => self.source(),
            _ => None,
        }
    }

    /// What to do about it, where there is something that the line does not say.
    fn advice(&self) -> Option<&'static str> {
        Some(match &self.0.kind {
            Kind::Decode(_) if self.reads() => "`body()` has the response",
            Kind::Decode(_) => {
                "Look whether it happened, and do not repeat it before; `body()` has the response"
            }
            Kind::OtherObject(_) => {
                "Does a proxy rewrite paths? Do not repeat the call; `body()` has that object"
            }
            Kind::TooLarge(_) => "`max_response_bytes` of the builder sets the limit",
            _ if self.is_ambiguous() && !self.reads() => {
                "Look whether it happened before you call again"
            }
            Kind::Connect { .. } => {
                "Is the base URL (LAGO_API_URL) right, and does the server run?"
            }
            Kind::Timeout => "`timeout` and `total_timeout` set the limits",
            Kind::NotReady => "It may be there later; `total_timeout` sets the limit",
            Kind::Paced => "`retry_after()` says how long to wait",
            Kind::Refused | Kind::NoFile => "Ask for the file again: the API makes a new link",
            Kind::Api => by_status(self.status()?, self.api_error().is_some())?,
            _ => return None,
        })
    }
}

/// What to do when the server says no, and whether it was Lago that said it.
fn by_status(status: StatusCode, is_lago: bool) -> Option<&'static str> {
    Some(match (status, is_lago) {
        (StatusCode::BAD_REQUEST, true) => "`message()` says what is wrong",
        (StatusCode::UNAUTHORIZED, _) => {
            "Is the API key (LAGO_API_KEY) right, and of this server (LAGO_API_URL)?"
        }
        (StatusCode::FORBIDDEN, true) => {
            "The key may lack the permission, or the server the feature"
        }
        (StatusCode::NOT_FOUND, false) => {
            "Is the base URL (LAGO_API_URL) right, and the server new enough for this call?"
        }
        (StatusCode::UNPROCESSABLE_ENTITY, true) => "`details()` has all that the server said",
        (StatusCode::TOO_MANY_REQUESTS, _) => "`retry_after()` may say how long to wait",
        _ => return None,
    })
}

/// An error and its causes on one line: `a: b: c`. Of an [`Error`] among them without those that may
/// quote what the server said.
pub(crate) struct Chain<'e>(pub(crate) &'e (dyn StdError + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = self.0.to_string();
        f.write_str(&last)?;
        let mut next = cause_of(self.0);
        while let Some(cause) = next {
            let said = cause.to_string();
            // Some errors print their cause themselves.
            if !last.contains(&said) {
                write!(f, ": {said}")?;
            }
            last = said;
            next = cause_of(cause);
        }
        Ok(())
    }
}

/// The cause of an error, if it may be printed.
fn cause_of<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    match error.downcast_ref::<Error>() {
        Some(error) => error.harmless_source(),
        None => error.source(),
    }
}
