//! What a server was seen to refuse, and how it words that; what is not listed here it may take.
//!
//! The rows come from exchanges that were recorded with a server of 2026, and say of fields and parameters what
//! no schema says: the code. Of what a schema refuses and no row has, nobody knows whether Lago does.

use serde_json::{Value, json};

use crate::mock::event_store::{self, EventStore};
use crate::mock::record::ReceivedRequest;
use crate::operation::Operation;
use crate::validate::{Finding, Place, Problem, is_index, keys, query_name};

/// A refusal in Lago's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The root key is missing.
    NoRoot(String),
    /// The server has an error of its own.
    Fails,
    /// Codes under the key of a field, and that of an element before it if there is one.
    Codes { keys: Vec<String>, code: String },
}

/// When a row applies.
#[derive(Clone, Copy, Debug)]
enum When {
    /// Missing, or null and required.
    Missing,
    Blank,
    Value,
    /// Neither the type nor what Rails makes one of.
    Type,
    Format,
    /// An amount below zero.
    Negative,
}

const MANDATORY: &[&str] = &["value_is_mandatory"];
const INVALID: &[&str] = &["value_is_invalid"];
const OUT_OF_RANGE: &[&str] = &["value_is_out_of_range"];

/// The place in the body without indices, when, and the codes; none where the server does not mind.
const BODIES: &[(&str, When, &[&str])] = &[
    ("/add_on/amount_currency", When::Value, INVALID),
    ("/alerts/alert_type", When::Value, &["invalid_type"]),
    ("/applied_rate_card/units", When::Negative, OUT_OF_RANGE),
    // An update of a charge: what kind it is has to be said again, and without its properties they are reset.
    (
        "/charge/charge_model",
        When::Missing,
        &["value_is_invalid", "value_is_mandatory"],
    ),
    ("/charge/properties", When::Missing, &[]),
    ("/customer/account_type", When::Value, INVALID),
    (
        "/customer/country",
        When::Value,
        &["not_a_valid_country_code"],
    ),
    ("/customer/currency", When::Value, INVALID),
    ("/customer/external_id", When::Blank, MANDATORY),
    ("/customer/timezone", When::Value, &["invalid_timezone"]),
    ("/invoice/payment_status", When::Value, INVALID),
    ("/order/execution_mode", When::Value, INVALID),
    ("/order_form/execution_mode", When::Value, INVALID),
    ("/plan/interval", When::Value, INVALID),
    ("/product/product_type", When::Value, INVALID),
    ("/rate_card/billing_timing", When::Value, INVALID),
    ("/rate_card/proration", When::Type, INVALID),
    ("/wallet/rate_amount", When::Negative, OUT_OF_RANGE),
];

/// The operation, its parameter without brackets, when, the key, the code, and whether codes stand under indices.
const QUERIES: &[(&str, &str, When, &str, &str, bool)] = &[
    (
        "customers.invoices.list",
        "statuses",
        When::Value,
        "status",
        INVOICE_STATUSES,
        true,
    ),
    (
        "invoices.list",
        "statuses",
        When::Value,
        "status",
        INVOICE_STATUSES,
        true,
    ),
    (
        "order_forms.list",
        "status",
        When::Value,
        "status",
        "must be one of: generated, signed, expired, voided",
        true,
    ),
    (
        "orders.list",
        "executed_at_from",
        When::Format,
        "executed_at_from",
        "must be a time",
        false,
    ),
    (
        "orders.list",
        "owner_id",
        When::Format,
        "owner_id",
        "is in invalid format",
        true,
    ),
    (
        "quotes.list",
        "status",
        When::Value,
        "statuses",
        "must be one of: draft, approved, voided",
        true,
    ),
    (
        "security_logs.list",
        "to_date",
        When::Missing,
        "to_date",
        "value_is_mandatory",
        false,
    ),
];

const INVOICE_STATUSES: &str = "must be one of: draft, finalized, voided, failed, pending";

const BATCH: &str = "events.create_batch";

/// The one list whose wrong elements are named in one code.
const EVENT_TYPES: &str = "/webhook_endpoint/event_types";

/// Where the server takes any number, though a whole one is described: seconds with a fraction.
const TIMESTAMPS: [&str; 2] = ["/event/timestamp", "/events/timestamp"];

/// Whether there is nothing wrong with a value: the server was seen to take it for what it says.
pub(super) fn is_right(finding: &Finding) -> bool {
    match (&finding.place, &finding.problem) {
        (Place::Body(pointer), Problem::Type(_) | Problem::Coerced(_)) => {
            finding.value.is_number() && TIMESTAMPS.contains(&without_indices(pointer).as_str())
        }
        _ => false,
    }
}

/// What the server does not take and no schema says.
pub(super) fn beyond_schemas(request: &ReceivedRequest, sent: Option<&Value>) -> Vec<Finding> {
    let mut found = Vec::new();
    let events = sent.and_then(|body| body.get("events")?.as_array());
    if let Some(events) = events
        && request
            .operation
            .is_some_and(|operation| operation.resource == BATCH)
        && event_store::wrong_count(events.len()).is_some()
    {
        found.push(Finding {
            place: Place::Body("/events".into()),
            problem: Problem::Count,
            value: json!(events.len()),
        });
    }
    if request.query_value("per_page") == Some("0") {
        found.push(Finding {
            place: Place::Query("per_page".into()),
            problem: Problem::Fails,
            value: json!("0"),
        });
    }
    found
}

/// What the server says to a finding; nothing when it takes such a request, or when nobody has seen what it says.
pub(super) fn refusals(
    operation: &Operation,
    finding: &Finding,
    request: &ReceivedRequest,
    store: EventStore,
) -> Vec<Refusal> {
    match &finding.place {
        Place::Body(pointer) => body(operation, pointer, finding, store),
        Place::Query(name) => query(operation, name, finding, request),
        Place::Header(_) => Vec::new(),
    }
}

fn body(
    operation: &Operation,
    pointer: &str,
    finding: &Finding,
    store: EventStore,
) -> Vec<Refusal> {
    let keys = keys(pointer);
    let coded = |codes: &[&str]| {
        let code = |code: &&str| Refusal::Codes {
            keys: keys.clone(),
            code: (*code).to_owned(),
        };
        codes.iter().map(code).collect()
    };
    let place = without_indices(pointer);
    match &finding.problem {
        Problem::NoRoot if operation.resource == BATCH => return coded(&wrong_count(0)),
        Problem::NoRoot => return vec![Refusal::NoRoot(pointer.trim_start_matches('/').into())],
        Problem::Count => {
            let count = finding.value.as_u64().unwrap_or_default();
            return coded(&wrong_count(count as usize));
        }
        Problem::Value if place == EVENT_TYPES => return coded(&["contains invalid types: "]),
        _ => {}
    }
    if let Some(codes) = event(&place, finding, store) {
        return coded(codes);
    }
    let mut rows = BODIES.iter();
    if let Some((.., codes)) = rows.find(|(row, when, _)| *row == place && when.is(finding)) {
        return coded(codes);
    }
    // Of what is deeper nobody has seen how the server words it.
    match When::Missing.is(finding) && place.matches('/').count() == 2 {
        true => coded(MANDATORY),
        false => Vec::new(),
    }
}

fn wrong_count(count: usize) -> Vec<&'static str> {
    event_store::wrong_count(count).into_iter().collect()
}

/// The codes of a field of an event; none of what the stores of events have no rule for.
fn event(place: &str, finding: &Finding, store: EventStore) -> Option<&'static [&'static str]> {
    let (is_batch, name) = match place.split_once("/event/") {
        Some(("", name)) => (false, name),
        _ => (true, place.strip_prefix("/events/")?),
    };
    if When::Missing.is(finding) || When::Blank.is(finding) {
        let is_mandatory = store.mandatory(is_batch).contains(&name);
        return Some(if is_mandatory { MANDATORY } else { &[] });
    }
    let is_no_time = name == "timestamp" && event_store::time(&finding.value).is_none();
    is_no_time.then_some(&[event_store::INVALID_TIME])
}

fn query(
    operation: &Operation,
    name: &str,
    finding: &Finding,
    request: &ReceivedRequest,
) -> Vec<Refusal> {
    if finding.problem == Problem::Fails {
        return vec![Refusal::Fails];
    }
    let row = QUERIES.iter().find(|(resource, parameter, when, ..)| {
        *resource == operation.resource && *parameter == query_name(name) && when.is(finding)
    });
    let Some((.., key, code, is_indexed)) = row else {
        return Vec::new();
    };
    let mut same = request.query.iter().filter(|(sent, _)| sent == name);
    let index = same
        .position(|(_, value)| finding.value == value.as_str())
        .unwrap_or(0);
    let index = is_indexed.then(|| index.to_string());
    vec![Refusal::Codes {
        keys: [(*key).to_owned()].into_iter().chain(index).collect(),
        code: (*code).to_owned(),
    }]
}

impl When {
    fn is(self, finding: &Finding) -> bool {
        let problem = &finding.problem;
        match self {
            Self::Missing => {
                matches!(
                    problem,
                    Problem::Missing | Problem::Null { is_required: true }
                )
            }
            Self::Blank => *problem == Problem::Blank,
            Self::Value => *problem == Problem::Value,
            Self::Type => matches!(problem, Problem::Type(_)),
            Self::Format => matches!(problem, Problem::Format(_)),
            Self::Negative => {
                let number = match &finding.value {
                    Value::String(text) => text.trim().parse().ok(),
                    other => other.as_f64(),
                };
                number.is_some_and(|number: f64| number < 0.0)
            }
        }
    }
}

fn without_indices(pointer: &str) -> String {
    let names = pointer.split('/').filter(|segment| !is_index(segment));
    names.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::operations::OPERATIONS;

    #[test]
    fn rows_are_sorted_and_of_operations_that_exist() {
        assert!(BODIES.is_sorted_by_key(|(place, ..)| place));
        let known = |resource: &str| OPERATIONS.iter().any(|known| known.resource == resource);
        let published = cfg!(feature = "unpublished");
        for (resource, ..) in QUERIES.iter().filter(|_| published) {
            assert!(known(resource), "{resource}");
        }
        assert!(known(BATCH));
    }
}
