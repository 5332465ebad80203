//! The client that people hold.

use std::fmt;
use std::sync::Arc;

use crate::credentials::{ApiKey, Credentials, CredentialsProvider};
use crate::error::Error;
use crate::send::ClientInner;

mod builder;

pub use builder::{ClientBuilder, EU, US};

/// Calls the Lago API.
///
/// Its calls need a tokio runtime with IO and time, as `#[tokio::main]` and
/// `tokio::runtime::Builder::enable_all` make it. Without a runtime they are errors
/// ([`Error::is_usage`]). In one without IO or time tokio panics: it can be asked whether there is a runtime,
/// but what that can do only by doing it.
///
/// A call goes on in the runtime in which its future was first polled; polled elsewhere, or outside of any, it
/// fails, in doubt ([`Error::is_transport`], [`Error::is_ambiguous`]). So do streams of files. A list may be
/// walked in several, one page after the other. Kept connections too live in the runtime in which they were
/// made, and a request on one whose runtime has ended is lost in a way that leaves a doubt: make a client for
/// each runtime.
///
/// Cheap to clone: clones share connections and settings. For many organizations there is
/// [`with_api_key`](Self::with_api_key). The nouns of the API are its methods,
/// and theirs are the verbs: `lago.plans().charges().list("pro")`.
///
/// ```no_run
/// # async fn example() -> Result<(), lago_client::Error> {
/// let lago = lago_client::Client::from_env()?;
/// let customer = lago.customers().get("acme").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<ClientInner>,
}

impl Client {
    pub(crate) fn new(inner: ClientInner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Sets up a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client from the environment: `LAGO_API_KEY`, and `LAGO_API_URL` unless it is Lago Cloud
    /// in the United States.
    ///
    /// # Errors
    ///
    /// When the key is not set, or one of the two cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(|name| std::env::var(name).ok()).build()
    }

    /// The same client with the key of another organization.
    ///
    /// ```
    /// # fn example() -> Result<(), lago_client::Error> {
    /// let lago = lago_client::Client::builder().api_key("key-of-one").build()?;
    /// let other = lago.with_api_key("key-of-another")?;
    /// # Ok(())
    /// # }
    /// # example().unwrap();
    /// ```
    ///
    /// Connections, settings, time limits and hooks are shared: it opens no pool and reads no certificates. What the
    /// server counts for each key is apart, the windows of its rate limit
    /// ([`rate_limit_pacing`](ClientBuilder::rate_limit_pacing)) and the budget for retries. So make one for each
    /// organization and clone it; two of the same key do not know of each other. With a key of 36 characters it takes
    /// 123 bytes, and 200 more where it paces, as measured on 64 bits.
    ///
    /// # Errors
    ///
    /// When the key is empty, or has characters that no header can hold.
    pub fn with_api_key(&self, key: impl Into<ApiKey>) -> Result<Self, Error> {
        let credentials = Credentials::fixed(&key.into()).map_err(Error::config)?;
        Ok(self.with(credentials))
    }

    /// The same client with a provider of keys of its own: [`with_api_key`](Self::with_api_key) for keys that change.
    #[must_use]
    pub fn with_credentials(&self, provider: impl CredentialsProvider) -> Self {
        self.with(Credentials::provided(provider))
    }

    fn with(&self, credentials: Credentials) -> Self {
        Self::new(ClientInner::new(
            Arc::clone(&self.inner.shared),
            credentials,
            self.inner.pace.is_some(),
        ))
    }

    /// How much the server has sent to this client and its clones that this version of the crate
    /// does not know.
    #[cfg(feature = "drift")]
    #[must_use]
    pub fn drift(&self) -> crate::Drift {
        self.inner.shared.drift.counts()
    }

    pub(crate) fn inner(&self) -> &Arc<ClientInner> {
        &self.inner
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.shared.base_url)
            .finish_non_exhaustive()
    }
}
