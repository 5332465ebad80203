//! How a client is set up. Everything is checked by `build`, nothing panics later.

mod sending;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue, USER_AGENT};

use super::Client;
use crate::base_url::BaseUrl;
use crate::clock;
use crate::credentials::{ApiKey, Credentials, CredentialsProvider};
use crate::error::Error;
use crate::headers;
use crate::http_client::PRODUCT;
use crate::observe::Hook;
use crate::options::time_limit;
use crate::retry::RetryPolicy;
use crate::send::{ClientInner, Shared};
use crate::sender::Sender;
use crate::storage::{Reach, Storages};
use crate::transport::HttpTransport;

/// Lago Cloud in the United States, where calls go unless told otherwise.
pub const US: &str = "https://api.getlago.com/api/v1";

/// Lago Cloud in the European Union.
pub const EU: &str = "https://api.eu.getlago.com/api/v1";

const API_KEY: &str = "LAGO_API_KEY";
const API_URL: &str = "LAGO_API_URL";

/// What errors call the base URL when a program sets it.
const BASE_URL: &str = "the base URL";

/// Sets up a [`Client`].
///
/// ```
/// use std::time::Duration;
///
/// let lago = lago_client::Client::builder()
///     .api_key("your-api-key")
///     .base_url("https://lago.example.com")
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok::<(), lago_client::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    api_key: Option<String>,
    /// In place of a key.
    credentials: Option<Credentials>,
    base_url: String,
    /// What errors call the base URL: the variable when it came from there.
    base_url_setting: &'static str,
    timeout: Duration,
    total_timeout: Duration,
    max_response_bytes: usize,
    headers: Vec<(String, String)>,
    user_agent: Option<String>,
    sender: Option<Sender>,
    on_response: Option<Hook>,
    retry: RetryPolicy,
    pacing: bool,
    private_file_hosts: bool,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            api_key: None,
            credentials: None,
            base_url: US.to_owned(),
            base_url_setting: BASE_URL,
            timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(120),
            max_response_bytes: 64 << 20,
            headers: Vec::new(),
            user_agent: None,
            sender: None,
            on_response: None,
            retry: RetryPolicy::new(),
            pacing: false,
            private_file_hosts: false,
        }
    }

    /// Takes `LAGO_API_KEY` and `LAGO_API_URL` from the environment, where they are set.
    pub(crate) fn from_env(read: impl Fn(&str) -> Option<String>) -> Self {
        let mut builder = Self::new();
        builder.api_key = read(API_KEY);
        if let Some(url) = read(API_URL).filter(|url| !url.trim().is_empty()) {
            builder.base_url = url;
            builder.base_url_setting = API_URL;
        }
        builder
    }

    /// The API key of the organization.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self.credentials = None;
        self
    }

    /// Asks for the API key before each attempt, in place of [`api_key`](Self::api_key): for keys that are rotated
    /// while the program runs. The last of the two that is called counts.
    pub fn credentials(mut self, provider: impl CredentialsProvider) -> Self {
        self.credentials = Some(Credentials::provided(provider));
        self
    }

    /// Where the API is: [`US`] unless set, [`EU`], or your own server. `/api/v1` is added when it
    /// is missing. `http` is allowed, for servers in the same network: who is in between can read
    /// everything, the API key too. That includes the proxy that the environment names for such calls
    /// (`HTTP_PROXY`); of calls over https a proxy sees only where they go.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self.base_url_setting = BASE_URL;
        self
    }

    /// How long one attempt may take, from the connection to the last byte: 30 s unless set, and not
    /// zero. A third of it is for the connection.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a call may take with all its attempts and the waits between them: 120 s unless set,
    /// and not zero.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// How often and how long a call is tried again; [`RetryPolicy`] tells which calls are, and after
    /// which failures.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Whether calls wait for the server's next window once a response says that no request is left
    /// in this one (`x-ratelimit-remaining: 0`). Off unless set: then such calls are sent, and
    /// refused with 429. Clones of a client wait together; a call whose
    /// [`total_timeout`](Self::total_timeout) ends before the window does fails without being sent.
    ///
    /// When the window is over, one call goes first, and the others as its response allows: spread evenly
    /// over the new window, about in the order in which they came. After 2 s without that response another
    /// call goes to find out. So no call waits for a future that is not polled. No window is waited for
    /// longer than the client's policy allows ([`RetryPolicy::max_retry_after`], 120 s unless set), whatever
    /// the server says; and what it says in response to a later request replaces what it said before.
    pub fn rate_limit_pacing(mut self, on: bool) -> Self {
        self.pacing = on;
        self
    }

    /// How many bytes a response, or a file in one piece, may have: 64 MiB unless set.
    ///
    /// What is read from a response takes more memory than its JSON. A list of objects with nothing in them takes up
    /// to 130 times as much; only a hostile server sends one, and this limit is what bounds it: with 8 MiB, about
    /// 1 GiB. JSON of any shape, such as the properties of an event, can take about a hundred times as much and
    /// comes from whoever made it, not from Lago. So no more than 1 MiB of it is read in one field, and
    /// 8 MiB in all fields of a response; beyond that the call fails with
    /// [`is_decode`](crate::Error::is_decode), and the error keeps the response as it came.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Whether files ([`FileRequest`](crate::FileRequest)) may be fetched from addresses that are not on
    /// the public internet. Off unless set: the server says where a file is, and should not be able to
    /// send a client to what only the client's network can reach.
    ///
    /// Refused are private, shared, link-local, unique-local, multicast and reserved addresses of IPv4 and IPv6, and
    /// loopback, also when a name or a redirect leads to them. Always allowed are the API's own origin,
    /// and loopback when the API is at a loopback address. Allow the others for a storage in your own
    /// network, such as a MinIO. Behind a proxy, the proxy resolves names; then those that a URL
    /// spells out are refused.
    pub fn allow_private_file_hosts(mut self, on: bool) -> Self {
        self.private_file_hosts = on;
        self
    }

    /// A header for every request. One of the same name that a call sets replaces it.
    ///
    /// Refused by [`build`](Self::build) are those that frame a request, route it, or say what is in it
    /// and in its response: `content-length`, `host`, `accept` and their like.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Says who calls, after the name of this crate: `billing-worker/1.2`.
    pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent = Some(suffix.into());
        self
    }

    /// Whether it has a key, or somebody who provides one.
    #[cfg(feature = "gateway")]
    pub(crate) fn has_key(&self) -> bool {
        let is_there = |key: &String| !key.trim().is_empty();
        self.credentials.is_some() || self.api_key.as_ref().is_some_and(is_there)
    }

    /// Whether its key is this one.
    #[cfg(feature = "gateway")]
    pub(crate) fn has_this_key(&self, other: &str) -> bool {
        let is_it = |key: &String| !other.is_empty() && key.trim() == other;
        self.api_key.as_ref().is_some_and(is_it)
    }

    /// Checks everything and makes the client.
    ///
    /// # Errors
    ///
    /// When the key is missing or could not stand in a header, when the URL is none, when a header is
    /// none, or when a time limit is zero. The message names the setting, never the key.
    pub fn build(self) -> Result<Client, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, self.user_agent_value()?);
        for (name, value) in &self.headers {
            headers::add(&mut headers, name, value).map_err(Error::config)?;
        }
        let credentials = match self.credentials {
            Some(credentials) => credentials,
            None => {
                let missing =
                    format!("no API key: set {API_KEY}, or call `api_key` on the builder");
                let key = self.api_key.map(ApiKey::from);
                let key = key.filter(|key| !key.expose().is_empty());
                Credentials::fixed(&key.ok_or_else(|| Error::config(missing))?)
                    .map_err(Error::config)?
            }
        };
        time_limit("timeout", self.timeout).map_err(Error::config)?;
        time_limit("total_timeout", self.total_timeout).map_err(Error::config)?;
        let connect_timeout = self.timeout / 3;
        // What a caller brings resolves names as it likes.
        let guarded = self.sender.is_none().then_some(connect_timeout);
        let sender = match self.sender {
            Some(sender) => sender,
            None => Sender::Http(HttpTransport::new(connect_timeout)?),
        };
        let base_url = BaseUrl::parse(&self.base_url)
            .map_err(|why| Error::config(format!("{} {why}", self.base_url_setting)))?;
        let environment = |name: &str| std::env::var(name).ok();
        let reach = Reach::new(base_url.url(), self.private_file_hosts, environment);
        let shared = Shared {
            sender,
            storages: Storages::new(reach, guarded),
            base_url,
            headers,
            timeout: self.timeout,
            total_timeout: self.total_timeout,
            max_response_bytes: self.max_response_bytes,
            retry: self.retry,
            on_response: self.on_response,
            clock: Box::new(clock::System),
            #[cfg(feature = "blocking")]
            background: crate::background::Background::default(),
            #[cfg(feature = "drift")]
            drift: crate::drift::Watch::default(),
        };
        let inner = ClientInner::new(Arc::new(shared), credentials, self.pacing);
        Ok(Client::new(inner))
    }

    fn user_agent_value(&self) -> Result<HeaderValue, Error> {
        let text = match &self.user_agent {
            Some(suffix) => format!("{PRODUCT} {suffix}"),
            None => PRODUCT.to_owned(),
        };
        HeaderValue::try_from(text)
            .map_err(|_| Error::config("the user agent has characters that no header can hold"))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api_key", &self.api_key.as_ref().map(|_| "[redacted]"))
            .field("base_url", &BaseUrl::parse(&self.base_url).ok())
            .field("timeout", &self.timeout)
            .field("total_timeout", &self.total_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("retry", &self.retry)
            .field("rate_limit_pacing", &self.pacing)
            .field("allow_private_file_hosts", &self.private_file_hosts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(builder: ClientBuilder) -> String {
        builder.build().unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_work_is_an_error_of_build() {
        let builder = || ClientBuilder::new().api_key("key");
        assert!(complaint(ClientBuilder::new()).contains("LAGO_API_KEY"));
        assert!(complaint(builder().api_key(" ")).contains("no API key"));
        assert!(complaint(builder().base_url("lago.example.com")).contains("is no URL"));
        assert!(complaint(builder().base_url("ftp://x")).contains("web server"));
        assert!(complaint(builder().base_url("https://x/?a=1")).contains("query"));
        assert!(complaint(builder().header("a b", "c")).contains("none can have"));
        assert!(complaint(builder().header("a", "b\nc")).contains("`a`"));
        assert!(complaint(builder().header("Authorization", "c")).contains("api_key"));
        for name in [
            "Host",
            "content-length",
            "X-Forwarded-Host",
            "forwarded",
            "accept",
        ] {
            let said = complaint(builder().header(name, "c"));
            assert!(
                said.contains(&format!("`{}`", name.to_lowercase())),
                "{said}"
            );
        }
        assert!(builder().header("x-tenant", "c").build().is_ok());
        assert!(complaint(builder().user_agent("a\r\nb")).contains("user agent"));
        assert!(complaint(builder().timeout(Duration::ZERO)).contains("`timeout`"));
        assert!(complaint(builder().total_timeout(Duration::ZERO)).contains("`total_timeout`"));
    }

    #[test]
    fn nothing_prints_the_key() {
        let secret = "key-that-is-secret\n";
        let builder = ClientBuilder::new()
            .api_key(secret)
            .base_url("https://user:pw@x");
        assert!(!format!("{builder:?}").contains("that-is-secret"));
        let error = builder.build().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("that-is-secret"));
        for url in [
            "https://user:that-is-secret@x",
            "https://user:that-is-secret@x:y",
            "https://x/?key=that-is-secret",
            "that-is-secret",
            "that-is-secret:3000",
        ] {
            let builder = ClientBuilder::new().api_key("key").base_url(url);
            assert!(!format!("{builder:?}").contains("that-is-secret"));
            assert!(!complaint(builder).contains("that-is-secret"));
        }
        let secret = "that-is-secret";
        let swapped = ClientBuilder::new()
            .api_key(US)
            .base_url(format!("https://{secret}"));
        for builder in [ClientBuilder::new().api_key(secret), swapped] {
            assert!(!format!("{builder:?}").contains(secret));
            let client = builder.build().unwrap();
            assert!(!format!("{client:?}").contains(secret));
        }
        let header = ClientBuilder::new()
            .api_key("key")
            .header("that-is secret", "x");
        assert!(!complaint(header).contains("secret"));
    }

    #[test]
    fn the_environment_gives_key_and_url() {
        let environment = |name: &str| match name {
            API_KEY => Some("key".to_owned()),
            API_URL => Some("http://lago:3000".to_owned()),
            _ => None,
        };
        let builder = ClientBuilder::from_env(environment);
        assert_eq!(builder.base_url, "http://lago:3000");
        assert!(builder.build().is_ok());
        assert_eq!(ClientBuilder::from_env(|_| None).base_url, US);

        let wrong = |name: &str| environment(name).map(|value| value.replace("http://", ""));
        let said = complaint(ClientBuilder::from_env(wrong));
        assert!(said.contains("LAGO_API_URL is no"), "{said}");
        let said = complaint(ClientBuilder::from_env(environment).base_url("lago"));
        assert!(said.contains("the base URL is no URL"), "{said}");
    }
}
