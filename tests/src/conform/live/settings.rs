//! What a check is asked for, how it is stopped, and why there is none.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lago_client::RetryPolicy;
use reqwest::Url;

/// What to check, and how.
#[derive(Clone)]
pub struct Settings {
    /// Where the server is.
    pub url: Url,
    /// The API key.
    pub key: String,
    /// What the names of everything that is made begin with; none when nothing is made.
    pub write: Option<String>,
    /// Where to keep what was said.
    pub record: Option<PathBuf>,
    /// How long one attempt of a call may take.
    pub timeout: Duration,
    /// When a call is repeated.
    pub retry: RetryPolicy,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("write", &self.write)
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

/// Why there is no check.
#[derive(Debug)]
pub enum LiveError {
    /// The server says nothing to the first call.
    Silent(String),
    /// The server refuses the key.
    Key,
    /// A recording cannot be written.
    Recording(String),
    /// It could not begin.
    Setup(String),
}

impl fmt::Display for LiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(why) => write!(
                f,
                "the server does not respond: {why}\nIs it running, and is --url its address?"
            ),
            Self::Key => f.write_str(
                "the server refuses the API key (401)\n\
                 Set LAGO_API_KEY to a key of an organization of this server.",
            ),
            Self::Recording(why) | Self::Setup(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for LiveError {}

/// Asks a check to end: it begins no other call, and takes away what it made.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks.
    pub fn ask(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody has asked.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// How far a check is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// What is called now: `plans.list`.
    pub call: &'a str,
    /// How many calls were made.
    pub done: usize,
    /// How many wait, as far as is known.
    pub waiting: usize,
}
