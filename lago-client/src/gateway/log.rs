//! One line for each request, without keys and without values of paths and queries.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use http::{Method, StatusCode};

/// For the log: nobody waited for the response any more.
const CALLER_GONE: &str = "caller-gone";

/// What is told of a request once it is over. Prints as the line of a log:
/// `POST /api/v1/customers 200 35ms attempts=2 customers.create`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// The HTTP method.
    pub method: Method,
    /// The status of the response; none when there was none, because the caller was gone or the gateway had to end.
    pub status: Option<StatusCode>,
    /// Whether the caller was gone before there was a response. What changes something goes on then, so that its status and
    /// its note say what came of it.
    pub is_caller_gone: bool,
    /// From the head of the request to the response.
    pub duration: Duration,
    /// How it went on, by whoever responded.
    pub note: Note,
}

/// What is known of a request once it is over.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Note {
    /// The path without its values, `/api/v1/plans/{code}`; none where it is that of no operation.
    pub path: Option<String>,
    /// How often Lago was asked; none where it had not to be.
    pub attempts: Option<u32>,
    /// What was called, and what else there is to say, in words that hold no data of customers.
    pub words: String,
}

impl Note {
    /// Says one more thing.
    pub(crate) fn add(&mut self, words: &str) {
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        self.words.push_str(words);
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.note.path.as_deref().unwrap_or("-");
        write!(f, "{} {path} ", shown(&self.method))?;
        match self.status {
            Some(status) => write!(f, "{}", status.as_u16())?,
            None if self.is_caller_gone => f.write_str(CALLER_GONE)?,
            None => f.write_str("cut-off")?,
        }
        write!(f, " {}ms", self.duration.as_millis())?;
        if let Some(attempts) = self.note.attempts {
            write!(f, " attempts={attempts}")?;
        }
        if !self.note.words.is_empty() {
            write!(f, " {}", self.note.words)?;
        }
        match self.status {
            Some(_) if self.is_caller_gone => write!(f, " {CALLER_GONE}"),
            _ => Ok(()),
        }
    }
}

/// A method as it is told. One that is no standard is a caller's text, of any length.
fn shown(method: &Method) -> &str {
    match method.as_str() {
        standard @ ("CONNECT" | "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST"
        | "PUT" | "TRACE") => standard,
        _ => "OTHER",
    }
}

/// Takes the lines.
#[derive(Clone)]
pub struct Log(Arc<dyn Fn(&Line) + Send + Sync>);

impl Log {
    /// Gives each line to a function, which should not block.
    pub fn new(take: impl Fn(&Line) + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    /// Writes to the standard error stream, each line after the time.
    #[must_use]
    pub fn stderr() -> Self {
        Self::new(|line| say(&format_args!("{line}")))
    }

    pub(crate) fn tell(&self, line: &Line) {
        (self.0)(line);
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

/// Writes a line to the standard error stream, after the time.
pub(crate) fn say(line: &dyn fmt::Display) {
    let now = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    // Where nobody reads it any more there is nobody to tell.
    let _ = writeln!(io::stderr(), "{now} {line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_a_request_ended_and_nothing_of_any_length() {
        let long = Method::from_bytes("SECRET".repeat(1000).as_bytes()).unwrap();
        for (method, status, is_caller_gone, words, expected) in [
            (
                Method::GET,
                Some(200),
                false,
                "plans.get",
                "GET - 200 5ms plans.get",
            ),
            (
                Method::GET,
                None,
                true,
                "plans.get",
                "GET - caller-gone 5ms plans.get",
            ),
            (Method::PUT, None, false, "", "PUT - cut-off 5ms"),
            (
                Method::POST,
                Some(503),
                true,
                "a ambiguous",
                "POST - 503 5ms a ambiguous caller-gone",
            ),
            (long, Some(404), false, "", "OTHER - 404 5ms"),
        ] {
            let line = Line {
                method,
                status: status.map(|status| StatusCode::from_u16(status).unwrap()),
                is_caller_gone,
                duration: Duration::from_millis(5),
                note: Note {
                    words: words.to_owned(),
                    ..Note::default()
                },
            };
            assert_eq!(line.to_string(), expected);
        }
    }
}
