//! Real deliveries are trusted; one bit of them changed, and they are not.

use std::collections::BTreeMap;

use lago_client::webhooks::{
    Check, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier, WebhookEvent, sign_hmac,
};
use serde_json::Value;

use super::recorded::{Recorded, all, smallest};
use super::signer::Signer;

#[test]
fn every_recorded_delivery_is_trusted_and_read() {
    let mut counts = BTreeMap::<_, usize>::new();
    for recorded in all() {
        let file = &recorded.file;
        let headers = recorded.headers.iter().map(|(name, value)| (name, value));
        let delivery = recorded.verifier().verify(headers, &recorded.body);
        let delivery = delivery.unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(
            delivery.webhook_type.to_string(),
            recorded.webhook_type(),
            "{file}"
        );
        assert_eq!(delivery.malformed, None, "{file}");
        let is_unknown = matches!(delivery.event, WebhookEvent::Unknown { .. });
        assert!(!is_unknown, "{file}");
        assert_eq!(delivery.id, recorded.header(UNIQUE_KEY_HEADER), "{file}");
        assert_eq!(delivery.body, recorded.body, "{file}");
        let body: Value = serde_json::from_slice(&recorded.body).unwrap();
        let organization = delivery.organization_id.map(|id| id.to_string());
        assert_eq!(
            organization.as_deref(),
            body["organization_id"].as_str(),
            "{file}"
        );
        *counts
            .entry((recorded.server.issuer, recorded.is_hmac()))
            .or_default() += 1;
    }
    let counts: Vec<_> = counts.into_values().collect();
    assert_eq!(
        counts,
        [42, 42, 15, 15, 9, 9, 63, 62],
        "JWT and HMAC of each server"
    );
}

#[test]
fn a_signature_is_what_the_server_made_of_the_body() {
    for recorded in all().iter().filter(|recorded| recorded.is_hmac()) {
        let signature = sign_hmac(recorded.server.hmac_key, &recorded.body);
        assert_eq!(
            signature,
            recorded.header(SIGNATURE_HEADER),
            "{}",
            recorded.file
        );
    }
}

#[tokio::test]
async fn receiving_is_verifying_without_a_copy() {
    for kind in [true, false] {
        let recorded = smallest(kind);
        let headers = recorded.headers_with(recorded.header(SIGNATURE_HEADER).as_bytes());
        let verifier = recorded.verifier();
        let body = bytes(&recorded);
        let address = body.as_ptr();
        let received = verifier.receive(headers, body).await.unwrap();
        assert_eq!(received.body.as_ptr(), address);
        assert_eq!(received, verifier.verify(headers, &recorded.body).unwrap());
        verifier.warm_up().await.unwrap();
    }
}

fn bytes(recorded: &Recorded) -> axum::body::Bytes {
    axum::body::Bytes::copy_from_slice(&recorded.body)
}

#[test]
fn a_header_map_and_pairs_are_headers_alike() {
    let recorded = smallest(true);
    let (verifier, body) = (recorded.verifier(), &recorded.body);
    let mut map = lago_client::HeaderMap::new();
    for (name, value) in &recorded.headers {
        let name = name.parse::<axum::http::HeaderName>().unwrap();
        map.insert(name, value.parse().unwrap());
    }
    let expected = verifier.verify(&map, body).unwrap();
    let map: BTreeMap<String, String> = recorded.headers.iter().cloned().collect();
    assert_eq!(verifier.verify(&map, body).unwrap(), expected);
    let shouted = recorded
        .headers
        .iter()
        .map(|(name, value)| (name.to_uppercase(), value));
    assert_eq!(verifier.verify(shouted, body).unwrap(), expected);
    assert_eq!(verifier.verify(recorded.headers, body).unwrap(), expected);
}

/// Changes one bit.
fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

/// Checks that one changed bit of the body, and one of the signature, are noticed.
fn one_bit_is_noticed(recorded: &Recorded, every: usize) {
    let verifier = recorded.verifier();
    let signature = recorded.header(SIGNATURE_HEADER).as_bytes();
    // From a place that differs from file to file.
    let start = recorded.file.bytes().map(usize::from).sum::<usize>() % every;
    for bit in (start..recorded.body.len() * 8).step_by(every) {
        let changed = flip(&recorded.body, bit);
        let outcome = verifier.verify(recorded.headers_with(signature), &changed);
        let expected = match recorded.is_hmac() {
            true => Check::Signature,
            false => Check::Body,
        };
        let check = outcome.map_err(|error| error.check());
        assert_eq!(
            check.err(),
            Some(expected),
            "{}: bit {bit} of the body",
            recorded.file
        );
    }
    for bit in (start..signature.len() * 8).step_by(every) {
        let changed = flip(signature, bit);
        let outcome = verifier.verify(recorded.headers_with(&changed), &recorded.body);
        let error = outcome.err().map(|error| error.check());
        // Some bits leave no base64, or no header of a JWT.
        let expected = [Some(Check::Signature), Some(Check::Algorithm)];
        assert!(
            expected.contains(&error),
            "{}: bit {bit}: {error:?}",
            recorded.file
        );
    }
}

#[test]
fn any_bit_of_the_smallest_deliveries_is_noticed() {
    for hmac in [true, false] {
        one_bit_is_noticed(&smallest(hmac), 1);
    }
}

#[test]
fn bits_here_and_there_of_all_deliveries_are_noticed() {
    for recorded in all() {
        let bits = recorded.body.len() * 8;
        one_bit_is_noticed(&recorded, (bits / 24).max(1));
    }
}

#[test]
fn bytes_that_are_added_or_lost_are_noticed() {
    for hmac in [true, false] {
        let recorded = smallest(hmac);
        let signature = recorded.header(SIGNATURE_HEADER).as_bytes();
        let body = recorded.body.as_slice();
        let verifier = recorded.verifier();
        for changed in [
            &body[1..],
            &body[..body.len() - 1],
            &[body, b"\n"].concat(),
            &[b" ", body].concat(),
            b"",
        ] {
            let outcome = verifier.verify(recorded.headers_with(signature), changed);
            assert_eq!(outcome.unwrap_err().status(), 401);
        }
    }
}

#[test]
fn another_key_or_issuer_trusts_nothing() {
    let verify = |recorded: &Recorded, verifier: Verifier| {
        let signature = recorded.header(SIGNATURE_HEADER).as_bytes();
        let outcome = verifier.verify(recorded.headers_with(signature), &recorded.body);
        outcome.unwrap_err()
    };
    let hmac = smallest(true);
    let key = hmac.server.hmac_key;
    for other in [format!("{key}0"), key.to_uppercase(), key.replace('-', " ")] {
        assert_eq!(
            verify(&hmac, Verifier::hmac(other)).check(),
            Check::Signature
        );
    }

    let jwt = smallest(false);
    let other = Verifier::jwt(super::signer::Signer::FIRST.told(), jwt.server.issuer).unwrap();
    assert_eq!(verify(&jwt, other).check(), Check::Signature);
    let other = Verifier::jwt(jwt.server.public_key(), "https://lago.example.com").unwrap();
    let error = verify(&jwt, other);
    assert_eq!(error.check(), Check::Issuer);
    // Whoever set the wrong one reads which is right.
    assert!(error.to_string().contains(jwt.server.issuer), "{error}");
    assert!(
        error.to_string().contains("https://lago.example.com"),
        "{error}"
    );
}

#[test]
fn space_around_keys_and_issuers_is_none_of_them() {
    let (hmac, jwt) = (smallest(true), smallest(false));
    let spaced = |text: &str| format!("\n {text}\r\n");
    let (key, issuer) = (jwt.server.public_key(), jwt.server.issuer);
    for (recorded, verifier) in [
        (&hmac, Verifier::hmac(spaced(hmac.server.hmac_key))),
        (&jwt, Verifier::jwt(spaced(&key), spaced(issuer)).unwrap()),
    ] {
        let headers = recorded.headers.iter().map(|(name, value)| (name, value));
        assert!(verifier.verify(headers, &recorded.body).is_ok());
    }
}

#[tokio::test]
async fn a_blank_key_or_issuer_trusts_nobody_and_says_so() {
    let hmac = smallest(true);
    let lago = lago_client::Client::builder()
        .api_key("key")
        .build()
        .unwrap();
    for blank in ["", " ", "\t\r\n"] {
        let signature = sign_hmac(blank, &hmac.body);
        for verifier in [
            Verifier::hmac(blank),
            Verifier::fetch_with_issuer(&lago, blank),
        ] {
            let headers = hmac.headers_with(signature.as_bytes());
            for error in [
                verifier.verify(headers, &hmac.body).unwrap_err(),
                verifier.receive(headers, bytes(&hmac)).await.unwrap_err(),
                verifier.warm_up().await.unwrap_err(),
            ] {
                assert_eq!((error.check(), error.status().as_u16()), (Check::Key, 503));
                assert!(error.to_string().contains("is blank"), "{error}");
            }
        }
        let error = Verifier::jwt(smallest(false).server.public_key(), blank).unwrap_err();
        assert!(
            error.is_usage() && error.to_string().contains("is blank"),
            "{error}"
        );
    }
}

#[test]
fn the_kind_of_signature_is_the_verifiers_choice() {
    let (hmac, jwt) = (smallest(true), smallest(false));
    for (recorded, verifier) in [(&hmac, jwt.verifier()), (&jwt, hmac.verifier())] {
        let signature = recorded.header(SIGNATURE_HEADER).as_bytes();
        let [first, said, id] = recorded.headers_with(signature);
        let honest = verifier.verify([first, said, id], &recorded.body);
        assert_eq!(honest.unwrap_err().check(), Check::Algorithm);
        // Without a word about it, and with a wrong one.
        let silent = verifier.verify([first, id], &recorded.body);
        assert_eq!(silent.unwrap_err().check(), Check::Algorithm);
        let [_, other, _] = if recorded.is_hmac() { &jwt } else { &hmac }.headers_with(b"");
        let lying = verifier.verify([first, other, id], &recorded.body);
        assert_eq!(lying.unwrap_err().check(), Check::Algorithm);
    }
}

#[test]
fn an_organization_can_be_the_only_one() {
    for recorded in [smallest(true), smallest(false)] {
        let signature = recorded.header(SIGNATURE_HEADER).as_bytes();
        let headers = recorded.headers_with(signature);
        let delivery = recorded.verifier().verify(headers, &recorded.body).unwrap();
        let own = delivery.organization_id.unwrap();
        let verifier = recorded.verifier().organization(own);
        assert_eq!(verifier.verify(headers, &recorded.body).unwrap(), delivery);
        let verifier = recorded.verifier().organization(uuid::Uuid::nil());
        let error = verifier.verify(headers, &recorded.body).unwrap_err();
        assert_eq!(
            (error.check(), error.status().as_u16()),
            (Check::Organization, 401)
        );
    }
    // What names none is of no organization in particular.
    let all = all();
    let oldest = all
        .iter()
        .find(|recorded| recorded.file.contains("1.16"))
        .unwrap();
    let verifier = oldest.verifier().organization(uuid::Uuid::nil());
    let headers = oldest.headers_with(oldest.header(SIGNATURE_HEADER).as_bytes());
    let error = verifier.verify(headers, &oldest.body).unwrap_err();
    assert_eq!(error.check(), Check::Organization);
}

#[test]
fn of_an_issuer_only_the_beginning_is_printed() {
    let body = r#"{"webhook_type":"tea.ready","object_type":"tea","tea":{}}"#;
    let token = Signer::FIRST.deliver(body, &"i\n".repeat(2_000));
    let verifier = Verifier::jwt(Signer::FIRST.pem(), "https://lago.example.com").unwrap();
    let headers = [
        (SIGNATURE_HEADER, token.as_str()),
        (UNIQUE_KEY_HEADER, "id-1"),
    ];
    let error = verifier.verify(headers, body.as_bytes()).unwrap_err();
    assert_eq!(error.check(), Check::Issuer);
    for printed in [
        error.to_string(),
        format!("{error:?}"),
        format!("{error:#?}"),
    ] {
        assert!(
            printed.len() < 1_000 && printed.contains("i?i?"),
            "{printed}"
        );
    }
}
