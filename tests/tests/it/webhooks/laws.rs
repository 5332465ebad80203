//! What holds of all deliveries, keys and headers.

use lago_client::webhooks::{
    ALGORITHM_HEADER, Check, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier, sign_hmac,
};
use proptest::prelude::*;
use serde_json::json;

use super::signer::{RS256, Signer, message};

const ISSUER: &str = "https://lago.example.com";

/// A body that is a webhook with any text in it.
fn body() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| {
        json!({"webhook_type": "tea.ready", "object_type": "tea", "tea": text}).to_string()
    })
}

/// Text that resembles a JWT more often than chance would have it.
fn token() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(String::new()),
        "[A-Za-z0-9_-]{0,400}",
        Just("eyJhbGciOiJSUzI1NiJ9".to_owned()),
        Just("eyJhbGciOiJub25lIn0".to_owned()),
        any::<String>(),
    ];
    let parts = proptest::collection::vec(part, 0..5);
    prop_oneof![
        parts.prop_map(|parts| parts.join(".").into_bytes()),
        proptest::collection::vec(any::<u8>(), 0..100),
    ]
}

/// What a key comes to: space around it is left out, and HMAC fills it up with zeros.
fn bare(key: &[u8]) -> &[u8] {
    let key = match std::str::from_utf8(key) {
        Ok(text) => text.trim().as_bytes(),
        Err(_) => key.trim_ascii(),
    };
    let last = key.iter().rposition(|byte| *byte != 0);
    last.map_or(&[], |last| &key[..=last])
}

fn headers(signature: &[u8]) -> [(&'static str, &[u8]); 2] {
    [(SIGNATURE_HEADER, signature), (UNIQUE_KEY_HEADER, b"id-1")]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_was_signed_is_trusted_and_nothing_else(
        key in proptest::collection::vec(any::<u8>(), 1..100)
            .prop_filter("a blank key trusts nobody", |key| !bare(key).is_empty()),
        other in proptest::collection::vec(any::<u8>(), 1..100),
        body in body(),
        changed in any::<String>(),
    ) {
        let signature = sign_hmac(&key, body.as_bytes());
        let verifier = Verifier::hmac(&key);
        let delivery = verifier.verify(headers(signature.as_bytes()), body.as_bytes());
        prop_assert_eq!(delivery.unwrap().body, body.as_bytes());
        if changed != body {
            let refused = verifier.verify(headers(signature.as_bytes()), changed.as_bytes());
            prop_assert_eq!(refused.unwrap_err().check(), Check::Signature);
        }
        if bare(&key) != bare(&other) && !bare(&other).is_empty() {
            let refused = Verifier::hmac(&other).verify(headers(signature.as_bytes()), body.as_bytes());
            prop_assert_eq!(refused.unwrap_err().check(), Check::Signature);
        }
    }

    #[test]
    fn a_token_is_about_its_body_and_no_other(body in body(), changed in any::<String>()) {
        let token = Signer::FIRST.deliver(&body, ISSUER);
        let verifier = Verifier::jwt(Signer::FIRST.told(), ISSUER).unwrap();
        let delivery = verifier.verify(headers(token.as_bytes()), body.as_bytes());
        prop_assert_eq!(delivery.unwrap().body, body.as_bytes());
        if changed != body {
            let refused = verifier.verify(headers(token.as_bytes()), changed.as_bytes());
            prop_assert!(refused.is_err());
        }
    }

    #[test]
    fn no_signature_that_is_made_up_is_trusted(
        signature in token(),
        body in body(),
    ) {
        for verifier in [
            Verifier::hmac("key"),
            Verifier::jwt(Signer::FIRST.told(), ISSUER).unwrap(),
        ] {
            let refused = verifier.verify(headers(&signature), body.as_bytes());
            prop_assert_eq!(refused.unwrap_err().status().as_u16(), 401);
        }
    }

    #[test]
    fn claims_that_are_made_up_and_signed_are_read_or_refused(
        claims in prop_oneof![any::<String>(), "\\{(\"(data|iss)\":(\"[a-z]{0,3}\"|null|1|\\{\\}),?){0,3}\\}"],
    ) {
        let token = Signer::FIRST.token(RS256, &claims);
        let verifier = Verifier::jwt(Signer::FIRST.told(), ISSUER).unwrap();
        let refused = verifier.verify(headers(token.as_bytes()), b"{}");
        let check = refused.unwrap_err().check();
        prop_assert!(matches!(check, Check::Body | Check::Issuer), "{:?}", check);
        let unsigned = format!("{}.", message(RS256, &claims));
        let refused = verifier.verify(headers(unsigned.as_bytes()), b"{}");
        prop_assert_eq!(refused.unwrap_err().check(), Check::Signature);
    }

    #[test]
    fn no_headers_are_too_strange(
        headers in proptest::collection::vec(
            (
                prop_oneof![
                    Just(SIGNATURE_HEADER.to_owned()),
                    Just(ALGORITHM_HEADER.to_owned()),
                    Just(UNIQUE_KEY_HEADER.to_owned()),
                    any::<String>(),
                ],
                proptest::collection::vec(any::<u8>(), 0..60),
            ),
            0..6,
        ),
        body in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let refused = Verifier::hmac("key").verify(headers, &body);
        prop_assert!(refused.unwrap_err().status().is_client_error());
    }

    #[test]
    fn no_text_is_a_key_by_chance(text in any::<String>(), base64 in "[A-Za-z0-9+/\\s=-]{0,600}") {
        for text in [&text, &base64, &format!("-----BEGIN PUBLIC KEY-----{base64}-----END PUBLIC KEY-----")] {
            prop_assert!(Verifier::jwt(text, ISSUER).is_err());
        }
    }
}
