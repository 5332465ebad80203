//! Examples of webhook deliveries are what a receiver reads without loss.

use lago_client::mock::delivery;
use lago_client::types::{Webhook, WebhookEvent, WebhookType};
use lago_tests::conform::compare::{differences, without_nulls};

#[test]
fn every_type_has_an_example_that_is_read_without_loss() {
    for name in WebhookType::KNOWN {
        let body = delivery(name).expect(name);
        let webhook = Webhook::from_slice(body.to_string().as_bytes()).expect(name);
        assert_eq!(webhook.malformed, None, "{name}");
        assert_eq!(webhook.webhook_type.as_str(), *name);
        assert!(
            !matches!(webhook.event, WebhookEvent::Unknown { .. }),
            "{name}"
        );
        let written = without_nulls(serde_json::to_value(&webhook).unwrap());
        let lost = differences(&without_nulls(body), &written);
        assert_eq!(lost, Vec::<String>::new(), "{name}");
    }
    assert_eq!(delivery("moon.full"), None);
}
