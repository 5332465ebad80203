//! Why a delivery is refused: which check failed, and nothing secret.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::error::Chain;
use crate::redact::address;
use crate::redact::{long, short};

/// A cause that several deliveries share: one attempt to fetch a key can fail all that waited.
pub(super) type Cause = Arc<dyn StdError + Send + Sync>;

/// Why a delivery is refused.
///
/// [`check`](Self::check) says which check failed, [`status`](Self::status) what to respond with.
/// `Display` is one line, made for logs and for the response: it quotes neither keys nor signatures
/// nor the body. Lago keeps the response and shows it beside the webhook. `Debug` is that line with its
/// cause and advice for whoever runs the receiver.
#[derive(Clone)]
pub struct VerifyError {
    reason: Reason,
    source: Option<Cause>,
}

/// Which check a delivery failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Check {
    /// A header of Lago's is missing, there twice, or has a value that it cannot have.
    Headers,
    /// The body is larger than allowed.
    Size,
    /// The body did not come in time.
    Time,
    /// The signature is said or seen to be of another kind than the one that is expected.
    Algorithm,
    /// The signature is not what the key makes of this delivery: someone else signed it, or it was
    /// changed.
    Signature,
    /// The signature is genuine, from another issuer.
    Issuer,
    /// The signature is genuine, of another body.
    Body,
    /// The delivery is genuine, of another organization.
    Organization,
    /// The delivery is genuine, and its body is no webhook.
    Content,
    /// There is no key to check the signature with, or not yet.
    Key,
}

/// A check and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Missing(&'static str),
    Repeated(&'static str),
    /// A header with a value that it cannot have.
    Unusable(&'static str),
    /// In bytes.
    TooLarge(usize),
    /// The body ended before it was complete.
    #[cfg_attr(
        not(feature = "axum"),
        expect(dead_code, reason = "only an extractor reads a body")
    )]
    Incomplete,
    /// The body was not complete after so long.
    #[cfg_attr(
        not(feature = "axum"),
        expect(dead_code, reason = "only an extractor reads a body")
    )]
    Late(Duration),
    /// The algorithm that is expected.
    Algorithm(&'static str),
    Signature,
    /// Both are public, and the one that was found is signed.
    Issuer {
        expected: Arc<str>,
        found: Option<String>,
    },
    OtherBody,
    Organization,
    NoWebhook,
    /// Why there is no key.
    NoKey(&'static str),
    /// The source says why nobody waits for a key.
    #[cfg(feature = "blocking")]
    CannotWait,
}

impl VerifyError {
    pub(super) fn with_source(mut self, source: Cause) -> Self {
        self.source = Some(source);
        self
    }

    /// Nothing can wait for a key here, and why.
    #[cfg(feature = "blocking")]
    pub(crate) fn cannot_wait(why: Cause) -> Self {
        Self::from(Reason::CannotWait).with_source(why)
    }

    /// Which check failed.
    #[must_use]
    pub fn check(&self) -> Check {
        match self.reason {
            Reason::Missing(_) | Reason::Repeated(_) | Reason::Unusable(_) => Check::Headers,
            Reason::TooLarge(_) => Check::Size,
            Reason::Late(_) => Check::Time,
            Reason::Algorithm(_) => Check::Algorithm,
            Reason::Signature => Check::Signature,
            Reason::Issuer { .. } => Check::Issuer,
            Reason::OtherBody => Check::Body,
            Reason::Organization => Check::Organization,
            Reason::NoWebhook | Reason::Incomplete => Check::Content,
            Reason::NoKey(_) => Check::Key,
            #[cfg(feature = "blocking")]
            Reason::CannotWait => Check::Key,
        }
    }

    /// What to respond with: 400 to what is malformed, 413 to what is too large, 408 to what does not come
    /// in time, 401 to what cannot be trusted, 503 when there is no key to say so.
    ///
    /// Lago delivers again, twice by default, whatever the refusal is.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.check() {
            Check::Headers | Check::Content => StatusCode::BAD_REQUEST,
            Check::Size => StatusCode::PAYLOAD_TOO_LARGE,
            Check::Time => StatusCode::REQUEST_TIMEOUT,
            Check::Key => StatusCode::SERVICE_UNAVAILABLE,
            Check::Algorithm
            | Check::Signature
            | Check::Issuer
            | Check::Body
            | Check::Organization => StatusCode::UNAUTHORIZED,
        }
    }
}

impl From<Reason> for VerifyError {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            source: None,
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Missing(header) => write!(f, "the header {header} is missing"),
            Reason::Repeated(header) => write!(f, "the header {header} is there more than once"),
            Reason::Unusable(header) => write!(f, "the header {header} has no value of Lago's"),
            Reason::TooLarge(limit) => write!(f, "the body has more than {limit} bytes"),
            Reason::Incomplete => f.write_str("the body is incomplete"),
            Reason::Late(limit) => write!(f, "the body was not complete after {limit:?}"),
            Reason::Algorithm(expected) => write!(f, "the signature is none of kind {expected}"),
            Reason::Signature => f.write_str("the signature does not match"),
            Reason::Issuer { expected, found } => {
                let found = short(found.as_deref().unwrap_or_default());
                // What is expected may be a key that was taken for an address.
                let expected = address(expected);
                write!(f, "the signature is of issuer {found:?}, not {expected:?}")
            }
            Reason::OtherBody => f.write_str("the signature is of another body"),
            Reason::Organization => f.write_str("the delivery is of another organization"),
            Reason::NoWebhook => f.write_str("the body is no webhook of Lago's"),
            Reason::NoKey(why) => f.write_str(why),
            #[cfg(feature = "blocking")]
            Reason::CannotWait => f.write_str("the public key cannot be waited for"),
        }
    }
}

/// What `unwrap` and `main` print: the line, its cause, and what to do. With `{:#?}` the details.
impl fmt::Debug for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = self.source().map(|cause| long(Chain(cause)).to_string());
        if f.alternate() {
            return f
                .debug_struct("VerifyError")
                .field("check", &self.check())
                .field("status", &self.status().as_u16())
                .field("message", &self.to_string())
                .field("source", &cause)
                .field("advice", &self.advice())
                .finish();
        }
        write!(f, "{self}")?;
        if let Some(cause) = cause {
            write!(f, ": {cause}")?;
        }
        match self.advice() {
            Some(advice) => write!(f, ". {advice}"),
            None => Ok(()),
        }
    }
}

impl VerifyError {
    /// What to do about it on this side, where there is something.
    fn advice(&self) -> Option<&'static str> {
        // Its cause says what to do.
        #[cfg(feature = "blocking")]
        if self.reason == Reason::CannotWait {
            return None;
        }
        Some(match self.check() {
            Check::Headers => "Does a proxy before the receiver drop headers?",
            Check::Size => "`max_body_bytes` of the verifier sets the limit",
            Check::Time => "`read_timeout` of the verifier sets the limit",
            Check::Algorithm => {
                "Does the endpoint in Lago sign in the way that the verifier was made for?"
            }
            Check::Signature => {
                "Unless it is forged: is it the key of this organization or server, and the body as it came?"
            }
            Check::Issuer => "Unless it is forged: give the verifier the issuer that was found",
            Check::Key if self.source.is_some() => "Lago delivers again",
            Check::Key | Check::Body | Check::Organization | Check::Content => return None,
        })
    }
}

impl StdError for VerifyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}
