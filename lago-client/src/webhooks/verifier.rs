//! What is trusted, and the way of a request from bytes to a delivery.

use std::fmt;
use std::sync::Arc;
#[cfg(feature = "axum")]
use std::time::Duration;

use bytes::Bytes;
use uuid::Uuid;

use super::delivery::Delivery;
use super::error::{Reason, VerifyError};
use super::fetch;
use super::headers::{Algorithm, Envelope};
use super::hmac::Secret;
use super::jwt::Token;
use super::keys::Keys;
use super::public_key::PublicKey;
use crate::client::Client;
use crate::error::Error;
use crate::redact::address;

/// In bytes, of a body that is in memory. The largest deliveries are invoices, which have some
/// kilobytes for each fee.
const LARGEST_BODY: usize = 16 << 20;

/// In bytes, of a body that is still to be read, for anyone who knows the address.
#[cfg(feature = "axum")]
const LARGEST_READ: usize = 2 << 20;

/// Lago gives up after 30 s, and a key may have to be fetched.
#[cfg(feature = "axum")]
const READ_TIMEOUT: Duration = Duration::from_secs(10);

const BLANK_ISSUER: &str = "the issuer is blank; it is the address that the server was set up with";

/// Checks that deliveries come from Lago and are about what they seem to be about.
///
/// Cheap to clone: clones share keys. It accepts one kind of signature, the one that it was made
/// for; what a delivery says of itself cannot change that.
#[derive(Clone)]
pub struct Verifier {
    trust: Arc<Trust>,
    /// Unless set, what is in memory and what is still to be read have limits of their own.
    max_body_bytes: Option<usize>,
    #[cfg(feature = "axum")]
    read_timeout: Duration,
    organization: Option<Uuid>,
}

/// Whose signatures are accepted.
enum Trust {
    Hmac(Box<Secret>),
    Jwt {
        key: PublicKey,
        issuer: Arc<str>,
    },
    Fetched {
        keys: Arc<Keys>,
        issuer: Arc<str>,
        /// In its background threads without a runtime wait.
        #[cfg(feature = "blocking")]
        lago: Client,
    },
    /// Nobody's, and why.
    Nobody(&'static str),
}

impl Verifier {
    fn new(trust: Trust) -> Self {
        Self {
            trust: Arc::new(trust),
            max_body_bytes: None,
            #[cfg(feature = "axum")]
            read_timeout: READ_TIMEOUT,
            organization: None,
        }
    }

    /// Trusts deliveries that are signed with the HMAC key of an organization, which is in Lago
    /// under *Developers*. Space around the key is left out.
    ///
    /// A blank key trusts nobody: every delivery is refused with 503 and a line that says so, and
    /// [`warm_up`](Self::warm_up) says it at the start.
    pub fn hmac(key: impl AsRef<[u8]>) -> Self {
        Self::new(match Secret::new(key.as_ref()) {
            Some(secret) => Trust::Hmac(Box::new(secret)),
            None => {
                Trust::Nobody("the HMAC key is blank; the right one is in Lago under Developers")
            }
        })
    }

    /// Trusts deliveries that a server signed with its RSA key.
    ///
    /// The key is what the server tells, PEM in base64, or the PEM. The issuer is the address of
    /// the server as it was set up (`LAGO_API_URL` there), with no path and as a rule without a
    /// slash at its end: `https://api.getlago.com`. It is compared as text, without space around it.
    /// When it is wrong, the error says which one came.
    ///
    /// All organizations of a server have the same key; see [`organization`](Self::organization).
    ///
    /// # Errors
    ///
    /// When the text is no public key for RSA of 2,048 to 8,192 bits, or the issuer is blank.
    pub fn jwt(public_key: impl AsRef<str>, issuer: impl Into<String>) -> Result<Self, Error> {
        let key = PublicKey::parse(public_key.as_ref())
            .map_err(|problem| Error::config(problem.to_string()))?;
        let issuer = trimmed(&issuer.into()).ok_or_else(|| Error::config(BLANK_ISSUER))?;
        Ok(Self::new(Trust::Jwt { key, issuer }))
    }

    /// Like [`jwt`](Self::jwt), with the key of a client's server and the address at which the
    /// client calls it as issuer.
    ///
    /// Nothing is fetched yet: [`receive`](Self::receive) does it for the first delivery,
    /// [`warm_up`](Self::warm_up) before. The key is kept. A signature that it did not make is a
    /// reason to ask for it again, one at a time and once in five seconds whatever arrives. So after
    /// a change of the key a genuine delivery is taken within the three times that Lago tries, also
    /// while others are forged, and if the server fails once. Of those that wait for a response, 64 at
    /// most and 16 MiB, the rest is refused with 503; they wait 10 s at most.
    ///
    /// To ask is one request that is not tried again, whatever the client's policy is. A server before
    /// 1.49.0, which has its key as text only, gets a second one.
    #[must_use]
    pub fn fetch(lago: &Client) -> Self {
        Self::fetch_with_issuer(lago, fetch::issuer(lago))
    }

    /// Like [`fetch`](Self::fetch), for a server that is called at one address and signs as
    /// another: by its name in a private network, say. A blank issuer trusts nobody.
    pub fn fetch_with_issuer(lago: &Client, issuer: impl Into<String>) -> Self {
        Self::new(match trimmed(&issuer.into()) {
            Some(issuer) => Trust::Fetched {
                keys: Arc::new(fetch::keys(lago)),
                issuer,
                #[cfg(feature = "blocking")]
                lago: lago.clone(),
            },
            None => Trust::Nobody(BLANK_ISSUER),
        })
    }

    /// Accepts deliveries of this organization only. Without it
    /// [`Delivery::organization_id`] says whose they are.
    ///
    /// A server signs for all of its organizations with one RSA key. On Lago Cloud everyone can
    /// have one, and have its webhooks sent to your address: a genuine JWT says that the server
    /// sent them, not that they are about you. HMAC keys belong to one organization.
    ///
    /// Servers before 1.33 do not name the organization; all that they send is refused then.
    #[must_use]
    pub fn organization(mut self, id: Uuid) -> Self {
        self.organization = Some(id);
        self
    }

    /// How many bytes a body may have. Unless set 2 MiB for the extractor of axum, which reads it
    /// from whoever sends it, and 16 MiB for a body that is in memory.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = Some(bytes);
        self
    }

    /// How long the extractor of axum reads a body: 10 s unless set. Whoever sends slower gets
    /// 408. Lago waits 30 s, and fetching a key takes 10 s at most.
    #[cfg(feature = "axum")]
    #[must_use]
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.read_timeout = limit;
        self
    }

    /// Checks a request and reads it.
    ///
    /// Headers are a reference to an [`http::HeaderMap`], or pairs of name and value. The body is the bytes as
    /// they came: what was parsed and written again has another signature.
    ///
    /// The body is copied; [`receive`](Self::receive) does not. It is also what fetches keys: a
    /// verifier of [`fetch`](Self::fetch) refuses everything here until there is one, and does not
    /// notice a new one.
    ///
    /// # Errors
    ///
    /// When any check fails; [`VerifyError::status`] is what to respond with.
    pub fn verify<I, N, V>(&self, headers: I, body: &[u8]) -> Result<Delivery, VerifyError>
    where
        I: IntoIterator<Item = (N, V)>,
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let envelope = self.open(headers)?;
        self.admit(body.len())?;
        self.check(&envelope, body)?;
        self.read(envelope, Bytes::copy_from_slice(body))
    }

    /// Like [`verify`](Self::verify), and asks the server for its key when there is none or the
    /// one that is known did not make the signature.
    ///
    /// # Errors
    ///
    /// When any check fails; [`VerifyError::status`] is what to respond with.
    pub async fn receive<I, N, V>(
        &self,
        headers: I,
        body: impl Into<Bytes>,
    ) -> Result<Delivery, VerifyError>
    where
        I: IntoIterator<Item = (N, V)>,
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let envelope = self.open(headers)?;
        self.receive_opened(envelope, body.into()).await
    }

    /// Fetches the key of a verifier from [`fetch`](Self::fetch), unless it is there. Called at
    /// the start of a service, it tells at once when the server cannot be reached or does not
    /// accept the API key, and of every verifier when it was given a blank key or issuer.
    ///
    /// # Errors
    ///
    /// When the key cannot be fetched, with the cause as source, or nobody is trusted.
    pub async fn warm_up(&self) -> Result<(), VerifyError> {
        match &*self.trust {
            Trust::Fetched { keys, .. } => keys.after(None, 0).await.map(|_| ()),
            Trust::Hmac(_) | Trust::Jwt { .. } | Trust::Nobody(_) => self.is_usable(),
        }
    }

    /// Whether anybody is trusted at all.
    pub(crate) fn is_usable(&self) -> Result<(), VerifyError> {
        self.algorithm().map(|_| ())
    }

    /// Like [`verify`](Self::verify), of a body that is not copied.
    #[cfg(feature = "blocking")]
    pub(crate) fn verify_owned<I, N, V>(
        &self,
        headers: I,
        body: Bytes,
    ) -> Result<Delivery, VerifyError>
    where
        I: IntoIterator<Item = (N, V)>,
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let envelope = self.open(headers)?;
        self.admit(body.len())?;
        self.check(&envelope, &body)?;
        self.read(envelope, body)
    }

    /// The client that fetches the key, where it is fetched: nothing else has to be waited for.
    #[cfg(feature = "blocking")]
    pub(crate) fn fetching(&self) -> Option<&Client> {
        match &*self.trust {
            Trust::Fetched { lago, .. } => Some(lago),
            Trust::Hmac(_) | Trust::Jwt { .. } | Trust::Nobody(_) => None,
        }
    }

    /// Reads the headers.
    pub(super) fn open<I, N, V>(&self, headers: I) -> Result<Envelope, VerifyError>
    where
        I: IntoIterator<Item = (N, V)>,
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        Envelope::read(headers, self.algorithm()?, self.limit())
    }

    /// The kind of signature that is accepted.
    fn algorithm(&self) -> Result<Algorithm, VerifyError> {
        match &*self.trust {
            Trust::Hmac(_) => Ok(Algorithm::Hmac),
            Trust::Jwt { .. } | Trust::Fetched { .. } => Ok(Algorithm::Jwt),
            Trust::Nobody(why) => Err(Reason::NoKey(why).into()),
        }
    }

    /// In bytes, of a body that is in memory.
    fn limit(&self) -> usize {
        self.max_body_bytes.unwrap_or(LARGEST_BODY)
    }

    /// In bytes and in time, of a body that is still to be read.
    #[cfg(feature = "axum")]
    pub(super) fn limits_of_reading(&self) -> (usize, Duration) {
        (
            self.max_body_bytes.unwrap_or(LARGEST_READ),
            self.read_timeout,
        )
    }

    /// Refuses a body for its size alone.
    fn admit(&self, bytes: usize) -> Result<(), VerifyError> {
        match bytes <= self.limit() {
            true => Ok(()),
            false => Err(Reason::TooLarge(self.limit()).into()),
        }
    }

    /// The way of [`receive`](Self::receive) from the headers on.
    pub(super) async fn receive_opened(
        &self,
        envelope: Envelope,
        body: Bytes,
    ) -> Result<Delivery, VerifyError> {
        self.admit(body.len())?;
        match &*self.trust {
            Trust::Fetched { keys, issuer, .. } => {
                let token = Token::read(&envelope.signature, body.len())?;
                let bytes = envelope.signature.len() + body.len();
                keys.check(bytes, |key| token.check(&body, key, issuer))
                    .await?;
            }
            Trust::Hmac(_) | Trust::Jwt { .. } | Trust::Nobody(_) => {
                self.check(&envelope, &body)?;
            }
        }
        self.read(envelope, body)
    }

    /// Checks the signature with what is known.
    fn check(&self, envelope: &Envelope, body: &[u8]) -> Result<(), VerifyError> {
        let signature = &envelope.signature;
        match &*self.trust {
            Trust::Hmac(secret) => secret.check(signature, body),
            Trust::Jwt { key, issuer } => {
                Token::read(signature, body.len())?.check(body, key, issuer)
            }
            Trust::Fetched { keys, issuer, .. } => {
                let key = keys.current();
                let key = key.ok_or(Reason::NoKey("the public key was not fetched yet"))?;
                Token::read(signature, body.len())?.check(body, &key, issuer)
            }
            Trust::Nobody(why) => Err(Reason::NoKey(why).into()),
        }
    }

    #[inline]
    fn read(&self, envelope: Envelope, body: Bytes) -> Result<Delivery, VerifyError> {
        Delivery::read(envelope.unique_key, body, self.organization)
    }
}

/// An issuer without the space around it; none of a blank one.
fn trimmed(issuer: &str) -> Option<Arc<str>> {
    Some(issuer.trim())
        .filter(|issuer| !issuer.is_empty())
        .map(Arc::from)
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trusts, issuer) = match &*self.trust {
            Trust::Hmac(_) => (Algorithm::Hmac.name(), None),
            Trust::Jwt { issuer, .. } | Trust::Fetched { issuer, .. } => {
                (Algorithm::Jwt.name(), Some(address(issuer)))
            }
            Trust::Nobody(_) => ("nobody", None),
        };
        f.debug_struct("Verifier")
            .field("trusts", &trusts)
            .field("issuer", &issuer)
            .field("organization", &self.organization)
            .field("max_body_bytes", &self.max_body_bytes)
            .finish_non_exhaustive()
    }
}
