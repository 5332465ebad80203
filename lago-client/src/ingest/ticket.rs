//! What ties an event to its record in the spool.

use std::sync::{Arc, OnceLock};

use tokio::sync::oneshot;

use super::spool::{Position, SpoolError};

/// Why an event of a stream was not accepted, once one was not. Those after it are not accepted either.
pub(super) type StreamFailure = Arc<OnceLock<Arc<SpoolError>>>;

/// Is told that an event is on disk, or why not.
pub(super) type Confirmed = oneshot::Receiver<Result<(), Arc<SpoolError>>>;

/// Tells whoever sends an event that it is on disk, or why not.
#[derive(Debug)]
pub(super) struct Confirmation {
    told: oneshot::Sender<Result<(), Arc<SpoolError>>>,
    /// Where the event is one of a stream.
    stream: Option<StreamFailure>,
}

impl Confirmation {
    /// Of an event, which may be one of a stream.
    pub(super) fn new(stream: Option<StreamFailure>) -> (Self, Confirmed) {
        let (told, confirmed) = oneshot::channel();
        (Self { told, stream }, confirmed)
    }

    /// Why it can be accepted no more: an event before it in its stream was not.
    pub(super) fn failure(&self) -> Option<&Arc<SpoolError>> {
        self.stream.as_ref()?.get()
    }

    /// It is on disk.
    pub(super) fn accept(self) {
        // It stays accepted when nobody waits to hear it.
        let _ = self.told.send(Ok(()));
    }

    /// It is not, and will not be.
    pub(super) fn refuse(self, error: &Arc<SpoolError>) {
        if let Some(stream) = &self.stream {
            // The first failure is the one that is told.
            let _ = stream.set(Arc::clone(error));
        }
        let _ = self.told.send(Err(Arc::clone(error)));
    }
}

/// The record of an event in the spool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    pub(super) position: Position,
    /// A process before this one may have sent it.
    pub(super) is_from_before: bool,
}
