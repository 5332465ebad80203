//! What the server responded, beside the value.

use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::rate_limit::RateLimit;
use crate::redact::short;

/// A whole response, not read yet.
#[derive(Clone)]
pub(crate) struct Received {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
}

/// A success, not read yet.
pub(crate) struct Success {
    pub(crate) received: Received,
    /// How often the request was sent.
    pub(crate) attempts: u32,
}

/// A value with what came around it.
///
/// Where a call succeeds because the server shows that it has what was sent
/// ([`is_already_recorded`](crate::Error::is_already_recorded)), this is what it shows: status, headers and
/// body are those of the response to reading it back, the last one of a batch.
///
/// `Debug` shows the value, and of headers and body how much there is.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// What was asked for.
    pub value: T,
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// How often the request was sent. Requests that only read something back do not count.
    pub attempts: u32,
    /// The body as it came, with what stands beside the value in it: a few calls respond with more than
    /// their value.
    pub body: Bytes,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, success: Success) -> Self {
        Self {
            value,
            status: success.received.status,
            headers: success.received.headers,
            attempts: success.attempts,
            body: success.received.body,
        }
    }

    /// The same with another value, and this one.
    pub(crate) fn split(self) -> (T, Response<()>) {
        let rest = Response {
            value: (),
            status: self.status,
            headers: self.headers,
            attempts: self.attempts,
            body: self.body,
        };
        (self.value, rest)
    }

    /// The same with another value.
    pub(crate) fn with<U>(self, value: U) -> Response<U> {
        Response {
            value,
            status: self.status,
            headers: self.headers,
            attempts: self.attempts,
            body: self.body,
        }
    }

    /// The id under which the server logged the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// How many requests are left, where the server limits them: Lago Cloud does, the open-source
    /// server does not.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::read(&self.headers)
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.status)
            .field("request_id", &self.request_id().map(short))
            .field("headers", &self.headers.len())
            .field("attempts", &self.attempts)
            .field("bytes", &self.body.len())
            .finish()
    }
}

/// The id under which the server logged the request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id")?.to_str().ok()
}
