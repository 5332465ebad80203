//! What a call may have of its own.

use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::headers;
use crate::operation::{Idempotency, Operation};
use crate::retry::RetryPolicy;

/// What one call may have other than its client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Option<Duration>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    /// Whether the call may be repeated, where it depends on what is sent and not on the operation alone.
    pub(crate) may_repeat: Option<bool>,
    /// What is wrong with the options; said when the call is made.
    pub(crate) problem: Option<String>,
}

impl Options {
    /// A header of the call, unless it is one that callers may not set.
    pub(crate) fn header(&mut self, name: &str, value: &str) {
        if let Err(problem) = headers::add(&mut self.headers, name, value) {
            self.problem = Some(problem);
        }
    }

    /// How long one attempt may take.
    pub(crate) fn timeout(&mut self, timeout: Duration) {
        self.check("timeout", timeout);
        self.timeout = Some(timeout);
    }

    /// How long all attempts may take, with the waits between them.
    pub(crate) fn total_timeout(&mut self, timeout: Duration) {
        self.check("total_timeout", timeout);
        self.total_timeout = Some(timeout);
    }

    /// Whether a call of an operation may be repeated.
    pub(crate) fn idempotency(&self, operation: &Operation) -> Idempotency {
        match self.may_repeat {
            Some(true) => Idempotency::Idempotent,
            Some(false) => Idempotency::NotIdempotent,
            None => operation.idempotency,
        }
    }

    fn check(&mut self, name: &str, limit: Duration) {
        self.problem = self.problem.take().or(time_limit(name, limit).err());
    }
}

/// Refuses a time limit in which nothing can happen.
pub(crate) fn time_limit(name: &str, limit: Duration) -> Result<(), String> {
    match limit.is_zero() {
        true => Err(format!(
            "`{name}` is zero, which leaves no time to send anything"
        )),
        false => Ok(()),
    }
}
