use serde_json::{Value, json};

use super::*;

const ORGANIZATION: &str = "1a901a90-1a90-1a90-1a90-1a901a901a90";

fn read(body: &Value) -> Webhook {
    Webhook::from_slice(body.to_string().as_bytes()).unwrap()
}

fn feature() -> Value {
    json!({
        "webhook_type": "feature.created",
        "object_type": "feature",
        "organization_id": ORGANIZATION,
        "feature": {
            "code": "seats",
            "name": "Seats",
            "description": null,
            "privileges": [],
            "created_at": "2026-05-06T07:08:09Z",
        },
    })
}

#[test]
fn a_known_delivery_is_typed_and_written_as_it_came() {
    let webhook = read(&feature());
    assert_eq!(webhook.organization_id, ORGANIZATION.parse().ok());
    assert_eq!(webhook.malformed, None);
    let WebhookEvent::FeatureCreated(seats) = &webhook.event else {
        panic!("{webhook:?}");
    };
    assert_eq!(seats.code, "seats");
    let written = serde_json::to_vec(&webhook).unwrap();
    assert_eq!(Webhook::from_slice(&written).unwrap(), webhook);
}

#[test]
fn an_unknown_type_keeps_its_object() {
    let body = json!({"webhook_type": "moon.full", "object_type": "moon", "moon": {"phase": 4}});
    let webhook = read(&body);
    assert!(webhook.webhook_type.is_unknown());
    assert_eq!(
        webhook.event,
        WebhookEvent::Unknown {
            webhook_type: "moon.full".to_owned(),
            object_type: "moon".to_owned(),
            payload: json!({"phase": 4}).into(),
        }
    );
    assert_eq!(
        (webhook.malformed.as_ref(), webhook.organization_id),
        (None, None)
    );
    assert_eq!(serde_json::to_value(&webhook).unwrap(), body);
}

#[test]
fn a_malformed_object_arrives_with_the_place_that_is_wrong() {
    let mut body = feature();
    body["feature"]["code"] = json!(7);
    let webhook = read(&body);
    let malformed = webhook.malformed.unwrap();
    assert_eq!(malformed.path, "feature.code");
    assert!(
        malformed.reason.contains("expected a string"),
        "{malformed:?}"
    );
    assert!(malformed.to_string().ends_with(", at feature.code"));
    assert!(!format!("{malformed} {malformed:?} {malformed:#?}").contains('7'));
    let WebhookEvent::Unknown { payload, .. } = webhook.event else {
        panic!("typed");
    };
    assert_eq!(payload, body["feature"].clone().into());
}

#[test]
fn what_is_missing_fails_no_more_than_it_must() {
    let mut body = feature();
    body.as_object_mut().unwrap().remove("object_type");
    body["organization_id"] = json!("acme");
    let webhook = read(&body);
    assert_eq!(
        (webhook.object_type.as_str(), webhook.organization_id),
        ("feature", None)
    );
    assert!(matches!(webhook.event, WebhookEvent::FeatureCreated(_)));

    body.as_object_mut().unwrap().remove("feature");
    body["extra"] = json!(1);
    let webhook = read(&body);
    assert!(webhook.malformed.unwrap().reason.contains("no `feature`"));
    let WebhookEvent::Unknown { payload, .. } = webhook.event else {
        panic!("typed");
    };
    assert_eq!(payload.parse::<Value>().unwrap(), body);
}

#[test]
fn what_is_no_delivery_is_refused() {
    for body in ["", "[]", "null", "{}", r#"{"webhook_type": 1}"#, "{"] {
        let error = Webhook::from_slice(body.as_bytes()).unwrap_err();
        assert!(std::error::Error::source(&error).is_some(), "{body}");
        assert_eq!(format!("{error:?}").lines().count(), 1);
    }
    let error = Webhook::from_slice(br#"{"webhook_type": ["jane"], "jane": 1}"#).unwrap_err();
    assert_eq!(
        format!("{error:?}"),
        "the body is no webhook delivery: a JSON object with a `webhook_type`: there is no text `webhook_type`"
    );
    assert!(Webhook::from_slice(b"{\"webhook_type\":\"a\",\"b\":\"\xff\"}").is_err());
}

/// Values that are JSON and that a `serde_json::Value` cannot hold.
fn unholdable() -> impl Iterator<Item = String> {
    let deep = format!("{}7{}", "[".repeat(4_000), "]".repeat(4_000));
    let objects = format!("{}7{}", "{\"a\":".repeat(128), "}".repeat(128));
    let others = [
        "1e400",
        "-1e999",
        r#""\ud800""#,
        r#"{"\udfff": 1}"#,
        r#"["\ud800\u0041"]"#,
    ];
    others.map(str::to_owned).into_iter().chain([deep, objects])
}

#[test]
fn what_serde_json_cannot_hold_arrives_as_it_came() {
    for odd in unholdable() {
        assert!(serde_json::from_str::<Value>(&odd).is_err());
        let object = format!(r#"{{"phase": {odd} }}"#);
        let rest = format!(r#""object_type":"moon","organization_id":"{ORGANIZATION}""#);
        for body in [
            format!(r#"{{"webhook_type":"moon.full",{rest},"moon":{object}}}"#),
            format!(r#"{{"moon":{object},{rest},"x":{odd},"webhook_type":"moon.full"}}"#),
            // The object itself.
            format!(r#"{{"webhook_type":"moon.full",{rest},"moon":{odd}}}"#),
        ] {
            let webhook = Webhook::from_slice(body.as_bytes()).unwrap();
            assert_eq!(webhook.organization_id, ORGANIZATION.parse().ok());
            let WebhookEvent::Unknown { payload, .. } = &webhook.event else {
                panic!("typed");
            };
            assert!([&object, &odd].contains(&&payload.to_string()));
            assert!(payload.parse::<Value>().is_err());
            let written = serde_json::to_string(&webhook).unwrap();
            assert_eq!(Webhook::from_slice(written.as_bytes()).unwrap(), webhook);
        }
        // Beside what a delivery says, whatever it is, it does no harm.
        let mut body = feature().to_string();
        body.insert_str(1, &format!(r#""\ud800":1,"x":{odd},"#));
        let webhook = Webhook::from_slice(body.as_bytes()).unwrap();
        assert!(matches!(webhook.event, WebhookEvent::FeatureCreated(_)));
        let body = format!(
            r#"{{"webhook_type":"moon.full","object_type":{odd},"organization_id":{odd}}}"#
        );
        let webhook = Webhook::from_slice(body.as_bytes()).unwrap();
        assert_eq!(
            (webhook.object_type.as_str(), webhook.organization_id),
            ("", None)
        );
        let WebhookEvent::Unknown { payload, .. } = webhook.event else {
            panic!("typed");
        };
        assert_eq!(payload.as_str(), body);
    }
}

#[test]
fn an_object_of_a_known_type_that_cannot_be_held_arrives_unread() {
    for odd in unholdable() {
        for field in ["code", "name", "created_at", "privileges"] {
            let mut body = feature();
            body["feature"][field] = json!("ODD");
            let body = body.to_string().replace("\"ODD\"", &odd);
            let webhook = Webhook::from_slice(body.as_bytes()).unwrap();
            assert!(webhook.malformed.unwrap().path.starts_with("feature."));
            let WebhookEvent::Unknown {
                payload,
                webhook_type,
                ..
            } = webhook.event
            else {
                panic!("typed");
            };
            assert_eq!(webhook_type, "feature.created");
            assert!(body.contains(payload.as_str()) && payload.as_str().contains(&odd));
        }
    }
}

#[test]
fn each_type_names_its_object() {
    let created = WebhookType::from("invoice.created");
    assert_eq!(WebhookEvent::object_type_of(&created), Some("invoice"));
    assert_eq!(WebhookEvent::object_type_of(&"moon.full".into()), None);
    assert!(WebhookType::KNOWN.len() > 60);
}
