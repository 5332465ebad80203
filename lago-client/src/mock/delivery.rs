//! What Lago would deliver to a webhook endpoint.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

/// Bodies by type.
static EXAMPLES: LazyLock<BTreeMap<&str, Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../generated/deliveries.json")).unwrap_or_default()
});

/// The body of a webhook delivery in which every field is filled, to be changed and given to the
/// code that receives webhooks; none for a type that this crate does not know.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use lago_client::types::{Webhook, WebhookEvent};
///
/// let mut body = lago_client::mock::delivery("invoice.created").ok_or("no such type")?;
/// body["invoice"]["number"] = "ACME-1".into();
///
/// match Webhook::from_slice(body.to_string().as_bytes())?.event {
///     WebhookEvent::InvoiceCreated(invoice) => assert_eq!(invoice.number, "ACME-1"),
///     other => panic!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn delivery(webhook_type: &str) -> Option<Value> {
    EXAMPLES.get(webhook_type).cloned()
}
