//! Deliveries that are genuine and have no type here, whatever JSON they are.

use lago_client::webhooks::{
    SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier, WebhookEvent, sign_hmac,
};
use serde_json::Value;

use super::signer::Signer;

const KEY: &str = "key";
const ISSUER: &str = "https://lago.example.com";

/// Values that are JSON and that a `serde_json::Value` cannot hold.
fn unholdable() -> Vec<(&'static str, String)> {
    vec![
        (
            "128 levels",
            format!("{}{}", "[".repeat(128), "]".repeat(128)),
        ),
        (
            "100,000 levels",
            format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        ),
        ("a number beyond f64", "1e400".to_owned()),
        ("half of a surrogate pair", r#""\ud800""#.to_owned()),
        ("the same in a key", r#"{"\udc00": 1}"#.to_owned()),
    ]
}

#[test]
fn a_genuine_delivery_arrives_with_its_bytes_whatever_they_hold() {
    for (what, odd) in unholdable() {
        assert!(serde_json::from_str::<Value>(&odd).is_err(), "{what}");
        for (webhook_type, key, object) in [
            ("tea.ready", "tea", odd.clone()),
            ("tea.ready", "tea", format!(r#"{{"of":{odd}}}"#)),
            // Of a known type: an object that is not as it should be.
            (
                "invoice.created",
                "invoice",
                format!(r#"{{"number":{odd}}}"#),
            ),
        ] {
            let body = format!(
                r#"{{"webhook_type":"{webhook_type}","object_type":"{key}","{key}":{object}}}"#
            );
            let signature = sign_hmac(KEY, body.as_bytes());
            let headers = |signature| [(SIGNATURE_HEADER, signature), (UNIQUE_KEY_HEADER, "1")];
            let delivery = Verifier::hmac(KEY).verify(headers(&*signature), body.as_bytes());
            let delivery = delivery.unwrap_or_else(|error| panic!("{what}: {error:?}"));
            let token = Signer::FIRST.deliver(&body, ISSUER);
            let verifier = Verifier::jwt(Signer::FIRST.told(), ISSUER).unwrap();
            let same = verifier.verify(headers(&*token), body.as_bytes()).unwrap();
            assert!(same == delivery, "{what}");
            assert_eq!(delivery.webhook_type.to_string(), webhook_type);
            assert_eq!(delivery.malformed.is_some(), key == "invoice", "{what}");
            assert!(delivery.body == body, "{what}");
            let WebhookEvent::Unknown { payload, .. } = delivery.event else {
                panic!("{what}: typed");
            };
            assert!(payload.as_str() == object, "{what}");
        }
    }
}
