//! Keys: one that stays, or one that somebody provides for each attempt.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::header::HeaderValue;

use crate::redact::REDACTED;
use crate::transport::error::BoxError;

/// An API key. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// A key, of which white space around it is no part.
    pub fn new(key: impl Into<String>) -> Self {
        let key: String = key.into();
        Self(key.trim().to_owned())
    }

    /// The key itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The header that holds it, or what is wrong with the key, in words that do not show it.
    pub(crate) fn header(&self) -> Result<HeaderValue, &'static str> {
        if self.0.is_empty() {
            return Err("the API key is empty");
        }
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0))
            .map_err(|_| "the API key has characters that no header can hold")?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl<T: Into<String>> From<T> for ApiKey {
    fn from(key: T) -> Self {
        Self::new(key)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApiKey").field(&REDACTED).finish()
    }
}

/// Provides the API key, where it changes while a program runs: it is rotated, or it stands in a vault.
///
/// ```
/// use std::sync::Mutex;
///
/// use lago_client::{ApiKey, Client, CredentialsProvider};
///
/// /// A key that somebody else replaces.
/// struct Current(Mutex<ApiKey>);
///
/// impl CredentialsProvider for Current {
///     async fn api_key(&self) -> Result<ApiKey, Box<dyn std::error::Error + Send + Sync>> {
///         Ok(self.0.lock().map_err(|_| "the key is gone")?.clone())
///     }
/// }
///
/// let provider = Current(Mutex::new(ApiKey::new("your-api-key")));
/// let lago = Client::builder().credentials(provider).build()?;
/// # Ok::<(), lago_client::Error>(())
/// ```
///
/// It is asked before each attempt, so it should know its answer: what asks a vault keeps what it got.
pub trait CredentialsProvider: Send + Sync + 'static {
    /// The key for the next attempt.
    ///
    /// The time that it takes counts as time of the attempt.
    ///
    /// # Errors
    ///
    /// When there is none. Then nothing is sent, and the call fails with
    /// [`is_credentials`](crate::Error::is_credentials). What the error says may be logged, so it must not hold a key.
    fn api_key(&self) -> impl Future<Output = Result<ApiKey, BoxError>> + Send;

    /// The server does not accept this key (401). What keeps a key forgets it here.
    ///
    /// Afterwards it is asked for a key again, and where that is another one, the call is tried again with it, within
    /// the limits of its [`RetryPolicy`](crate::RetryPolicy): a refusal of Lago's is proof that nothing was done. It
    /// may be told of a key that it has replaced already.
    fn rejected(&self, _key: &ApiKey) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

impl<P: CredentialsProvider> CredentialsProvider for Arc<P> {
    fn api_key(&self) -> impl Future<Output = Result<ApiKey, BoxError>> + Send {
        P::api_key(self)
    }

    fn rejected(&self, key: &ApiKey) -> impl Future<Output = ()> + Send {
        P::rejected(self, key)
    }
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A provider of any type: clients are compiled once for all of them.
pub(crate) trait AnyProvider: Send + Sync + 'static {
    fn api_key_boxed(&self) -> Boxed<'_, Result<ApiKey, BoxError>>;

    fn rejected_boxed<'a>(&'a self, key: &'a ApiKey) -> Boxed<'a, ()>;
}

impl<P: CredentialsProvider> AnyProvider for P {
    fn api_key_boxed(&self) -> Boxed<'_, Result<ApiKey, BoxError>> {
        Box::pin(self.api_key())
    }

    fn rejected_boxed<'a>(&'a self, key: &'a ApiKey) -> Boxed<'a, ()> {
        Box::pin(self.rejected(key))
    }
}

/// Where a client has its key from.
#[derive(Clone)]
pub(crate) enum Credentials {
    /// The header with it.
    Fixed(HeaderValue),
    Provided(Arc<dyn AnyProvider>),
}

impl Credentials {
    /// A key that stays, or what is wrong with it.
    pub(crate) fn fixed(key: &ApiKey) -> Result<Self, &'static str> {
        key.header().map(Self::Fixed)
    }

    pub(crate) fn provided(provider: impl CredentialsProvider) -> Self {
        Self::Provided(Arc::new(provider))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_not_printed_and_has_no_space_around_it() {
        let key = ApiKey::new(" key-that-is-secret\n");
        assert_eq!(key.expose(), "key-that-is-secret");
        assert_eq!(format!("{key:?}"), "ApiKey(\"[redacted]\")");
        let header = key.header().unwrap();
        assert!(header.is_sensitive() && header == "Bearer key-that-is-secret");
        for (wrong, said) in [(" ", "empty"), ("a\u{7f}secret", "characters")] {
            let why = ApiKey::new(wrong).header().unwrap_err();
            assert!(why.contains(said) && !why.contains("secret"), "{why}");
        }
    }
}
