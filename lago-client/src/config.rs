//! How a client is set up. Everything is checked by `build`, nothing panics later.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::client::Client;
use crate::clock;
use crate::connecting;
use crate::error::Error;
use crate::rate_limit::Pace;
use crate::request::time_limit;
use crate::retry::{Budget, RetryPolicy};
use crate::transport::Shared;

/// Lago Cloud in the United States, where calls go unless told otherwise.
pub const US: &str = "https://api.getlago.com/api/v1";

/// Lago Cloud in the European Union.
pub const EU: &str = "https://api.eu.getlago.com/api/v1";

const API_KEY: &str = "LAGO_API_KEY";
const API_URL: &str = "LAGO_API_URL";

/// Who sends a request, as `user-agent` says it.
pub(crate) const PRODUCT: &str = concat!("lago-client-rust/", env!("CARGO_PKG_VERSION"));

const VERSIONED_PATH: &str = "/api/v1";

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
    base_url: String,
    timeout: Duration,
    total_timeout: Duration,
    largest_response: usize,
    headers: Vec<(String, String)>,
    user_agent: Option<String>,
    http: Option<reqwest::Client>,
    retry: RetryPolicy,
    pacing: bool,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            api_key: None,
            base_url: US.to_owned(),
            timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(120),
            largest_response: 64 << 20,
            headers: Vec::new(),
            user_agent: None,
            http: None,
            retry: RetryPolicy::new(),
            pacing: false,
        }
    }

    /// Takes `LAGO_API_KEY` and `LAGO_API_URL` from the environment, where they are set.
    pub(crate) fn from_env(read: impl Fn(&str) -> Option<String>) -> Self {
        let mut builder = Self::new();
        builder.api_key = read(API_KEY);
        if let Some(url) = read(API_URL).filter(|url| !url.trim().is_empty()) {
            builder.base_url = url;
        }
        builder
    }

    /// The API key of the organization.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Where the API is: [`US`] unless set, [`EU`], or your own server. `/api/v1` is added when it
    /// is missing. `http` is allowed, for servers in the same network.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
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

    /// Whether calls wait for the server's next window once an answer says that no request is left
    /// in this one (`x-ratelimit-remaining: 0`). Off unless set: then such calls are sent, and
    /// refused with 429. Clones of a client wait together; a call whose
    /// [`total_timeout`](Self::total_timeout) ends before the window does fails without being sent.
    pub fn rate_limit_pacing(mut self, on: bool) -> Self {
        self.pacing = on;
        self
    }

    /// How many bytes an answer, or a file in one piece, may have: 64 MiB unless set.
    pub fn largest_response(mut self, bytes: usize) -> Self {
        self.largest_response = bytes;
        self
    }

    /// A header for every request. One of the same name that a call sets replaces it.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Says who calls, after the name of this crate: `billing-worker/1.2`.
    pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent = Some(suffix.into());
        self
    }

    /// The HTTP client to use: with a proxy, with certificates of your own, shared with others.
    ///
    /// Unless set, one is made that follows no redirects, so that the key goes to no other host,
    /// repeats nothing by itself, and closes idle connections before servers usually do. Build yours
    /// with `redirect(Policy::none())` and `retry(reqwest::retry::never())` for the same: what yours
    /// repeats by itself, such as requests that an HTTP/2 server refuses to take up, is not counted by
    /// `attempts`. Only with the one that is made here is a [time limit](Self::timeout) that ends before
    /// there is a connection known for what it is; with yours it leaves a doubt
    /// ([`is_ambiguous`](Error::is_ambiguous)), unless your own limit for connecting ends first. Files
    /// ([`FileRequest`](crate::FileRequest)) are fetched with it too, and with its default headers.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
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
            let (name, value) = header(name, value).map_err(Error::config)?;
            headers.insert(name, value);
        }
        headers.insert(AUTHORIZATION, self.authorization()?);
        time_limit("timeout", self.timeout).map_err(Error::config)?;
        time_limit("total_timeout", self.total_timeout).map_err(Error::config)?;
        let http = match self.http {
            Some(http) => http,
            None => http_client(self.timeout / 3)?,
        };
        let url = base_url(&self.base_url)?;
        Ok(Client::new(Shared {
            http,
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            base_url: url.into(),
            headers,
            timeout: self.timeout,
            total_timeout: self.total_timeout,
            largest_response: self.largest_response,
            retry: self.retry,
            budget: Budget::default(),
            pace: self.pacing.then(Pace::default),
            clock: Box::new(clock::System),
            #[cfg(feature = "drift")]
            drift: crate::drift::Watch::default(),
        }))
    }

    fn authorization(&self) -> Result<HeaderValue, Error> {
        let key = self
            .api_key
            .as_deref()
            .map(str::trim)
            .filter(|key| !key.is_empty());
        let Some(key) = key else {
            return Err(Error::config(format!(
                "no API key: set {API_KEY}, or call `api_key` on the builder"
            )));
        };
        let mut value = HeaderValue::try_from(format!("Bearer {key}"))
            .map_err(|_| Error::config("the API key has characters that no header can hold"))?;
        value.set_sensitive(true);
        Ok(value)
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

/// Shorter than the 20 s after which Puma, the server that Lago runs in, has long closed idle connections
/// by default: a request that meets the closing is lost, and nobody knows if it was executed.
const IDLE: Duration = Duration::from_secs(15);

fn http_client(connect_timeout: Duration) -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // What is repeated is decided and counted here.
        .retry(reqwest::retry::never())
        .connect_timeout(connect_timeout)
        // A time limit of a call that ends before there is a connection is told apart.
        .connector_layer(connecting::Watch)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(|error| Error::config("the HTTP client cannot be made").because(error))
}

/// A header from text, or what is wrong with it.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let parsed =
        HeaderName::try_from(name).map_err(|_| format!("{name:?} is no name of a header"))?;
    // The value may be secret.
    let value = HeaderValue::try_from(value)
        .map_err(|_| format!("the header `{name}` has a value that no header can hold"))?;
    if parsed == AUTHORIZATION {
        return Err("the API key is set with `api_key`, not as a header".to_owned());
    }
    Ok((parsed, value))
}

/// The URL that paths are appended to: with `/api/v1`, without a slash at the end.
fn base_url(text: &str) -> Result<Url, Error> {
    let trimmed = text.trim();
    let wrong = |why: &str| Error::config(format!("the base URL {:?} {why}", printable(trimmed)));
    let mut url =
        Url::parse(trimmed).map_err(|_| wrong("is no URL; write `https://lago.example.com`"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong(
            "is no address of a web server; write `https://lago.example.com`",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::config(
            "the base URL holds a user or a password; the API key is all it takes",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(
            "has a query or a fragment; write only scheme, host and path",
        ));
    }
    let path = url.path().trim_end_matches('/');
    let path = match path.ends_with(VERSIONED_PATH) {
        true => path.to_owned(),
        false => format!("{path}{VERSIONED_PATH}"),
    };
    url.set_path(&path);
    Ok(url)
}

/// A base URL without the places where people put secrets, though none belongs there.
fn printable(url: &str) -> &str {
    match url.contains('@') {
        true => "[redacted]",
        false => url.split(['?', '#']).next().unwrap_or_default(),
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api_key", &self.api_key.as_ref().map(|_| "[redacted]"))
            .field("base_url", &printable(&self.base_url))
            .field("timeout", &self.timeout)
            .field("total_timeout", &self.total_timeout)
            .field("largest_response", &self.largest_response)
            .field("retry", &self.retry)
            .field("rate_limit_pacing", &self.pacing)
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
    fn the_version_is_added_to_the_path_when_it_is_missing() {
        for (given, used) in [
            (
                "https://lago.example.com",
                "https://lago.example.com/api/v1",
            ),
            (
                "https://lago.example.com/",
                "https://lago.example.com/api/v1",
            ),
            (
                "http://localhost:3000/api/v1/",
                "http://localhost:3000/api/v1",
            ),
            (
                " https://example.com/lago ",
                "https://example.com/lago/api/v1",
            ),
        ] {
            assert_eq!(base_url(given).unwrap().as_str(), used);
        }
    }

    #[test]
    fn what_cannot_work_is_an_error_of_build() {
        let builder = || ClientBuilder::new().api_key("key");
        assert!(complaint(ClientBuilder::new()).contains("LAGO_API_KEY"));
        assert!(complaint(builder().api_key(" ")).contains("no API key"));
        assert!(complaint(builder().base_url("lago.example.com")).contains("is no URL"));
        assert!(complaint(builder().base_url("ftp://x")).contains("web server"));
        assert!(complaint(builder().base_url("https://x/?a=1")).contains("query"));
        assert!(complaint(builder().header("a b", "c")).contains("no name of a header"));
        assert!(complaint(builder().header("a", "b\nc")).contains("`a`"));
        assert!(complaint(builder().header("Authorization", "c")).contains("api_key"));
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
        ] {
            let builder = ClientBuilder::new().api_key("key").base_url(url);
            assert!(!format!("{builder:?}").contains("that-is-secret"));
            assert!(!complaint(builder).contains("that-is-secret"));
        }
        let client = ClientBuilder::new()
            .api_key("that-is-secret")
            .build()
            .unwrap();
        assert!(!format!("{client:?}").contains("that-is-secret"));
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
    }
}
