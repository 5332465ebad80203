//! What a client sends with, and whom it tells what came of that.

use std::sync::Arc;

use super::ClientBuilder;
use crate::observe::CallReport;
use crate::sender::Sender;
use crate::transport::{HttpTransport, Transport};

impl ClientBuilder {
    /// The HTTP client to use: with a proxy, with certificates of your own, shared with others.
    ///
    /// Unless set, one is made that follows no redirects, so that the key goes to no other host,
    /// repeats nothing by itself, and closes idle connections before servers usually do. Build yours
    /// with `redirect(Policy::none())` and `retry(reqwest::retry::never())` for the same: what yours
    /// repeats by itself, such as requests that an HTTP/2 server refuses to take up, is not counted by
    /// `attempts`.
    ///
    /// Only of the one that is made here it is known that nothing was sent where there is no connection. Yours
    /// may follow redirects, as reqwest's own does by default: the server acts on a `POST` and names a place to
    /// which there is no connection, which looks the same. So with yours every failure to connect, and every
    /// [time limit](Self::timeout) that ends, leaves a doubt ([`is_ambiguous`](crate::Error::is_ambiguous)), and
    /// calls that are not idempotent are not repeated after it. What yours refuses to send at all, such as
    /// `http` with `https_only`, was not sent. A success of another URL is an error of calls that do more than
    /// read ([`is_redirect`](crate::Error::is_redirect)); a redirect to the same URL cannot be seen.
    ///
    /// Files ([`FileRequest`](crate::FileRequest)) are fetched with yours too, and with its default
    /// headers. It resolves names, and follows redirects if it does, by itself: of private addresses
    /// ([`allow_private_file_hosts`](Self::allow_private_file_hosts)) only those are refused that a URL
    /// spells out.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.sender = Some(Sender::Http(HttpTransport::with_client(http)));
        self
    }

    /// What sends requests, in place of an HTTP client that is made here: a recorder, a test double, layers of tower,
    /// or an HTTP client that is not reqwest's. [The module](crate::transport) has examples.
    ///
    /// Retries, pacing, time limits, errors and decoding stand above it. It takes the place of
    /// [`http_client`](Self::http_client), and the last of the two that is called counts.
    ///
    /// Files ([`FileRequest`](crate::FileRequest)) are fetched with it too, without the key. It resolves names by
    /// itself: of private addresses ([`allow_private_file_hosts`](Self::allow_private_file_hosts)) only those are
    /// refused that a URL spells out.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.sender = Some(Sender::Given(Arc::new(transport)));
        self
    }

    /// Tells what came of every call, once for each when it has ended: for metrics and logs.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use lago_client::Client;
    ///
    /// static FAILURES: AtomicU64 = AtomicU64::new(0);
    ///
    /// # #[cfg(not(feature = "mock"))]
    /// # fn main() {}
    /// # #[cfg(feature = "mock")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lago_client::mock::MockServer::start().await?;
    /// let lago = Client::builder()
    ///     .api_key("your-api-key")
    ///     .base_url(server.url())
    ///     .on_response(|call| {
    ///         println!("{} {:?} in {:?}", call.operation.id, call.status, call.duration);
    ///         if call.error.is_some() {
    ///             FAILURES.fetch_add(1, Ordering::Relaxed);
    ///         }
    ///     })
    ///     .build()?;
    /// lago.plans().get("pro").await?;
    /// assert_eq!(FAILURES.load(Ordering::Relaxed), 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It is called where the call is awaited, before that goes on: what takes its time belongs elsewhere. So it is
    /// told of the requests of a pipeline, each of which is one attempt, and of the pages of a list. It is not told of
    /// a call whose future is dropped, and not of the fetching of files.
    pub fn on_response(mut self, hook: impl Fn(&CallReport<'_>) + Send + Sync + 'static) -> Self {
        self.on_response = Some(Arc::new(hook));
        self
    }
}
