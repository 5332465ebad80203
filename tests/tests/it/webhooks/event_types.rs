//! What endpoints ask for and what deliveries are called: two enums, all but the same.

use std::collections::BTreeSet;

use lago_client::types::{
    Patch, WebhookEndpointEventType, WebhookEndpointInput, WebhookEndpointUpdate, WebhookType,
};
use serde_json::json;

#[test]
fn they_differ_in_a_name_and_in_a_type_that_is_gone() {
    let asked: BTreeSet<_> = WebhookEndpointEventType::KNOWN.iter().collect();
    let delivered: BTreeSet<_> = WebhookType::KNOWN.iter().collect();
    let only_asked: Vec<_> = asked.difference(&delivered).collect();
    let only_delivered: Vec<_> = delivered.difference(&asked).collect();
    assert_eq!(only_asked, [&&"credit_note.provider_refund_failure"]);
    assert_eq!(
        only_delivered,
        [&&"credit_note.refund_failure", &&"invoice.add_on_added"]
    );
    assert_eq!((asked.len(), delivered.len()), (75, 76));
}

#[test]
fn an_endpoint_asks_by_variants_or_by_names_that_nobody_knows_yet() -> Result<(), serde_json::Error>
{
    let endpoint = WebhookEndpointInput::new("https://example.com/lago").event_types([
        WebhookEndpointEventType::InvoiceCreated,
        WebhookEndpointEventType::CreditNoteProviderRefundFailure,
        "moon.full".into(),
    ]);
    assert_eq!(
        serde_json::to_value(&endpoint)?["event_types"],
        json!([
            "invoice.created",
            "credit_note.provider_refund_failure",
            "moon.full"
        ])
    );
    let by_name = WebhookEndpointUpdate::new().event_types(["invoice.created"]);
    let by_variant =
        WebhookEndpointUpdate::new().event_types([WebhookEndpointEventType::InvoiceCreated]);
    assert_eq!(by_name, by_variant);
    let everything = WebhookEndpointUpdate::new().event_types(Patch::Null);
    assert_eq!(
        serde_json::to_value(everything)?,
        json!({ "event_types": null })
    );
    Ok(())
}
