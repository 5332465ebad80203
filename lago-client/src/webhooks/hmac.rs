//! Signatures with the HMAC key of an organization.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::crypto::{HmacKey, TAG};
use super::error::{Reason, VerifyError};
use super::headers::Algorithm;

/// The signature that Lago would give a body: base64 of its HMAC-SHA256. Space around the key is left
/// out, as by [`Verifier::hmac`](super::Verifier::hmac).
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
    STANDARD.encode(HmacKey::new(trimmed(key.as_ref())).sign(body))
}

/// The HMAC key of an organization.
pub(super) struct Secret(HmacKey);

impl Secret {
    /// None of a blank key, which everybody knows.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        let key = trimmed(key);
        (!key.is_empty()).then(|| Self(HmacKey::new(key)))
    }

    /// Checks a signature in constant time.
    pub(super) fn check(&self, signature: &[u8], body: &[u8]) -> Result<(), VerifyError> {
        let tag = decode(signature).ok_or(Reason::Algorithm(Algorithm::Hmac.name()))?;
        match self.0.verifies(&tag, body) {
            true => Ok(()),
            false => Err(Reason::Signature.into()),
        }
    }
}

/// A key without the space around it, which comes from files and from copying, as API keys are.
fn trimmed(key: &[u8]) -> &[u8] {
    std::str::from_utf8(key).map_or(key.trim_ascii(), |text| text.trim().as_bytes())
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
    fn space_around_a_key_is_none_of_it() {
        for key in [
            "Jefe",
            " Jefe",
            "Jefe\n",
            "\t Jefe \r\n",
            "\u{a0}Jefe\u{2003}",
        ] {
            assert_eq!(sign_hmac(key, b"what do ya want for nothing?"), KNOWN);
            let secret = Secret::new(key.as_bytes()).expect("a key");
            let checked = secret.check(KNOWN.as_bytes(), b"what do ya want for nothing?");
            assert!(checked.is_ok(), "{key:?}");
        }
        // What is no text is trimmed of what is space in ASCII.
        assert_eq!(trimmed(b" \xff \n"), b"\xff");
        for blank in ["", " ", "\n", "\r\n\t ", "\u{a0}"] {
            assert!(Secret::new(blank.as_bytes()).is_none(), "{blank:?}");
        }
    }
}
