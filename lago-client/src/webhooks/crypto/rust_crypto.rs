//! RustCrypto: `hmac`, `sha2` and `rsa`. There are no private keys here, so that RUSTSEC-2023-0071, which is about how
//! long operations with private keys take, does not apply.

use hmac::{Hmac, KeyInit, Mac};
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::signature::Verifier;
use rsa::{BoxedUint, PublicKey};
use sha2::Sha256;

use super::{TAG, spki};

/// A key of HMAC-SHA256.
pub(in crate::webhooks) struct HmacKey(Hmac<Sha256>);

impl HmacKey {
    pub(in crate::webhooks) fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    pub(in crate::webhooks) fn sign(&self, message: &[u8]) -> impl AsRef<[u8]> {
        self.0.clone().chain_update(message).finalize().into_bytes()
    }

    /// In constant time.
    pub(in crate::webhooks) fn verifies(&self, tag: &[u8; TAG], message: &[u8]) -> bool {
        let computed = self.0.clone().chain_update(message);
        computed.verify_slice(tag).is_ok()
    }
}

/// A public RSA key of 2,048 to 8,192 bits.
pub(in crate::webhooks) struct RsaKey(VerifyingKey<Sha256>);

impl RsaKey {
    /// Reads the DER of a `SubjectPublicKeyInfo`.
    pub(in crate::webhooks) fn from_der(der: &[u8]) -> Option<Self> {
        let spki::RsaNumbers { modulus, exponent } = spki::read(der)?;
        let number = BoxedUint::from_be_slice_vartime;
        let (n, e) = (number(modulus), number(exponent));
        let key = PublicKey::new_with_size_limits(n, e, spki::SIZES).ok()?;
        Some(Self(VerifyingKey::new(key)))
    }

    /// Whether the signature is RSASSA-PKCS1-v1_5 with SHA-256 of the message.
    pub(in crate::webhooks) fn verifies(&self, signature: &[u8], message: &[u8]) -> bool {
        let signature = Signature::try_from(signature);
        signature.is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}
