//! Threads and sockets: tokio, and reqwest over hyper.

use std::pin::Pin;
use std::time::Duration;

pub(crate) use reqwest::{Body as ResponseBody, Response};
pub(crate) use tokio::runtime::{Handle, Id};
/// With tokio's time paused, its time.
pub(crate) use tokio::time::Instant;

use crate::connecting::Watch;
pub(crate) use crate::connecting::watch;

/// Whether reqwest ends what takes longer than a request may.
pub(crate) const KEEPS_TIME: bool = true;

/// Whether an HTTP client that is made here follows redirects.
pub(crate) const FOLLOWS_REDIRECTS: bool = false;

/// Waits.
pub(crate) fn sleep(pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(tokio::time::sleep(pause))
}

/// The runtime in which this is called, if it is one.
pub(crate) fn runtime() -> Option<Handle> {
    Handle::try_current().ok()
}

/// Sends a request through an HTTP client.
pub(crate) fn execute(
    http: &reqwest::Client,
    request: reqwest::Request,
) -> impl Future<Output = reqwest::Result<Response>> + use<> {
    http.execute(request)
}

/// Makes an HTTP client tell what [`watch`] hears.
pub(crate) fn watched(settings: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    settings.connector_layer(Watch)
}

/// Whether it was the connection that failed.
pub(crate) fn is_connect(error: &reqwest::Error) -> bool {
    error.is_connect()
}
