//! One line for each request, without keys and without values of paths and queries.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use http::{Method, StatusCode};

/// What is told of a request once it is over. Prints as the line of a log:
/// `POST /api/v1/customers 200 35ms attempts=2 customers.create`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// The HTTP method.
    pub method: Method,
    /// The status of the response; none when the caller was gone before there was one.
    pub status: Option<StatusCode>,
    /// From the head of the request to the response.
    pub duration: Duration,
    /// How it went on, by whoever responded.
    pub note: Note,
}

/// What a response says for the log.
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
        write!(f, "{} {path} ", self.method)?;
        match self.status {
            Some(status) => write!(f, "{}", status.as_u16())?,
            None => f.write_str("caller-gone")?,
        }
        write!(f, " {}ms", self.duration.as_millis())?;
        if let Some(attempts) = self.note.attempts {
            write!(f, " attempts={attempts}")?;
        }
        match self.note.words.as_str() {
            "" => Ok(()),
            words => write!(f, " {words}"),
        }
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
