//! How those who wait for a fetch notice that it is over.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use tokio::sync::watch;

use super::super::error::Cause;
use crate::clock::{System, within};
use crate::platform::Instant;
use crate::runtime::stay;

/// The end of a fetch, as those see it who wait for it.
#[derive(Clone)]
pub(super) struct Over {
    /// Closed when it is over.
    closed: watch::Receiver<()>,
    /// When it counts as over though it did not end.
    until: Instant,
}

impl Over {
    /// The end of a fetch that counts as over at a time, and what is dropped when it is over before.
    pub(super) fn new(until: Instant) -> (watch::Sender<()>, Self) {
        let (end, closed) = watch::channel(());
        (end, Self { closed, until })
    }

    /// Whether it is that of this fetch.
    pub(super) fn is_of(&self, end: &watch::Sender<()>) -> bool {
        end.subscribe().same_channel(&self.closed)
    }

    pub(super) fn is_past(&self, now: Instant) -> bool {
        now >= self.until
    }

    /// # Errors
    ///
    /// When it takes too long, or is waited for outside of the runtime in which that began.
    pub(super) async fn wait(mut self) -> Result<(), Cause> {
        let closed = pin!(async {
            // That it is closed is an error here.
            let left = self.until - Instant::now();
            let closed = within(&System, left, self.closed.changed()).await;
            closed.map_or_else(|| Err(Arc::new(Late) as Cause), |_| Ok(()))
        });
        stay(closed, |outside| -> Cause { Arc::new(outside) }).await
    }
}

/// A fetch took longer than it may.
#[derive(Clone, Copy, Debug)]
pub(in crate::webhooks) struct Late;

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no response within the time limit")
    }
}

impl std::error::Error for Late {}
