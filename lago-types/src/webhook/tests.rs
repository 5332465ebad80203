use serde_json::json;

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
            payload: json!({"phase": 4}),
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
    assert!(!malformed.to_string().contains('7'));
    let WebhookEvent::Unknown { payload, .. } = webhook.event else {
        panic!("typed");
    };
    assert_eq!(payload, body["feature"]);
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
    assert!(
        webhook
            .malformed
            .unwrap()
            .reason
            .contains("missing field `feature`")
    );
    let WebhookEvent::Unknown { payload, .. } = webhook.event else {
        panic!("typed");
    };
    assert_eq!(payload, json!({"extra": 1}));
}

#[test]
fn what_is_no_delivery_is_refused() {
    for body in ["", "[]", "null", "{}", r#"{"webhook_type": 1}"#, "{"] {
        let error = Webhook::from_slice(body.as_bytes()).unwrap_err();
        assert!(std::error::Error::source(&error).is_some(), "{body}");
    }
}

#[test]
fn each_type_names_its_object() {
    let created = WebhookType::from("invoice.created");
    assert_eq!(WebhookEvent::object_type_of(&created), Some("invoice"));
    assert_eq!(WebhookEvent::object_type_of(&"moon.full".into()), None);
    assert!(WebhookType::KNOWN.len() > 60);
}
