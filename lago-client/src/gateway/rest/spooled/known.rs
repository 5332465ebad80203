//! Events that Lago had already. Whoever sent one was told 202, so the log says it.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::gateway::log::say;
use crate::ingest::{Metrics, Reminder};

/// Counts them until it is time for a line.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    events: u64,
    reminder: Reminder,
}

impl Metrics for Known {
    fn duplicates(&self, events: u64) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.events += events;
        if counted.reminder.is_due(false, Instant::now()) {
            let events = std::mem::take(&mut counted.events);
            say(&format_args!(
                "Lago had events already: {events} since this was last said. It knows them by their transaction_id and does \
                 not store them again, also where they say something else; they are no dead letters"
            ));
        }
    }
}
