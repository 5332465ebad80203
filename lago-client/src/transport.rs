//! Where requests leave the process.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::base_url::BaseUrl;
use crate::clock::Clock;
use crate::download::Storages;
use crate::error::{Error, Kind};
use crate::framing::{self, Doubts, Tear};
use crate::generated::wire;
use crate::operation::{Method, Operation, RequestBody};
use crate::pace::Pace;
use crate::rate_limit::retry_after;
use crate::request::Options;
use crate::response::{Received, Success};
use crate::retry::{Attempt, Budget, RetryPolicy, Rules, repeat};
use crate::sending;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What all calls of a client share.
pub(crate) struct Shared {
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
    pub(crate) largest_response: usize,
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

impl Shared {
    /// The wire for one call.
    pub(crate) fn call(
        self: &Arc<Self>,
        operation: &'static Operation,
        options: Options,
        tear: fn(&[u8]) -> Tear,
    ) -> wire::Client {
        wire::Client {
            baseurl: self.base_url.as_str().to_owned(),
            client: self.http.clone(),
            inner: Call {
                shared: Arc::clone(self),
                operation,
                options,
                tear,
                outcome: Arc::default(),
            },
        }
    }
}

/// One call: what the wire knows of it besides the request, and where it leaves the outcome.
#[derive(Clone)]
pub struct Call {
    shared: Arc<Shared>,
    operation: &'static Operation,
    options: Options,
    /// Whether a body whose end nobody marks is cut off.
    tear: fn(&[u8]) -> Tear,
    /// Past the wire, which knows no error of ours and would pass a body on as a stream.
    outcome: Arc<Mutex<Option<Result<Success, Error>>>>,
}

impl Call {
    /// What the call has other than its client.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// What came back; none when the request did not leave.
    pub(crate) fn outcome(&self) -> Option<Result<Success, Error>> {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Gives a request the headers that progenitor does not know of.
    fn prepare(&self, request: &mut reqwest::Request) {
        let headers = request.headers_mut();
        let (shared, own) = (&self.shared.headers, &self.options.headers);
        headers.reserve(shared.len() + own.len() + 1);
        // No name has several values here; a clone of a whole map would be thrown away.
        for (name, value) in shared.iter().chain(own) {
            headers.insert(name, value.clone());
        }
        headers.insert(ACCEPT, JSON);
        if self.operation.body == RequestBody::Optional {
            restore_optional_body(request);
        }
    }

    /// Sends the request as often as the rules of retries say.
    async fn exchange(
        &self,
        request: reqwest::Request,
    ) -> Result<(Success, reqwest::Response), Error> {
        if let Some(problem) = &self.options.problem {
            return Err(Error::request(self.operation, problem));
        }
        let shared = &self.shared;
        let rules = Rules {
            operation: self.operation,
            policy: self.options.retry.as_ref().unwrap_or(&shared.retry),
            total: self.options.total_timeout.unwrap_or(shared.total_timeout),
            budget: &shared.budget,
            pace: shared.pace.as_ref(),
            clock: shared.clock.as_ref(),
        };
        let (mut kept, doubts) = (Some(request), Doubts::default());
        let attempts = repeat(&rules, |attempt| {
            let request = match attempt.is_last {
                true => kept.take(),
                // The body is bytes, which copies share.
                false => kept.as_ref().and_then(reqwest::Request::try_clone),
            };
            self.attempt(request, attempt, &doubts)
        });
        let ((received, spent), attempts) = attempts.await?;
        Ok((Success { received, attempts }, spent))
    }

    /// Sends the request once, reads the whole answer, and takes only a success for one. Of that it
    /// hands out also what is left once head and body are taken.
    async fn attempt(
        &self,
        request: Option<reqwest::Request>,
        attempt: Attempt,
        doubts: &Doubts,
    ) -> Result<(Received, reqwest::Response), Error> {
        let Some(mut request) = request else {
            // A body that is a stream; the wire makes none.
            return Err(Error::request(
                self.operation,
                "the request cannot be copied",
            ));
        };
        let timeout = self.options.timeout.unwrap_or(self.shared.timeout);
        *request.timeout_mut() = Some(timeout.min(attempt.remaining));
        let (http, is_ours) = (&self.shared.http, self.shared.is_http_ours);
        let sent = sending::send(http, is_ours, self.operation, request).await;
        let (mut answer, was_redirected) = sent?;
        if let Some(pace) = &self.shared.pace {
            pace.note(attempt.request, answer.headers(), self.shared.clock.now());
        }
        let tells_its_end =
            framing::tells_its_end(answer.version(), answer.status(), answer.headers());
        let received = receive(self.operation, self.shared.largest_response, &mut answer).await?;
        if received.status.is_success() {
            let body = &received.body;
            if !tells_its_end && doubts.is_torn((self.tear)(body), body) {
                return Err(Error::torn(self.operation, received));
            }
            if was_redirected && self.operation.method != Method::Get {
                return Err(Error::new(Kind::Redirected, Some(self.operation)).with(received));
            }
            return Ok((received, answer));
        }
        let now = || self.shared.clock.utc();
        let wait = retry_after(received.status, &received.headers, now);
        Err(Error::api(self.operation, received)
            .retry_after_of(wait)
            .of_another_request(was_redirected))
    }
}

/// Reads the whole answer, up to a limit in bytes. What came is kept, also when it is cut off or too large.
pub(crate) async fn receive(
    operation: &'static Operation,
    limit: usize,
    answer: &mut reqwest::Response,
) -> Result<Received, Error> {
    let status = answer.status();
    let headers = std::mem::take(answer.headers_mut());
    // Most answers are one chunk, which is kept as it is.
    let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
    let failure = loop {
        match answer.chunk().await {
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

/// The wire sends an optional body as bytes of no type: some are JSON, none are no body.
fn restore_optional_body(request: &mut reqwest::Request) {
    let bytes = request.body().and_then(reqwest::Body::as_bytes);
    if bytes.is_some_and(|bytes| !bytes.is_empty()) {
        request.headers_mut().insert(CONTENT_TYPE, JSON);
    } else {
        request.headers_mut().remove(CONTENT_TYPE);
        *request.body_mut() = None;
    }
}

impl ClientHooks<Call> for wire::Client {
    async fn exec(
        &self,
        mut request: reqwest::Request,
        _: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        self.inner.prepare(&mut request);
        // The outcome is taken from the call; the wire only has to end. For that any answer will do,
        // and one that is there already is cheaper than a new one.
        let (outcome, end) = match self.inner.exchange(request).await {
            Ok((success, spent)) => (Ok(success), spent),
            Err(error) => {
                let empty = http::Response::new(Bytes::new());
                (Err(error), reqwest::Response::from(empty))
            }
        };
        *self
            .inner
            .outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        Ok(end)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}
