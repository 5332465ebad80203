//! Where requests leave the process: the only IO of this crate.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::error::Error;
use crate::generated::wire;
use crate::operation::{Operation, RequestBody};
use crate::request::Options;
use crate::response::Received;
use crate::retry::{Decision, Policy, Sleep};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The header in which progenitor tells the version of the document; Lago does not know it.
const DOCUMENT_VERSION: &str = "api-version";

/// What all calls of a client share.
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    /// Ends without a slash.
    pub(crate) base_url: String,
    /// Key and user agent among them.
    pub(crate) headers: HeaderMap,
    /// For one attempt.
    pub(crate) timeout: Duration,
    /// For all attempts together.
    pub(crate) total_timeout: Duration,
    /// In bytes.
    pub(crate) largest_response: usize,
    /// Whether to try again.
    pub(crate) policy: Policy,
    /// How to wait before trying again.
    pub(crate) sleep: Sleep,
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
    ) -> wire::Client {
        wire::Client {
            baseurl: self.base_url.clone(),
            client: self.http.clone(),
            inner: Call {
                shared: Arc::clone(self),
                operation,
                options,
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
    /// Past the wire, which knows no error of ours and would pass a body on as a stream.
    outcome: Arc<Mutex<Option<Result<Received, Error>>>>,
}

impl Call {
    /// What came back; none when the request did not leave.
    pub(crate) fn outcome(&self) -> Option<Result<Received, Error>> {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Gives a request the headers that progenitor does not know of.
    fn prepare(&self, request: &mut reqwest::Request) {
        let headers = request.headers_mut();
        headers.remove(DOCUMENT_VERSION);
        headers.extend(self.shared.headers.clone());
        headers.extend(self.options.headers.clone());
        headers.insert(ACCEPT, JSON);
        if self.operation.body == RequestBody::Optional {
            restore_optional_body(request);
        }
        let timeout = self.options.timeout.unwrap_or(self.shared.timeout);
        *request.timeout_mut() = Some(timeout.min(self.shared.total_timeout));
    }

    /// Sends the request as often as the policy says, and takes only a success for one.
    async fn exchange(&self, request: reqwest::Request) -> Result<Received, Error> {
        if let Some(problem) = &self.options.problem {
            return Err(Error::request(self.operation, problem));
        }
        let (mut request, mut number) = (request, 1);
        loop {
            // Bodies are bytes, which copies share.
            let copy = request.try_clone();
            let error = match self.attempt(request).await {
                Ok(received) => return Ok(received),
                Err(error) => error,
            };
            request = match ((self.shared.policy)(self.operation, number, &error), copy) {
                (Decision::Again(pause), Some(copy)) => {
                    (self.shared.sleep)(pause).await;
                    copy
                }
                _ => return Err(error),
            };
            number += 1;
        }
    }

    /// Sends the request once and reads the whole answer.
    async fn attempt(&self, request: reqwest::Request) -> Result<Received, Error> {
        let failed = |error| Error::transport(self.operation, error);
        let mut response = self.shared.http.execute(request).await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let received = |body: Bytes| Received {
            status,
            headers: headers.clone(),
            body,
        };
        let limit = self.shared.largest_response;
        let first = response.chunk().await.map_err(failed)?.unwrap_or_default();
        // Most answers are one chunk, which is kept as it is.
        let mut rest: Option<BytesMut> = None;
        while rest.as_ref().map_or(first.len(), BytesMut::len) <= limit
            && let Some(chunk) = response.chunk().await.map_err(failed)?
        {
            let body = rest.get_or_insert_with(|| BytesMut::from(first.as_ref()));
            body.extend_from_slice(&chunk);
        }
        let body = rest.map_or(first, BytesMut::freeze);
        if body.len() > limit {
            return Err(Error::too_large(self.operation, limit, received(body)));
        }
        match status.is_success() {
            true => Ok(received(body)),
            false => Err(Error::api(self.operation, received(body))),
        }
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
        let outcome = self.inner.exchange(request).await;
        *self
            .inner
            .outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        // The outcome is taken from the call; the wire only has to end.
        Ok(reqwest::Response::from(http::Response::new(Bytes::new())))
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::generated::operations::op;

    static PAUSES: Mutex<Vec<Duration>> = Mutex::new(Vec::new());

    fn twice(_: &'static Operation, attempt: u32, error: &Error) -> Decision {
        match attempt {
            1 | 2 if error.is_connect() => Decision::Again(Duration::from_secs(attempt.into())),
            _ => Decision::Stop,
        }
    }

    #[tokio::test]
    async fn the_policy_decides_how_often_and_how_long() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let shared = Arc::new(Shared {
            http: reqwest::Client::new(),
            base_url: format!("http://{address}"),
            headers: HeaderMap::new(),
            timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(10),
            largest_response: 1000,
            policy: twice,
            sleep: |pause| {
                PAUSES.lock().unwrap().push(pause);
                Box::pin(std::future::ready(()))
            },
            #[cfg(feature = "drift")]
            drift: crate::drift::Watch::default(),
        });
        let wire = shared.call(op::FIND_ALL_PLANS, Options::default());
        wire.find_all_plans(None, None).await.unwrap();
        let error = wire.inner.outcome().unwrap().err().unwrap();
        assert!(error.is_connect(), "{error}");
        assert_eq!(
            *PAUSES.lock().unwrap(),
            [Duration::from_secs(1), Duration::from_secs(2)]
        );
    }
}
