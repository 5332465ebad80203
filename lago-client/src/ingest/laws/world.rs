//! A pipeline without its task, and a server, in a time of their own.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use fastrand::Rng;
use lago_types::EventInput;
use tokio::time::Instant;

use super::super::converge::{Ambiguous, Entry};
use super::super::event::Event;
use super::super::key::KeyHash;
use super::super::outcome::{self, BatchOutcome, EventOutcome, Verdict};
use super::super::schedule::{Next, Rules, Schedule, Sending, Source, Waiting};
use super::super::sink::EventBatch;
use super::faults::Fault;
use super::store::{self, INVALID, Kind, POISON, Row, Store, UNNAMED, WALLED};
use crate::retry::RetryPolicy;

/// What decides over everything that happens.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) seed: u64,
    pub(super) kind: Kind,
    pub(super) ambiguous: Ambiguous,
    /// Whether the process dies, and its spool is read by the next one.
    pub(super) crashes: bool,
    /// Whether the store takes events one by one, and says what became of each.
    pub(super) one_by_one: bool,
}

/// So many steps are far more than any script needs: one that takes more never ends.
const TOO_MANY_STEPS: usize = 100_000;

#[derive(Debug)]
pub(super) struct World {
    rng: Rng,
    now: Instant,
    schedule: Schedule,
    rules: Rules,
    source: Queue,
    flights: Vec<Flight>,
    /// Bodies that the server executes later.
    late: Vec<(Instant, Vec<u8>)>,
    /// How often a request fails.
    fault_rate: f64,
    one_by_one: bool,
    pub(super) store: Store,
    before: Vec<Row>,
    offered: BTreeMap<Row, usize>,
    outcomes: BTreeMap<Row, Vec<EventOutcome>>,
}

#[derive(Debug)]
struct Flight {
    ends: Instant,
    sending: Sending,
    outcome: BatchOutcome,
}

/// Events that were accepted, the first of which are in front.
#[derive(Debug, Default)]
struct Queue(VecDeque<Entry<Event>>);

impl Source for Queue {
    fn waiting(&self) -> Waiting {
        Waiting {
            events: self.0.len(),
            bytes: self.0.iter().map(|entry| entry.event.bytes()).sum(),
            oldest: self.0.front().map(|entry| entry.event.accepted()),
            is_urgent: false,
        }
    }

    fn take(&mut self, max_events: usize, _: usize) -> Vec<Entry<Event>> {
        let count = max_events.min(self.0.len());
        self.0.drain(..count).collect()
    }
}

impl World {
    /// Plays a script to its end: everything is settled but what cannot be.
    pub(super) fn play(script: &Script) -> Self {
        let mut rng = Rng::with_seed(script.seed);
        let now = Instant::now();
        let rules = Rules {
            max_events: rng.usize(1..=12),
            max_bytes: rng.usize(200..4_000),
            linger: Duration::from_secs(1),
            max_in_flight: rng.usize(1..=6),
            ambiguous: script.ambiguous,
            retry: RetryPolicy::new(),
        };
        let mut store = Store::new(script.kind);
        store.max_events = rng.usize(1..=12);
        store.max_bytes = rng.usize(600..4_000);
        let mut world = Self {
            fault_rate: rng.f64() * 0.7,
            one_by_one: script.one_by_one,
            schedule: Schedule::new(rules.clone(), now),
            rules,
            source: Queue::default(),
            flights: Vec::new(),
            late: Vec::new(),
            store,
            before: Vec::new(),
            offered: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            rng,
            now,
        };
        world.offer();
        world.run(script.crashes);
        // What the server had not come to yet.
        world.now += Duration::from_secs(3600);
        world.execute_late();
        world
    }

    fn offer(&mut self) {
        let keys = KeyHash::new();
        for number in 0..self.rng.usize(1..=60) {
            let code = match self.rng.u32(0..40) {
                0 => INVALID,
                1 => UNNAMED,
                2 if self.rng.bool() => POISON,
                3 if self.rng.bool() => WALLED,
                _ => "api_calls",
            };
            let mut input = EventInput::new(code, format!("sub_{}", number % 3))
                .transaction_id(format!("t{number}"))
                .timestamp(1_700_000_000 + number as i64);
            let row = store::row(input.clone());
            if code == "api_calls" && self.rng.u32(0..20) == 0 {
                self.before.push(row.clone());
                self.store.rows.push(row.clone());
            }
            // Some callers send the same event twice.
            for _ in 0..1 + usize::from(self.rng.u32(0..12) == 0) {
                let event = Event::accept(&mut input, keys).expect("an event that can be written");
                *self.offered.entry(row.clone()).or_default() += 1;
                let in_doubt = false;
                self.source.0.push_back(Entry { event, in_doubt });
            }
        }
        self.rng.shuffle(self.source.0.make_contiguous());
        self.now += Duration::from_secs(1);
    }

    fn run(&mut self, crashes: bool) {
        for _ in 0..TOO_MANY_STEPS {
            if self.is_over() {
                return;
            }
            if crashes && self.rng.u32(0..30) == 0 {
                self.crash();
            }
            match self.schedule.next(self.now, &mut self.source) {
                Next::Send(sending) => self.fly(sending),
                Next::Idle { until, .. } => self.pass(until),
            }
        }
        let left = self
            .offered
            .keys()
            .filter(|row| !self.outcomes.contains_key(*row));
        panic!(
            "it never ends; {} in the queue, {} in flight, not settled: {:?}, rules {:?}, store {}x{}, faults {}",
            self.source.0.len(),
            self.flights.len(),
            left.collect::<Vec<_>>(),
            self.rules,
            self.store.max_events,
            self.store.max_bytes,
            self.fault_rate,
        );
    }

    /// Whether only events are left at which the server fails.
    fn is_over(&self) -> bool {
        let settled = |row: &Row| self.outcomes.get(row).map_or(0, Vec::len);
        self.offered
            .iter()
            .all(|(row, offered)| [POISON, WALLED].contains(&&*row.2) || settled(row) >= *offered)
    }

    fn fly(&mut self, sending: Sending) {
        let jsons = sending.batch.entries.iter().map(|entry| entry.event.json());
        let batch = EventBatch::new(jsons);
        let rows = store::read(&batch.body()).expect("the body of a batch");
        let mut keys: Vec<_> = rows
            .iter()
            .map(|(subscription, id, ..)| (subscription, id))
            .collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), rows.len(), "one key twice in a batch");
        assert!(rows.len() <= self.rules.max_events);
        let took = Duration::from_millis(self.rng.u64(1..2_000));
        let outcome = match self.one_by_one {
            true => self.each(&batch),
            false => self.post(&batch, took),
        };
        self.flights.push(Flight {
            ends: self.now + took,
            sending,
            outcome,
        });
    }

    /// A request with all of a batch.
    fn post(&mut self, batch: &EventBatch, took: Duration) -> BatchOutcome {
        let fault = Fault::choose(&mut self.rng, self.fault_rate);
        if fault == Fault::Late {
            let after = took + Duration::from_millis(self.rng.u64(0..60_000));
            self.late.push((self.now + after, batch.body().to_vec()));
        }
        let rng = &mut self.rng;
        let reply = fault
            .is_executed()
            .then(|| self.store.post(&batch.body(), || rng.u32(0..10) == 0));
        fault.outcome(reply, batch.len())
    }

    /// A store that takes each event for itself, and at times does not come to speak of the last ones.
    fn each(&mut self, batch: &EventBatch) -> BatchOutcome {
        let verdicts = batch.events().map(|json| {
            let alone = EventBatch::new([json].into_iter());
            let took = Duration::from_secs(1);
            match self.post(&alone, took) {
                BatchOutcome::Stored => Verdict::Stored,
                BatchOutcome::Refused(mut faults) => Verdict::Refused(faults.remove(0).1),
                BatchOutcome::RefusedAsWhole(rejection) => {
                    Verdict::Refused(outcome::Fault::Invalid(rejection))
                }
                other => Verdict::Failed {
                    in_doubt: other.is_in_doubt(),
                },
            }
        });
        let mut verdicts: Vec<_> = verdicts.collect();
        if self.rng.f64() < self.fault_rate {
            verdicts.truncate(self.rng.usize(0..=verdicts.len()));
        }
        let wait = self.rng.bool().then_some(Duration::from_secs(2));
        BatchOutcome::Each { verdicts, wait }
    }

    /// Time passes until something happens.
    fn pass(&mut self, until: Option<Instant>) {
        let first = self.flights.iter().map(|flight| flight.ends).min();
        let next = until.into_iter().chain(first).min();
        self.now = next.expect("something to wait for").max(self.now);
        self.execute_late();
        let now = self.now;
        for flight in self
            .flights
            .extract_if(.., |flight| flight.ends <= now)
            .collect::<Vec<_>>()
        {
            let chance = self.rng.f64();
            let done = self
                .schedule
                .done(flight.sending, flight.outcome, now, chance);
            for (event, outcome) in done.settled {
                let row = row_of(&event);
                self.outcomes.entry(row).or_default().push(outcome);
            }
        }
    }

    fn execute_late(&mut self) {
        let now = self.now;
        for (_, body) in self
            .late
            .extract_if(.., |(at, _)| *at <= now)
            .collect::<Vec<_>>()
        {
            let rng = &mut self.rng;
            self.store.post(&body, || rng.u32(0..10) == 0);
        }
    }

    /// The process dies. The next one finds in its spool what was not settled, and nothing of what was sent.
    fn crash(&mut self) {
        let flights = std::mem::take(&mut self.flights);
        let sent = flights
            .into_iter()
            .flat_map(|flight| flight.sending.batch.entries);
        let left: Vec<_> = sent
            .chain(self.schedule.drain())
            .chain(std::mem::take(&mut self.source.0))
            .map(|entry| Entry {
                in_doubt: true,
                ..entry
            })
            .collect();
        self.source.0.extend(left);
        self.schedule = Schedule::new(self.rules.clone(), self.now);
    }

    /// Everything that was offered.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.offered.keys()
    }

    /// How often an event was offered.
    pub(super) fn offered(&self, row: &Row) -> usize {
        self.offered.get(row).copied().unwrap_or(0)
    }

    /// Whether the store had it before.
    pub(super) fn was_there(&self, row: &Row) -> bool {
        self.before.contains(row)
    }

    /// Of every event that was offered, what became of each time.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = (&Row, &[EventOutcome])> {
        let outcomes = |row| self.outcomes.get(row).map_or(&[][..], Vec::as_slice);
        self.offered.keys().map(move |row| (row, outcomes(row)))
    }
}

fn row_of(event: &Event) -> Row {
    let input = serde_json::from_slice(event.json()).expect("the JSON of an event");
    store::row(input)
}
