//! How much may be tried again, for all calls of a client together.

use std::sync::atomic::{AtomicU32, Ordering};

const CAPACITY: u32 = 500;

/// A bucket of tokens: retries take some; successes, and refusals of a server that works, bring some back.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(CAPACITY))
    }
}

impl Budget {
    /// What is left.
    pub(crate) fn tokens(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes tokens; none when there are too few.
    #[must_use]
    pub(crate) fn take(&self, cost: u32) -> bool {
        let take = |tokens: u32| tokens.checked_sub(cost);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.is_ok()
    }

    /// What shows that the server works gives back what the last retry took; at the first attempt a little.
    pub(crate) fn refund(&self, cost: u32) {
        // A full bucket is the rule, and needs no writing to memory that all calls share.
        if self.tokens() < CAPACITY {
            let add = |tokens: u32| Some(tokens.saturating_add(cost.max(1)).min(CAPACITY));
            let _ = self
                .0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        }
    }
}
