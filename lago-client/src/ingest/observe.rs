//! Those who are told what becomes of events: dead letters, metrics and notices. All are code of the caller's, whose panics
//! must not end a pipeline that holds events.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lago_types::EventInput;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::event::{Event, Size};
use super::notice::Notice;
use super::outcome::EventOutcome;
use super::report::{Counters, Tally};
use super::spool::Position;
use super::trace;
use super::unkept::Unkept;

/// An event that the pipeline will not deliver, and why: it was rejected, is in doubt, or was lost at the end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeadLetter {
    /// The event, byte for byte as it was sent: with it, and its `transaction_id` and `timestamp`, it can be sent
    /// again without counting twice.
    pub json: Box<[u8]>,
    /// Why it is not delivered.
    pub outcome: EventOutcome,
}

impl DeadLetter {
    /// The event as a value.
    ///
    /// # Errors
    /// When the JSON cannot be read as this version's [`EventInput`]; [`json`](Self::json) has it all the same.
    pub fn event(&self) -> Result<EventInput, serde_json::Error> {
        serde_json::from_slice(&self.json)
    }
}

/// Figures of a pipeline as they change, for a system of metrics. Every method does nothing unless implemented.
///
/// They are called in the pipeline's task: they should be quick and not block. The first three are gauges, to be
/// set; the others are counters, to be increased by so much.
pub trait Metrics: Send + Sync + 'static {
    /// Events that are accepted and not settled.
    fn queued(&self, events: u64) {
        let _ = events;
    }

    /// Batches that wait for a response.
    fn in_flight(&self, batches: usize) {
        let _ = batches;
    }

    /// How long ago the oldest event was accepted that is not settled; zero when there is none.
    fn oldest_age(&self, age: Duration) {
        let _ = age;
    }

    /// Events that the server has now.
    fn delivered(&self, events: u64) {
        let _ = events;
    }

    /// Events that the server had before.
    fn duplicates(&self, events: u64) {
        let _ = events;
    }

    /// Events that the server refused for good.
    fn rejected(&self, events: u64) {
        let _ = events;
    }

    /// Events that were kept back in doubt.
    fn in_doubt(&self, events: u64) {
        let _ = events;
    }

    /// Events that are sent again.
    fn retries(&self, events: u64) {
        let _ = events;
    }

    /// Events that were dropped for newer ones, or not confirmed when the pipeline ended.
    fn lost(&self, events: u64) {
        let _ = events;
    }
}

/// An error says why it could not be kept, and what to do.
pub(super) type DeadLetters = Box<dyn FnMut(DeadLetter) -> Result<(), String> + Send>;

pub(super) type Notices = Box<dyn FnMut(Notice) + Send>;

/// What became of events that were to be settled.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// What they took of the queue.
    pub(super) sizes: Vec<Size>,
    /// Why the last of those could not be kept that are not settled after all.
    pub(super) unkept: Option<String>,
}

/// Tells whoever wants to know.
pub(super) struct Observer {
    pub(super) counters: Arc<Counters>,
    pub(super) dead_letters: Option<Mutex<DeadLetters>>,
    pub(super) metrics: Option<Arc<dyn Metrics>>,
    pub(super) notices: Option<Mutex<Notices>>,
    /// Where there is a spool, whoever acknowledges records.
    pub(super) settled: Option<mpsc::UnboundedSender<Vec<Position>>>,
    /// Those that are on disk, and of which nobody else keeps that they are dead.
    pub(super) unkept: Unkept,
}

impl Observer {
    /// These events are settled, but for those that are dead and on disk, and could not be kept elsewhere: they are nowhere
    /// but there from now on.
    pub(super) fn settled(&self, events: Vec<(Event, EventOutcome)>, now: Instant) -> Settled {
        let mut tally = Tally::default();
        let mut over = Vec::new();
        let mut settled = Settled::default();
        for (event, outcome) in events {
            settled.sizes.push(event.size());
            if outcome.is_dead()
                && let Err(why) = self.bury(event.json().into(), outcome.clone())
                && event.is_spooled()
            {
                settled.unkept = Some(why);
                if let Some(ticket) = event.settle(&EventOutcome::Spooled) {
                    let in_doubt = outcome.may_be_stored();
                    self.unkept.lock().add(ticket.position, in_doubt, now);
                }
                continue;
            }
            tally.add(&outcome);
            let is_over = outcome != EventOutcome::Spooled;
            let ticket = event.settle(&outcome);
            over.extend(ticket.filter(|_| is_over).map(|ticket| ticket.position));
        }
        {
            let mut unkept = self.unkept.lock();
            if !unkept.is_empty() {
                over.iter().for_each(|position| unkept.settled(*position));
            }
        }
        // Only now: who takes dead letters may be killed before.
        if let Some(settler) = self.settled.as_ref().filter(|_| !over.is_empty()) {
            // Where nobody listens any more, the next process sends them again.
            let _ = settler.send(over);
        }
        self.count(&tally);
        settled
    }

    /// This event was accepted and will not be sent, and has nobody else who could tell.
    pub(super) fn lost(&self, json: &[u8], may_be_stored: bool) {
        let outcome = EventOutcome::Lost { may_be_stored };
        let mut tally = Tally::default();
        tally.add(&outcome);
        // It is nowhere else, whatever comes of this.
        let _ = self.bury(json.into(), outcome);
        self.count(&tally);
    }

    /// Tells what somebody should know.
    pub(super) fn notice(&self, notice: Notice) {
        trace::notice(&notice);
        if let Some(notices) = &self.notices {
            let mut take = notices.lock().unwrap_or_else(PoisonError::into_inner);
            guarded(|| take(notice));
        }
    }

    /// Gives a dead letter to whoever takes them, who may have to leave it.
    fn bury(&self, json: Box<[u8]>, outcome: EventOutcome) -> Result<(), String> {
        let mut kept = Ok(());
        if let Some(dead_letters) = &self.dead_letters {
            let mut take = dead_letters.lock().unwrap_or_else(PoisonError::into_inner);
            guarded(|| kept = take(DeadLetter { json, outcome }));
        }
        kept
    }

    fn count(&self, tally: &Tally) {
        self.counters.add(tally);
        self.tell(|metrics| {
            let tell = |count: u64, metric: &dyn Fn(u64)| {
                if count > 0 {
                    metric(count);
                }
            };
            tell(tally.delivered, &|count| metrics.delivered(count));
            tell(tally.duplicates, &|count| metrics.duplicates(count));
            tell(tally.rejected, &|count| metrics.rejected(count));
            tell(tally.in_doubt, &|count| metrics.in_doubt(count));
            tell(tally.lost, &|count| metrics.lost(count));
        });
        if tally.rejected > 0 {
            trace::rejected(tally.rejected);
        }
    }

    /// So many events are sent again.
    pub(super) fn retry(&self, events: usize) {
        if events > 0 {
            self.counters.retry(events);
            self.tell(|metrics| metrics.retries(events as u64));
        }
    }

    /// Tells the metrics, if there are any.
    pub(super) fn tell(&self, what: impl FnOnce(&dyn Metrics)) {
        if let Some(metrics) = &self.metrics {
            guarded(|| what(&**metrics));
        }
    }
}

fn guarded(call: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(call)).is_err() {
        trace::observer_panicked();
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer")
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}
