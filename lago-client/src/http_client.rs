//! How an HTTP client is set up, and what it says that it is.

use std::time::Duration;

use crate::connecting;
use crate::error::Error;
use crate::tls::with_tls;

/// Who sends a request, as `user-agent` says it.
pub(crate) const PRODUCT: &str = concat!("lago-client-rust/", env!("CARGO_PKG_VERSION"));

/// Shorter than the 20 s after which Puma, the server that Lago runs in, has long closed idle connections
/// by default: a request that meets the closing is lost, and nobody knows if it was executed.
const IDLE: Duration = Duration::from_secs(15);

/// An HTTP client as those are that nobody brings, with settings of its own.
pub(crate) fn http_client(
    connect_timeout: Duration,
    settings: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // What is repeated is decided and counted here.
        .retry(reqwest::retry::never())
        .connect_timeout(connect_timeout)
        // A time limit of a call that ends before there is a connection is told apart.
        .connector_layer(connecting::Watch)
        .pool_idle_timeout(IDLE);
    settings(with_tls(builder)?)
        .build()
        .map_err(|error| Error::config("the HTTP client cannot be made").with_source(error))
}
