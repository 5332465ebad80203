//! What the pipeline of events costs beside bare reqwest and `serde_json::to_vec` sending the same batches.
//!
//! `cargo bench -p lago-client --features mock --bench ingest`. Both run in a runtime of one thread, with four requests
//! under way, and a server that answers fixed bytes is a process of its own, so that the CPU time of this one is that
//! of whoever sends. Rounds come in turn and the lines are medians, with what is to be reached. Times scatter by a
//! tenth; `lago-client/benches/instructions.sh ingest spool` counts instructions, which do not. The last lines are about
//! `try_send` alone.

#[path = "calls/cpu.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod cpu;
#[path = "calls/server.rs"]
mod server;
#[path = "calls/subjects.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod subjects;
#[path = "ingest/try_send.rs"]
mod try_send;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cpu::{median, process_cpu_time};
use futures::{StreamExt, stream};
use lago_client::Client;
use lago_client::ingest::Pipeline;
use lago_client::types::EventInput;
use serde::Serialize;
use server::Server;
use subjects::{Outcome, bare, event, events_response};

const ROUNDS: usize = 21;
const EVENTS: usize = 20_000;
const BATCH: usize = 100;
const IN_FLIGHT: usize = 4;

#[derive(Serialize)]
struct Body<'e> {
    events: &'e [EventInput],
}

fn main() -> Outcome {
    if std::env::args().any(|argument| argument == "serve") {
        return serve();
    }
    let server = Process::start()?;
    let events: Vec<EventInput> = (0..EVENTS)
        .map(|number| event().transaction_id(format!("t{number:035}")))
        .collect();
    let lago = Client::builder()
        .api_key("key")
        .base_url(&server.url)
        .build()?;
    compare(&lago, &server.url, &events)?;
    try_send::measure(&lago, &events)
}

/// Answers until its input ends.
fn serve() -> Outcome {
    let server = Server::start()?;
    server.respond(events_response()?);
    println!("{}", server.url());
    std::io::stdout().flush()?;
    std::io::stdin().lines().for_each(drop);
    Ok(())
}

/// The server, which ends with this.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    fn start() -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let said = child.stdout.take().ok_or("the server says nothing")?;
        let line = BufReader::new(said).lines().next();
        let url = line.ok_or("the server did not start")??;
        Ok(Self { child, url })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A directory that is removed in the end.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let name = format!("lago-bench-ingest-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// CPU time and all time of one round.
type Times = [Duration; 2];

fn compare(lago: &Client, url: &str, events: &[EventInput]) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let directory = Directory::new();
    let builder = || lago.ingest().max_in_flight(IN_FLIGHT);
    let in_memory = runtime.block_on(builder().start())?;
    let on_disk = runtime.block_on(builder().spool(&directory.0).start())?;
    let http = bare()?;
    let url = format!("{url}/api/v1/events/batch");

    let mut rounds: Vec<[Times; 3]> = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push([
            timed(|| runtime.block_on(by_hand(&http, &url, events)))?,
            timed(|| runtime.block_on(by_pipeline(&in_memory, events)))?,
            timed(|| runtime.block_on(by_pipeline(&on_disk, events)))?,
        ]);
    }
    for pipeline in [&in_memory, &on_disk] {
        let stats = pipeline.stats();
        if stats.delivered != (ROUNDS * EVENTS) as u64 {
            return Err(format!("not all was delivered: {stats:?}").into());
        }
    }
    let ways = [
        (1, "without a spool", 0.9),
        (2, "with a spool, synced once a second", 0.6),
    ];
    for (way, name, wanted) in ways {
        for (time, of) in [("CPU time", 0), ("time", 1)] {
            let each =
                |round: &[Times; 3], way: usize| round[way][of].as_secs_f64() * 1e9 / EVENTS as f64;
            let ratio = median(rounds.iter().map(|round| each(round, 0) / each(round, way)));
            let ours = median(rounds.iter().map(|round| each(round, way)));
            let theirs = median(rounds.iter().map(|round| each(round, 0)));
            let verdict = if ratio < wanted { "  TOO LITTLE" } else { "" };
            println!(
                "{ratio:>6.3}  events in the same {time} {name}: {ours:.0} ns for one, by hand {theirs:.0} ns  (to \
                 reach: {wanted}){verdict}"
            );
        }
    }
    Ok(())
}

fn timed(work: impl FnOnce() -> Outcome) -> Outcome<Times> {
    let (cpu, all) = (process_cpu_time(), Instant::now());
    work()?;
    Ok([process_cpu_time().saturating_sub(cpu), all.elapsed()])
}

async fn by_pipeline(pipeline: &Pipeline, events: &[EventInput]) -> Outcome {
    pipeline
        .send_all(stream::iter(events.iter().cloned()))
        .await?;
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
