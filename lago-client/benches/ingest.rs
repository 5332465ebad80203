//! What the pipeline of events costs beside bare reqwest and `serde_json::to_vec` sending the same batches.
//!
//! `cargo bench -p lago-client --features mock --bench ingest`. Both run in a runtime of one thread, whose CPU time is
//! measured, with four requests under way; a server that answers fixed bytes has threads of its own. Rounds of both
//! come in turn, and the lines are medians. The last lines are about `try_send` alone.

#[path = "calls/cpu.rs"]
mod cpu;
#[path = "calls/server.rs"]
mod server;
#[path = "calls/subjects.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod subjects;

use std::time::{Duration, Instant};

use cpu::{cpu_time, median};
use futures::{StreamExt, stream};
use lago_client::Client;
use lago_client::ingest::{BatchOutcome, EventBatch, Pipeline, Sink};
use lago_client::types::EventInput;
use serde::Serialize;
use server::Server;
use subjects::{Outcome, bare, event, events_answer};

const ROUNDS: usize = 21;
const EVENTS: usize = 20_000;
const BATCH: usize = 100;
const IN_FLIGHT: usize = 4;
const SENDS: usize = 100_000;
const PRODUCERS: usize = 8;

#[derive(Serialize)]
struct Body<'e> {
    events: &'e [EventInput],
}

fn main() -> Outcome {
    let server = Server::start()?;
    server.answer(events_answer()?);
    let events: Vec<EventInput> = (0..EVENTS)
        .map(|number| event().transaction_id(format!("t{number:035}")))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;

    let lago = Client::builder()
        .api_key("key")
        .base_url(server.url())
        .build()?;
    let pipeline = runtime.block_on(lago.ingest().max_in_flight(IN_FLIGHT).start())?;
    let http = bare()?;
    let url = format!("{}/api/v1/events/batch", server.url());

    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let ours = timed(|| runtime.block_on(by_pipeline(&pipeline, &events)))?;
        let theirs = timed(|| runtime.block_on(by_hand(&http, &url, &events)))?;
        rounds.push((ours, theirs));
    }
    let stats = pipeline.stats();
    if stats.delivered != (ROUNDS * EVENTS) as u64 {
        return Err(format!("not all was delivered: {stats:?}").into());
    }
    for (name, of) in [("CPU time", 0), ("all time", 1)] {
        let pick = |times: [Duration; 2]| times[of].as_secs_f64() * 1e9 / EVENTS as f64;
        let ratio = median(
            rounds
                .iter()
                .map(|(ours, theirs)| pick(*theirs) / pick(*ours)),
        );
        let ours = median(rounds.iter().map(|(ours, _)| pick(*ours)));
        let theirs = median(rounds.iter().map(|(_, theirs)| pick(*theirs)));
        println!(
            "{ratio:>6.3}  events in the same {name}: {ours:.0} ns for one, by hand {theirs:.0} ns"
        );
    }
    drop(pipeline);
    drop(runtime);
    try_send(&lago, &events)
}

/// CPU time of this thread, and all time.
fn timed(work: impl FnOnce() -> Outcome) -> Outcome<[Duration; 2]> {
    let (cpu, all) = (cpu_time(), Instant::now());
    work()?;
    Ok([cpu_time().saturating_sub(cpu), all.elapsed()])
}

async fn by_pipeline(pipeline: &Pipeline, events: &[EventInput]) -> Outcome {
    for event in events {
        pipeline.send(event.clone()).await?;
    }
    pipeline.flush().await;
    Ok(())
}

async fn by_hand(http: &reqwest::Client, url: &str, events: &[EventInput]) -> Outcome {
    let batches = events.chunks(BATCH).map(|batch| async move {
        // What a caller has comes one by one, and is owned.
        let events = batch.to_vec();
        let body = serde_json::to_vec(&Body { events: &events })?;
        let request = http
            .post(url)
            .header("content-type", "application/json")
            .body(body);
        let response = request.send().await?.error_for_status()?;
        response.bytes().await?;
        Outcome::Ok(())
    });
    let mut responses = stream::iter(batches).buffer_unordered(IN_FLIGHT);
    while let Some(response) = responses.next().await {
        response?;
    }
    Ok(())
}

/// Takes everything at once.
struct Nowhere;

impl Sink for Nowhere {
    async fn send(&self, _: EventBatch) -> BatchOutcome {
        BatchOutcome::Stored
    }
}

fn try_send(lago: &Client, events: &[EventInput]) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let builder = lago
        .ingest()
        .queue_events(SENDS * PRODUCERS)
        .queue_bytes(1 << 30);
    let pipeline = runtime.block_on(builder.start_with(Nowhere))?;
    let sends = |producer: usize| {
        let mut times = Vec::with_capacity(SENDS);
        for number in 0..SENDS {
            let event = events[number % EVENTS]
                .clone()
                .transaction_id(format!("{producer}-{number:030}"));
            let start = Instant::now();
            let sent = pipeline.try_send(event);
            times.push(start.elapsed().as_secs_f64() * 1e9);
            if sent.is_err() {
                break;
            }
        }
        times
    };
    let percentiles = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        [0.5, 0.99].map(|part| times[(times.len() as f64 * part) as usize])
    };
    let [half, most] = percentiles(sends(0));
    println!("try_send alone: half within {half:.0} ns, 99 % within {most:.0} ns");
    runtime.block_on(pipeline.flush());
    let times = std::thread::scope(|scope| {
        let sends = &sends;
        let threads: Vec<_> = (1..=PRODUCERS)
            .map(|producer| scope.spawn(move || sends(producer)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_default())
            .collect::<Vec<_>>()
    });
    if times.len() != SENDS * PRODUCERS {
        return Err("a producer was refused".into());
    }
    let [half, most] = percentiles(times);
    println!(
        "try_send with {PRODUCERS} producers: half within {half:.0} ns, 99 % within {most:.0} ns"
    );
    Ok(())
}
