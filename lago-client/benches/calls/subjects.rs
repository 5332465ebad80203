//! What is called, and how bare reqwest calls it.

#[rustfmt::skip]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "the fields are read from JSON, by no one after")]
#[path = "../../../lago-types/benches/generated/plain.rs"]
pub(crate) mod plain;

use std::error::Error;
use std::time::Duration;

use lago_client::mock::example;
use lago_client::types::{Customer, EventInput, PaginationMeta};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An invoice for a subscription with all that it holds, as a server sent it, and where it stands there.
pub(crate) const FULL: (&str, &str) = (
    include_str!(
        "../../../tests/fixtures/recorded/plain-plans/exchanges/208_invoice_subscription_show.json"
    ),
    "/response_body/invoice",
);

/// An invoice as a list has it.
pub(crate) const LISTED: (&str, &str) = (
    include_str!("../../../tests/fixtures/recorded/plain-plans/exchanges/131_invoice_list.json"),
    "/response_body/invoices/0",
);

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
pub(crate) struct CustomerRoot {
    pub(crate) customer: Customer,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EventRoot<T> {
    pub(crate) event: T,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EventsRoot<T> {
    pub(crate) events: Vec<T>,
}

#[derive(Deserialize)]
pub(crate) struct Page<T> {
    pub(crate) invoices: Vec<T>,
    pub(crate) meta: Option<PaginationMeta>,
}

/// reqwest, set up as lago-client sets it up.
pub(crate) fn bare() -> Outcome<reqwest::Client> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer key"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let client = reqwest::Client::builder()
        .default_headers(headers)
        .user_agent(concat!("lago-client-rust/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .timeout(Duration::from_secs(30))
        .connect_timeout(Duration::from_secs(10));
    Ok(client.build()?)
}

pub(crate) async fn read<T: DeserializeOwned>(
    request: reqwest::RequestBuilder,
) -> reqwest::Result<T> {
    request.send().await?.error_for_status()?.json().await
}

pub(crate) fn event() -> EventInput {
    let properties = json!({ "requests": 12, "region": "eu-west-1" });
    let properties = properties.as_object().cloned().unwrap_or_default();
    EventInput::new("api_calls", "sub_1234567890").properties(properties)
}

/// The response to reading the customer `acme`.
pub(crate) fn customer() -> Outcome<String> {
    let mut customer = example("customers.get")?;
    customer["customer"]["external_id"] = json!("acme");
    Ok(customer.to_string())
}

/// The response to an event.
pub(crate) fn event_response() -> Outcome<String> {
    Ok(example("events.create")?.to_string())
}

/// The response to a batch of 100 events.
pub(crate) fn events_response() -> Outcome<String> {
    let events = vec![example("events.create")?["event"].clone(); 100];
    Ok(json!({ "events": events }).to_string())
}

/// A page of 100 invoices.
pub(crate) fn page((recorded, place): (&str, &str)) -> Outcome<String> {
    let recorded: Value = serde_json::from_str(recorded)?;
    let invoice = recorded.pointer(place).ok_or("no invoice is recorded")?;
    let meta = json!({ "current_page": 1, "total_pages": 1, "total_count": 100 });
    Ok(json!({ "invoices": vec![invoice; 100], "meta": meta }).to_string())
}
