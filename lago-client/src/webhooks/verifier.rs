//! What is trusted, and the way of a request from bytes to a delivery.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use super::delivery::Delivery;
use super::error::{Check, Reason, VerifyError};
use super::fetch;
use super::headers::{Algorithm, Envelope};
use super::hmac::Secret;
use super::jwt::Token;
use super::keys::Keys;
use super::public_key::PublicKey;
use crate::base_url::printable;
use crate::client::Client;
use crate::error::Error;

/// In bytes. The largest deliveries are invoices, which have some kilobytes for each fee.
const LARGEST_BODY: usize = 16 << 20;

/// Checks that deliveries come from Lago and are about what they seem to be about.
///
/// Cheap to clone: clones share keys. It accepts one kind of signature, the one that it was made
/// for; what a delivery says of itself cannot change that.
#[derive(Clone)]
pub struct Verifier {
    trust: Arc<Trust>,
    largest_body: usize,
    organization: Option<Uuid>,
}

/// Whose signatures are accepted.
enum Trust {
    Hmac(Box<Secret>),
    Jwt { key: PublicKey, issuer: Arc<str> },
    Fetched { keys: Arc<Keys>, issuer: Arc<str> },
}

impl Verifier {
    fn new(trust: Trust) -> Self {
        Self {
            trust: Arc::new(trust),
            largest_body: LARGEST_BODY,
            organization: None,
        }
    }

    /// Trusts deliveries that are signed with the HMAC key of an organization, which is in Lago
    /// under *Developers*. An empty key trusts nobody.
    pub fn hmac(key: impl AsRef<[u8]>) -> Self {
        Self::new(Trust::Hmac(Box::new(Secret::new(key.as_ref()))))
    }

    /// Trusts deliveries that a server signed with its RSA key.
    ///
    /// The key is what the server tells, PEM in base64, or the PEM. The issuer is the address of
    /// the server as it was set up (`LAGO_API_URL` there), with no path and as a rule without a
    /// slash at its end: `https://api.getlago.com`. It is compared as text. When it is wrong, the
    /// error says which one came.
    ///
    /// All organizations of a server have the same key; see [`organization`](Self::organization).
    ///
    /// # Errors
    ///
    /// When the text is no public key for RSA of 2,048 to 8,192 bits.
    pub fn jwt(public_key: impl AsRef<str>, issuer: impl Into<String>) -> Result<Self, Error> {
        let key = PublicKey::parse(public_key.as_ref())
            .map_err(|problem| Error::config(problem.to_string()))?;
        let issuer = Arc::from(issuer.into());
        Ok(Self::new(Trust::Jwt { key, issuer }))
    }

    /// Like [`jwt`](Self::jwt), with the key of a client's server and the address at which the
    /// client calls it as issuer.
    ///
    /// Nothing is fetched yet: [`receive`](Self::receive) does it for the first delivery,
    /// [`warm_up`](Self::warm_up) before. The key is kept. A signature that it did not make is a
    /// reason to ask for it again, once a minute at most, and once for all that wait.
    #[must_use]
    pub fn fetch(lago: &Client) -> Self {
        Self::fetch_with_issuer(lago, fetch::issuer(lago))
    }

    /// Like [`fetch`](Self::fetch), for a server that is called at one address and signs as
    /// another: by its name in a private network, say.
    pub fn fetch_with_issuer(lago: &Client, issuer: impl Into<String>) -> Self {
        let keys = Arc::new(fetch::keys(lago));
        let issuer = Arc::from(issuer.into());
        Self::new(Trust::Fetched { keys, issuer })
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

    /// How many bytes a body may have: 16 MiB unless set.
    #[must_use]
    pub fn largest_body(mut self, bytes: usize) -> Self {
        self.largest_body = bytes;
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
    /// When any check fails; [`VerifyError::status`] is what to answer.
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
    /// When any check fails; [`VerifyError::status`] is what to answer.
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
    /// accept the API key. Other verifiers have nothing to fetch.
    ///
    /// # Errors
    ///
    /// When the key cannot be fetched; the cause is the source.
    pub async fn warm_up(&self) -> Result<(), VerifyError> {
        match &*self.trust {
            Trust::Fetched { keys, .. } => keys.after(None).await.map(|_| ()),
            Trust::Hmac(_) | Trust::Jwt { .. } => Ok(()),
        }
    }

    /// Reads the headers.
    pub(super) fn open<I, N, V>(&self, headers: I) -> Result<Envelope, VerifyError>
    where
        I: IntoIterator<Item = (N, V)>,
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        let algorithm = match &*self.trust {
            Trust::Hmac(_) => Algorithm::Hmac,
            Trust::Jwt { .. } | Trust::Fetched { .. } => Algorithm::Jwt,
        };
        Envelope::read(headers, algorithm, self.largest_body)
    }

    /// In bytes, of a body.
    #[cfg(feature = "axum")]
    pub(super) fn limit(&self) -> usize {
        self.largest_body
    }

    /// Refuses a body for its size alone.
    pub(super) fn admit(&self, bytes: usize) -> Result<(), VerifyError> {
        match bytes <= self.largest_body {
            true => Ok(()),
            false => Err(Reason::TooLarge(self.largest_body).into()),
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
            Trust::Fetched { keys, issuer } => {
                let token = Token::read(&envelope.signature, body.len())?;
                check_fetching(keys, issuer, &token, &body).await?;
            }
            Trust::Hmac(_) | Trust::Jwt { .. } => self.check(&envelope, &body)?,
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
            Trust::Fetched { keys, issuer } => {
                let key = keys.current();
                let key = key.ok_or(Reason::NoKey("the public key was not fetched yet"))?;
                Token::read(signature, body.len())?.check(body, &key, issuer)
            }
        }
    }

    fn read(&self, envelope: Envelope, body: Bytes) -> Result<Delivery, VerifyError> {
        Delivery::read(envelope.unique_key, body, self.organization)
    }
}

/// Checks a token with the key that is held, and with the one that follows it.
async fn check_fetching(
    keys: &Arc<Keys>,
    issuer: &Arc<str>,
    token: &Token<'_>,
    body: &[u8],
) -> Result<(), VerifyError> {
    let held = keys.current();
    if let Some(key) = &held {
        match token.check(body, key, issuer) {
            Err(error) if error.check() == Check::Signature => {}
            outcome => return outcome,
        }
    }
    let next = keys.after(held.as_ref()).await?;
    token.check(body, &next, issuer)
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (algorithm, issuer) = match &*self.trust {
            Trust::Hmac(_) => (Algorithm::Hmac, None),
            Trust::Jwt { issuer, .. } | Trust::Fetched { issuer, .. } => {
                (Algorithm::Jwt, Some(printable(issuer)))
            }
        };
        f.debug_struct("Verifier")
            .field("algorithm", &algorithm.name())
            .field("issuer", &issuer)
            .field("organization", &self.organization)
            .field("largest_body", &self.largest_body)
            .finish_non_exhaustive()
    }
}
