//! What can go wrong with a call, and all that is known about it.

mod api;
mod credentials;
mod debug;
mod display;
mod file_url;
mod history;
mod kind;
mod predicates;
mod recorded;

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;
use lago_types::ApiError;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

pub(crate) use api::ApiBody;
#[cfg(feature = "webhooks")]
pub(crate) use debug::Chain;
pub(crate) use file_url::InvalidFileUrl;
pub(crate) use history::{History, Stop};
pub(crate) use kind::Kind;

use crate::decode::Failure as DecodeFailure;
use crate::identity::OtherObject;
use crate::operation::Operation;
use crate::rate_limit::RateLimit;
use crate::response::{Received, Success, request_id};
use crate::runtime::Outside;
use crate::transport::error::{Failure, TransportError};

/// Why a call failed.
///
/// One opaque type with questions to ask: the kinds of failure grow, questions stay. What the
/// server said is all there: [`status`](Self::status), [`code`](Self::code),
/// [`details`](Self::details), [`headers`](Self::headers) and the whole [`body`](Self::body), also
/// when it came from a gateway and is no JSON.
///
/// `Display` is one line that names the operation; the cause, if any, is the
/// [`source`](StdError::source). `Debug`, which `unwrap` prints and `main` when it returns an error,
/// is that line with causes and advice; `{:#?}` has the details by name. None of them holds data of
/// customers or the API key.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    operation: Option<&'static Operation>,
    /// The operation did its part; what failed is fetching the file that it named.
    of_storage: bool,
    received: Option<Received>,
    api: Option<ApiBody>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    attempts: u32,
    may_be_executed: bool,
    /// It speaks of another request than the one that was meant, or may: whoever sent it followed a redirect.
    is_of_another_request: bool,
    /// The server does not accept the key, and there is another one.
    has_another_key: bool,
    /// How many things with a key the request held.
    things: usize,
    retry_after: Option<Duration>,
    /// What kept a call from being tried again, where it might have been worth it.
    limit: Option<Stop>,
}

impl Error {
    pub(crate) fn new(kind: Kind, operation: Option<&'static Operation>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation,
            of_storage: false,
            received: None,
            api: None,
            source: None,
            attempts: 0,
            may_be_executed: false,
            is_of_another_request: false,
            has_another_key: false,
            things: 0,
            retry_after: None,
            limit: None,
        }))
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(Kind::Config(message.into()), None)
    }

    pub(crate) fn request(operation: &'static Operation, message: impl Into<String>) -> Self {
        Self::new(Kind::Request(message.into()), Some(operation))
    }

    /// A failure to send or to receive, with the part of the response that came.
    pub(crate) fn transport(
        operation: &'static Operation,
        error: TransportError,
        received: Option<Received>,
    ) -> Self {
        let (kind, is_proof) = match error.failure {
            Failure::Unconnected {
                timed_out,
                is_proof,
            } => (Kind::Connect { timed_out }, is_proof),
            Failure::TimedOut => (Kind::Timeout, true),
            Failure::Interrupted => (Kind::Transport, true),
            Failure::Refused => {
                let why = "the HTTP client does not send such requests";
                (Kind::Request(why.to_owned()), true)
            }
        };
        let mut failure = Self::new(kind, Some(operation)).of_another_request(!is_proof);
        failure.0.source = Some(error.into_source());
        failure.0.received = received;
        failure
    }

    /// A response whose end the end of the connection marks, and which is not whole.
    pub(crate) fn torn(operation: &'static Operation, received: Received) -> Self {
        Self::new(Kind::Transport, Some(operation)).with_response(received)
    }

    /// A request that was not sent because the server takes none for so long, where that is known.
    pub(crate) fn paced(operation: &'static Operation, wait: Option<Duration>) -> Self {
        let wait = wait.filter(|wait| !wait.is_zero());
        Self::new(Kind::Paced, Some(operation)).retry_after_of(wait)
    }

    pub(crate) fn too_large(
        operation: &'static Operation,
        limit: usize,
        received: Received,
    ) -> Self {
        Self::new(Kind::TooLarge(limit), Some(operation)).with_response(received)
    }

    pub(crate) fn api(operation: &'static Operation, received: Received) -> Self {
        let api = ApiBody::parse(&received.body);
        let mut error = Self::new(Kind::Api, Some(operation)).with_response(received);
        error.0.api = api;
        error
    }

    /// A success that cannot be read.
    pub(crate) fn decode(
        operation: &'static Operation,
        failure: DecodeFailure,
        success: Success,
    ) -> Self {
        let kind = Kind::Decode(failure.path);
        let mut error = Self::new(kind, Some(operation)).with_response(success.received);
        error.0.source = Some(failure.source);
        error.0.attempts = success.attempts;
        error.0.may_be_executed = true;
        error
    }

    /// A success about another object than the path names.
    pub(crate) fn other_object(
        operation: &'static Operation,
        OtherObject(property): &OtherObject,
        success: Success,
    ) -> Self {
        let kind = Kind::OtherObject(property);
        let mut error = Self::new(kind, Some(operation)).with_response(success.received);
        error.0.attempts = success.attempts;
        error.0.may_be_executed = true;
        error
    }

    /// A list that goes on after so many pages in a row without an element.
    pub(crate) fn endless(operation: &'static Operation, pages: u32) -> Self {
        let mut error = Self::new(Kind::Endless, Some(operation));
        error.0.attempts = pages;
        error
    }

    /// A file that was not made in time, though the API was asked so often where it is.
    pub(crate) fn not_ready(operation: &'static Operation, attempts: u32) -> Self {
        let mut error = Self::new(Kind::NotReady, Some(operation));
        error.0.attempts = attempts;
        error
    }

    /// A failure to fetch the file that the operation named.
    pub(crate) fn of_storage(mut self) -> Self {
        self.0.of_storage = true;
        self
    }

    /// How long the response asks to wait.
    pub(crate) fn retry_after_of(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// The failure of a call, after all its attempts.
    pub(crate) fn with_history(mut self, history: History, stop: Stop) -> Self {
        // What an HTTP client refuses at once was not sent, and neither was what has no key.
        let refused = u32::from(matches!(self.0.kind, Kind::Request(_) | Kind::NoKey));
        self.0.attempts = history.attempts.saturating_sub(refused);
        // Fetching a file changes nothing.
        self.0.may_be_executed = history.may_be_executed && !self.0.of_storage;
        self.0.limit = Some(stop).filter(|stop| stop.is_limit());
        self
    }

    /// A failure of the request to which a redirect led, or perhaps of that: it proves nothing of the first one.
    pub(crate) fn of_another_request(mut self, is: bool) -> Self {
        self.0.is_of_another_request = is;
        self
    }

    /// A call that is polled where it cannot go on. Of one that has begun nobody knows how far it got.
    pub(crate) fn outside(operation: &'static Operation, outside: Outside) -> Self {
        match outside {
            Outside::NoRuntime => Self::request(operation, outside.to_string()),
            Outside::Elsewhere => {
                let history = History {
                    attempts: 1,
                    may_be_executed: true,
                };
                Self::new(Kind::Elsewhere, Some(operation)).with_history(history, Stop::Final)
            }
        }
    }

    /// There was no time to try again.
    pub(crate) fn is_out_of_time(&self) -> bool {
        self.0.limit == Some(Stop::Deadline)
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0.kind
    }

    pub(crate) fn with_response(mut self, received: Received) -> Self {
        self.0.received = Some(received);
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The HTTP status of the response, when there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        Some(self.0.received.as_ref()?.status)
    }

    /// The error code of the API: `invoice_not_found`, `validation_errors`. Absent where the server
    /// sends none (400, 401), when something else responded, and when the response has more than 1 MiB:
    /// see [`api_error`](Self::api_error).
    ///
    /// What is wrong with which field is told by the details: [`has`](Self::has) asks for one code,
    /// [`problems`](ApiError::problems) of [`api_error`](Self::api_error) lists them.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.api_error()?.code()
    }

    /// Whether the server says this code of this field; in a batch, of any item.
    ///
    /// ```
    /// # fn example(error: &lago_client::Error) {
    /// if error.has("external_id", "value_already_exist") {
    ///     println!("there is one already");
    /// }
    /// # }
    /// ```
    ///
    /// Fields within fields have a path, see [`Problem::path`](lago_types::api_error::Problem::path).
    #[doc(alias = "has_detail")]
    #[doc(alias = "has_error")]
    #[must_use]
    pub fn has(&self, field: &str, code: &str) -> bool {
        self.api_error()
            .is_some_and(|refusal| refusal.has(field, code))
    }

    /// The server's sentence: `Unprocessable Entity`, `BadRequest: …`.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.api_error()?.error()
    }

    /// What the server says in detail, as it sent it: mostly field → codes, for a batch
    /// index → field → codes, but a plain text or something nested in some places.
    /// [`has`](Self::has) and [`api_error`](Self::api_error) read them all.
    #[must_use]
    pub fn details(&self) -> Option<&Value> {
        self.0.api.as_ref()?.details()
    }

    /// The whole refusal, to be asked what is wrong in all shapes that the server has for it; absent
    /// when something else responded. It may hold data of customers.
    ///
    /// Absent also when the response has more than 1 MiB, which Lago's refusals are far from: as JSON
    /// values it would take many times its size in memory. Then [`code`](Self::code),
    /// [`message`](Self::message) and [`details`](Self::details) say nothing either, and
    /// [`status`](Self::status) and [`body`](Self::body) are what there is.
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

    /// How often the request was sent. Zero when it was not: the client or the request cannot be made
    /// like this, or the server's rate limit leaves no time for it.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long to wait before the next call, where the server says so: `Retry-After`, or the rest of
    /// the window of its rate limit.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many requests are left, where the server limits them and there was a response.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        RateLimit::read(self.headers()?)
    }

    /// The headers of the response, when there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        Some(&self.0.received.as_ref()?.headers)
    }

    /// The body of the response as it came; empty when there was none. It may hold data of customers.
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
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
