//! The three headers of a delivery.

use super::error::{Reason, VerifyError};

/// The signature: base64 of an HMAC, or a JWT.
pub const SIGNATURE_HEADER: &str = "x-lago-signature";

/// Which of the two the signature is, `hmac` or `jwt`. Nothing is decided by it: it is not signed.
pub const ALGORITHM_HEADER: &str = "x-lago-signature-algorithm";

/// The id of the webhook, the same each time that it is delivered.
pub const UNIQUE_KEY_HEADER: &str = "x-lago-unique-key";

/// In bytes. Lago sends a UUID.
const LONGEST_UNIQUE_KEY: usize = 128;

/// A kind of signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Hmac,
    Jwt,
}

impl Algorithm {
    /// As the header says it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hmac => "hmac",
            Self::Jwt => "jwt",
        }
    }

    /// How long the signature of a body of so many bytes can be.
    fn longest(self, body: usize) -> usize {
        match self {
            // 32 bytes in base64.
            Self::Hmac => 44,
            // The body as a JSON string (six bytes for one at worst), in base64 (four for three),
            // and room for the issuer, the JWT's own header and the RSA signature.
            Self::Jwt => body.saturating_mul(8).saturating_add(8 << 10),
        }
    }

    /// Refuses a signature that is too long for its body, before anything is done with it.
    pub(super) fn admit(self, signature: &[u8], body: usize) -> Result<(), VerifyError> {
        match signature.len() <= self.longest(body) {
            true => Ok(()),
            false => Err(Reason::Algorithm(self.name()).into()),
        }
    }
}

/// What the headers say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) signature: Vec<u8>,
    pub(super) unique_key: String,
}

impl Envelope {
    /// Reads the headers of a delivery whose body has at most so many bytes.
    ///
    /// Each may stand there once: of two values, something before us may have checked the other.
    pub(super) fn read<I, N, V>(
        headers: I,
        algorithm: Algorithm,
        max_body_bytes: usize,
    ) -> Result<Self, VerifyError>
    where
        I: IntoIterator<Item = (N, V)>,
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        const NAMES: [&str; 3] = [SIGNATURE_HEADER, ALGORITHM_HEADER, UNIQUE_KEY_HEADER];
        let mut found: [Option<V>; 3] = [None, None, None];
        for (name, value) in headers {
            let known = NAMES
                .iter()
                .position(|known| known.eq_ignore_ascii_case(name.as_ref()));
            if let Some(place) = known
                && found[place].replace(value).is_some()
            {
                return Err(Reason::Repeated(NAMES[place]).into());
            }
        }
        let [signature, said, unique_key] = found;
        let signature = signature.ok_or(Reason::Missing(SIGNATURE_HEADER))?;
        let unique_key = unique_key.ok_or(Reason::Missing(UNIQUE_KEY_HEADER))?;
        if said.is_some_and(|said| said.as_ref() != algorithm.name().as_bytes()) {
            return Err(Reason::Algorithm(algorithm.name()).into());
        }
        algorithm.admit(signature.as_ref(), max_body_bytes)?;
        Ok(Self {
            signature: signature.as_ref().to_vec(),
            unique_key: text(unique_key.as_ref())?,
        })
    }
}

/// A unique key: it is stored and logged, so nothing but plain characters.
fn text(unique_key: &[u8]) -> Result<String, VerifyError> {
    let is_plain = (1..=LONGEST_UNIQUE_KEY).contains(&unique_key.len())
        && unique_key.iter().all(u8::is_ascii_graphic);
    match std::str::from_utf8(unique_key) {
        Ok(text) if is_plain => Ok(text.to_owned()),
        _ => Err(Reason::Unusable(UNIQUE_KEY_HEADER).into()),
    }
}
