//! The secret that callers of the gateway have, which is none of Lago's.

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use subtle::ConstantTimeEq;

use crate::gateway::keys::bearer;
use crate::redact::REDACTED;

/// In bytes. What is shorter can be guessed.
const SHORTEST: usize = 16;

/// What a caller has to bring as `Authorization: Bearer …`. It is never printed.
#[derive(Clone)]
pub(crate) struct Bearer(String);

impl Bearer {
    /// A secret, of which white space around it is no part.
    ///
    /// # Errors
    ///
    /// When it is shorter than 16 bytes, or has characters that no header can hold. The message does not show it.
    pub(crate) fn new(secret: &str) -> Result<Self, String> {
        let secret = secret.trim();
        if secret.len() < SHORTEST {
            return Err(format!(
                "has {} bytes, and fewer than {SHORTEST} can be guessed; `openssl rand -hex 32` makes a good one",
                secret.len()
            ));
        }
        match secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Ok(Self(secret.to_owned())),
            false => Err("has characters other than printable ASCII without spaces".to_owned()),
        }
    }

    /// Whether a request brings it. How long that takes tells no more than how long the secret is.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        let brought = value.filter(|_| values.next().is_none()).and_then(bearer);
        brought.is_some_and(|brought| brought.as_bytes().ct_eq(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bearer").field(&REDACTED).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef";

    #[test]
    fn only_the_whole_secret_is_let_in() {
        let bearer = Bearer::new(" 0123456789abcdef\n").unwrap();
        let admits = |values: &[&str]| {
            let values = values.iter();
            bearer.admits(
                &values
                    .map(|value| (AUTHORIZATION, value.parse().unwrap()))
                    .collect(),
            )
        };
        let right = format!("Bearer {SECRET}");
        assert!(admits(&[&right]) && admits(&[&right.to_lowercase()]));
        for wrong in [
            "",
            SECRET,
            "Bearer",
            "Bearer ",
            "Bearer 0123456789abcdeF",
            "Bearer 0123456789abcde",
            "Bearer 0123456789abcdef0",
            "Basic 0123456789abcdef",
        ] {
            assert!(!admits(&[wrong]), "{wrong}");
        }
        assert!(!admits(&[]));
        let mut twice = HeaderMap::new();
        twice.append(AUTHORIZATION, right.parse().unwrap());
        twice.append(AUTHORIZATION, right.parse().unwrap());
        assert!(!bearer.admits(&twice));
    }

    #[test]
    fn a_secret_that_can_be_guessed_is_none() {
        for (wrong, said) in [
            ("", "has 0 bytes"),
            ("short", "has 5 bytes"),
            ("0123456789abcde f", "characters"),
            ("0123456789abcdefé", "characters"),
        ] {
            let why = Bearer::new(wrong).unwrap_err();
            assert!(
                why.contains(said) && (wrong.is_empty() || !why.contains(wrong)),
                "{why}"
            );
        }
        assert!(!format!("{:?}", Bearer::new(SECRET)).contains("0123"));
    }
}
