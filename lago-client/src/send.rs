//! What all calls of a client share, and how a call is sent: its headers, its attempts, the whole response.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};

use crate::base_url::BaseUrl;
use crate::clock::{Clock, within};
use crate::credentials::Credentials;
use crate::error::{Error, Kind};
use crate::framing::{Doubts, Tear};
use crate::observe::{Hook, Observed};
use crate::operation::{Method, Operation};
use crate::options::Options;
use crate::pace::Pace;
use crate::provided::Provided;
use crate::rate_limit::retry_after;
use crate::response::{Received, Success};
use crate::retry::{Attempt, Budget, RetryPolicy, Rules, repeat};
use crate::sender::{Incoming, Sender};
use crate::storage::Storages;
use crate::wire::InvalidRequest;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What all calls of a client share: what belongs to its key, and what clients with other keys share as well.
pub(crate) struct ClientInner {
    pub(crate) shared: Arc<Shared>,
    pub(crate) credentials: Credentials,
    /// What may be tried again, by all calls together.
    pub(crate) budget: Budget,
    /// Present when calls wait for the next window of a rate limit.
    pub(crate) pace: Option<Box<Pace>>,
}

/// What clients share that differ in their keys.
pub(crate) struct Shared {
    pub(crate) sender: Sender,
    /// For files.
    pub(crate) storages: Storages,
    pub(crate) base_url: BaseUrl,
    /// The user agent among them.
    pub(crate) headers: HeaderMap,
    /// For one attempt.
    pub(crate) timeout: Duration,
    /// For all attempts together.
    pub(crate) total_timeout: Duration,
    /// In bytes.
    pub(crate) max_response_bytes: usize,
    /// How often and how long to try again.
    pub(crate) retry: RetryPolicy,
    /// Told of every call.
    pub(crate) on_response: Option<Hook>,
    pub(crate) clock: Box<dyn Clock>,
    /// For callers without a runtime.
    #[cfg(feature = "blocking")]
    pub(crate) background: crate::background::Background,
    /// What the server sent that nobody knows.
    #[cfg(feature = "drift")]
    pub(crate) drift: crate::drift::Watch,
}

impl Shared {
    /// Begins to observe a call.
    pub(crate) fn observe(&self, operation: &'static Operation) -> Observed<'_> {
        Observed::begin(
            operation,
            &self.base_url,
            self.on_response.as_ref(),
            self.clock.as_ref(),
        )
    }
}

impl ClientInner {
    /// With limits and budget of its own, since the server counts by key.
    pub(crate) fn new(shared: Arc<Shared>, credentials: Credentials, is_paced: bool) -> Self {
        let pace = is_paced.then(|| Box::new(Pace::new(shared.retry.max_retry_after)));
        Self {
            shared,
            credentials,
            budget: Budget::default(),
            pace,
        }
    }

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
        let shared = &*self.shared;
        let rules = Rules {
            operation,
            idempotency: options.idempotency(operation),
            policy: options.retry.as_ref().unwrap_or(&shared.retry),
            total: options.total_timeout.unwrap_or(shared.total_timeout),
            budget: &self.budget,
            pace: self.pace.as_deref(),
            clock: shared.clock.as_ref(),
        };
        let call = Call {
            inner: self,
            operation,
            timeout: options.timeout.unwrap_or(shared.timeout),
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
        headers.reserve(self.shared.headers.len() + options.headers.len() + 2);
        let key = match &self.credentials {
            Credentials::Fixed(key) => Some((&AUTHORIZATION, key)),
            // Each attempt asks for it.
            Credentials::Provided(_) => None,
        };
        let ours = self.shared.headers.iter().chain(key);
        // No name has several values here; a clone of a whole map would be thrown away.
        for (name, value) in ours.chain(&options.headers) {
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
        let request = request?;
        let limit = self.timeout.min(attempt.remaining);
        match (
            &self.inner.credentials,
            self.inner.shared.sender.keeps_time(),
        ) {
            (Credentials::Fixed(_), true) => self.exchange(request, limit, attempt, doubts).await,
            _ => self.elaborate(request, limit, attempt, doubts).await,
        }
    }

    /// The same, where a provider has the key, or where the time of what sends is kept here. In a box: most calls have
    /// no need of it, and no room.
    fn elaborate<'c>(
        &'c self,
        mut request: reqwest::Request,
        limit: Duration,
        attempt: Attempt,
        doubts: &'c Doubts,
    ) -> Pin<Box<dyn Future<Output = Result<Received, Error>> + Send + 'c>> {
        let Credentials::Provided(provider) = &self.inner.credentials else {
            return Box::pin(self.timed(request, limit, attempt, doubts));
        };
        let provided = Provided {
            provider: provider.as_ref(),
            clock: self.inner.shared.clock.as_ref(),
            operation: self.operation,
            limit,
        };
        Box::pin(async move {
            let (key, left) = provided.put_into(request.headers_mut()).await?;
            match self.timed(request, left, attempt, doubts).await {
                Err(error) if error.is_unauthorized() => Err(provided.renewed(error, &key).await),
                outcome => outcome,
            }
        })
    }

    /// Sends the request, within a time limit.
    async fn timed(
        &self,
        request: reqwest::Request,
        limit: Duration,
        attempt: Attempt,
        doubts: &Doubts,
    ) -> Result<Received, Error> {
        let clock = self.inner.shared.clock.as_ref();
        let exchange = self.exchange(request, limit, attempt, doubts);
        match self.inner.shared.sender.keeps_time() {
            true => exchange.await,
            false => {
                let late = || Err(Error::new(Kind::Timeout, Some(self.operation)));
                within(clock, limit, exchange).await.unwrap_or_else(late)
            }
        }
    }

    async fn exchange(
        &self,
        request: reqwest::Request,
        limit: Duration,
        attempt: Attempt,
        doubts: &Doubts,
    ) -> Result<Received, Error> {
        let shared = &*self.inner.shared;
        let sent = shared
            .sender
            .send(Some(self.operation), request, Some(limit));
        let mut response = sent
            .await
            .map_err(|error| Error::transport(self.operation, error, None))?;
        if let Some(pace) = &self.inner.pace {
            pace.note(attempt.request, response.headers(), shared.clock.now());
        }
        let was_redirected = response.was_redirected();
        let tells_its_end = response.tells_its_end();
        let received = receive(self.operation, shared.max_response_bytes, &mut response).await?;
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
        let now = || shared.clock.utc();
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
    response: &mut Incoming,
) -> Result<Received, Error> {
    let status = response.status();
    let headers = response.take_headers();
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
