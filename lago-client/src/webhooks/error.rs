//! Why a delivery is refused: which check failed, and nothing secret.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use crate::base_url::printable;

/// A cause that several deliveries share: one attempt to fetch a key can fail all that waited.
pub(super) type Cause = Arc<dyn StdError + Send + Sync>;

/// Why a delivery is refused.
///
/// [`check`](Self::check) says which check failed, [`status`](Self::status) what to answer.
/// `Display` is one line, made for logs and for the answer: it quotes neither keys nor signatures
/// nor the body. Lago keeps the answer and shows it beside the webhook.
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
    /// There is no key to check the signature with.
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
}

impl VerifyError {
    pub(super) fn because(mut self, source: Cause) -> Self {
        self.source = Some(source);
        self
    }

    /// Which check failed.
    #[must_use]
    pub fn check(&self) -> Check {
        match self.reason {
            Reason::Missing(_) | Reason::Repeated(_) | Reason::Unusable(_) => Check::Headers,
            Reason::TooLarge(_) => Check::Size,
            Reason::Algorithm(_) => Check::Algorithm,
            Reason::Signature => Check::Signature,
            Reason::Issuer { .. } => Check::Issuer,
            Reason::OtherBody => Check::Body,
            Reason::Organization => Check::Organization,
            Reason::NoWebhook | Reason::Incomplete => Check::Content,
            Reason::NoKey(_) => Check::Key,
        }
    }

    /// What to answer: 400 to what is malformed, 413 to what is too large, 401 to what cannot be
    /// trusted, 503 when there is no key to say so.
    ///
    /// Lago delivers again, twice by default, whatever the refusal is.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.check() {
            Check::Headers | Check::Content => StatusCode::BAD_REQUEST,
            Check::Size => StatusCode::PAYLOAD_TOO_LARGE,
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
            Reason::Algorithm(expected) => write!(f, "the signature is none of kind {expected}"),
            Reason::Signature => f.write_str("the signature does not match"),
            Reason::Issuer { expected, found } => {
                let found = found.as_deref().unwrap_or_default();
                // What is expected may be a key that was taken for an address.
                let expected = printable(expected);
                write!(f, "the signature is of issuer {found:?}, not {expected:?}")
            }
            Reason::OtherBody => f.write_str("the signature is of another body"),
            Reason::Organization => f.write_str("the delivery is of another organization"),
            Reason::NoWebhook => f.write_str("the body is no webhook of Lago's"),
            Reason::NoKey(why) => f.write_str(why),
        }
    }
}

/// `Debug` is what `unwrap` prints: the line, and no cause, which may quote what was received.
impl fmt::Debug for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyError")
            .field("check", &self.check())
            .field("status", &self.status().as_u16())
            .field("message", &self.to_string())
            .finish_non_exhaustive()
    }
}

impl StdError for VerifyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}
