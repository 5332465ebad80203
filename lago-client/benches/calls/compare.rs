//! The comparison of two ways to call a server, by CPU time.

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io;
use std::time::Duration;

use criterion::Criterion;
use criterion::measurement::WallTime;
use tokio::runtime::{Builder, Runtime};

use crate::cpu::{cpu_time, median};
use crate::server::Server;

/// Of each way, in turn.
const ROUNDS: usize = 41;
/// Of a round.
const CPU_TIME: Duration = Duration::from_millis(20);

/// Measures ways to call and keeps their ratios.
pub(crate) struct Bench<'a> {
    criterion: &'a mut Criterion,
    server: &'a Server,
    runtime: Runtime,
    ratios: String,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(criterion: &'a mut Criterion, server: &'a Server) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self {
            criterion,
            server,
            runtime,
            ratios: String::new(),
        })
    }

    /// Measures the client beside bare reqwest, which has to send the same.
    pub(crate) fn compare<A, B>(
        &mut self,
        name: &str,
        client: impl AsyncFn() -> Result<A, lago_client::Error>,
        bare: impl AsyncFn() -> reqwest::Result<B>,
    ) -> Result<(), Box<dyn Error>> {
        self.runtime.block_on(client())?;
        let sent = self.server.request();
        self.runtime.block_on(bare())?;
        let same = self.server.request();
        if sent != same {
            return Err(format!("the requests differ:\n{sent}\n\n{same}").into());
        }

        // Nobody looks at failures from here on: the server has one response, which was read.
        let client = async || black_box(client().await).is_ok();
        let bare = async || black_box(bare().await).is_ok();
        let mut group = self.criterion.benchmark_group(name);
        measured(&mut group, "lago-client", &self.runtime, &client);
        measured(&mut group, "bare reqwest", &self.runtime, &bare);
        group.finish();

        let calls = calls_of_a_round(&self.runtime, &bare);
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let client = time(&self.runtime, &client, calls).as_secs_f64();
            let bare = time(&self.runtime, &bare, calls).as_secs_f64();
            rounds.push((client / bare, client, bare));
        }
        let micros = |seconds: f64| seconds * 1e6 / calls as f64;
        let ratio = median(rounds.iter().map(|round| round.0));
        let client = micros(median(rounds.iter().map(|round| round.1)));
        let bare = micros(median(rounds.iter().map(|round| round.2)));
        writeln!(
            self.ratios,
            "{ratio:>6.3}  {name}: {client:.1} µs and {bare:.1} µs"
        )?;
        Ok(())
    }

    /// The ratios, a line for each comparison.
    pub(crate) fn finish(self) -> String {
        self.ratios
    }
}

fn measured(
    group: &mut criterion::BenchmarkGroup<'_, WallTime>,
    name: &str,
    runtime: &Runtime,
    call: &impl AsyncFn() -> bool,
) {
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|calls| time(runtime, call, calls));
    });
}

fn calls_of_a_round(runtime: &Runtime, call: &impl AsyncFn() -> bool) -> u64 {
    let mut calls = 1;
    while time(runtime, call, calls) < CPU_TIME {
        calls *= 2;
    }
    calls
}

/// The CPU time of this thread for so many calls, one after the other.
fn time(runtime: &Runtime, call: &impl AsyncFn() -> bool, calls: u64) -> Duration {
    let start = cpu_time();
    runtime.block_on(async {
        for _ in 0..calls {
            call().await;
        }
    });
    cpu_time().saturating_sub(start)
}
