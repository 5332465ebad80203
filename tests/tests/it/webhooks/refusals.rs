//! What a refusal says: which check failed, what to answer, and no secret.

use std::fmt::Write as _;

use lago_client::webhooks::{
    ALGORITHM_HEADER, Delivery, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier, VerifyError,
    sign_hmac,
};

use super::signer::Signer;

const KEY: &str = "hmac-key-that-is-secret";
const ISSUER: &str = "https://lago.example.com";
const BODY: &str =
    r#"{"webhook_type":"tea.ready","object_type":"tea","tea":{"by":"jane@secret.example"}}"#;

type Headers = Vec<(&'static str, Vec<u8>)>;

/// A delivery that is in order.
fn genuine() -> Headers {
    vec![
        ("Content-Type", b"application/json".to_vec()),
        (
            SIGNATURE_HEADER,
            sign_hmac(KEY, BODY.as_bytes()).into_bytes(),
        ),
        (ALGORITHM_HEADER, b"hmac".to_vec()),
        (UNIQUE_KEY_HEADER, b"unique-key-1".to_vec()),
    ]
}

/// The same without a header.
fn without(name: &str) -> Headers {
    let mut headers = genuine();
    headers.retain(|(known, _)| *known != name);
    headers
}

/// The same with another value of a header.
fn with(name: &'static str, value: impl Into<Vec<u8>>) -> Headers {
    let mut headers = without(name);
    headers.push((name, value.into()));
    headers
}

/// The same with one header more.
fn plus(name: &'static str, value: impl Into<Vec<u8>>) -> Headers {
    let mut headers = genuine();
    headers.push((name, value.into()));
    headers
}

fn verify(headers: Headers, body: &[u8]) -> Result<Delivery, VerifyError> {
    Verifier::hmac(KEY)
        .max_body_bytes(10_000)
        .verify(headers, body)
}

/// The same headers with the signature of a body.
fn signed(body: &[u8]) -> Result<Delivery, VerifyError> {
    verify(with(SIGNATURE_HEADER, sign_hmac(KEY, body)), body)
}

fn jwt(token: String) -> Result<Delivery, VerifyError> {
    let verifier = Verifier::jwt(Signer::FIRST.told(), ISSUER).unwrap();
    let headers = [
        (SIGNATURE_HEADER, token.as_str()),
        (UNIQUE_KEY_HEADER, "unique-key-1"),
    ];
    verifier.verify(headers, BODY.as_bytes())
}

fn cases() -> Vec<(&'static str, Result<Delivery, VerifyError>)> {
    let signature = genuine().remove(1).1;
    let body = BODY.as_bytes();
    let doubled = [BODY, BODY].concat();
    vec![
        ("no headers", verify(vec![], body)),
        ("no signature", verify(without(SIGNATURE_HEADER), body)),
        ("no unique key", verify(without(UNIQUE_KEY_HEADER), body)),
        (
            "an empty signature",
            verify(with(SIGNATURE_HEADER, ""), body),
        ),
        ("two signatures", verify(plus(SIGNATURE_HEADER, "x"), body)),
        (
            "one signature twice",
            verify(plus("X-LAGO-SIGNATURE", signature.clone()), body),
        ),
        (
            "two algorithms",
            verify(plus(ALGORITHM_HEADER, "hmac"), body),
        ),
        (
            "two unique keys",
            verify(plus(UNIQUE_KEY_HEADER, "unique-key-2"), body),
        ),
        (
            "two in one",
            verify(
                with(
                    SIGNATURE_HEADER,
                    [&signature[..], b", ", &signature].concat(),
                ),
                body,
            ),
        ),
        (
            "an empty unique key",
            verify(with(UNIQUE_KEY_HEADER, ""), body),
        ),
        (
            "a long unique key",
            verify(with(UNIQUE_KEY_HEADER, "u".repeat(129)), body),
        ),
        (
            "a unique key of two lines",
            verify(with(UNIQUE_KEY_HEADER, "a\nb"), body),
        ),
        (
            "a unique key that is not UTF-8",
            verify(with(UNIQUE_KEY_HEADER, [0xff]), body),
        ),
        (
            "another algorithm",
            verify(with(ALGORITHM_HEADER, "jwt"), body),
        ),
        (
            "an unheard-of algorithm",
            verify(with(ALGORITHM_HEADER, "secret"), body),
        ),
        ("no algorithm", verify(with(ALGORITHM_HEADER, ""), body)),
        (
            "an algorithm in capitals",
            verify(with(ALGORITHM_HEADER, "HMAC"), body),
        ),
        (
            "a long signature",
            verify(with(SIGNATURE_HEADER, vec![b'A'; 1 << 20]), body),
        ),
        (
            "a signature that is not UTF-8",
            verify(with(SIGNATURE_HEADER, [0xff; 44]), body),
        ),
        (
            "a signature in hexadecimal",
            verify(with(SIGNATURE_HEADER, "0".repeat(64)), body),
        ),
        (
            "a signature of zeros",
            verify(with(SIGNATURE_HEADER, format!("{}=", "A".repeat(43))), body),
        ),
        ("a larger body", verify(genuine(), &[b' '; 10_001])),
        ("50 MB", verify(genuine(), &vec![b' '; 50_000_000])),
        ("another body", verify(genuine(), b"{}")),
        ("no JSON", signed(b"secret")),
        ("not UTF-8", signed(b"{\"webhook_type\":\"\xff\"}")),
        ("no object", signed(b"[\"secret\"]")),
        ("no type", signed(b"{\"secret\":1}")),
        (
            "a type that is no text",
            signed(b"{\"webhook_type\":1,\"object_type\":\"secret\"}"),
        ),
        ("two objects", signed(doubled.as_bytes())),
        ("nothing", signed(b"")),
        ("a blank key", Verifier::hmac(" \n").verify(genuine(), body)),
        ("no token", jwt("secret".to_owned())),
        (
            "a token of another key",
            jwt(Signer::SECOND.deliver(BODY, ISSUER)),
        ),
        (
            "a token of another issuer",
            jwt(Signer::FIRST.deliver(BODY, "https://elsewhere.example")),
        ),
        (
            "a token of another body",
            jwt(Signer::FIRST.deliver("{}", ISSUER)),
        ),
    ]
}

#[test]
fn every_refusal_says_what_to_answer_and_why() {
    let mut table = String::new();
    for (what, outcome) in cases() {
        let error = outcome.err().unwrap_or_else(|| panic!("{what} is taken"));
        let (status, check) = (error.status().as_u16(), error.check());
        writeln!(table, "{what}: {status} {check:?}, {error}").unwrap();
    }
    insta::assert_snapshot!("refusals", table);
}

#[test]
fn nothing_that_is_printed_is_secret() {
    for (what, outcome) in cases() {
        let error = outcome.unwrap_err();
        let printed = format!("{error} {error:?} {error:#?}");
        assert!(!printed.contains("secret"), "{what}: {printed}");
        assert!(!printed.contains("unique-key-"), "{what}: {printed}");
        // What `main` prints is the line, and more where there is more to say.
        let line = format!("{error:?}");
        assert!(line.starts_with(&error.to_string()), "{what}: {line}");
        assert_eq!(line.lines().count(), 1, "{what}: {line}");
    }
    let verifier = Verifier::hmac(KEY);
    assert!(!format!("{verifier:?}").contains("secret"), "{verifier:?}");
    let verifier = Verifier::jwt(Signer::FIRST.told(), ISSUER).unwrap();
    assert!(format!("{verifier:?}").contains(ISSUER), "{verifier:?}");
    // A delivery is data of customers.
    let delivery = verify(genuine(), BODY.as_bytes()).unwrap();
    let printed = format!("{delivery:?}");
    assert!(!printed.contains("secret"), "{printed}");
    assert!(
        printed.contains("unique-key-1") && printed.contains("tea.ready"),
        "{printed}"
    );
}

#[test]
fn a_delivery_needs_no_algorithm_and_may_have_any_other_header() {
    assert!(verify(genuine(), BODY.as_bytes()).is_ok());
    assert!(verify(without(ALGORITHM_HEADER), BODY.as_bytes()).is_ok());
    let more = plus("x-lago-signature-x", "secret");
    assert!(verify(more, BODY.as_bytes()).is_ok());
    let longest = with(UNIQUE_KEY_HEADER, "u".repeat(128));
    assert_eq!(verify(longest, BODY.as_bytes()).unwrap().id.len(), 128);
}

#[test]
fn a_body_may_be_as_large_as_it_may_be() {
    let body = format!("{BODY}{}", " ".repeat(10_000 - BODY.len()));
    assert_eq!(signed(body.as_bytes()).unwrap().body.len(), 10_000);
    assert_eq!(
        signed(format!("{body} ").as_bytes()).unwrap_err().status(),
        413
    );
    // What a body of this size may have for a signature grows with it.
    let body = format!(
        "{{\"webhook_type\":\"tea.ready\",\"object_type\":\"tea\",\"tea\":\"{}\"}}",
        "\\u0001".repeat(9_000)
    );
    let verifier = Verifier::jwt(Signer::FIRST.told(), ISSUER).unwrap();
    let token = Signer::FIRST.deliver(&body, ISSUER);
    let headers = [
        (SIGNATURE_HEADER, token.as_str()),
        (UNIQUE_KEY_HEADER, "id-1"),
    ];
    assert!(verifier.verify(headers, body.as_bytes()).is_ok());
}

#[test]
fn fifty_megabytes_are_refused_unless_they_may_come() {
    let text = "x".repeat(50_000_000);
    let body = format!(r#"{{"webhook_type":"tea.ready","object_type":"tea","tea":"{text}"}}"#);
    let (signature, token) = (
        sign_hmac(KEY, body.as_bytes()),
        Signer::FIRST.deliver(&body, ISSUER),
    );
    for (verifier, signature) in [
        (Verifier::hmac(KEY), signature),
        (Verifier::jwt(Signer::FIRST.told(), ISSUER).unwrap(), token),
    ] {
        let headers = [
            (SIGNATURE_HEADER, signature.as_str()),
            (UNIQUE_KEY_HEADER, "id-1"),
        ];
        let refused = verifier.verify(headers, body.as_bytes());
        assert_eq!(refused.unwrap_err().status(), 413);
        let generous = verifier.max_body_bytes(64_000_000);
        let delivery = generous.verify(headers, body.as_bytes()).unwrap();
        assert_eq!(delivery.body.len(), body.len());
        // One byte of so many.
        let changed = body.replacen("xxx", "xyx", 1);
        let refused = generous.verify(headers, changed.as_bytes());
        assert_eq!(refused.unwrap_err().status(), 401);
    }
}
