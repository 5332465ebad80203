//! Signatures of deliveries, with whichever cryptography is switched on: what openssl and RFC 4231 say is right, and
//! nothing else is.

use lago_client::webhooks::{Check, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier, sign_hmac};

const BODY: &[u8] = include_bytes!("signatures/body.json");
const ISSUER: &str = "https://lago.example.com";

/// Keys and tokens that `signatures/make.sh` made.
const SIGNED: [(&str, &str); 2] = [
    (
        include_str!("signatures/rsa2048.pem"),
        include_str!("signatures/rsa2048.jwt"),
    ),
    (
        include_str!("signatures/rsa4096.pem"),
        include_str!("signatures/rsa4096.jwt"),
    ),
];

fn outcome(verifier: &Verifier, signature: &str, body: &[u8]) -> Result<(), Check> {
    let headers = [(SIGNATURE_HEADER, signature), (UNIQUE_KEY_HEADER, "id-1")];
    let outcome = verifier.verify(headers, body);
    outcome.map(drop).map_err(|error| error.check())
}

#[test]
fn hmac_is_that_of_the_standard() {
    // Test cases 2 and 6 of RFC 4231; the key of the second is longer than a block.
    let cases: [(&[u8], &[u8], &str); 2] = [
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=",
        ),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "YOQxWR7gtn8Niiaqy/W3f44LxiE3KMUUBUYEDw7jf1Q=",
        ),
    ];
    for (key, body, signature) in cases {
        assert_eq!(sign_hmac(key, body), signature);
    }
    let verifier = Verifier::hmac("key");
    let signature = sign_hmac("key", BODY);
    assert_eq!(outcome(&verifier, &signature, BODY), Ok(()));
    assert!(outcome(&Verifier::hmac("other"), &signature, BODY).is_err());
    assert!(outcome(&verifier, &signature, b"{}").is_err());
}

#[test]
fn a_token_of_the_key_about_the_body_is_taken() {
    for (key, token) in SIGNED {
        let verifier = Verifier::jwt(key, ISSUER).unwrap();
        assert_eq!(outcome(&verifier, token, BODY), Ok(()));
    }
}

#[test]
fn a_token_that_differs_in_any_byte_is_not() {
    let whole = std::env::var("LAGO_TESTS").is_ok_and(|extent| extent == "whole");
    let step = if whole { 1 } else { 13 };
    for (key, token) in SIGNED {
        let verifier = Verifier::jwt(key, ISSUER).unwrap();
        for at in (0..token.len()).step_by(step) {
            let mut other = token.as_bytes().to_vec();
            other[at] = match other[at] {
                b'A' => b'B',
                _ => b'A',
            };
            let other = String::from_utf8(other).unwrap();
            assert!(outcome(&verifier, &other, BODY).is_err(), "{at}");
        }
        assert!(outcome(&verifier, token, b"{}").is_err());
    }
    let [(first, token), (second, other)] = SIGNED;
    for (key, token) in [(first, other), (second, token)] {
        let verifier = Verifier::jwt(key, ISSUER).unwrap();
        assert!(outcome(&verifier, token, BODY).is_err());
    }
}

#[test]
fn a_key_that_is_too_small_is_refused() {
    let error = Verifier::jwt(include_str!("signatures/rsa1024.pem"), ISSUER).unwrap_err();
    assert!(error.to_string().contains("2,048"), "{error}");
}
