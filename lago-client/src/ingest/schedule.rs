//! What is sent next, and when: every decision of the pipeline between its queue and its sink. Time and chance are
//! parameters, so that all of it is tested without waiting.
//!
//! One rule keeps a bad batch from holding up the others. A failure while the server takes nothing else speaks of
//! the server: everything pauses, and a single batch goes to find out. A failure while the server took other batches
//! speaks of the batch: it alone waits.

mod done;
mod failing;
mod gate;
mod keys;
mod window;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::converge::{Ambiguous, Batch, Entry};
use super::event::Event;
use crate::retry::RetryPolicy;
pub(super) use done::{Done, Turn};
use failing::Failing;
pub(super) use failing::Failure;
use gate::Gate;
use keys::Keys;
use window::Window;

/// Where events come from.
pub(super) trait Source {
    /// What waits there.
    fn waiting(&self) -> Waiting;

    /// The next events, at least one if there is one, and no more than these limits otherwise allow.
    fn take(&mut self, max_events: usize, max_bytes: usize) -> Vec<Entry<Event>>;
}

/// What waits in a source.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waiting {
    pub(super) events: usize,
    /// Of their JSON.
    pub(super) bytes: usize,
    /// When the oldest was accepted.
    pub(super) oldest: Option<Instant>,
    /// Somebody waits for the oldest to be delivered, so that it does not wait for others.
    pub(super) is_urgent: bool,
}

/// Whatever a policy says: a chance of nearly zero must not become a storm of requests.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// Whatever a policy says: times that are far away cannot be computed with.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// Whoever looks more often does nothing else.
const SHORTEST_GLANCE: Duration = Duration::from_millis(1);

/// Whatever is set: times that are far away cannot be computed with.
const LONGEST_LINGER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What the schedule goes by.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) max_events: usize,
    /// Of a body.
    pub(super) max_bytes: usize,
    /// How long an event waits for others that go with it.
    pub(super) linger: Duration,
    pub(super) max_in_flight: usize,
    pub(super) ambiguous: Ambiguous,
    /// Of the client: how long to wait after failures.
    pub(super) retry: RetryPolicy,
}

/// A batch under way.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) batch: Batch<Event>,
    started: Instant,
    /// When its oldest event was accepted.
    oldest: Instant,
    /// How many verdicts there had been when it failed the last time.
    failed_at: Option<u64>,
}

impl Sending {
    /// When its oldest event was accepted.
    pub(super) fn oldest(&self) -> Instant {
        self.oldest
    }
}

/// What to do now.
#[derive(Debug)]
pub(super) enum Next {
    Send(Sending),
    Idle {
        /// When to ask again at the latest.
        until: Option<Instant>,
        /// Whether to ask again when there are new events.
        wants_events: bool,
    },
}

/// Decides for one pipeline.
#[derive(Debug)]
pub(super) struct Schedule {
    /// The limits among them shrink to what the server takes.
    rules: Rules,
    window: Window,
    gate: Gate,
    keys: Keys,
    /// By the time from which they may be sent.
    waiting: BTreeMap<(Instant, u64), (Batch<Event>, Option<u64>)>,
    tickets: u64,
    /// How often the server gave a verdict, whatever it was.
    verdicts: u64,
    failing: Failing,
    /// Why nothing is taken until somebody changes something.
    paused: Option<Arc<str>>,
    /// How many batches under way have failed before.
    failed_in_flight: usize,
}

impl Schedule {
    pub(super) fn new(rules: Rules, now: Instant) -> Self {
        Self {
            window: Window::new(rules.max_in_flight, now),
            gate: Gate::default(),
            keys: Keys::default(),
            waiting: BTreeMap::new(),
            tickets: 0,
            verdicts: 0,
            failing: Failing::default(),
            paused: None,
            failed_in_flight: 0,
            rules,
        }
    }

    /// What to do now.
    pub(super) fn next(&mut self, now: Instant, source: &mut impl Source) -> Next {
        loop {
            if let Some(next) = self.look(now, source) {
                return next;
            }
        }
    }

    /// The same, but for new events that all wait for one with the same key: then there is another look to take.
    fn look(&mut self, now: Instant, source: &mut impl Source) -> Option<Next> {
        let is_probing = self.gate.is_troubled();
        if !self.window.has_room() || (is_probing && self.window.in_flight() > 0) {
            // What ends asks again.
            return Some(Next::Idle {
                until: None,
                wants_events: false,
            });
        }
        let new = source.waiting();
        let has_new = new.events > 0 || self.keys.has_free();
        if let Some(opens) = self.gate.opens_after(now) {
            let has_work = has_new || !self.waiting.is_empty();
            return Some(Next::Idle {
                until: has_work.then_some(opens),
                wants_events: !has_work,
            });
        }
        let due = self.waiting.first_key_value().map(|(&(at, _), _)| at);
        let is_due = due.is_some_and(|at| at <= now);
        let lingers_until = self.lingers_until(&new);
        let is_new_ready = has_new && lingers_until.is_none_or(|until| until <= now);
        // Whoever finds out whether the server is back should not be what it may have broken on.
        if is_new_ready && (is_probing || !is_due) {
            let batch = self.form(source)?;
            return Some(self.send(batch, None, now));
        }
        if is_due && let Some((_, (batch, failed_at))) = self.waiting.pop_first() {
            let batch = self.fit(batch, failed_at, now);
            return Some(self.send(batch, failed_at, now));
        }
        let lingers_until = lingers_until.filter(|_| has_new);
        Some(Next::Idle {
            until: due.into_iter().chain(lingers_until).min(),
            wants_events: true,
        })
    }

    /// Whether everything is settled that was taken from the source.
    pub(super) fn is_empty(&self) -> bool {
        self.window.in_flight() == 0 && self.waiting.is_empty() && self.keys.is_empty()
    }

    /// How many batches are under way.
    pub(super) fn in_flight(&self) -> usize {
        self.window.in_flight()
    }

    /// The events that wait for the next time that they may be sent, of the batch that waits for the nearest.
    pub(super) fn give_up(&mut self) -> Vec<Entry<Event>> {
        let first = self
            .waiting
            .pop_first()
            .map(|(_, (batch, _))| batch.entries);
        let entries = first.unwrap_or_default();
        for entry in &entries {
            self.keys.settle(entry.event.key());
        }
        entries
    }

    /// All events that are neither settled nor under way.
    pub(super) fn drain(&mut self) -> Vec<Entry<Event>> {
        let waiting = std::mem::take(&mut self.waiting).into_values();
        let mut all: Vec<_> = waiting.flat_map(|(batch, _)| batch.entries).collect();
        all.extend(self.keys.drain());
        all
    }

    /// When the oldest event was accepted that waits to be sent again.
    pub(super) fn oldest(&self) -> Option<Instant> {
        let entries = self.waiting.values().flat_map(|(batch, _)| &batch.entries);
        entries.map(|entry| entry.event.accepted()).min()
    }

    /// The size at which a batch is full, in events and in bytes: what the source has to reach to be asked before the
    /// linger ends.
    pub(super) fn full_batch(&self) -> (usize, usize) {
        (self.rules.max_events, self.rules.max_bytes)
    }

    /// How long a full batch may wait to be seen: little beside what any event waits for others. None where that is
    /// little itself.
    pub(super) fn glance(&self) -> Option<Duration> {
        let (linger, longest) = (self.rules.linger, 10 * SHORTEST_GLANCE);
        (linger >= longest).then(|| (linger / 100).clamp(SHORTEST_GLANCE, longest))
    }

    /// Until when new events wait for others; none when they need not.
    fn lingers_until(&self, new: &Waiting) -> Option<Instant> {
        let is_full = new.events >= self.rules.max_events || new.bytes >= self.rules.max_bytes;
        let is_ready = is_full || new.is_urgent || self.keys.has_free();
        let oldest = new.oldest.filter(|_| !is_ready)?;
        Some(oldest + self.rules.linger.min(LONGEST_LINGER))
    }

    /// A batch of new events, no two with the same key; none when all of them wait for one with the same key.
    fn form(&mut self, source: &mut impl Source) -> Option<Batch<Event>> {
        let Rules {
            max_events,
            max_bytes,
            ..
        } = self.rules;
        let mut entries = self.keys.take_free(max_events, max_bytes);
        if entries.is_empty() {
            entries = source.take(max_events, max_bytes);
            let keys = &mut self.keys;
            let is_taken = |entry: &mut Entry<Event>| !keys.claim(entry.event.key());
            let late: Vec<_> = entries.extract_if(.., is_taken).collect();
            late.into_iter().for_each(|entry| keys.wait(entry));
        }
        (!entries.is_empty()).then(|| Batch::new(entries))
    }

    /// The part of a batch that is within the limits; the rest waits for its turn.
    fn fit(
        &mut self,
        mut batch: Batch<Event>,
        failed_at: Option<u64>,
        now: Instant,
    ) -> Batch<Event> {
        let mut bytes = 0;
        let fits = batch
            .entries
            .iter()
            .take(self.rules.max_events)
            .take_while(|entry| {
                bytes += entry.event.bytes();
                bytes <= self.rules.max_bytes
            });
        let fits = fits.count().max(1);
        if fits < batch.len() {
            let rest = batch.entries.split_off(fits);
            let rest = batch.with(rest);
            self.wait(rest, failed_at, now);
        }
        batch
    }

    fn send(&mut self, batch: Batch<Event>, failed_at: Option<u64>, started: Instant) -> Next {
        self.window.started();
        self.failed_in_flight += usize::from(batch.failures > 0);
        let accepted = batch.entries.iter().map(|entry| entry.event.accepted());
        Next::Send(Sending {
            oldest: accepted.min().unwrap_or(started),
            batch,
            started,
            failed_at,
        })
    }

    fn wait(&mut self, batch: Batch<Event>, failed_at: Option<u64>, at: Instant) {
        self.tickets += 1;
        self.waiting.insert((at, self.tickets), (batch, failed_at));
    }
}
