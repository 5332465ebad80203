//! How an event is accepted: fixed, written, put into the queue, and with a spool told when it is on disk.

use std::sync::Arc;

use lago_types::EventInput;
use tokio::sync::oneshot::error::RecvError;
use tokio::task::coop::consume_budget;

use super::event::Event;
use super::key::KeyHash;
use super::outcome::EventOutcome;
use super::queue::{NoRoom, Queue};
use super::report::Counters;
use super::send_error::Reason;
use super::spool::SpoolError;
use super::spooling::Spooled;

/// What [`Pipeline::send`](super::Pipeline::send) does while the queue is full.
///
/// [`Pipeline::try_send`](super::Pipeline::try_send) never waits: where `send` would, it refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// It waits until there is room: whoever reports events is slowed down to what the server takes.
    #[default]
    Wait,
    /// It refuses the event ([`SendError::is_full`](super::SendError::is_full)).
    Refuse,
    /// It drops the oldest event that was not sent yet, which counts as [lost](super::Report::lost). Where there is
    /// none, the pipeline gives up a batch that waits to be sent again, and `send` waits for that.
    DropOldest,
}

/// One event of so many counts for tokio as a step after which others may have their turn.
const BREATHER: u64 = 2;

/// What all handles of a pipeline share.
pub(super) struct Entrance {
    pub(super) queue: Arc<Queue>,
    pub(super) counters: Arc<Counters>,
    pub(super) when_full: WhenFull,
    pub(super) keys: KeyHash,
    /// None where events are kept in memory alone.
    pub(super) spooled: Option<Arc<Spooled>>,
}

impl Drop for Entrance {
    fn drop(&mut self) {
        self.queue.close(None);
    }
}

impl Entrance {
    /// Fixes and writes an event that the queue could hold.
    pub(super) fn accept(&self, input: &mut EventInput) -> Result<Event, Reason> {
        self.held(Event::accept(input, self.keys).map_err(Reason::Usage)?)
    }

    /// The same of an event that is written already.
    #[cfg(feature = "gateway")]
    pub(super) fn accept_written(&self, json: Box<[u8]>) -> Result<Event, Reason> {
        let why = "it names no subscription and `transaction_id`, or a name stands twice in it";
        let event = Event::written(json, self.keys);
        self.held(event.ok_or_else(|| Reason::Usage(why.to_owned()))?)
    }

    /// An event, if the queue could hold it.
    fn held(&self, event: Event) -> Result<Event, Reason> {
        match self.queue.could_hold(&event) {
            true => Ok(event),
            false => Err(Reason::NoRoom(NoRoom::TooLarge)),
        }
    }

    /// Puts it into the queue, and waits for room if that is what to do when it is full.
    pub(super) async fn push(&self, event: Event) -> Result<(), NoRoom> {
        // Whoever sends in a loop lets others have the thread from time to time, the pipeline's task among them, before
        // there is so much that the memory of the first is cold. Asked for every event that costs more than it saves;
        // keys are as good as chance.
        if event.key().is_multiple_of(BREATHER) {
            consume_budget().await;
        }
        match self.try_push(event) {
            Err((event, NoRoom::Full)) if self.when_full != WhenFull::Refuse => {
                let pushed = self.queue.push_when_there_is_room(event).await;
                pushed.map_err(|(_, no_room)| no_room)
            }
            pushed => pushed.map_err(|(_, no_room)| no_room),
        }
    }

    /// Takes the event if there is room, or can be.
    pub(super) fn try_push(&self, event: Event) -> Result<(), (Event, NoRoom)> {
        let queue = &self.queue;
        let mut pushed = queue.try_push(event);
        while self.when_full == WhenFull::DropOldest
            && let Err((event, NoRoom::Full)) = pushed
        {
            let Some(oldest) = queue.drop_oldest() else {
                return Err((event, NoRoom::Full));
            };
            let may_be_stored = false;
            let outcome = EventOutcome::Lost { may_be_stored };
            self.counters.drop_one();
            oldest.settle(&outcome);
            pushed = queue.try_push(event);
        }
        pushed
    }

    /// What the spool told of an event that was on its way to it.
    pub(super) fn confirmed(
        &self,
        told: Result<Result<(), Arc<SpoolError>>, RecvError>,
    ) -> Result<(), Reason> {
        match told {
            Ok(outcome) => outcome.map_err(Reason::Spool),
            Err(_) if self.queue.standing().is_closed => Err(Reason::NoRoom(NoRoom::Closed)),
            // It was accepted, and dropped for a newer one.
            Err(_) => Ok(()),
        }
    }
}
