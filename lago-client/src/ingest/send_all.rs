//! A stream of events on its way into a pipeline. With a spool many of them wait for the disk together; their order
//! stays, and so does that those after a failure are not accepted.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use lago_types::EventInput;

use super::accept::Entrance;
use super::send_error::{Reason, SendError};
use super::ticket::{Confirmation, Confirmed, StreamFailure};

/// How many wait for the disk at once at most: as many as are appended at once.
const MOST: usize = 2_000;

/// Accepts the events of a stream, and counts them.
pub(super) async fn send_all<S>(entrance: &Entrance, events: S) -> Result<u64, SendError>
where
    S: Stream<Item: Into<EventInput>>,
{
    let mut events = pin!(events);
    let mut stream = UnderWay::new(entrance);
    while let Some(next) = poll_fn(|cx| stream.poll_next(cx, events.as_mut())).await {
        let mut input = match next {
            Ok(event) => event.into(),
            Err(error) => return Err(stream.failed(error)),
        };
        match stream.push(&mut input).await {
            Ok(None) => stream.accepted += 1,
            Ok(Some(confirmed)) => stream.waiting.push_back((input, confirmed)),
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
    failure: StreamFailure,
    /// Those that wait for the disk, in their order.
    waiting: VecDeque<(EventInput, Confirmed)>,
    accepted: u64,
    has_ended: bool,
}

impl<'p> UnderWay<'p> {
    fn new(entrance: &'p Entrance) -> Self {
        Self {
            entrance,
            failure: StreamFailure::default(),
            waiting: VecDeque::new(),
            accepted: 0,
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
    fn poll_confirmed(&mut self, cx: &mut Context<'_>, most: usize) -> Poll<Result<(), SendError>> {
        while self.waiting.len() > most
            && let Some((_, confirmed)) = self.waiting.front_mut()
        {
            let told = ready!(Pin::new(confirmed).poll(cx));
            let Some((input, _)) = self.waiting.pop_front() else {
                break;
            };
            if let Err(reason) = self.entrance.confirmed(told) {
                return Poll::Ready(Err(SendError::new(input, reason)));
            }
            self.accepted += 1;
        }
        Poll::Ready(Ok(()))
    }

    /// Puts an event into the queue, and says who tells when it is on disk.
    async fn push(&self, input: &mut EventInput) -> Result<Option<Confirmed>, Reason> {
        let mut event = self.entrance.accept(input)?;
        let mut waits_for = None;
        if self.entrance.spooled.is_some() {
            let (confirmation, confirmed) = Confirmation::new(Some(self.failure.clone()));
            event = event.with_confirmation(confirmation);
            waits_for = Some(confirmed);
        }
        let pushed = self.entrance.push(event).await;
        pushed.map_err(Reason::NoRoom)?;
        Ok(waits_for)
    }
}
