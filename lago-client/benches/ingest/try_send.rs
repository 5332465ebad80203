//! What `try_send` costs whoever calls it: while nothing else runs, while the events before are delivered, and with
//! others who do the same.

use std::hint::black_box;
use std::time::Instant;

use lago_client::Client;
use lago_client::ingest::{BatchOutcome, EventBatch, Pipeline, Sink};
use lago_client::types::EventInput;
use tokio::sync::watch;

use super::cpu::median;
use super::subjects::Outcome;

/// As many as the queue holds by default. A longer burst into a larger queue needs new memory, and a page that the
/// kernel gives for the first time costs six times as much as the call.
const SENDS: usize = 10_000;
const ROUNDS: usize = 101;
const PRODUCERS: usize = 8;
/// In nanoseconds, for 99 of 100 calls without a competitor.
const WANTED: f64 = 1_000.0;

/// Takes everything at once, while it is open.
struct Nowhere(watch::Receiver<bool>);

impl Sink for Nowhere {
    async fn send(&self, _: EventBatch) -> BatchOutcome {
        // An error says that the benchmark has ended.
        let _ = self.0.clone().wait_for(|is_open| *is_open).await;
        BatchOutcome::Stored
    }
}

pub(crate) fn measure(lago: &Client, events: &[EventInput]) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let builder = lago
        .ingest()
        .queue_events(SENDS * PRODUCERS)
        .queue_bytes(1 << 30);
    let (open, is_open) = watch::channel(true);
    let pipeline = runtime.block_on(builder.start_with(Nowhere(is_open)))?;

    let mut rounds = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for (delivers, rounds) in [false, true].into_iter().zip(&mut rounds) {
            open.send_replace(delivers);
            rounds.push(percentiles(sends(&pipeline, events, round)?));
            open.send_replace(true);
            runtime.block_on(pipeline.flush());
        }
    }
    println!(
        "the clock that measures: {}",
        said(percentiles(computing(0)))
    );
    let [alone, beside] =
        rounds.map(|rounds| [0, 1, 2].map(|part| median(rounds.iter().map(|round| round[part]))));
    let nothing = percentiles(computing(steps(alone[0])));
    println!(
        "computing for as long, which the machine interrupts: {}",
        said(nothing)
    );
    let verdict = if alone[1] > WANTED { "  TOO MUCH" } else { "" };
    println!(
        "try_send alone: {}  (99 % to reach: {WANTED} ns){verdict}",
        said(alone)
    );
    println!(
        "try_send while a thread delivers: {} (it frees memory of this one)",
        said(beside)
    );

    let results = std::thread::scope(|scope| {
        let pipeline = &pipeline;
        let threads: Vec<_> = (ROUNDS..ROUNDS + PRODUCERS)
            .map(|producer| {
                scope.spawn(move || {
                    sends(pipeline, events, producer).map_err(|error| error.to_string())
                })
            })
            .collect();
        let ended = threads.into_iter().map(|thread| thread.join());
        ended.collect::<Vec<_>>()
    });
    let mut times = Vec::new();
    for result in results {
        times.extend(result.map_err(|_| "a producer panicked")??);
    }
    println!(
        "try_send with {PRODUCERS} producers: {}",
        said(percentiles(times))
    );
    Ok(())
}

fn sends(pipeline: &Pipeline, events: &[EventInput], producer: usize) -> Outcome<Vec<f64>> {
    let mut times = vec![0.0; SENDS];
    for (number, time) in times.iter_mut().enumerate() {
        let event = events[number % events.len()]
            .clone()
            .transaction_id(format!("{producer}-{number:030}"));
        let start = Instant::now();
        let sent = pipeline.try_send(event);
        *time = start.elapsed().as_secs_f64() * 1e9;
        sent?;
    }
    Ok(times)
}

/// So many steps of arithmetic, measured in the same way: what takes longer at times is the machine's doing.
fn computing(steps: u64) -> Vec<f64> {
    let measure = |_| {
        let start = Instant::now();
        let mut number = black_box(1_u64);
        for step in 0..steps {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(step);
        }
        black_box(number);
        start.elapsed().as_secs_f64() * 1e9
    };
    (0..SENDS).map(measure).collect()
}

/// How many steps of arithmetic take so many nanoseconds.
fn steps(nanoseconds: f64) -> u64 {
    const STEPS: u64 = 1_000;
    let [half, ..] = percentiles(computing(STEPS));
    (nanoseconds / half * STEPS as f64) as u64
}

/// Within how many nanoseconds half of them end, 99 of 100, and 999 of 1000.
fn percentiles(mut times: Vec<f64>) -> [f64; 3] {
    times.sort_by(f64::total_cmp);
    [0.5, 0.99, 0.999].map(|part| times[(times.len() as f64 * part) as usize])
}

fn said([half, most, nearly_all]: [f64; 3]) -> String {
    format!("half within {half:.0} ns, 99 % within {most:.0} ns, 99.9 % within {nearly_all:.0} ns")
}
