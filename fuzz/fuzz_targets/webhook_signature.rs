//! Signatures and keys that nobody made: none is trusted, none is too strange.

#![no_main]

use std::sync::LazyLock;

use lago_client::webhooks::{SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier, sign_hmac};
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "shared with the tests")]
#[path = "../../tests/tests/it/webhooks/signer.rs"]
mod signer;

static JWT: LazyLock<Verifier> =
    LazyLock::new(|| Verifier::jwt(signer::Signer::FIRST.told(), "issuer").expect("a key"));

fuzz_target!(|input: (&[u8], &[u8], &str)| {
    let (signature, body, text) = input;
    let headers = [(SIGNATURE_HEADER, signature), (UNIQUE_KEY_HEADER, b"id-1")];

    assert!(JWT.verify(headers, body).is_err());

    // Whatever else the outcome depends on, it is trusted for the one signature alone.
    let key = format!("k{text}");
    let genuine = sign_hmac(&key, body);
    let verifier = Verifier::hmac(&key);
    if verifier.verify(headers, body).is_ok() {
        assert_eq!(signature, genuine.as_bytes());
    }
    let headers = [
        (SIGNATURE_HEADER, genuine.as_bytes()),
        (UNIQUE_KEY_HEADER, b"id-1"),
    ];
    if let Err(error) = verifier.verify(headers, body) {
        assert_eq!(error.status(), 400, "{error}");
    }

    // A text is a key or an error.
    let _ = Verifier::jwt(text, "issuer");
    let _ = Verifier::jwt(
        format!("-----BEGIN PUBLIC KEY-----{text}-----END PUBLIC KEY-----"),
        "",
    );
});
