//! The RSA key of a Lago server, from the text in which the server tells it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::crypto::RsaKey;

/// In bytes, of the text. One of 8,192 bits has 2 KiB.
const LONGEST_TEXT: usize = 16 << 10;

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// A key that checks RS256 signatures.
pub(super) struct PublicKey {
    /// As it was read: its bytes are the key's one form.
    der: Vec<u8>,
    rsa: RsaKey,
}

/// Why a text is no key. It never quotes the text: people paste the wrong one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoPublicKey(&'static str);

impl PublicKey {
    /// Reads a PEM, or base64 of one, with or without line breaks: Lago has one after every 60
    /// characters.
    pub(super) fn parse(text: &str) -> Result<Self, NoPublicKey> {
        if text.len() > LONGEST_TEXT {
            return Err(NoPublicKey("the public key is too long to be one"));
        }
        let der = match text.trim_start().starts_with("-----") {
            true => der(text),
            false => decode(text).and_then(|pem| der(std::str::from_utf8(&pem).ok()?)),
        };
        let der = der.ok_or(NoPublicKey("the public key is no PEM of a public key"))?;
        let rsa = RsaKey::from_der(&der).ok_or(NoPublicKey(
            "the public key is no RSA key of 2,048 to 8,192 bits",
        ))?;
        Ok(Self { der, rsa })
    }

    /// Whether the signature is RSASSA-PKCS1-v1_5 with SHA-256 of the message.
    pub(super) fn verifies(&self, signature: &[u8], message: &[u8]) -> bool {
        self.rsa.verifies(signature, message)
    }

    /// Whether two are the same key.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

/// What stands between the lines of a PEM.
fn der(pem: &str) -> Option<Vec<u8>> {
    decode(pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    STANDARD.decode(symbols).ok()
}

impl fmt::Display for NoPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NoPublicKey {}
