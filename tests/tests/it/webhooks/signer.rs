//! A Lago server's signing key, for tests.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

/// The header of Lago's tokens.
pub(crate) const RS256: &str = r#"{"alg":"RS256"}"#;

static KEYS: LazyLock<[RsaKeyPair; 3]> =
    LazyLock::new(|| [(); 3].map(|()| RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));

/// One of three keys, made anew for each run.
#[derive(Clone, Copy)]
pub(crate) struct Signer(usize);

impl Signer {
    pub(crate) const FIRST: Self = Self(0);
    pub(crate) const SECOND: Self = Self(1);
    /// No server tells this one.
    pub(crate) const FORGER: Self = Self(2);

    fn key(self) -> &'static RsaKeyPair {
        &KEYS[self.0]
    }

    pub(crate) fn der(self) -> Vec<u8> {
        let der: PublicKeyX509Der<'_> = self.key().public_key().as_der().unwrap();
        der.as_ref().to_vec()
    }

    pub(crate) fn pem(self) -> String {
        let body = lines(&STANDARD.encode(self.der()), 64);
        format!("-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n")
    }

    /// The public key as the server tells it.
    pub(crate) fn told(self) -> String {
        lines(&STANDARD.encode(self.pem()), 60)
    }

    /// The signature of a delivery.
    pub(crate) fn deliver(self, body: &str, issuer: &str) -> String {
        let claims = json!({"data": body, "iss": issuer}).to_string();
        self.token(RS256, claims)
    }

    /// A JWT of a header and claims, whatever they are.
    pub(crate) fn token(self, header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
        let message = message(header, claims);
        let mut signature = vec![0; self.key().public_modulus_len()];
        let random = SystemRandom::new();
        self.key()
            .sign(
                &RSA_PKCS1_SHA256,
                &random,
                message.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What a JWT signs.
pub(crate) fn message(header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
    let (header, claims) = (
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims),
    );
    format!("{header}.{claims}")
}

fn lines(text: &str, length: usize) -> String {
    let lines = text.as_bytes().chunks(length);
    lines
        .map(|line| format!("{}\n", String::from_utf8_lossy(line)))
        .collect()
}
