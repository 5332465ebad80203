//! Failures that have to do with the key.

use super::{Error, Kind};
use crate::operation::Operation;
use crate::transport::error::BoxError;

impl Error {
    /// A request that was not sent because its key was not to be had.
    pub(crate) fn no_key(operation: &'static Operation, why: BoxError) -> Self {
        let mut error = Self::new(Kind::NoKey, Some(operation));
        error.0.source = Some(why);
        error
    }

    /// A refusal of a key, and whether there is another one.
    pub(crate) fn with_another_key(mut self, has: bool) -> Self {
        self.0.has_another_key = has;
        self
    }

    /// Whether the key was not accepted and there is another one.
    pub(crate) fn has_another_key(&self) -> bool {
        self.0.has_another_key
    }

    /// The [provider](crate::CredentialsProvider) of the API key gave none, or one that no header can hold; the
    /// [`source`](std::error::Error::source) says why. Nothing was sent.
    #[must_use]
    pub fn is_credentials(&self) -> bool {
        self.0.kind == Kind::NoKey
    }
}
