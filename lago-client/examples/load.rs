//! Many calls against a server with faults: does each happen as often as the caller is told?
//!
//! ```console
//! $ cargo run --release -p lago-client --features mock --example load [CALLS] [FAULTS]
//! ```
//!
//! A million calls, and five faults in a hundred requests, unless told otherwise. The stand-in runs
//! in the same process and counts, call by call, what it executes. Afterwards both sides are
//! compared: the example fails when a call that is not idempotent was executed twice, when one that
//! succeeded was never executed, or when one was executed of which the error says that it was not.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lago_client::mock::{MockResponse, MockServer, ReceivedRequest, example};
use lago_client::{Call, Client, Error, Request, RetryPolicy, types::*};

const CALLS: u64 = 1_000_000;
/// In a hundred requests.
const FAULTS: u64 = 5;
const IN_FLIGHT: usize = 64;
/// Which call a request belongs to.
const NUMBER: &str = "x-call";
const MAX_ATTEMPTS: u32 = 4;

/// What a call does, by its number: every other one must not be repeated blindly.
const NAMES: [&str; 4] = [
    "customers.get",
    "events.create",
    "invoices.create",
    "wallet_transactions.create",
];

const WALLET: uuid::Uuid = uuid::Uuid::from_u128(1);

fn kind(number: u64) -> usize {
    (number % 4) as usize
}

fn is_idempotent(number: u64) -> bool {
    kind(number) < 2
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn StdError>> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse());
    let calls = arguments.next().transpose()?.unwrap_or(CALLS);
    let faults = arguments.next().transpose()?.unwrap_or(FAULTS);

    let server_side = Arc::new(ServerSide::new(calls, faults)?);
    let rule = Arc::clone(&server_side);
    let server = MockServer::builder()
        .keep_requests(0)
        .respond_with(move |request| rule.respond(request))
        .start()
        .await?;
    let policy = RetryPolicy::new()
        .max_attempts(MAX_ATTEMPTS)
        .initial_backoff(Duration::from_millis(1));
    let lago = Client::builder()
        .api_key("any")
        .base_url(server.url())
        .retry(policy)
        .build()?;

    println!("{calls} calls, {IN_FLIGHT} at a time, {faults} faults in 100 requests");
    let caller_side = Arc::new(CallerSide::new(calls));
    let start = Instant::now();
    let workers = (0..IN_FLIGHT).map(|_| {
        let (lago, side) = (lago.clone(), Arc::clone(&caller_side));
        tokio::spawn(async move { side.work(&lago).await })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await?;
    }
    let took = start.elapsed();
    Ok(match report(&caller_side, &server_side, took) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// What the server knows.
struct ServerSide {
    /// How often each call was executed.
    executed: Vec<AtomicU8>,
    requests: AtomicU64,
    faults: u64,
    injected: [AtomicU64; FAULT_NAMES.len()],
    /// By kind of call.
    cut_off: Vec<MockResponse>,
}

const FAULT_NAMES: [&str; 6] = [
    "429 of a gateway",
    "502 of a gateway",
    "500",
    "hung up before it was executed",
    "hung up after it was executed",
    "response cut off",
];

impl ServerSide {
    fn new(calls: u64, faults: u64) -> Result<Self, Box<dyn StdError>> {
        let half = |name: &&str| Ok(MockResponse::new(200).json(example(name)?).cut_off());
        let half = NAMES
            .iter()
            .map(half)
            .collect::<Result<_, Box<dyn StdError>>>();
        Ok(Self {
            executed: (0..calls).map(|_| AtomicU8::new(0)).collect(),
            requests: AtomicU64::new(0),
            faults,
            injected: Default::default(),
            cut_off: half?,
        })
    }

    /// Decides what happens to a request: in a fixed order over all of them.
    fn respond(&self, request: &ReceivedRequest) -> Option<MockResponse> {
        let number: u64 = request.header(NUMBER)?.parse().ok()?;
        let dice = spread(self.requests.fetch_add(1, Relaxed));
        if dice % 100 >= self.faults {
            self.execute(number);
            return None;
        }
        let fault = dice / 100 % FAULT_NAMES.len() as u64;
        // Behind a response of a server in trouble there may be either.
        let is_executed = match fault {
            0 | 3 => false,
            1 | 2 => (dice / 600).is_multiple_of(2),
            _ => true,
        };
        if is_executed {
            self.execute(number);
        }
        self.injected[fault as usize].fetch_add(1, Relaxed);
        Some(match fault {
            0 => MockResponse::new(429).header("retry-after", "0"),
            1 => MockResponse::new(502).text("<html><h1>502 Bad Gateway</h1></html>"),
            2 => MockResponse::error(500, "internal_error"),
            3 | 4 => MockResponse::hang_up(),
            _ => self.cut_off[kind(number)].clone(),
        })
    }

    fn execute(&self, number: u64) {
        if let Some(executed) = self.executed.get(number as usize) {
            executed.fetch_add(1, Relaxed);
        }
    }
}

/// Numbers that look like chance and are the same in each run (splitmix64).
fn spread(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// What the callers were told.
struct CallerSide {
    next: AtomicU64,
    done: AtomicU64,
    attempts: AtomicU64,
    /// An [`Outcome`] for each call.
    outcomes: Vec<AtomicU8>,
    /// By call and cause.
    failures: Mutex<BTreeMap<String, u64>>,
    /// Kilobytes of this process at a tenth, at half, at the end.
    memory: [AtomicU64; 3],
}

/// What a call came to.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Outcome {
    Unknown,
    Ok,
    /// The error says that it was not executed.
    Failed,
    /// It may have been executed.
    Ambiguous,
}

impl CallerSide {
    fn new(calls: u64) -> Self {
        let outcome = |_| AtomicU8::new(Outcome::Unknown as u8);
        Self {
            next: AtomicU64::new(0),
            done: AtomicU64::new(0),
            attempts: AtomicU64::new(0),
            outcomes: (0..calls).map(outcome).collect(),
            failures: Mutex::default(),
            memory: Default::default(),
        }
    }

    /// Makes calls until there are none left.
    async fn work(&self, lago: &Client) {
        let calls = self.outcomes.len() as u64;
        loop {
            let number = self.next.fetch_add(1, Relaxed);
            let Some(outcome) = self.outcomes.get(number as usize) else {
                return;
            };
            outcome.store(self.call(lago, number).await as u8, Relaxed);
            let done = self.done.fetch_add(1, Relaxed) + 1;
            let marks = [calls / 10, calls / 2, calls];
            for (mark, memory) in marks.iter().zip(&self.memory) {
                if done == *mark {
                    memory.store(resident(), Relaxed);
                }
            }
        }
    }

    async fn call(&self, lago: &Client, number: u64) -> Outcome {
        let customer = format!("customer-{number}");
        match kind(number) {
            0 => self.send(lago.customers().get(customer), number).await,
            1 => {
                let event = EventInput::new("api_calls", customer);
                self.send(lago.events().create(event), number).await
            }
            2 => {
                let fee = OneOffInvoiceFeeInput::new("setup");
                let invoice = OneOffInvoiceInput::new(customer, [fee]);
                self.send(lago.invoices().create(invoice), number).await
            }
            _ => {
                let top_up = WalletTransactionInput::new(WALLET).granted_credits(Decimal::from(1));
                let create = lago.wallet_transactions().create(top_up);
                self.send(create, number).await
            }
        }
    }

    async fn send<C: Call>(&self, request: Request<C>, number: u64) -> Outcome {
        let request = request.header(NUMBER, &number.to_string());
        let error = match request.response().await {
            Ok(response) => {
                self.attempts.fetch_add(response.attempts.into(), Relaxed);
                return Outcome::Ok;
            }
            Err(error) => error,
        };
        self.attempts.fetch_add(error.attempts().into(), Relaxed);
        let cause = format!("{}: {}", NAMES[kind(number)], cause(&error, number));
        if let Ok(mut failures) = self.failures.lock() {
            *failures.entry(cause).or_default() += 1;
        }
        match error.is_ambiguous() {
            true => Outcome::Ambiguous,
            false => Outcome::Failed,
        }
    }
}

fn cause(error: &Error, number: u64) -> String {
    let what = match error.status() {
        Some(status) if status.is_success() => "response cut off".to_owned(),
        Some(status) => format!("status {}", status.as_u16()),
        None if error.is_connect() => "not connected".to_owned(),
        None if error.is_transport() => "no response".to_owned(),
        None => format!("other: {error}"),
    };
    let may_repeat = is_idempotent(number) || !error.is_ambiguous();
    let why = match error.attempts() {
        MAX_ATTEMPTS => "after all attempts",
        _ if may_repeat => "the budget for retries was used up",
        _ => "not repeated",
    };
    format!("{what}, {why}")
}

/// Kilobytes of memory that this process uses; zero where that is not told.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().split(' ').next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

/// Prints the figures. True when no call was executed twice or lost.
fn report(callers: &CallerSide, server: &ServerSide, took: Duration) -> bool {
    let calls = callers.outcomes.len() as u64;
    let requests = server.requests.load(Relaxed);
    let attempts = callers.attempts.load(Relaxed);
    let seconds = took.as_secs_f64();
    let mut by_outcome = [0_u64; 4];
    let (mut duplicates, mut lost, mut unwanted, mut repeated) = (0, 0, 0, 0);
    for (number, outcome) in callers.outcomes.iter().enumerate() {
        let outcome = outcome.load(Relaxed);
        let executed = server.executed[number].load(Relaxed);
        by_outcome[outcome as usize] += 1;
        match is_idempotent(number as u64) {
            true => repeated += u64::from(executed > 1),
            false => duplicates += u64::from(executed > 1),
        }
        lost += u64::from(outcome == Outcome::Ok as u8 && executed == 0);
        unwanted += u64::from(outcome == Outcome::Failed as u8 && executed > 0);
    }
    let [unknown, ok, failed, ambiguous] = by_outcome;

    println!("\nrequests  {requests} at the server, {attempts} attempts of the callers");
    for (name, count) in FAULT_NAMES.iter().zip(&server.injected) {
        println!("{:>9} {name}", count.load(Relaxed));
    }
    println!("retries   {}", attempts - calls);
    println!("\ncalls     {calls}");
    println!("{ok:>9} ok");
    println!("{failed:>9} failed and not executed");
    println!("{ambiguous:>9} failed, perhaps executed");
    println!("{unknown:>9} without an outcome");
    if let Ok(failures) = callers.failures.lock() {
        for (cause, count) in failures.iter() {
            println!("{count:>9} {cause}");
        }
    }
    println!("\nexecutions");
    println!("{repeated:>9} idempotent calls executed more than once, which is right");
    println!("{duplicates:>9} other calls executed more than once");
    println!("{lost:>9} calls ok and never executed");
    println!("{unwanted:>9} calls executed, and the error says they were not");

    let memory = callers.memory.each_ref().map(|memory| memory.load(Relaxed));
    let [tenth, half, end] = memory;
    println!("\nmemory    {tenth} kB at 10 %, {half} kB at 50 %, {end} kB at 100 %");
    let (called, requested) = (calls as f64 / seconds, requests as f64 / seconds);
    println!("time      {seconds:.1} s, {called:.0} calls and {requested:.0} requests a second");
    [duplicates, lost, unwanted, unknown] == [0; 4]
}
