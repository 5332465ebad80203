//! What a call costs beside the same call through bare reqwest and serde_json.
//!
//! `cargo bench -p lago-client --features mock --bench calls`. Both send the same bytes and read the
//! same types. What is measured is the CPU time of the thread that calls; a server that answers
//! fixed bytes has a thread of its own. The last lines are ratios. Times scatter by a tenth;
//! `lago-client/benches/instructions.sh` counts instructions, which do not.

#[path = "calls/compare.rs"]
mod compare;
#[path = "calls/cpu.rs"]
mod cpu;
#[path = "calls/server.rs"]
mod server;
#[path = "calls/subjects.rs"]
mod subjects;

use compare::Bench;
use criterion::Criterion;
use lago_client::Client;
use lago_client::types::{Event, Invoice};
use server::Server;
use subjects::*;

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

    server.respond(customer()?);
    let url = format!("{base}/customers/acme");
    bench.compare(
        "get a customer",
        async || lago.customers().get("acme").await,
        async || {
            let root: CustomerRoot = read(http.get(&url)).await?;
            Ok(root.customer)
        },
    )?;

    server.respond(event_response()?);
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

    server.respond(events_response()?);
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

    let url = format!("{base}/invoices");
    let call = async || lago.invoices().list().per_page(100).await;
    let get = || http.get(&url).query(&[("per_page", 100)]);
    for (name, invoice) in [("listed", LISTED), ("full", FULL)] {
        server.respond(page(invoice)?);
        let name = format!("list 100 {name} invoices");
        bench.compare(&name, call, async || {
            let page: Page<Invoice> = read(get()).await?;
            Ok((page.invoices, page.meta))
        })?;
        bench.compare(&format!("{name}, beside plain structs"), call, async || {
            let page: Page<plain::Invoice> = read(get()).await?;
            Ok((page.invoices, page.meta))
        })?;
    }

    let ratios = bench.finish();
    criterion.final_summary();
    println!("\nCPU time of lago-client beside bare reqwest, medians of rounds in turn");
    print!("{ratios}");
    Ok(())
}
