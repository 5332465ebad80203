//! The figures of a pipeline as metrics: whatever recorder the program has installed gets them.

use std::time::Duration;

use lago_client::ingest::Metrics;
use metrics::{Counter, Gauge, counter, describe_counter, describe_gauge, gauge};

/// One metric for each figure. Made once, after the recorder was installed: `.metrics(IngestMetrics::new())`.
pub struct IngestMetrics {
    queued: Gauge,
    in_flight: Gauge,
    oldest_age: Gauge,
    delivered: Counter,
    duplicates: Counter,
    rejected: Counter,
    in_doubt: Counter,
    retries: Counter,
    lost: Counter,
}

impl IngestMetrics {
    /// Registers them, so that all are there from the start.
    #[must_use]
    pub fn new() -> Self {
        describe_gauge!(
            "lago_ingest_queued_events",
            "Events that are accepted and not settled."
        );
        describe_gauge!(
            "lago_ingest_batches_in_flight",
            "Requests that wait for a response."
        );
        describe_gauge!(
            "lago_ingest_oldest_event_seconds",
            "The age of the oldest event that is not settled."
        );
        describe_counter!(
            "lago_ingest_events_total",
            "Events that are settled, by what became of them."
        );
        describe_counter!("lago_ingest_retries_total", "Events that were sent again.");
        let settled =
            |outcome: &'static str| counter!("lago_ingest_events_total", "outcome" => outcome);
        Self {
            queued: gauge!("lago_ingest_queued_events"),
            in_flight: gauge!("lago_ingest_batches_in_flight"),
            oldest_age: gauge!("lago_ingest_oldest_event_seconds"),
            delivered: settled("delivered"),
            duplicates: settled("duplicate"),
            rejected: settled("rejected"),
            in_doubt: settled("in_doubt"),
            lost: settled("lost"),
            retries: counter!("lago_ingest_retries_total"),
        }
    }
}

impl Default for IngestMetrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics for IngestMetrics {
    fn queued(&self, events: u64) {
        self.queued.set(events as f64);
    }

    fn in_flight(&self, batches: usize) {
        self.in_flight.set(batches as f64);
    }

    fn oldest_age(&self, age: Duration) {
        self.oldest_age.set(age);
    }

    fn delivered(&self, events: u64) {
        self.delivered.increment(events);
    }

    fn duplicates(&self, events: u64) {
        self.duplicates.increment(events);
    }

    fn rejected(&self, events: u64) {
        self.rejected.increment(events);
    }

    fn in_doubt(&self, events: u64) {
        self.in_doubt.increment(events);
    }

    fn retries(&self, events: u64) {
        self.retries.increment(events);
    }

    fn lost(&self, events: u64) {
        self.lost.increment(events);
    }
}
