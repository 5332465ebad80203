//! What a pipeline has come to, in figures.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::notice::DeliveryFailure;
use super::outcome::EventOutcome;

/// What became of all events that a pipeline accepted. The figures add up to their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "it says whether events were lost"]
#[non_exhaustive]
pub struct Report {
    /// The server has them, from this pipeline.
    pub delivered: u64,
    /// The server had them before.
    pub duplicates: u64,
    /// The server refused them for good.
    pub rejected: u64,
    /// Kept back, as no response told whether the server has them.
    pub in_doubt: u64,
    /// Not delivered yet, and on disk: the next pipeline with this spool sends them.
    pub spooled: u64,
    /// Not confirmed by the server when the pipeline ended, or dropped for newer ones. Those that were under way
    /// may have been stored.
    pub lost: u64,
}

/// How a pipeline stands. Totals count since its start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Events that are accepted and not settled, those in flight included.
    pub queued: u64,
    /// Batches that wait for a response.
    pub in_flight: usize,
    /// How long ago the oldest event was accepted that is not settled.
    pub oldest_age: Option<Duration>,
    /// Why the pipeline pauses: the server accepts nothing until somebody changes something, such as the API key.
    pub paused: Option<String>,
    /// That events do not get through, and why: since an attempt failed, until all events that were in one are settled. Through
    /// the gateway also that a dead letter cannot be written.
    pub failing: Option<DeliveryFailure>,
    /// Events that the server has, from this pipeline.
    pub delivered: u64,
    /// Events that the server had before.
    pub duplicates: u64,
    /// Events that the server refused for good.
    pub rejected: u64,
    /// Events that were kept back, as no response told whether the server has them.
    pub in_doubt: u64,
    /// How often an event was sent again.
    pub retries: u64,
    /// Events that were dropped for newer ones, or not confirmed when the pipeline ended.
    pub lost: u64,
}

/// What became of some events.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) delivered: u64,
    pub(super) duplicates: u64,
    pub(super) rejected: u64,
    pub(super) in_doubt: u64,
    pub(super) lost: u64,
}

impl Tally {
    pub(super) fn add(&mut self, outcome: &EventOutcome) {
        let count = match outcome {
            EventOutcome::Delivered => &mut self.delivered,
            EventOutcome::Duplicate => &mut self.duplicates,
            EventOutcome::Rejected(_) => &mut self.rejected,
            EventOutcome::InDoubt => &mut self.in_doubt,
            EventOutcome::Lost { .. } => &mut self.lost,
            // The spool knows how many it has.
            EventOutcome::Spooled => return,
        };
        *count += 1;
    }
}

/// Counts what becomes of events.
#[derive(Debug, Default)]
pub(super) struct Counters {
    delivered: AtomicU64,
    duplicates: AtomicU64,
    rejected: AtomicU64,
    in_doubt: AtomicU64,
    lost: AtomicU64,
    retries: AtomicU64,
}

impl Counters {
    pub(super) fn add(&self, tally: &Tally) {
        for (counter, events) in [
            (&self.delivered, tally.delivered),
            (&self.duplicates, tally.duplicates),
            (&self.rejected, tally.rejected),
            (&self.in_doubt, tally.in_doubt),
            (&self.lost, tally.lost),
        ] {
            if events > 0 {
                counter.fetch_add(events, Relaxed);
            }
        }
    }

    /// One was dropped for a newer one.
    pub(super) fn drop_one(&self) {
        self.lost.fetch_add(1, Relaxed);
    }

    pub(super) fn retry(&self, events: usize) {
        self.retries.fetch_add(events as u64, Relaxed);
    }

    pub(super) fn report(&self) -> Report {
        Report {
            delivered: self.delivered.load(Relaxed),
            duplicates: self.duplicates.load(Relaxed),
            rejected: self.rejected.load(Relaxed),
            in_doubt: self.in_doubt.load(Relaxed),
            spooled: 0,
            lost: self.lost.load(Relaxed),
        }
    }

    /// The totals; how things stand now is for others to say.
    pub(super) fn totals(&self) -> Stats {
        let Report {
            delivered,
            duplicates,
            rejected,
            in_doubt,
            lost,
            ..
        } = self.report();
        Stats {
            delivered,
            duplicates,
            rejected,
            in_doubt,
            lost,
            retries: self.retries.load(Relaxed),
            ..Stats::default()
        }
    }
}
