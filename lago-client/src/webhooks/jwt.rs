//! Signatures with the RSA key of a Lago server: a JWT that repeats the body.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::{Reason, VerifyError};
use super::headers::Algorithm;
use super::public_key::PublicKey;
use crate::fields::Fields;

/// The only algorithm of JWTs from Lago: RSASSA-PKCS1-v1_5 with SHA-256.
const RS256: &str = "RS256";

/// In base64. Lago's own header has 20 characters.
const LONGEST_HEADER: usize = 1 << 10;

/// A JWT that is of the one algorithm as far as it says.
pub(super) struct Token<'a> {
    /// Still encoded.
    claims: &'a [u8],
    signature: Vec<u8>,
    /// What is signed: header and claims, encoded, with the dot between them.
    message: &'a [u8],
}

impl<'a> Token<'a> {
    /// Takes the signature of a body of so many bytes apart. No key is needed for that.
    pub(super) fn read(signature: &'a [u8], body: usize) -> Result<Self, VerifyError> {
        Algorithm::Jwt.admit(signature, body)?;
        let token = Self::parse(signature);
        token.ok_or(Reason::Algorithm(Algorithm::Jwt.name()).into())
    }

    fn parse(token: &'a [u8]) -> Option<Self> {
        let mut parts = token.split(|byte| *byte == b'.');
        let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || header.len() > LONGEST_HEADER {
            return None;
        }
        let message = &token[..header.len() + 1 + claims.len()];
        // What the header says of keys is not for us: there is one. `crit` names extensions that a reader must know,
        // and we know none (RFC 7515, section 4.1.11).
        let header = URL_SAFE_NO_PAD.decode(header).ok()?;
        let header = Fields::read(&header)?;
        if header.get::<String>("alg")? != RS256 || header.has("crit") {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self {
            claims,
            signature,
            message,
        })
    }

    /// Checks that it is of this key and issuer, and about this body.
    pub(super) fn check(
        &self,
        body: &[u8],
        key: &PublicKey,
        issuer: &Arc<str>,
    ) -> Result<(), VerifyError> {
        if !key.verifies(&self.signature, self.message) {
            return Err(Reason::Signature.into());
        }
        // Signed by Lago, and still not about a delivery perhaps.
        let claims = URL_SAFE_NO_PAD.decode(self.claims).unwrap_or_default();
        let claims = Fields::read(&claims).ok_or(Reason::OtherBody)?;
        // The whole body.
        let data: String = claims.get("data").ok_or(Reason::OtherBody)?;
        // The server's public address.
        let found: Option<String> = match claims.has("iss") {
            true => claims.get("iss").ok_or(Reason::OtherBody)?,
            false => None,
        };
        if found.as_deref() != Some(&**issuer) {
            let expected = Arc::clone(issuer);
            return Err(Reason::Issuer { expected, found }.into());
        }
        // Whoever delivers knows both: there is nothing to learn from how long this takes.
        match data.as_bytes() == body {
            true => Ok(()),
            false => Err(Reason::OtherBody.into()),
        }
    }
}
