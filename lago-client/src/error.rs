//! What can go wrong with a call, and all that is known about it.

mod api;
mod display;

use std::error::Error as StdError;

use bytes::Bytes;
use lago_types::ApiError;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

pub(crate) use api::{ApiBody, is_code};

use crate::decode::Failure;
use crate::operation::Operation;
use crate::response::{Received, request_id};

/// Why a call failed.
///
/// One opaque type with questions to ask: the kinds of failure grow, questions stay. What the
/// server said is all there: [`status`](Self::status), [`code`](Self::code),
/// [`details`](Self::details), [`headers`](Self::headers) and the whole [`body`](Self::body), also
/// when it came from a gateway and is no JSON.
///
/// `Display` is one line that names the operation, never data of customers nor the API key; the
/// cause, if any, is the [`source`](StdError::source).
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    operation: Option<&'static Operation>,
    received: Option<Received>,
    api: Option<ApiBody>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of failure it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The client cannot be made like this.
    Config(String),
    /// The request cannot be sent like this.
    Request(String),
    /// No connection to the server.
    Connect,
    /// No answer within the time limit.
    Timeout,
    /// The connection broke.
    Transport,
    /// The answer is larger than the limit, in bytes.
    TooLarge(usize),
    /// The server refused, or something between answered for it.
    Api,
    /// The answer is a success that cannot be read, at this JSON path.
    Decode(String),
}

impl Error {
    fn new(kind: Kind, operation: Option<&'static Operation>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation,
            received: None,
            api: None,
            source: None,
        }))
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(Kind::Config(message.into()), None)
    }

    pub(crate) fn request(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::new(Kind::Request(message.into()), Some(operation))
    }

    pub(crate) fn transport(operation: &'static Operation, error: reqwest::Error) -> Self {
        let kind = if error.is_timeout() {
            Kind::Timeout
        } else if error.is_connect() {
            Kind::Connect
        } else {
            Kind::Transport
        };
        // The URL holds ids of customers.
        Self::new(kind, Some(operation)).because(error.without_url())
    }

    pub(crate) fn too_large(
        operation: &'static Operation,
        limit: usize,
        received: Received,
    ) -> Self {
        Self::new(Kind::TooLarge(limit), Some(operation)).with(received)
    }

    pub(crate) fn api(operation: &'static Operation, received: Received) -> Self {
        let api = ApiBody::parse(&received.body);
        let mut error = Self::new(Kind::Api, Some(operation)).with(received);
        error.0.api = api;
        error
    }

    pub(crate) fn decode(
        operation: &'static Operation,
        failure: Failure,
        received: Received,
    ) -> Self {
        let mut error = Self::new(Kind::Decode(failure.path), Some(operation)).with(received);
        error.0.source = Some(failure.source);
        error
    }

    fn with(mut self, received: Received) -> Self {
        self.0.received = Some(received);
        self
    }

    pub(crate) fn because(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The HTTP status of the answer, when there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        Some(self.0.received.as_ref()?.status)
    }

    /// The error code of the API: `invoice_not_found`, `validation_errors`. Absent where the server
    /// sends none (400, 401) and when something else answered.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.api_error()?.code()
    }

    /// The server's sentence: `Unprocessable Entity`, `BadRequest: …`.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.api_error()?.error()
    }

    /// What the server says in detail, as it sent it: mostly field → codes, for a batch of events
    /// index → field → codes, but a plain text or something nested in some places.
    /// [`api_error`](Self::api_error) tells them apart.
    #[must_use]
    pub fn details(&self) -> Option<&Value> {
        self.0.api.as_ref()?.details()
    }

    /// The whole refusal, to be asked what is wrong in all shapes that the server has for it; absent
    /// when something else answered. It may hold data of customers.
    ///
    /// ```
    /// use lago_client::{Error, types::api_error::Details};
    ///
    /// /// Which events of a batch the server has already, when that is all that is wrong with them.
    /// fn known(error: &Error) -> Vec<usize> {
    ///     let Some(Details::Items(items)) = error.api_error().map(|refusal| refusal.details()) else {
    ///         return Vec::new();
    ///     };
    ///     let is_known = |details: Details<'_>| {
    ///         details.only() == Some(("transaction_id", "value_already_exist"))
    ///     };
    ///     let known = items.iter().filter(|(_, details)| is_known(*details));
    ///     known.map(|(index, _)| index).collect()
    /// }
    /// ```
    #[must_use]
    pub fn api_error(&self) -> Option<&ApiError> {
        Some(&self.0.api.as_ref()?.0)
    }

    /// The id under which the server logged the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.headers()?)
    }

    /// The headers of the answer, when there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        Some(&self.0.received.as_ref()?.headers)
    }

    /// The body of the answer as it came; empty when there was none. It may hold data of customers.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        static NOTHING: Bytes = Bytes::new();
        self.0
            .received
            .as_ref()
            .map_or(&NOTHING, |received| &received.body)
    }

    /// The operation that was called; absent when the client could not be made.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The request is malformed, or lacks its root (400). The server sends no code, only a
    /// [`message`](Self::message).
    #[must_use]
    pub fn is_bad_request(&self) -> bool {
        self.answered(StatusCode::BAD_REQUEST)
    }

    /// What exists under no such id or code (404). The code says which noun is missing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.answered(StatusCode::NOT_FOUND)
    }

    /// The request contradicts a rule (422); see [`details`](Self::details).
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.answered(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// The API key is not accepted (401). The server answers the same when a payment provider
    /// refuses the credentials that it holds.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.answered(StatusCode::UNAUTHORIZED)
    }

    /// The key may not do this, or the feature is not available (403).
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.answered(StatusCode::FORBIDDEN)
    }

    /// Someone else changed the same thing at the same time (409).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.answered(StatusCode::CONFLICT)
    }

    /// Too many requests, for the API or for a payment provider behind it (429).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.answered(StatusCode::TOO_MANY_REQUESTS)
    }

    /// The server or a gateway before it is in trouble (5xx).
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.0.kind == Kind::Api && self.status().is_some_and(|status| status.is_server_error())
    }

    /// No answer came within the time limit; whether the request was executed is unknown.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == Kind::Timeout
    }

    /// No connection was made: nothing was sent.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.0.kind == Kind::Connect
    }

    /// The connection broke before the answer was complete; whether the request was executed is
    /// unknown.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        self.0.kind == Kind::Transport
    }

    /// The answer has more bytes than
    /// [`largest_response`](crate::ClientBuilder::largest_response) allows; it was executed.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self.0.kind, Kind::TooLarge(_))
    }

    /// The server said yes, in a way that cannot be read. Do not repeat the call for that.
    #[must_use]
    pub fn is_decode(&self) -> bool {
        matches!(self.0.kind, Kind::Decode(_))
    }

    /// The client or the request cannot be made like this; nothing was sent.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self.0.kind, Kind::Config(_) | Kind::Request(_))
    }

    fn answered(&self, status: StatusCode) -> bool {
        self.0.kind == Kind::Api && self.status() == Some(status)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
