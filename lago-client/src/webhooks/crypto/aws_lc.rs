//! aws-lc-rs.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};

use super::TAG;

/// A key of HMAC-SHA256.
pub(in crate::webhooks) struct HmacKey(hmac::Key);

impl HmacKey {
    pub(in crate::webhooks) fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(HMAC_SHA256, key))
    }

    pub(in crate::webhooks) fn sign(&self, message: &[u8]) -> impl AsRef<[u8]> {
        hmac::sign(&self.0, message)
    }

    /// In constant time.
    pub(in crate::webhooks) fn verifies(&self, tag: &[u8; TAG], message: &[u8]) -> bool {
        hmac::verify(&self.0, message, tag).is_ok()
    }
}

/// A public RSA key of 2,048 to 8,192 bits.
pub(in crate::webhooks) struct RsaKey(ParsedPublicKey);

impl RsaKey {
    /// Reads the DER of a `SubjectPublicKeyInfo`.
    pub(in crate::webhooks) fn from_der(der: &[u8]) -> Option<Self> {
        // It looks at the size too, which the other would do only when it meets a signature.
        PublicEncryptingKey::from_der(der).ok()?;
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).ok()?;
        Some(Self(key))
    }

    /// Whether the signature is RSASSA-PKCS1-v1_5 with SHA-256 of the message.
    pub(in crate::webhooks) fn verifies(&self, signature: &[u8], message: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}
