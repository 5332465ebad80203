//! What all calls of a client share, and how a call is sent: its headers, its attempts, the whole response.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};

use crate::base_url::BaseUrl;
use crate::clock::Clock;
use crate::error::{Error, Kind};
use crate::framing::{self, Doubts, Tear};
use crate::operation::{Method, Operation};
use crate::options::Options;
use crate::pace::Pace;
use crate::rate_limit::retry_after;
use crate::response::{Received, Success};
use crate::retry::{Attempt, Budget, RetryPolicy, Rules, repeat};
use crate::storage::Storages;
use crate::transport;
use crate::wire::InvalidRequest;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What all calls of a client share.
pub(crate) struct ClientInner {
    pub(crate) http: reqwest::Client,
    /// Whether that was made here, and so follows no redirects.
    pub(crate) is_http_ours: bool,
    /// For files.
    pub(crate) storages: Storages,
    pub(crate) base_url: BaseUrl,
    /// Key and user agent among them.
    pub(crate) headers: HeaderMap,
    /// For one attempt.
    pub(crate) timeout: Duration,
    /// For all attempts together.
    pub(crate) total_timeout: Duration,
    /// In bytes.
    pub(crate) max_response_bytes: usize,
    /// How often and how long to try again.
    pub(crate) retry: RetryPolicy,
    /// What may be tried again, by all calls together.
    pub(crate) budget: Budget,
    /// Present when calls wait for the next window of a rate limit.
    pub(crate) pace: Option<Pace>,
    pub(crate) clock: Box<dyn Clock>,
    /// What the server sent that nobody knows.
    #[cfg(feature = "drift")]
    pub(crate) drift: crate::drift::Watch,
}

impl ClientInner {
    /// Sends a request of an operation as often as the rules of retries say. It is written for each attempt: most
    /// calls have only one, and a copy kept for another would be thrown away. What `write` gives is the same each
    /// time.
    pub(crate) async fn send(
        &self,
        operation: &'static Operation,
        options: &Options,
        write: &(dyn Fn() -> Result<reqwest::Request, InvalidRequest> + Sync),
        tear: fn(&[u8]) -> Tear,
    ) -> Result<Success, Error> {
        if let Some(problem) = &options.problem {
            return Err(Error::request(operation, problem));
        }
        let write = || {
            let mut request =
                write().map_err(|invalid| Error::request(operation, invalid.to_string()))?;
            self.add_headers(&mut request, options);
            Ok(request)
        };
        let mut first = Some(write()?);
        let rules = Rules {
            operation,
            policy: options.retry.as_ref().unwrap_or(&self.retry),
            total: options.total_timeout.unwrap_or(self.total_timeout),
            budget: &self.budget,
            pace: self.pace.as_ref(),
            clock: self.clock.as_ref(),
        };
        let call = Call {
            inner: self,
            operation,
            timeout: options.timeout.unwrap_or(self.timeout),
            tear,
        };
        let doubts = Doubts::default();
        let attempts = repeat(&rules, |attempt| {
            let request = first.take().map_or_else(write, Ok);
            call.attempt(request, attempt, &doubts)
        });
        let (received, attempts) = attempts.await?;
        Ok(Success { received, attempts })
    }

    /// What every request of the client has, and what this call has instead.
    fn add_headers(&self, request: &mut reqwest::Request, options: &Options) {
        let headers = request.headers_mut();
        headers.reserve(self.headers.len() + options.headers.len() + 1);
        // No name has several values here; a clone of a whole map would be thrown away.
        for (name, value) in self.headers.iter().chain(&options.headers) {
            headers.insert(name, value.clone());
        }
        headers.insert(ACCEPT, JSON);
    }
}

/// A call under way.
struct Call<'a> {
    inner: &'a ClientInner,
    operation: &'static Operation,
    /// For one attempt.
    timeout: Duration,
    /// Whether a body whose end nobody marks is cut off.
    tear: fn(&[u8]) -> Tear,
}

impl Call<'_> {
    /// Sends the request once, reads the whole response, and takes only a success for one.
    async fn attempt(
        &self,
        request: Result<reqwest::Request, Error>,
        attempt: Attempt,
        doubts: &Doubts,
    ) -> Result<Received, Error> {
        let mut request = request?;
        *request.timeout_mut() = Some(self.timeout.min(attempt.remaining));
        let (http, is_ours) = (&self.inner.http, self.inner.is_http_ours);
        let sent = transport::send(http, is_ours, self.operation, request).await;
        let (mut response, was_redirected) = sent?;
        if let Some(pace) = &self.inner.pace {
            pace.note(attempt.request, response.headers(), self.inner.clock.now());
        }
        let tells_its_end =
            framing::tells_its_end(response.version(), response.status(), response.headers());
        let received =
            receive(self.operation, self.inner.max_response_bytes, &mut response).await?;
        if received.status.is_success() {
            let body = &received.body;
            if !tells_its_end && doubts.is_torn((self.tear)(body), body) {
                return Err(Error::torn(self.operation, received));
            }
            if was_redirected && self.operation.method != Method::Get {
                return Err(
                    Error::new(Kind::Redirected, Some(self.operation)).with_response(received)
                );
            }
            return Ok(received);
        }
        let now = || self.inner.clock.utc();
        let wait = retry_after(received.status, &received.headers, now);
        Err(Error::api(self.operation, received)
            .retry_after_of(wait)
            .of_another_request(was_redirected))
    }
}

/// Reads the whole response, up to a limit in bytes. What came is kept, also when it is cut off or too large.
pub(crate) async fn receive(
    operation: &'static Operation,
    limit: usize,
    response: &mut reqwest::Response,
) -> Result<Received, Error> {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    // Most responses are one chunk, which is kept as it is.
    let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
    let failure = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if first.is_empty() => first = chunk,
            Ok(Some(chunk)) => {
                if rest.is_empty() {
                    rest.extend_from_slice(&first);
                }
                rest.extend_from_slice(&chunk);
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
        if first.len().max(rest.len()) > limit {
            break None;
        }
    };
    let body = if rest.is_empty() {
        first
    } else {
        rest.freeze()
    };
    let received = Received {
        status,
        headers,
        body,
    };
    match failure {
        Some(error) => Err(Error::transport(operation, error, Some(received))),
        None if received.body.len() > limit => Err(Error::too_large(operation, limit, received)),
        None => Ok(received),
    }
}
