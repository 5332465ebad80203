//! One line on an error, for logs: nothing secret, no data of customers.

use std::borrow::Cow;
use std::fmt;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, LOCATION};

use super::{Error, Kind, Stop};
use crate::operation::Method;
use crate::redact::{self, short};
use crate::runtime::Outside;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation() {
            let file = if self.0.of_storage { ", its file" } else { "" };
            write!(f, "{} {}{file}: ", operation.method, operation.path)?;
        }
        match &self.0.kind {
            Kind::Config(message) | Kind::Request(message) => f.write_str(message)?,
            Kind::NoKey => f.write_str("there is no API key to send")?,
            Kind::Connect { timed_out: false } => f.write_str("no connection to the server")?,
            Kind::Connect { timed_out: true } => {
                f.write_str("no connection within the time limit")?
            }
            Kind::Timeout => f.write_str("no response within the time limit")?,
            Kind::Transport => {
                f.write_str("the connection broke before the response was complete")?
            }
            Kind::Elsewhere => write!(f, "{}", Outside::Elsewhere)?,
            Kind::Paced => f.write_str("the server's rate limit is used up")?,
            Kind::TooLarge(limit) => write!(f, "the response has more than {limit} bytes")?,
            Kind::Api => self.fmt_api(f)?,
            Kind::Redirected => f.write_str(
                "the response is that of another URL, where a redirect may have asked for something else",
            )?,
            Kind::Decode(path) => self.fmt_decode(f, path)?,
            Kind::OtherObject(property) => self.fmt_other_object(f, property)?,
            Kind::Endless => f.write_str("the list goes on, and its pages are empty")?,
            Kind::NotReady => {
                f.write_str("the server has not made the file within the time limit")?
            }
            Kind::Refused => self.fmt_refused(f)?,
            Kind::NoFile => write!(f, "{} in place of a file", self.amount())?,
            Kind::InvalidFileUrl(why) => write!(f, "{why}")?,
        }
        if self.is_connect() && self.is_of_another_request() {
            f.write_str(", or to where it redirects")?;
        }
        self.fmt_course(f)
    }
}

impl Error {
    fn fmt_api(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.status() {
            write!(f, "{status}")?;
        }
        match &self.0.api {
            Some(api) => {
                if let Some(summary) = api.0.summary() {
                    write!(f, ", {summary}")?;
                }
            }
            None if self.is_redirect() => match self.redirects_to() {
                Some(origin) => write!(f, ", redirects are not followed: is the API at {origin}?")?,
                None => f.write_str(", redirects are not followed: is the base URL right?")?,
            },
            None => write!(f, ", {} that are no error of Lago's API", self.amount())?,
        }
        match self.short_request_id() {
            Some(id) => write!(f, ", request {id}"),
            None => Ok(()),
        }
    }

    /// The request id as far as a line has room for it: headers can be long.
    pub(crate) fn short_request_id(&self) -> Option<Cow<'_, str>> {
        self.request_id().map(short)
    }

    fn fmt_refused(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the storage answered")?;
        if let Some(status) = self.status() {
            write!(f, " {status}")?;
        }
        match self.status() {
            Some(StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE) => {
                f.write_str(", the link has expired or the file is gone")
            }
            _ => Ok(()),
        }
    }

    fn fmt_decode(&self, f: &mut fmt::Formatter<'_>, path: &str) -> fmt::Result {
        f.write_str("the response")?;
        if let Some(status) = self.status() {
            write!(f, " ({status}, {})", self.amount())?;
        }
        match path {
            "" | "." => f.write_str(" cannot be read"),
            path => write!(f, " cannot be read at {path}"),
        }
    }

    fn fmt_other_object(&self, f: &mut fmt::Formatter<'_>, property: &str) -> fmt::Result {
        let what = match self.reads() {
            true => "the response is about another object",
            false => "it was done to another object",
        };
        write!(f, "{what}: its `{property}` is not the one in the path")
    }

    /// Whether the operation only reads.
    pub(super) fn reads(&self) -> bool {
        self.operation()
            .is_some_and(|operation| operation.method == Method::Get)
    }

    /// How much came, and of what: `312 bytes of text/html`.
    fn amount(&self) -> String {
        let length = self.body().len();
        match self.media_type().filter(|_| length > 0) {
            Some(media_type) => format!("{length} bytes of {media_type}"),
            None => format!("{length} bytes"),
        }
    }

    /// The media type of the response, if that is what the header holds.
    fn media_type(&self) -> Option<&str> {
        redact::media_type(self.headers()?.get(CONTENT_TYPE)?.to_str().ok()?)
    }

    /// Where a redirect leads.
    fn redirects_to(&self) -> Option<String> {
        redact::origin(self.headers()?.get(LOCATION)?.to_str().ok()?)
    }

    /// How the call came to this: attempts, what is left open, what kept it from going on.
    fn fmt_course(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.attempts(), &self.0.kind) {
            (0 | 1, _) => {}
            (pages, Kind::Endless) => write!(f, ", {pages} in a row")?,
            (attempts, _) => write!(f, ", after {attempts} attempts")?,
        }
        let is_answered = self.is_decode() || self.is_other_object();
        if self.is_ambiguous() && !is_answered && !self.reads() {
            f.write_str("; the server may have executed it")?;
        }
        // The wait of a server that asks for none is chosen here, and not what it said.
        let asked = self.retry_after().filter(|wait| !wait.is_zero());
        match (self.0.limit, asked) {
            (Some(Stop::Deadline), None) if self.0.kind == Kind::Paced => {
                f.write_str("; the wait for its turn exceeds the time that is left")
            }
            (Some(Stop::Deadline), Some(wait)) => {
                write!(f, "; a wait of {wait:?} exceeds the time that is left")
            }
            (Some(Stop::Wait), Some(wait)) => {
                write!(f, "; a wait of {wait:?} is longer than the policy allows")
            }
            (Some(stop), _) => write!(f, "; not tried again: {stop}"),
            (None, _) => Ok(()),
        }
    }
}
