//! Calls to count the instructions of, by a program that counts them: see `instructions.sh`.
//!
//! `instructions serve SUBJECT` answers on the loopback and prints its address; `instructions call SUBJECT
//! WAY COUNT ADDRESS` makes so many calls of it, by this crate (`ours`) or by bare reqwest (`bare`).

#[path = "calls/delivery.rs"]
mod delivery;
#[path = "calls/server.rs"]
mod server;
#[path = "calls/subjects.rs"]
mod subjects;

use std::time::Duration;

use delivery::Delivery;
use futures::stream;
use lago_client::Client;
use lago_client::types::Event;
use server::Server;
use subjects::*;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve", subject] => serve(subject),
        ["call", subject, way, count, address] => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(call(subject, way, count.parse()?, address))
        }
        // As `cargo bench` runs every benchmark: this one does not measure itself.
        ["--bench", ..] => Ok(()),
        _ => Err("usage: instructions serve SUBJECT | call SUBJECT WAY COUNT ADDRESS".into()),
    }
}

/// Answers until the program is ended.
fn serve(subject: &str) -> Outcome {
    let server = Server::start()?;
    server.respond(match subject {
        "event" => event_response()?,
        "batch" | "ingest" | "spool" => events_response()?,
        "customer" => customer()?,
        "list" => page(LISTED)?,
        "full" => page(FULL)?,
        // Lago calls there, not the program that is counted.
        "webhook" => String::new(),
        other => return Err(format!("there is no subject `{other}`").into()),
    });
    println!("{}", server.url());
    loop {
        std::thread::park();
    }
}

async fn call(subject: &str, way: &str, count: usize, address: &str) -> Outcome {
    let lago = Client::builder().api_key("key").base_url(address).build()?;
    let http = bare()?;
    let base = format!("{address}/api/v1");
    let (event, events) = (event(), vec![event(); 100]);
    let with_keys = |number| event.clone().transaction_id(format!("t{number:035}"));
    // Of a spool the disk has many batches at once.
    let count_of = if subject == "spool" { 1_000 } else { 100 };
    let metered: Vec<_> = (0..count_of).map(with_keys).collect();
    let directory = std::env::temp_dir().join(format!("lago-instructions-{}", std::process::id()));
    let pipeline = match subject {
        "ingest" => Some(lago.ingest().start().await?),
        "spool" => Some(lago.ingest().spool(&directory).start().await?),
        _ => None,
    };
    let delivery = Delivery::read()?;
    for _ in 0..count {
        match (subject, way) {
            ("event", "ours") => drop(lago.events().create(event.clone()).send().await?),
            ("event", "bare") => {
                let event = event.clone();
                let post = http.post(format!("{base}/events"));
                drop(read::<EventRoot<Event>>(post.json(&EventRoot { event })).await?);
            }
            ("batch", "ours") => drop(lago.events().create_batch(events.clone()).send().await?),
            ("batch", "bare") => {
                let events = events.clone();
                let post = http.post(format!("{base}/events/batch"));
                drop(read::<EventsRoot<Event>>(post.json(&EventsRoot { events })).await?);
            }
            ("ingest", "ours") => {
                let pipeline = pipeline.as_ref().ok_or("no pipeline was started")?;
                for event in &metered {
                    pipeline.send(event.clone()).await?;
                }
                pipeline.flush().await;
            }
            ("spool", "ours") => {
                let pipeline = pipeline.as_ref().ok_or("no pipeline was started")?;
                let events = stream::iter(metered.iter().cloned());
                pipeline.send_all(events).await?;
                pipeline.flush().await;
            }
            ("ingest" | "spool", "bare") => {
                for events in metered.chunks(100) {
                    let events = events.to_vec();
                    let body = serde_json::to_vec(&EventsRoot { events })?;
                    let post = http.post(format!("{base}/events/batch"));
                    let post = post.header("content-type", "application/json").body(body);
                    drop(post.send().await?.error_for_status()?.bytes().await?);
                }
            }
            ("customer", "ours") => drop(lago.customers().get("acme").send().await?),
            ("customer", "bare") => {
                let get = http.get(format!("{base}/customers/acme"));
                drop(read::<CustomerRoot>(get).await?.customer);
            }
            ("list" | "full", "ours") => {
                drop(lago.invoices().list().per_page(100).send().await?);
            }
            ("list" | "full", "bare") => {
                let get = http
                    .get(format!("{base}/invoices"))
                    .query(&[("per_page", 100)]);
                let page = read::<Page<plain::Invoice>>(get).await?;
                drop((page.invoices, page.meta));
            }
            ("webhook", "ours") => delivery.ours()?,
            ("webhook", "bare") => delivery.bare()?,
            _ => return Err(format!("nobody calls `{subject}` by `{way}`").into()),
        }
    }
    if let Some(pipeline) = pipeline {
        let report = pipeline.shutdown(Duration::from_secs(60)).await;
        if report.lost + report.spooled > 0 {
            return Err(format!("not all was delivered: {report:?}").into());
        }
    }
    if subject == "spool" {
        std::fs::remove_dir_all(&directory)?;
    }
    Ok(())
}
