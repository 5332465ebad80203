//! Signatures with the HMAC key of an organization.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::{Reason, VerifyError};
use super::headers::Algorithm;

/// In bytes, of HMAC-SHA256.
const TAG: usize = 32;

/// The signature that Lago would give a body: base64 of its HMAC-SHA256.
///
/// For tests of your own: it goes into the header [`SIGNATURE_HEADER`](super::SIGNATURE_HEADER).
///
/// ```
/// use lago_client::webhooks::{SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier, sign_hmac};
///
/// # fn main() -> Result<(), lago_client::webhooks::VerifyError> {
/// let body = br#"{"webhook_type": "tea.ready", "object_type": "tea", "tea": {"cups": 2}}"#;
/// let headers = [
///     (SIGNATURE_HEADER, sign_hmac("key", body)),
///     (UNIQUE_KEY_HEADER, "7d7a40ae-5e06-4d2b-a6ee-2fd2c8d9e0f3".to_owned()),
/// ];
/// let delivery = Verifier::hmac("key").verify(headers, body)?;
/// assert_eq!(delivery.webhook_type.to_string(), "tea.ready");
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn sign_hmac(key: impl AsRef<[u8]>, body: &[u8]) -> String {
    let key = Key::new(HMAC_SHA256, key.as_ref());
    STANDARD.encode(hmac::sign(&key, body))
}

/// The HMAC key of an organization, or that there is none.
pub(super) struct Secret(Option<Key>);

impl Secret {
    pub(super) fn new(key: &[u8]) -> Self {
        // Everybody knows the empty key.
        let is_secret = !key.is_empty();
        Self(is_secret.then(|| Key::new(HMAC_SHA256, key)))
    }

    /// Checks a signature in constant time.
    pub(super) fn check(&self, signature: &[u8], body: &[u8]) -> Result<(), VerifyError> {
        let key = self.0.as_ref();
        let key = key.ok_or(Reason::NoKey("the HMAC key is empty"))?;
        let tag = decode(signature).ok_or(Reason::Algorithm(Algorithm::Hmac.name()))?;
        hmac::verify(key, body, &tag).map_err(|_| Reason::Signature.into())
    }
}

/// The bytes of a signature, which is base64 in its one canonical form.
fn decode(signature: &[u8]) -> Option<[u8; TAG]> {
    // The decoder wants room for the padding too.
    let mut bytes = [0; TAG + 4];
    let length = STANDARD.decode_slice(signature, &mut bytes).ok()?;
    bytes[..length].try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test case 2 of RFC 4231.
    const KNOWN: &str = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";

    #[test]
    fn a_signature_is_the_known_answer() {
        assert_eq!(sign_hmac("Jefe", b"what do ya want for nothing?"), KNOWN);
    }

    #[test]
    fn only_the_canonical_form_is_a_signature() {
        assert!(decode(KNOWN.as_bytes()).is_some());
        for (what, text) in [
            ("no padding", KNOWN.trim_end_matches('=').to_owned()),
            ("padding twice", format!("{KNOWN}=")),
            ("a stray bit in the last letter", KNOWN.replace("M=", "N=")),
            (
                "the other alphabet",
                KNOWN.replace('/', "_").replace("W9", "-9"),
            ),
            ("a line break", format!("{KNOWN}\n")),
            ("one byte less", STANDARD.encode([0; TAG - 1])),
            ("one byte more", STANDARD.encode([0; TAG + 1])),
            ("nothing", String::new()),
        ] {
            assert_eq!(decode(text.as_bytes()), None, "{what}");
        }
    }

    #[test]
    fn an_empty_key_trusts_nobody() {
        let signature = sign_hmac("", b"{}");
        let error = Secret::new(b"").check(signature.as_bytes(), b"{}");
        let error = error.unwrap_err();
        assert_eq!(error.check(), super::super::Check::Key);
        assert!(error.to_string().contains("empty"), "{error}");
    }
}
