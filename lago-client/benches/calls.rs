//! What a call costs beside the same call through bare reqwest and serde_json.
//!
//! `cargo bench -p lago-client --features mock --bench calls`. Both send the same bytes and read the
//! same types. What is measured is the CPU time of the thread that calls; a server that answers
//! fixed bytes has a thread of its own. The last lines are ratios.

#[rustfmt::skip]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "the fields are read from JSON, by no one after")]
#[path = "../../lago-types/benches/generated/plain.rs"]
mod plain;
#[path = "calls/support.rs"]
mod support;

use std::error::Error;
use std::time::Duration;

use criterion::Criterion;
use lago_client::Client;
use lago_client::mock::example;
use lago_client::types::{Customer, Event, EventInput, Invoice, PaginationMeta};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use support::{Bench, Server};

/// An invoice for a subscription with all that it holds, as a server sent it.
const RECORDED: &str = include_str!(
    "../../tests/fixtures/recorded/plain-plans/exchanges/208_invoice_subscription_show.json"
);

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
struct CustomerRoot {
    customer: Customer,
}

#[derive(Serialize, Deserialize)]
struct EventRoot<T> {
    event: T,
}

#[derive(Serialize, Deserialize)]
struct EventsRoot<T> {
    events: Vec<T>,
}

#[derive(Deserialize)]
struct Page<T> {
    invoices: Vec<T>,
    meta: Option<PaginationMeta>,
}

fn main() -> Outcome {
    let server = Server::start()?;
    let lago = Client::builder()
        .api_key("key")
        .base_url(server.url())
        .build()?;
    let http = bare()?;
    let base = format!("{}/api/v1", server.url());
    let mut criterion = Criterion::default().configure_from_args();
    let mut bench = Bench::new(&mut criterion, &server)?;

    let mut customer = example("customers.get")?;
    customer["customer"]["external_id"] = json!("acme");
    server.answer(customer.to_string());
    let url = format!("{base}/customers/acme");
    bench.compare(
        "get a customer",
        async || lago.customers().get("acme").await,
        async || {
            let root: CustomerRoot = read(http.get(&url)).await?;
            Ok(root.customer)
        },
    )?;

    server.answer(example("events.create")?.to_string());
    let event = event();
    let url = format!("{base}/events");
    bench.compare(
        "create an event",
        async || lago.events().create(event.clone()).await,
        async || {
            let event = event.clone();
            let root: EventRoot<Event> = read(http.post(&url).json(&EventRoot { event })).await?;
            Ok(root.event)
        },
    )?;

    let answered = vec![example("events.create")?["event"].clone(); 100];
    server.answer(json!({ "events": answered }).to_string());
    let events = vec![event; 100];
    let url = format!("{base}/events/batch");
    bench.compare(
        "create 100 events",
        async || lago.events().create_batch(events.clone()).await,
        async || {
            let events = events.clone();
            let root: EventsRoot<Event> =
                read(http.post(&url).json(&EventsRoot { events })).await?;
            Ok(root.events)
        },
    )?;

    server.answer(page()?);
    let url = format!("{base}/invoices");
    let call = async || lago.invoices().list().per_page(100).await;
    let get = || http.get(&url).query(&[("per_page", 100)]);
    bench.compare("list 100 invoices", call, async || {
        let page: Page<Invoice> = read(get()).await?;
        Ok((page.invoices, page.meta))
    })?;
    bench.compare(
        "list 100 invoices, beside plain structs",
        call,
        async || {
            let page: Page<plain::Invoice> = read(get()).await?;
            Ok((page.invoices, page.meta))
        },
    )?;

    let ratios = bench.finish();
    criterion.final_summary();
    println!("\nCPU time of lago-client beside bare reqwest, medians of rounds in turn");
    print!("{ratios}");
    Ok(())
}

/// reqwest, set up as lago-client sets it up.
fn bare() -> Outcome<reqwest::Client> {
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

async fn read<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> reqwest::Result<T> {
    request.send().await?.error_for_status()?.json().await
}

fn event() -> EventInput {
    let properties = json!({ "requests": 12, "region": "eu-west-1" });
    let properties = properties.as_object().cloned().unwrap_or_default();
    EventInput::new("api_calls", "sub_1234567890").properties(properties)
}

fn page() -> Outcome<String> {
    let recorded: Value = serde_json::from_str(RECORDED)?;
    let invoices = vec![&recorded["response_body"]["invoice"]; 100];
    let meta = json!({ "current_page": 1, "total_pages": 1, "total_count": 100 });
    Ok(json!({ "invoices": invoices, "meta": meta }).to_string())
}
