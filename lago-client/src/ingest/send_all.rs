//! A stream of events on its way into a pipeline. With a spool many of them wait for the disk together; their order
//! stays, and so does that those after a failure are not accepted.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use lago_types::EventInput;

use super::accept::Entrance;
use super::confirmation::{Confirmation, Failed, StreamConfirmation};
use super::event::reads_back;
use super::queue::NoRoom;
use super::send_error::{Reason, SendError};
use super::spooling::TOGETHER;

/// How many wait for the disk at once at most: some are appended while others come.
const MOST: usize = 2 * TOGETHER;

/// Accepts the events of a stream, and counts them.
pub(super) async fn send_all<S>(entrance: &Entrance, events: S) -> Result<u64, SendError>
where
    S: Stream<Item: Into<EventInput>>,
{
    match entrance.spooled {
        None => send_all_to_memory(entrance, pin!(events)).await,
        Some(_) => send_all_to_disk(entrance, pin!(events)).await,
    }
}

async fn send_all_to_memory<S>(
    entrance: &Entrance,
    mut events: Pin<&mut S>,
) -> Result<u64, SendError>
where
    S: Stream<Item: Into<EventInput>>,
{
    let mut accepted = 0;
    while let Some(event) = poll_fn(|cx| events.as_mut().poll_next(cx)).await {
        let mut input = event.into();
        let pushed = match entrance.accept(&mut input) {
            Ok(event) => entrance.push(event).await.map_err(Reason::NoRoom),
            Err(reason) => Err(reason),
        };
        if let Err(reason) = pushed {
            return Err(SendError::new(input, reason).after(accepted));
        }
        accepted += 1;
    }
    Ok(accepted)
}

async fn send_all_to_disk<S>(entrance: &Entrance, mut events: Pin<&mut S>) -> Result<u64, SendError>
where
    S: Stream<Item: Into<EventInput>>,
{
    let mut stream = UnderWay::new(entrance);
    while let Some(next) = poll_fn(|cx| stream.poll_next(cx, events.as_mut())).await {
        let mut input = match next {
            Ok(event) => event.into(),
            Err(error) => return Err(stream.failed(error)),
        };
        match stream.push(&mut input).await {
            Ok(()) => {
                let kept = (!reads_back(&input)).then_some(input);
                stream.waiting.push_back(kept);
            }
            Err(reason) => {
                // What came before it may still fail, and is the first failure then.
                let before = poll_fn(|cx| stream.poll_confirmed(cx, 0)).await;
                let error = before.err().unwrap_or(SendError::new(input, reason));
                return Err(stream.failed(error));
            }
        }
    }
    Ok(stream.accepted)
}

/// The events of a stream that are not accepted yet.
struct UnderWay<'p> {
    entrance: &'p Entrance,
    confirmation: Arc<StreamConfirmation>,
    accepted: u64,
    /// Those behind them that wait for the disk, in their order. Only those that cannot be read back from their JSON are
    /// kept: of many the memory is cold by the time when it is freed, which took a fifth of all time.
    waiting: VecDeque<Option<EventInput>>,
    has_ended: bool,
}

impl<'p> UnderWay<'p> {
    fn new(entrance: &'p Entrance) -> Self {
        Self {
            entrance,
            confirmation: Arc::default(),
            accepted: 0,
            waiting: VecDeque::new(),
            has_ended: false,
        }
    }

    fn failed(&self, error: SendError) -> SendError {
        error.after(self.accepted)
    }

    /// The next event of the stream, once there may be one more; none when all are accepted.
    fn poll_next<S: Stream>(
        &mut self,
        cx: &mut Context<'_>,
        mut events: Pin<&mut S>,
    ) -> Poll<Option<Result<S::Item, SendError>>> {
        loop {
            let mut waits = false;
            if !self.has_ended && self.waiting.len() < MOST {
                match events.as_mut().poll_next(cx) {
                    Poll::Ready(None) => self.has_ended = true,
                    Poll::Ready(next) => return Poll::Ready(next.map(Ok)),
                    Poll::Pending => waits = true,
                }
            }
            // A failure is told also while the stream has nothing to give.
            let most = if waits || self.has_ended { 0 } else { MOST / 2 };
            if let Err(error) = ready!(self.poll_confirmed(cx, most)) {
                return Poll::Ready(Some(Err(error)));
            }
            match (self.has_ended, waits) {
                (true, _) => return Poll::Ready(None),
                (false, true) => return Poll::Pending,
                (false, false) => {}
            }
        }
    }

    /// Until so many wait at most.
    fn poll_confirmed(&mut self, cx: &Context<'_>, most: usize) -> Poll<Result<(), SendError>> {
        let more = self.waiting.len().saturating_sub(most);
        if more == 0 {
            return Poll::Ready(Ok(()));
        }
        let wanted = self.accepted + more as u64;
        let (before, failed) = match ready!(self.confirmation.poll(cx, wanted)) {
            Ok(accepted) => (accepted, None),
            Err(failed) => (failed.before, Some(failed)),
        };
        while self.accepted < before && self.waiting.pop_front().is_some() {
            self.accepted += 1;
        }
        Poll::Ready(match failed {
            None => Ok(()),
            Some(failed) => Err(self.give_back(failed)),
        })
    }

    /// The event that was not accepted, and why.
    fn give_back(&mut self, failed: Failed) -> SendError {
        let reason = match self.confirmation.failure() {
            Some(error) if !failed.is_cut_off => Reason::Spool(Arc::clone(error)),
            _ => Reason::NoRoom(NoRoom::Closed),
        };
        let kept = self.waiting.pop_front().flatten();
        let input = kept.unwrap_or_else(|| {
            let read = serde_json::from_slice(&failed.json);
            read.expect("what cannot be read back is kept")
        });
        SendError::new(input, reason)
    }

    /// Puts an event into the queue.
    async fn push(&self, input: &mut EventInput) -> Result<(), Reason> {
        let event = self.entrance.accept(input)?;
        let before = self.accepted + self.waiting.len() as u64;
        let confirmation = Confirmation::of_stream(&self.confirmation, before);
        let pushed = self
            .entrance
            .push(event.with_confirmation(confirmation))
            .await;
        pushed.map_err(Reason::NoRoom)
    }
}
