//! How an HTTP client is set up, and what it says that it is.

use std::time::Duration;

use crate::error::Error;
#[cfg(not(target_family = "wasm"))]
use crate::tls::with_tls;

/// Who sends a request, as `user-agent` says it.
pub(crate) const PRODUCT: &str = concat!("lago-client-rust/", env!("CARGO_PKG_VERSION"));

/// Shorter than the 20 s after which Puma, the server that Lago runs in, has long closed idle connections
/// by default: a request that meets the closing is lost, and nobody knows if it was executed.
#[cfg(not(target_family = "wasm"))]
const IDLE: Duration = Duration::from_secs(15);

/// An HTTP client as those are that nobody brings, with settings of its own.
pub(crate) fn http_client(
    connect_timeout: Duration,
    settings: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<reqwest::Client, Error> {
    settings(ours(connect_timeout)?)
        .build()
        .map_err(|error| Error::config("the HTTP client cannot be made").with_source(error))
}

#[cfg(not(target_family = "wasm"))]
fn ours(connect_timeout: Duration) -> Result<reqwest::ClientBuilder, Error> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // What is repeated is decided and counted here.
        .retry(reqwest::retry::never())
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE);
    with_tls(builder)
}

/// Redirects, connections and TLS are the browser's.
#[cfg(target_family = "wasm")]
fn ours(_: Duration) -> Result<reqwest::ClientBuilder, Error> {
    Ok(reqwest::Client::builder())
}
