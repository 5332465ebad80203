//! What a server refuses by licence or by key, whatever was sent: 403.

use super::response::MockResponse;
use crate::operation::{Method, Operation};

/// Operations that a server without a licence refuses each time. Others are refused for what is sent: a subscription
/// with overrides of its plan.
const LICENSED: &[&str] = &[
    "activity_logs.get",
    "activity_logs.list",
    "analytics.invoice_collection",
    "analytics.invoiced_usage",
    "analytics.mrr",
    "api_logs.get",
    "api_logs.list",
    "billing_entities.create",
    "order_forms.get",
    "order_forms.list",
    "order_forms.mark_as_signed",
    "order_forms.void",
    "orders.execute",
    "orders.get",
    "orders.list",
    "quote_versions.approve",
    "quote_versions.clone_as_draft",
    "quote_versions.get",
    "quote_versions.void",
    "quotes.get",
    "quotes.list",
    "quotes.versions.list",
    "security_logs.get",
    "security_logs.list",
    "subscriptions.charges.filters.create",
    "subscriptions.charges.filters.delete",
    "subscriptions.charges.filters.update",
];

/// What a server permits, whatever is asked for.
#[derive(Debug, Default)]
pub(super) struct Permissions {
    /// Keys with which nothing can be written.
    pub(super) read_only_keys: Vec<String>,
    pub(super) is_unlicensed: bool,
}

impl Permissions {
    /// The refusal of an operation that is called with this key. What a key may write the server tells by the method: an
    /// estimate is a write to it.
    pub(super) fn refusal(&self, operation: &Operation, key: &str) -> Option<MockResponse> {
        let is_write = operation.method != Method::Get;
        if is_write && self.read_only_keys.iter().any(|known| known == key) {
            let code = format!("write_action_not_allowed_for_{}", permission(operation));
            return Some(MockResponse::error(403, &code));
        }
        (self.is_unlicensed && LICENSED.contains(&operation.resource))
            .then(|| MockResponse::error(403, "feature_unavailable"))
    }
}

/// The name of what a key permits: that of the noun, as it was seen of taxes, quotes, order forms and product categories.
fn permission(operation: &Operation) -> String {
    let noun = operation.resource.split('.').next().unwrap_or_default();
    match noun {
        "quote_versions" => "quote".to_owned(),
        "taxes" => "tax".to_owned(),
        _ => match noun.strip_suffix("ies") {
            Some(stem) => format!("{stem}y"),
            None => noun.strip_suffix('s').unwrap_or(noun).to_owned(),
        },
    }
}
