//! ring.

use ring::hmac::{self, HMAC_SHA256};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

use super::{TAG, spki};

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
pub(in crate::webhooks) struct RsaKey(RsaPublicKeyComponents<Vec<u8>>);

impl RsaKey {
    /// Reads the DER of a `SubjectPublicKeyInfo`.
    pub(in crate::webhooks) fn from_der(der: &[u8]) -> Option<Self> {
        let spki::RsaNumbers { modulus, exponent } = spki::read(der)?;
        let (n, e) = (modulus.to_vec(), exponent.to_vec());
        Some(Self(RsaPublicKeyComponents { n, e }))
    }

    /// Whether the signature is RSASSA-PKCS1-v1_5 with SHA-256 of the message.
    pub(in crate::webhooks) fn verifies(&self, signature: &[u8], message: &[u8]) -> bool {
        let algorithm = &RSA_PKCS1_2048_8192_SHA256;
        self.0.verify(algorithm, message, signature).is_ok()
    }
}
