//! Lists: which objects, and which page of them.

use serde_json::{Value, json};

use super::ask::{Ask, view};
use super::refusal::Refusal;
use super::store::{Entry, Fields, Store};

/// How many elements a page has unless asked for otherwise.
const PER_PAGE: usize = 100;

/// Parameters of a query that ask for a property to have one of these values, and the property. Without brackets.
const FILTERS: [(&str, &str); 29] = [
    ("account_type", "account_type"),
    ("aggregation_types", "aggregation_type"),
    ("billing_entity_code", "billing_entity_code"),
    ("billing_entity_codes", "billing_entity_code"),
    ("code", "code"),
    ("countries", "country"),
    ("coupon_code", "coupon_code"),
    ("credit_status", "credit_status"),
    ("currencies", "currency"),
    ("currency", "currency|amount_currency"),
    ("customer_type", "customer_type"),
    (
        "external_customer_id",
        "external_customer_id|customer.external_id",
    ),
    ("external_id", "external_id"),
    ("external_subscription_id", "external_subscription_id"),
    ("fee_type", "item.type"),
    (
        "invoice_id",
        "invoice_ids.0|lago_invoice_id|payment.invoice_ids.0",
    ),
    ("invoice_number", "invoice_number"),
    ("invoice_type", "invoice_type"),
    ("overrides", "overrides"),
    ("payment_overdue", "payment_overdue"),
    ("payment_status", "payment_status"),
    ("payment_statuses", "payment_status"),
    ("plan_code", "plan_code"),
    ("reason", "reason"),
    ("refund_status", "refund_status"),
    ("self_billed", "self_billed"),
    ("status", "status"),
    ("statuses", "status"),
    ("transaction_status", "transaction_status"),
];

/// Filters that name an object, which has to be there: the operation if it is only one, the parameter without brackets, the
/// collection, the property that it has there, and what it is called.
type Named = (
    Option<&'static str>,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const NAMED: [Named; 3] = [
    (
        None,
        "billing_entity_code",
        "billing_entities",
        "code",
        "billing_entity",
    ),
    (
        None,
        "billing_entity_codes",
        "billing_entities",
        "code",
        "billing_entity",
    ),
    (
        Some("wallets.list"),
        "external_customer_id",
        "customers",
        "external_id",
        "customer",
    ),
];

/// Refuses a filter for what is not there.
fn known(store: &Store, ask: &Ask, name: &str, value: &str) -> Result<(), Refusal> {
    let mut rows = NAMED.iter();
    let row = rows.find(|(operation, parameter, ..)| {
        *parameter == name && operation.is_none_or(|only| only == ask.operation.resource)
    });
    match row {
        Some((_, _, collection, property, noun)) if !store.has(collection, property, value) => {
            Err(Refusal::missing(noun))
        }
        _ => Ok(()),
    }
}

/// What a request looks for, as properties and the values that they may have.
pub(super) struct Filter {
    wanted: Vec<(&'static str, Vec<String>)>,
}

impl Filter {
    /// What the query asks for; where it asks for no status, this one is meant.
    ///
    /// # Errors
    ///
    /// What it names as an object is not there.
    pub(super) fn of(
        store: &Store,
        ask: &Ask,
        usual_status: Option<&str>,
    ) -> Result<Self, Refusal> {
        let mut wanted: Vec<(&'static str, Vec<String>)> = Vec::new();
        for (name, value) in &ask.request.query {
            let name = name.trim_end_matches("[]");
            let filter = FILTERS.iter().find(|(known, _)| *known == name);
            let Some((_, property)) = filter.filter(|_| !value.is_empty()) else {
                continue;
            };
            known(store, ask, name, value)?;
            match wanted.iter_mut().find(|(known, _)| known == property) {
                Some((_, values)) => values.push(value.clone()),
                None => wanted.push((property, vec![value.clone()])),
            }
        }
        if let Some(status) = usual_status
            && !wanted.iter().any(|(property, _)| *property == "status")
        {
            wanted.push(("status", vec![status.to_owned()]));
        }
        Ok(Self { wanted })
    }

    /// Whether an object has what is looked for. What it does not have at all is not looked at, as the server
    /// ignores parameters that it does not know.
    pub(super) fn takes(&self, fields: &Fields) -> bool {
        self.wanted.iter().all(|(places, values)| {
            let mut stated = places
                .split('|')
                .filter_map(|place| at(fields, place))
                .peekable();
            stated.peek().is_none() || stated.any(|value| values.contains(&words(value)))
        })
    }
}

/// A property, or one of an object or a list in it.
pub(super) fn at<'f>(fields: &'f Fields, place: &str) -> Option<&'f Value> {
    let (first, rest) = place.split_once('.').unwrap_or((place, ""));
    let value = fields.get(first)?;
    match rest {
        "" => Some(value),
        rest => value.pointer(&format!("/{}", rest.replace('.', "/"))),
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The page that a request asks for, the newest objects first, as the operation shows them.
pub(super) fn page<'e>(ask: &Ask, entries: impl Iterator<Item = &'e Entry>) -> Value {
    let example = ask.example();
    let mut found: Vec<&Fields> = entries.map(|entry| &entry.fields).collect();
    found.reverse();
    if !ask.has_pages() {
        let all = found.into_iter().map(|fields| view(&example, fields));
        return ask.said(all.collect());
    }
    let number = |name| {
        ask.query(name)
            .and_then(|value| value.parse::<usize>().ok())
    };
    let per_page = number("per_page").unwrap_or(PER_PAGE).max(1);
    let page = number("page").unwrap_or(1).max(1);
    let shown = found
        .iter()
        .skip((page - 1).saturating_mul(per_page))
        .take(per_page);
    let shown: Vec<Value> = shown.map(|fields| view(&example, fields)).collect();
    let mut body = ask.said(shown.into());
    body["meta"] = meta(page, per_page, found.len());
    body
}

/// Where in a list a page stands. An empty list has no page at all; beyond the last page, the one that was asked for
/// is said.
fn meta(page: usize, per_page: usize, total: usize) -> Value {
    let pages = total.div_ceil(per_page);
    let current = if total == 0 { 0 } else { page };
    json!({
        "current_page": current,
        "next_page": (current > 0 && page < pages).then_some(page + 1),
        "prev_page": (current > 1).then(|| page - 1),
        "total_pages": pages,
        "total_count": total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_where_it_is() {
        for (page, per_page, total, expected) in [
            (1, 100, 0, [json!(0), json!(null), json!(null), json!(0)]),
            (1, 2, 3, [json!(1), json!(2), json!(null), json!(2)]),
            (2, 2, 3, [json!(2), json!(null), json!(1), json!(2)]),
            (9, 2, 3, [json!(9), json!(null), json!(8), json!(2)]),
        ] {
            let meta = meta(page, per_page, total);
            let [current, next, prev, pages] = &expected;
            assert_eq!(meta["current_page"], *current);
            assert_eq!(meta["next_page"], *next);
            assert_eq!(meta["prev_page"], *prev);
            assert_eq!(meta["total_pages"], *pages);
        }
    }
}
