//! JavaScript: the event loop, its timers, and reqwest over `fetch`.
//!
//! What JavaScript hands out belongs to the thread that got it, so the types for it are not `Send`, and the traits and
//! futures of this crate are. [`SendWrapper`] stands between: it looks at each access whether the thread is still the same,
//! and panics where it is not. Without shared memory the target has one thread, so it always is. In a build with shared
//! memory (`atomics`), a client and its calls stay in the worker in which they were made.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use gloo_timers::future::TimeoutFuture;
use http_body::{Body as HttpBody, Frame};
use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url, Version};
use send_wrapper::SendWrapper;

pub(crate) use web_time::Instant;

/// Refuses features that need what JavaScript has not.
macro_rules! absent {
    ($($feature:literal: $why:literal)*) => {$(
        #[cfg(feature = $feature)]
        compile_error!(concat!(
            "the feature `", $feature, "` of lago-client does not work on wasm32-unknown-unknown, where ", $why,
            ": switch it off, and with `default-features = false` those that are on by default; `tracing` and \
             `webhooks-rustcrypto` work"
        ));
    )*};
}

absent! {
    "blocking": "a thread may not wait"
    "gateway": "there are no sockets"
    "ingest": "there is no runtime of tokio"
    "mock": "there are no sockets"
    "native-tls": "the browser has TLS"
    "recording": "there are no files"
    "rustls": "the browser has TLS"
    "rustls-ring": "the browser has TLS"
}

/// Whether reqwest ends what takes longer than a request may. It would, but not what takes longer than
/// [`LONGEST_TIMER`], which makes it panic. A request that is dropped is aborted.
pub(crate) const KEEPS_TIME: bool = false;

/// Whether an HTTP client that is made here follows redirects.
pub(crate) const FOLLOWS_REDIRECTS: bool = true;

/// What a timer of JavaScript holds, in milliseconds: with more it ends at once.
const LONGEST_TIMER: u32 = i32::MAX as u32;

/// Waits.
pub(crate) fn sleep(pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(SendWrapper::new(async move {
        // A timer cuts off fractions.
        let mut left = pause.as_nanos().div_ceil(1_000_000);
        while left > 0 {
            let next = u32::try_from(left).unwrap_or(u32::MAX).min(LONGEST_TIMER);
            TimeoutFuture::new(next).await;
            left -= u128::from(next);
        }
    }))
}

/// The event loop. There is one, and whatever runs is run by it.
#[derive(Debug)]
pub(crate) struct Handle;

/// Which event loop it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id;

/// The event loop in which this is called.
pub(crate) fn runtime() -> Option<Handle> {
    Some(Handle)
}

impl Handle {
    pub(crate) fn id(&self) -> Id {
        Id
    }

    /// Does the work beside all other.
    #[cfg(feature = "webhooks")]
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(work);
    }
}

/// Sends a request through an HTTP client.
pub(crate) fn execute(
    http: &reqwest::Client,
    request: reqwest::Request,
) -> impl Future<Output = reqwest::Result<Response>> + Send + use<> {
    let http = http.clone();
    SendWrapper::new(async move { http.execute(request).await.map(Response::new) })
}

/// `fetch` tells nothing of connections.
pub(crate) fn watched(settings: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    settings
}

/// Sends a request. Nobody is told whether a connection was given up half made.
pub(crate) async fn watch<T>(sending: impl Future<Output = T>) -> (T, bool) {
    (sending.await, false)
}

/// Whether it was the connection that failed. `fetch` gives no reasons, not even to tell a server that is away from one
/// that does not admit the page.
pub(crate) fn is_connect(_: &reqwest::Error) -> bool {
    false
}

/// A response whose body may still be coming.
pub(crate) struct Response {
    status: StatusCode,
    headers: HeaderMap,
    url: Url,
    body: ResponseBody,
}

/// The body of a response, as it comes.
pub(crate) struct ResponseBody(SendWrapper<Chunks>);

type Chunks = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>>>>;

impl Response {
    fn new(mut response: reqwest::Response) -> Self {
        let headers = std::mem::take(response.headers_mut());
        Self {
            status: response.status(),
            headers,
            url: response.url().clone(),
            body: ResponseBody(SendWrapper::new(Box::pin(response.bytes_stream()))),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// Nobody is told, so it is the one of which least is known.
    pub(crate) fn version(&self) -> Version {
        Version::HTTP_11
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The next piece of the body.
    pub(crate) async fn chunk(&mut self) -> reqwest::Result<Option<Bytes>> {
        std::future::poll_fn(|cx| self.body.0.as_mut().poll_next(cx))
            .await
            .transpose()
    }
}

impl From<Response> for http::Response<ResponseBody> {
    fn from(response: Response) -> Self {
        let mut whole = Self::new(response.body);
        *whole.status_mut() = response.status;
        *whole.headers_mut() = response.headers;
        whole
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<reqwest::Result<Frame<Bytes>>>> {
        let chunk = self.0.as_mut().poll_next(cx);
        chunk.map(|chunk| chunk.map(|bytes| bytes.map(Frame::data)))
    }
}
