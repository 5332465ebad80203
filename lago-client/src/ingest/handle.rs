//! What programs hold of a pipeline.

use std::fmt;
use std::future::poll_fn;
use std::hash::RandomState;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use lago_types::EventInput;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::event::Event;
use super::outcome::EventOutcome;
use super::queue::{NoRoom, Queue};
use super::report::{Counters, Report, Stats};
use super::spool::SpoolError;
use super::spooling::Spooled;

/// What [`Pipeline::send`] does while the queue is full.
///
/// [`Pipeline::try_send`] never waits: where `send` would, it refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// It waits until there is room: whoever reports events is slowed down to what the server takes.
    #[default]
    Wait,
    /// It refuses the event ([`SendError::is_full`]).
    Refuse,
    /// It drops the oldest event that was not sent yet, which counts as [lost](Report::lost). Where there is none, the
    /// pipeline gives up a batch that waits to be sent again, and `send` waits for that.
    DropOldest,
}

/// Takes usage events and delivers them in the background: see [the module](super).
///
/// Cheap to clone; all clones are one pipeline. When the last one is dropped, the pipeline delivers what it has, as
/// long as the runtime lives in which it was started. Only [`shutdown`](Self::shutdown) waits for that and says
/// what came of it.
#[derive(Clone)]
pub struct Pipeline {
    handle: Arc<Handle>,
}

struct Handle {
    queue: Arc<Queue>,
    counters: Arc<Counters>,
    when_full: WhenFull,
    keys: RandomState,
    /// None where events are kept in memory alone.
    spooled: Option<Arc<Spooled>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.queue.close(None);
    }
}

impl Pipeline {
    pub(super) fn new(
        queue: Arc<Queue>,
        counters: Arc<Counters>,
        when_full: WhenFull,
        spooled: Option<Arc<Spooled>>,
    ) -> Self {
        let keys = RandomState::new();
        Self {
            handle: Arc::new(Handle {
                queue,
                counters,
                when_full,
                keys,
                spooled,
            }),
        }
    }

    /// Accepts an event, once there is room for it: it will be delivered, unless the process ends before. With a
    /// [spool](super::PipelineBuilder::spool) it is on disk then, and will be delivered by the next process if need be.
    ///
    /// From here on its `transaction_id` and `timestamp` are fixed; a missing time is now. Dropping the future before
    /// it is ready drops the event, unless it is on its way to the disk.
    ///
    /// # Errors
    /// When the event cannot be sent ([`is_usage`](SendError::is_usage)), the pipeline has ended
    /// ([`is_closed`](SendError::is_closed)), the queue is full and is not to be [waited](WhenFull) for, or it cannot be
    /// written to the spool ([`is_spool`](SendError::is_spool)). The error gives the event back.
    pub async fn send(&self, event: impl Into<EventInput>) -> Result<(), SendError> {
        self.accept_in_time(event.into(), None).await
    }

    /// Accepts an event at once or not at all: for places that must not wait, such as the handler of a request. Also
    /// with a spool it is in memory alone at first, and reaches the disk a moment later.
    ///
    /// It may be called outside of any runtime.
    ///
    /// # Errors
    /// As [`send`](Self::send); [`is_full`](SendError::is_full) when there is no room.
    pub fn try_send(&self, event: impl Into<EventInput>) -> Result<(), SendError> {
        let mut input = event.into();
        let event = match Event::accept(&mut input, &self.handle.keys) {
            Ok(event) => event,
            Err(problem) => return Err(SendError::new(input, Reason::Usage(problem))),
        };
        self.try_push(event)
            .map_err(|(_, no_room)| SendError::new(input, Reason::NoRoom(no_room)))
    }

    /// Accepts an event, as [`send`](Self::send) does, and gives a receipt, which tells what becomes of it.
    ///
    /// ```no_run
    /// use lago_client::ingest::{EventOutcome, Pipeline};
    /// use lago_client::types::EventInput;
    ///
    /// # async fn example(events: Pipeline) -> Result<(), lago_client::ingest::SendError> {
    /// let receipt = events.send_with_receipt(EventInput::new("api_calls", "sub_1")).await?;
    /// match receipt.await {
    ///     EventOutcome::Delivered | EventOutcome::Duplicate => println!("the server has it"),
    ///     other => println!("{other}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_with_receipt(
        &self,
        event: impl Into<EventInput>,
    ) -> Result<Receipt, SendError> {
        let (sender, receipt) = oneshot::channel();
        self.accept_in_time(event.into(), Some(sender)).await?;
        Ok(Receipt(receipt))
    }

    /// Accepts every event of a stream, one after the other, and says how many there were.
    ///
    /// # Errors
    /// The first event that is not accepted, as [`send`](Self::send) does. What came before it is accepted;
    /// [`accepted`](SendError::accepted) says how many that were.
    pub async fn send_all<S>(&self, events: S) -> Result<u64, SendError>
    where
        S: Stream<Item: Into<EventInput>>,
    {
        let mut events = pin!(events);
        let mut accepted = 0;
        while let Some(event) = poll_fn(|cx| events.as_mut().poll_next(cx)).await {
            let outcome = self.accept_in_time(event.into(), None).await;
            outcome.map_err(|error| SendError { accepted, ..error })?;
            accepted += 1;
        }
        Ok(accepted)
    }

    /// Waits until every event is settled that was accepted before: the server has it, or it went to the dead
    /// letters. Events that are accepted meanwhile do not prolong it. While the server is down it does not end.
    ///
    /// Those events are sent at once, without waiting for others to fill their batch, also when this is dropped.
    pub async fn flush(&self) {
        self.handle.queue.flush().await;
        if let Some(spooled) = &self.handle.spooled {
            spooled.flush().await;
        }
    }

    /// Accepts no more events, delivers what was accepted, and says what became of all of it since the start. What
    /// is not confirmed by the server after this time is lost, and given to the dead letters.
    ///
    /// Other handles are refused from then on. Where several shut down, the shortest time counts, and all get the
    /// same report. It can be called from another runtime than the pipeline's.
    pub async fn shutdown(self, within: Duration) -> Report {
        let deadline = Instant::now().checked_add(within);
        self.handle.queue.close(deadline);
        self.handle.queue.report().await
    }

    /// How the pipeline stands.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let accepting = self.handle.queue.standing();
        let spooled = self.handle.spooled.as_deref();
        let on_disk = spooled.map_or(0, Spooled::unacknowledged);
        let queued = accepting.unsettled + on_disk;
        let waits = accepting.waiting.oldest;
        let sending = spooled.map_or(accepting, Spooled::standing);
        let now = Instant::now();
        let age = sending.oldest_age(now);
        Stats {
            queued,
            in_flight: sending.seen.batches_in_flight,
            oldest_age: age.max(waits.map(|oldest| now.saturating_duration_since(oldest))),
            paused: sending.seen.paused,
            ..self.handle.counters.totals()
        }
    }

    async fn accept_in_time(
        &self,
        mut input: EventInput,
        receipt: Option<oneshot::Sender<EventOutcome>>,
    ) -> Result<(), SendError> {
        let mut event = match Event::accept(&mut input, &self.handle.keys) {
            Ok(event) => event,
            Err(problem) => return Err(SendError::new(input, Reason::Usage(problem))),
        };
        if let Some(receipt) = receipt {
            event = event.with_receipt(receipt);
        }
        let confirmed = match &self.handle.spooled {
            None => None,
            Some(_) => {
                let (sender, confirmed) = oneshot::channel();
                event = event.with_confirmation(sender);
                Some(confirmed)
            }
        };
        let pushed = match (self.try_push(event), self.handle.when_full) {
            (Err((event, NoRoom::Full)), WhenFull::Wait | WhenFull::DropOldest) => {
                self.handle.queue.push_when_there_is_room(event).await
            }
            (pushed, _) => pushed,
        };
        let reason = match (pushed, confirmed) {
            (Err((_, no_room)), _) => Reason::NoRoom(no_room),
            (Ok(()), None) => return Ok(()),
            (Ok(()), Some(confirmed)) => match confirmed.await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => Reason::Spool(error),
                Err(_) if self.handle.queue.standing().is_closed => Reason::NoRoom(NoRoom::Closed),
                // It was accepted, and dropped for a newer one.
                Err(_) => return Ok(()),
            },
        };
        Err(SendError::new(input, reason))
    }

    /// Takes the event if there is room, or can be.
    fn try_push(&self, event: Event) -> Result<(), (Event, NoRoom)> {
        let queue = &self.handle.queue;
        let mut pushed = queue.try_push(event);
        while self.handle.when_full == WhenFull::DropOldest
            && let Err((event, NoRoom::Full)) = pushed
        {
            let Some(oldest) = queue.drop_oldest() else {
                return Err((event, NoRoom::Full));
            };
            let may_be_stored = false;
            let outcome = EventOutcome::Lost { may_be_stored };
            self.handle.counters.count(&outcome);
            oldest.settle(&outcome);
            pushed = queue.try_push(event);
        }
        pushed
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pipeline").field(&self.stats()).finish()
    }
}

/// Tells what becomes of one event, when awaited.
#[must_use = "a receipt tells only whoever awaits it"]
#[derive(Debug)]
pub struct Receipt(oneshot::Receiver<EventOutcome>);

impl Future for Receipt {
    type Output = EventOutcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<EventOutcome> {
        let outcome = Pin::new(&mut self.0).poll(cx);
        // Without a word only if the pipeline was forgotten.
        let may_be_stored = true;
        outcome.map(|outcome| outcome.unwrap_or(EventOutcome::Lost { may_be_stored }))
    }
}

/// Why an event was not accepted. It gives the event back.
pub struct SendError {
    event: Box<EventInput>,
    reason: Reason,
    accepted: u64,
}

#[derive(Debug)]
enum Reason {
    Usage(String),
    NoRoom(NoRoom),
    Spool(Arc<SpoolError>),
}

impl SendError {
    fn new(event: EventInput, reason: Reason) -> Self {
        Self {
            event: Box::new(event),
            reason,
            accepted: 0,
        }
    }

    /// The queue is full: the server takes events slower than they come, or is down. Or the spool or its disk is.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match &self.reason {
            Reason::Spool(error) => error.is_full(),
            reason => matches!(reason, Reason::NoRoom(NoRoom::Full)),
        }
    }

    /// The event could not be written to the spool; the [`source`](std::error::Error::source) says why. It may be
    /// there all the same where the disk failed, so send it again as it is, with its `transaction_id`.
    #[must_use]
    pub fn is_spool(&self) -> bool {
        matches!(self.reason, Reason::Spool(_))
    }

    /// The pipeline accepts nothing any more: it was shut down, or its runtime has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.reason, Reason::NoRoom(NoRoom::Closed))
    }

    /// The event cannot be sent like this: a field is missing, cannot be written, or the event is larger than the
    /// queue. Another time would change nothing.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self.reason,
            Reason::Usage(_) | Reason::NoRoom(NoRoom::TooLarge)
        )
    }

    /// How many events of [`send_all`](Pipeline::send_all) were accepted before this one.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// The event, its time fixed.
    #[must_use]
    pub fn into_event(self) -> EventInput {
        *self.event
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Usage(problem) => write!(f, "the event cannot be sent: {problem}"),
            Reason::Spool(_) => f.write_str("the event cannot be written to the spool"),
            Reason::NoRoom(NoRoom::Full) => f.write_str(
                "the queue of events is full: the server takes them slower than they come, or is down",
            ),
            Reason::NoRoom(NoRoom::Closed) => {
                f.write_str("the pipeline of events accepts no more: it was shut down, or its runtime has ended")
            }
            Reason::NoRoom(NoRoom::TooLarge) => {
                f.write_str("the event is larger than the queue: raise `queue_bytes`, or send less in it")
            }
        }
    }
}

impl fmt::Debug for SendError {
    /// Without the event, which is data of a customer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError")
            .field("reason", &self.reason)
            .field("accepted", &self.accepted)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for SendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.reason {
            Reason::Spool(error) => Some(&**error),
            Reason::Usage(_) | Reason::NoRoom(_) => None,
        }
    }
}
