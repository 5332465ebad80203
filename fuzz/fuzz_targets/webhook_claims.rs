//! JWTs that are signed, with anything in them: what is trusted is about the body.

#![no_main]

use std::sync::LazyLock;

use lago_client::webhooks::{Check, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[expect(dead_code, reason = "shared with the tests")]
#[path = "../../tests/tests/it/webhooks/signer.rs"]
mod signer;

const ISSUER: &str = "b";
const BODY: &str = r#"{"webhook_type":"a"}"#;

static JWT: LazyLock<Verifier> =
    LazyLock::new(|| Verifier::jwt(signer::Signer::FIRST.told(), ISSUER).expect("a key"));

fuzz_target!(|input: (Option<&str>, &str)| {
    let (header, text) = input;

    // The text as claims.
    let header = header.unwrap_or(signer::RS256);
    if let Ok(()) = verify(&signer::Signer::FIRST.token(header, text), BODY) {
        // Read by something that knows nothing of tokens.
        let header: Value = serde_json::from_str(header).expect("a header in JSON");
        let claims: Value = serde_json::from_str(text).expect("claims in JSON");
        assert_eq!(header["alg"], "RS256");
        assert!(header.get("crit").is_none());
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["data"], BODY);
    }

    // The text as a body: what is genuine is trusted, be it a webhook or not.
    let outcome = verify(&signer::Signer::FIRST.deliver(text, ISSUER), text);
    assert!(
        matches!(outcome, Ok(()) | Err(Check::Content)),
        "{outcome:?}"
    );
});

fn verify(token: &str, body: &str) -> Result<(), Check> {
    let headers = [(SIGNATURE_HEADER, token), (UNIQUE_KEY_HEADER, "id-1")];
    let outcome = JWT.verify(headers, body.as_bytes());
    outcome.map(|_| ()).map_err(|error| error.check())
}
