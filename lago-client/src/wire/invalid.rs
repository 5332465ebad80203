//! Why a request cannot be written.

use std::fmt;

/// A request that cannot be written, and why. It names what was given, and quotes no value that may be a
/// secret or a person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRequest(String);

impl InvalidRequest {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// Of a body that JSON cannot hold: the reason names the field that was not given what it takes.
    pub(crate) fn body(reason: impl fmt::Display) -> Self {
        Self(format!("the request cannot be written: {reason}"))
    }

    /// Of a URL that is none.
    pub(crate) fn url(reason: impl fmt::Display) -> Self {
        Self(format!(
            "the URL of the request cannot be written: {reason}"
        ))
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
