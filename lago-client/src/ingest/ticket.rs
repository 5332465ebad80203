//! What ties an event to its record in the spool.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::spool::{Position, SpoolError};

/// Tells whoever sends an event that it is on disk, or why not.
pub(super) type Confirmation = oneshot::Sender<Result<(), Arc<SpoolError>>>;

/// The record of an event in the spool.
#[derive(Debug)]
pub(super) struct Ticket {
    position: Position,
    /// A process before this one may have sent it.
    pub(super) is_from_before: bool,
    settled: mpsc::UnboundedSender<Position>,
}

impl Ticket {
    pub(super) fn new(
        position: Position,
        is_from_before: bool,
        settled: mpsc::UnboundedSender<Position>,
    ) -> Self {
        Self {
            position,
            is_from_before,
            settled,
        }
    }

    /// The event needs to be sent no more, by no process.
    pub(super) fn settle(self) {
        // Where nobody listens any more, the next process sends it again.
        let _ = self.settled.send(self.position);
    }
}
