//! Tokens that a server did not make for this delivery, and texts that are no key.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lago_client::webhooks::{Check, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier};
use serde_json::json;

use super::signer::{RS256, Signer, message};

const ISSUER: &str = "https://lago.example.com";
const BODY: &str = r#"{"webhook_type":"tea.ready","object_type":"tea","tea":{"note":"näh \"q\""}}"#;

/// What becomes of a delivery of the body with this signature.
fn outcome(token: &str) -> Result<(), Check> {
    let verifier = Verifier::jwt(Signer::FIRST.told(), ISSUER).unwrap();
    let headers = [(SIGNATURE_HEADER, token), (UNIQUE_KEY_HEADER, "id-1")];
    let outcome = verifier.verify(headers, BODY.as_bytes());
    outcome.map(|_| ()).map_err(|error| error.check())
}

fn claims() -> String {
    json!({"data": BODY, "iss": ISSUER}).to_string()
}

#[test]
fn a_token_of_this_key_and_issuer_about_this_body_is_taken() {
    assert_eq!(outcome(&Signer::FIRST.deliver(BODY, ISSUER)), Ok(()));
    // Claims in another order, with others beside them, and a header that says more.
    let claims = json!({"iss": ISSUER, "x": [1], "data": BODY}).to_string();
    let header = r#"{"typ":"JWT","alg":"RS256","kid":"../../secret","jku":"https://evil.example"}"#;
    assert_eq!(outcome(&Signer::FIRST.token(header, claims)), Ok(()));
}

#[test]
fn the_public_key_is_no_secret_to_sign_with() {
    let signer = Signer::FIRST;
    for secret in [
        signer.told().into_bytes(),
        signer.pem().into_bytes(),
        signer.der(),
        vec![],
    ] {
        for header in [r#"{"alg":"HS256"}"#, RS256] {
            let message = message(header, claims());
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()));
            assert!(outcome(&format!("{message}.{tag}")).is_err(), "{header}");
        }
    }
}

#[test]
fn no_signature_is_no_signature() {
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":""}"#,
        "{}",
        RS256,
    ] {
        let message = message(header, claims());
        for signature in ["", "AA", "bm9uZQ"] {
            assert!(
                outcome(&format!("{message}.{signature}")).is_err(),
                "{header}"
            );
        }
    }
}

#[test]
fn the_header_decides_nothing_even_when_it_is_signed() {
    let long = format!(r#"{{"alg":"RS256","x":"{}"}}"#, "x".repeat(1_024));
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"RS384"}"#,
        r#"{"alg":"RS512"}"#,
        r#"{"alg":"PS256"}"#,
        r#"{"alg":"ES256"}"#,
        r#"{"alg":"rs256"}"#,
        r#"{"alg":"RS256 "}"#,
        r#"{"alg":["RS256"]}"#,
        r#"{"alg":null}"#,
        r#"{"alg":"none","alg":"RS256"}"#,
        r#"{"alg":"RS256","alg":"none"}"#,
        r#"{"alg":"RS256","crit":["b64"],"b64":false}"#,
        r#"{"alg":"RS256","crit":null}"#,
        r#"{"typ":"JWT"}"#,
        "{}",
        "[]",
        "",
        "\u{feff}{\"alg\":\"RS256\"}",
        r#"{"alg":"RS256"} {"alg":"RS256"}"#,
        &long,
    ] {
        let token = Signer::FIRST.token(header, claims());
        assert_eq!(outcome(&token), Err(Check::Algorithm), "{header}");
    }
}

#[test]
fn a_genuine_token_about_something_else_is_refused() {
    let signer = Signer::FIRST;
    for issuer in [
        "https://lago.example.com/",
        "https://lago.example.co",
        "",
        "*",
    ] {
        assert_eq!(
            outcome(&signer.deliver(BODY, issuer)),
            Err(Check::Issuer),
            "{issuer}"
        );
    }
    for claims in [json!({"data": BODY}), json!({"data": BODY, "iss": null})] {
        let token = signer.token(RS256, claims.to_string());
        assert_eq!(outcome(&token), Err(Check::Issuer), "{claims}");
    }
    for claims in [
        json!({"data": format!("{BODY} "), "iss": ISSUER}).to_string(),
        json!({"data": BODY.replace("näh", "na\u{308}h"), "iss": ISSUER}).to_string(),
        json!({"data": "", "iss": ISSUER}).to_string(),
        json!({"data": {"webhook_type": "tea.ready"}, "iss": ISSUER}).to_string(),
        json!({"iss": ISSUER}).to_string(),
        json!({"data": BODY, "iss": [ISSUER]}).to_string(),
        format!(r#"{{"data":"","data":{},"iss":"{ISSUER}"}}"#, json!(BODY)),
        format!(r#"{{"data":{},"iss":"x","iss":"{ISSUER}"}}"#, json!(BODY)),
        BODY.to_owned(),
        "[".repeat(100_000)[..2_000].to_owned(),
        String::new(),
    ] {
        let token = signer.token(RS256, &claims);
        assert_eq!(outcome(&token), Err(Check::Body), "{claims}");
    }
    let token = Signer::SECOND.deliver(BODY, ISSUER);
    assert_eq!(outcome(&token), Err(Check::Signature));
}

#[test]
fn what_has_not_the_form_of_a_token_is_none() {
    let token = Signer::FIRST.deliver(BODY, ISSUER);
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    for text in [
        String::new(),
        "..".to_owned(),
        message.to_owned(),
        format!("{token}."),
        format!("{token}.{signature}"),
        format!(".{token}"),
        format!("{token}=="),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}.{signature}\n"),
        format!(" {token}"),
        format!("Bearer {token}"),
        format!("{header}.{claims}.+{}", &signature[1..]),
        // Far more than a token of such a body can have.
        format!("{token}{}", "A".repeat(8 * BODY.len() + 8_192)),
    ] {
        assert_eq!(outcome(&text), Err(Check::Algorithm), "{text}");
    }
    for text in [
        format!("{header}.{claims}."),
        format!("{header}.{claims}.AAAA"),
        format!("{header}..{signature}"),
        format!("{header}.{claims}.{}", &signature[..340]),
        format!("{header}.{claims}=.{signature}"),
    ] {
        assert_eq!(outcome(&text), Err(Check::Signature), "{text}");
    }
}

#[test]
fn a_key_comes_in_every_form_in_which_people_have_it() {
    let (told, pem) = (Signer::FIRST.told(), Signer::FIRST.pem());
    let token = Signer::FIRST.deliver(BODY, ISSUER);
    for (what, text) in [
        ("as the server tells it", told.clone()),
        ("on one line", told.replace('\n', "")),
        (
            "with the line breaks of Windows",
            told.replace('\n', "\r\n"),
        ),
        ("as PEM", pem.clone()),
        ("as PEM on one line", pem.replace('\n', "")),
        ("as PEM with space around", format!("\n {pem} \n")),
    ] {
        let verifier =
            Verifier::jwt(text, ISSUER).unwrap_or_else(|error| panic!("{what}: {error}"));
        let headers = [
            (SIGNATURE_HEADER, token.as_str()),
            (UNIQUE_KEY_HEADER, "id-1"),
        ];
        let delivery = verifier.verify(headers, BODY.as_bytes());
        assert!(delivery.is_ok(), "{what}");
    }
}

#[test]
fn what_is_no_key_is_refused_and_not_quoted() {
    const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
    const END: &str = "-----END PUBLIC KEY-----";
    let (told, pem) = (Signer::FIRST.told(), Signer::FIRST.pem());
    let body = pem.replace(BEGIN, "").replace(END, "");
    // Real keys, and too small, and of another kind.
    let small = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDE6PicUdi11Vxsx6qolABk6UgJ\
        jaqb0BnAJB9lJnAIGYz7DZU66bPUTas6/PEM1NcNJ6WvoYNHphofuOiVbc8zEAIb\
        c6OhdB2M4i0g0SuDikXwqyNmVxgZT2De8rdSqrtcJGhKPoYvruRdRgYRYBz6/ak3\
        EeT4by/V4+4bnd1QXQIDAQAB";
    let elliptic = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECQuJJtMDfhO4rG0PBaUGwpI/9vb4\
        z40jQ9tn7YhGdyt8iszNtNfQH7/S3kuGDs2ceAk6+RpqEvEi32MxIia7Aw==";
    for (text, complaint) in [
        (String::new(), "no PEM"),
        ("key-that-is-secret".to_owned(), "no PEM"),
        (told[..told.len() / 2].to_owned(), "no PEM"),
        (body.clone(), "no PEM"),
        (pem.replace("PUBLIC", "PRIVATE"), "no PEM"),
        (format!("{pem}{pem}"), "no PEM"),
        (format!("{BEGIN}AAAA{END}"), "no RSA key"),
        (format!("{BEGIN}{END}"), "no RSA key"),
        (
            format!("{BEGIN}{}{END}", body.replacen('M', "N", 1)),
            "no RSA key",
        ),
        (format!("{BEGIN}{small}{END}"), "no RSA key"),
        (format!("{BEGIN}{elliptic}{END}"), "no RSA key"),
        ("A".repeat(100_000), "too long"),
    ] {
        let error = Verifier::jwt(&text, ISSUER).unwrap_err();
        assert!(error.is_usage(), "{error:?}");
        assert!(error.to_string().contains(complaint), "{text}: {error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}
