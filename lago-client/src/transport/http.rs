//! The transport that a client has unless it is given another: reqwest.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use reqwest::Url;

use super::body::Body;
use super::error::{Failure, TransportError};
use super::hurried::Hurried;
use super::{RedirectedTo, Sending, TimeLimit, Transport};
use crate::error::Error;
use crate::http_client::http_client;
use crate::platform::{self, Response, ResponseBody};

/// Sends requests through reqwest, as a client does unless it is given another transport.
///
/// Where a transport of your own does something before or after the sending, this is what sends:
///
/// ```
/// use std::time::Duration;
///
/// use lago_client::bytes::Bytes;
/// use lago_client::transport::{HttpTransport, Sending, Transport};
/// use lago_client::{Client, http};
///
/// /// Prints what is sent.
/// struct Printing(HttpTransport);
///
/// impl Transport for Printing {
///     fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
///         println!("{} {} bytes", request.method(), request.body().len());
///         self.0.send(request)
///     }
/// }
///
/// let transport = Printing(HttpTransport::new(Duration::from_secs(10))?);
/// let lago = Client::builder().api_key("your-api-key").transport(transport).build()?;
/// # Ok::<(), lago_client::Error>(())
/// ```
///
/// # Redirects
///
/// The HTTP client that is [made here](Self::new) follows none: where there is no connection, nothing was sent. One
/// that [a caller brings](Self::with_client) may follow them, and nobody can see whether it does. Then the server may
/// have acted on the request and named another place, to which there is no connection; from outside that looks the
/// same. So without a response such a client proves that nothing was sent only where it refuses a request at once:
/// what was never waited for cannot have got a response.
///
/// In browsers and workers `fetch` sends, which follows redirects. There the one that is made here proves no more than
/// one that a caller brings.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    http: reqwest::Client,
    /// For requests with little time, beside a client that was made here.
    hurried: Option<Arc<Hurried>>,
    /// Whether it is known to follow no redirects, because it was made here.
    follows_none: bool,
}

impl HttpTransport {
    /// One that follows no redirects, repeats nothing by itself, and closes idle connections before servers usually
    /// do. `connect_timeout` is for a connection, TLS included.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up, for instance for want of certificates.
    pub fn new(connect_timeout: Duration) -> Result<Self, Error> {
        Ok(Self {
            http: http_client(connect_timeout, |builder| builder)?,
            hurried: Some(Arc::new(Hurried::beside(connect_timeout))),
            follows_none: !platform::FOLLOWS_REDIRECTS,
        })
    }

    /// One with an HTTP client of your own: see
    /// [`ClientBuilder::http_client`](crate::ClientBuilder::http_client).
    #[must_use]
    pub fn with_client(http: reqwest::Client) -> Self {
        Self {
            http,
            hurried: None,
            follows_none: false,
        }
    }

    /// The same way with a connector of its own, for files.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn with_ours(http: reqwest::Client) -> Self {
        Self {
            http,
            hurried: None,
            follows_none: true,
        }
    }

    /// Sends a request. Beside the response it tells whether that came from another URL.
    pub(crate) async fn execute(
        &self,
        request: reqwest::Request,
    ) -> Result<(Response, bool), TransportError> {
        let asked = (!self.follows_none).then(|| request.url().clone());
        let limit = request.timeout().copied();
        let hurried = self.hurried.as_ref();
        let ((outcome, is_at_once), was_unconnected) =
            match hurried.and_then(|hurried| hurried.client_for(limit)) {
                // In a box: most calls have no need of it, and no room.
                Some(http) => Box::pin(platform::watch(executed(http, request))).await,
                None => (executed(&self.http, request).await, false),
            };
        match outcome {
            Ok(response) => {
                let is_elsewhere = asked.is_some_and(|asked| asked != *response.url());
                Ok((response, is_elsewhere))
            }
            Err(error) => Err(self.failure(error, is_at_once, was_unconnected)),
        }
    }

    fn failure(
        &self,
        error: reqwest::Error,
        is_at_once: bool,
        was_unconnected: bool,
    ) -> TransportError {
        let mut failed = TransportError::of_reqwest(error);
        failed.failure = match failed.failure {
            // Of a client that a caller brings nobody knows whether it was a redirect that it followed.
            Failure::Unconnected { timed_out, .. } => Failure::Unconnected {
                timed_out,
                is_proof: self.follows_none,
            },
            Failure::TimedOut if was_unconnected => Failure::Unconnected {
                timed_out: true,
                is_proof: true,
            },
            // Of the request to which a redirect led.
            Failure::Refused if !is_at_once => Failure::Interrupted,
            other => other,
        };
        failed
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        Box::pin(async move {
            let limit = request.extensions().get::<TimeLimit>().copied();
            let request = reqwest::Request::try_from(request);
            let mut request =
                request.map_err(|error| TransportError::refused(error.without_url()))?;
            if platform::KEEPS_TIME {
                *request.timeout_mut() = limit.map(|TimeLimit(limit)| limit);
            }
            let (response, is_elsewhere) = self.execute(request).await?;
            let from = match is_elsewhere {
                true => Some(uri(response.url())?),
                false => None,
            };
            let mut response = http::Response::<ResponseBody>::from(response);
            if let Some(from) = from {
                response.extensions_mut().insert(RedirectedTo(from));
            }
            Ok(response.map(Body::new))
        })
    }
}

impl tower_service::Service<http::Request<Bytes>> for HttpTransport {
    type Response = http::Response<Body>;
    type Error = TransportError;
    type Future = Sending<'static>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), TransportError>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Bytes>) -> Self::Future {
        let transport = self.clone();
        Box::pin(async move { transport.send(request).await })
    }
}

/// What comes of a request, and whether that was known at once, without waiting.
async fn executed(
    http: &reqwest::Client,
    request: reqwest::Request,
) -> (reqwest::Result<Response>, bool) {
    let mut sending = pin!(platform::execute(http, request));
    let mut is_at_once = true;
    let outcome = poll_fn(|cx| {
        let outcome = sending.as_mut().poll(cx);
        is_at_once &= outcome.is_ready();
        outcome
    });
    (outcome.await, is_at_once)
}

fn uri(url: &Url) -> Result<Uri, TransportError> {
    url.as_str().parse().map_err(TransportError::interrupted)
}
