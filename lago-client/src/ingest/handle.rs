//! What programs hold of a pipeline.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;
use lago_types::EventInput;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::accept::Entrance;
use super::confirmation::Confirmation;
use super::event::Event;
use super::outcome::EventOutcome;
use super::receipt::Receipt;
use super::report::{Report, Stats};
use super::send_all::send_all;
use super::send_error::{Reason, SendError};
use super::spooling::Spooled;

/// Takes usage events and delivers them in the background: see [the module](super).
///
/// Cheap to clone; all clones are one pipeline. When the last one is dropped, the pipeline delivers what it has, as
/// long as the runtime lives in which it was started. Only [`shutdown`](Self::shutdown) waits for that and says
/// what came of it.
#[derive(Clone)]
pub struct Pipeline {
    entrance: Arc<Entrance>,
}

impl Pipeline {
    pub(super) fn new(entrance: Entrance) -> Self {
        let entrance = Arc::new(entrance);
        Self { entrance }
    }

    /// Accepts an event, once there is room for it: it will be delivered, unless the process ends before. With a
    /// [spool](super::PipelineBuilder::spool) it is on disk then, and will be delivered by the next process if need be.
    ///
    /// From here on its `transaction_id` and `timestamp` are fixed; a missing time is now. Dropping the future before
    /// it is ready drops the event, unless it is on its way to the disk.
    ///
    /// # Errors
    /// When the event cannot be sent ([`is_usage`](SendError::is_usage)), the pipeline has ended
    /// ([`is_closed`](SendError::is_closed)), the queue is full and is not to be [waited](super::WhenFull) for, or it
    /// cannot be written to the spool ([`is_spool`](SendError::is_spool)). The error gives the event back.
    pub async fn send(&self, event: impl Into<EventInput>) -> Result<(), SendError> {
        let mut input = event.into();
        let accepted = self.accept(&mut input, None).await;
        accepted.map_err(|reason| SendError::new(input, reason))
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
        let pushed = match self.entrance.accept(&mut input) {
            Ok(event) => self.entrance.try_push(event),
            Err(reason) => return Err(SendError::new(input, reason)),
        };
        pushed.map_err(|(_, no_room)| SendError::new(input, Reason::NoRoom(no_room)))
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
        let mut input = event.into();
        let (sender, receipt) = oneshot::channel();
        match self.accept(&mut input, Some(sender)).await {
            Ok(()) => Ok(Receipt::new(receipt)),
            Err(reason) => Err(SendError::new(input, reason)),
        }
    }

    /// Accepts every event of a stream in its order, and says how many there were.
    ///
    /// With a [spool](super::PipelineBuilder::spool) many wait for the disk together, 1,000 at most, and what
    /// comes after an event that was not accepted is not accepted either. Dropping the future leaves open which of
    /// those are: send them again as they are, with their `transaction_id`.
    ///
    /// # Errors
    /// When an event is not accepted, for the reasons of [`send`](Self::send): the error gives the first such event back.
    /// What came before it is accepted; [`accepted`](SendError::accepted) says how many that were.
    pub async fn send_all<S>(&self, events: S) -> Result<u64, SendError>
    where
        S: Stream<Item: Into<EventInput>>,
    {
        send_all(&self.entrance, events).await
    }

    /// Waits until every event is settled that was accepted before: the server has it, or it went to the dead
    /// letters. Events that are accepted meanwhile do not prolong it. While the server is down it does not end.
    ///
    /// Those events are sent at once, without waiting for others to fill their batch, also when this is dropped.
    pub async fn flush(&self) {
        self.entrance.queue.flush().await;
        if let Some(spooled) = &self.entrance.spooled {
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
        self.entrance.queue.close(deadline);
        self.entrance.queue.report().await
    }

    /// How the pipeline stands.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let accepting = self.entrance.queue.standing();
        let spooled = self.entrance.spooled.as_deref();
        let on_disk = spooled.map_or(0, Spooled::unacknowledged);
        let queued = accepting.unsettled + on_disk;
        let waits = accepting.waiting.oldest;
        let sending = spooled.map_or(accepting, Spooled::standing);
        let now = Instant::now();
        let age = sending.oldest_age(now);
        let failing = sending.seen.failing;
        Stats {
            queued,
            in_flight: sending.seen.batches_in_flight,
            oldest_age: age.max(waits.map(|oldest| now.saturating_duration_since(oldest))),
            paused: sending.seen.paused.map(|reason| reason.to_string()),
            failing: failing.map(|failing| failing.told(queued, now)),
            ..self.entrance.counters.totals()
        }
    }

    /// Whether events are kept on disk.
    #[cfg(feature = "blocking")]
    pub(crate) fn is_spooled(&self) -> bool {
        self.entrance.spooled.is_some()
    }

    async fn accept(
        &self,
        input: &mut EventInput,
        receipt: Option<oneshot::Sender<EventOutcome>>,
    ) -> Result<(), Reason> {
        let mut event = self.entrance.accept(input)?;
        if let Some(receipt) = receipt {
            event = event.with_receipt(receipt);
        }
        self.take(event).await
    }

    /// Accepts an event that somebody else wrote, as it is: all it says is sent in the text that came. It has to be an
    /// object with a `transaction_id`, a `timestamp` and a subscription.
    #[cfg(feature = "gateway")]
    pub(crate) async fn send_written(&self, json: Box<[u8]>) -> Result<(), Reason> {
        let event = self.entrance.accept_written(json)?;
        self.take(event).await
    }

    async fn take(&self, event: Event) -> Result<(), Reason> {
        let entrance = &self.entrance;
        if entrance.spooled.is_none() {
            return entrance.push(event).await.map_err(Reason::NoRoom);
        }
        let (confirmation, confirmed) = Confirmation::of_one();
        let pushed = entrance.push(event.with_confirmation(confirmation)).await;
        pushed.map_err(Reason::NoRoom)?;
        entrance.confirmed(confirmed.await)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pipeline").field(&self.stats()).finish()
    }
}
