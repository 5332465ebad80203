//! The cryptography of signatures: HMAC-SHA256, and RSASSA-PKCS1-v1_5 with SHA-256.
//!
//! It is that of TLS, which a program has anyway: aws-lc-rs with `rustls`, ring with `rustls-ring`; or RustCrypto, which
//! needs no compiler of C. When several are switched on, the first of RustCrypto, ring and aws-lc-rs is used, because
//! someone asked for it. All of them say the same of every signature.

#[cfg(feature = "webhooks-rustcrypto")]
mod rust_crypto;
#[cfg(feature = "webhooks-rustcrypto")]
pub(super) use rust_crypto::{HmacKey, RsaKey};

#[cfg(all(feature = "rustls-ring", not(feature = "webhooks-rustcrypto")))]
mod ring;
#[cfg(all(feature = "rustls-ring", not(feature = "webhooks-rustcrypto")))]
pub(super) use ring::{HmacKey, RsaKey};

#[cfg(all(
    feature = "rustls",
    not(any(feature = "rustls-ring", feature = "webhooks-rustcrypto"))
))]
mod aws_lc;
#[cfg(all(
    feature = "rustls",
    not(any(feature = "rustls-ring", feature = "webhooks-rustcrypto"))
))]
pub(super) use aws_lc::{HmacKey, RsaKey};

#[cfg(not(any(
    feature = "rustls",
    feature = "rustls-ring",
    feature = "webhooks-rustcrypto"
)))]
compile_error!(
    "signatures of webhooks need cryptography: beside `webhooks`, switch on the feature `rustls`, `rustls-ring` or \
     `webhooks-rustcrypto` of lago-client"
);

#[cfg(any(feature = "rustls-ring", feature = "webhooks-rustcrypto"))]
mod spki;

/// In bytes, of HMAC-SHA256.
pub(super) const TAG: usize = 32;
