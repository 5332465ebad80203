//! Why a delivery could not be read, or not all of it.

use std::fmt;

use crate::words;

/// Why the object of a delivery could not be read.
///
/// `Display` and `Debug` name the place in words of the API and leave out the reason: it may quote what was delivered.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed {
    /// The JSON path to what is not as expected: `invoice.fees[0].units`. Keys that a customer chose may stand in it.
    pub path: String,
    /// What is wrong there. It may quote what was delivered.
    pub reason: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = words::path(&self.path);
        write!(
            f,
            "the object of the delivery is not as this version of the crate knows it, at {path}"
        )
    }
}

impl fmt::Debug for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => f
                .debug_struct("Malformed")
                .field("path", &words::path(&self.path))
                .finish_non_exhaustive(),
            false => write!(f, "{self}; its `reason` says more"),
        }
    }
}

impl std::error::Error for Malformed {}

/// A body that is no delivery. Neither it nor its source quotes the body.
pub struct WebhookError(pub(super) serde_json::Error);

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is no webhook delivery: a JSON object with a `webhook_type`")
    }
}

/// What `main` prints of an error: the line and its cause.
impl fmt::Debug for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match f.alternate() {
            true => f.debug_tuple("WebhookError").field(&self.0).finish(),
            false => write!(f, "{self}: {}", self.0),
        }
    }
}

impl std::error::Error for WebhookError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
