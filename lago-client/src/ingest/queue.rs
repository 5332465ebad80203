//! The events that wait in memory, bounded by number and by bytes, and who waits for what.
//!
//! Bounded is everything that was accepted and is not settled, so that memory stays flat while a server is down.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use super::converge::Entry;
use super::event::{Event, Size};
use super::report::Report;
use super::schedule::{Source, Waiting};
use super::standing::{Seen, Standing};

/// What is accepted at most before anything of it is settled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capacity {
    pub(super) events: usize,
    /// Of JSON.
    pub(super) bytes: usize,
}

/// Why an event is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoRoom {
    Full,
    Closed,
    /// It alone is larger than the whole queue.
    TooLarge,
}

/// What handles and the pipeline's task share.
#[derive(Debug)]
pub(super) struct Queue {
    capacity: Capacity,
    events: Semaphore,
    bytes: Semaphore,
    state: Mutex<State>,
    /// Wakes the task.
    pub(super) wake: Notify,
    /// Wakes those who wait for a flush, or the end.
    progress: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Entry<Event>>,
    waiting_bytes: usize,
    /// Of each flush that was asked for, how many events accepted before it, and after the one before, are not
    /// settled; the last number is of events after all of them.
    unsettled: VecDeque<u64>,
    /// How many flushes are done.
    flushed: u64,
    /// At how many events, and bytes, the task wants to be woken; and by the first one.
    wake_at: Option<(usize, usize)>,
    is_closed: bool,
    deadline: Option<Instant>,
    /// How many were dropped for newer ones, and not told yet.
    dropped: u64,
    /// One was to be dropped, and the task had all of them.
    wants_room: bool,
    seen: Seen,
    report: Option<Report>,
}

/// A place for one event that is not used yet.
#[derive(Debug)]
struct Place<'q> {
    events: tokio::sync::SemaphorePermit<'q>,
    bytes: tokio::sync::SemaphorePermit<'q>,
}

impl Queue {
    pub(super) fn new(capacity: Capacity) -> Self {
        let limit = |limit: usize| Semaphore::new(limit.min(Semaphore::MAX_PERMITS));
        Self {
            events: limit(capacity.events),
            bytes: limit(capacity.bytes),
            capacity,
            state: Mutex::new(State {
                unsettled: VecDeque::from([0]),
                ..State::default()
            }),
            wake: Notify::new(),
            progress: Notify::new(),
        }
    }

    /// Takes the event when there is room, or gives it back.
    pub(super) fn try_push(&self, event: Event) -> Result<(), (Event, NoRoom)> {
        let bytes = match self.weight(&event) {
            Ok(bytes) => bytes,
            Err(no_room) => return Err((event, no_room)),
        };
        match (
            self.events.try_acquire(),
            self.bytes.try_acquire_many(bytes),
        ) {
            (Ok(events), Ok(bytes)) => self.push(event, Place { events, bytes }),
            _ if self.state().is_closed => Err((event, NoRoom::Closed)),
            _ => Err((event, NoRoom::Full)),
        }
    }

    /// Takes the event once there is room.
    pub(super) async fn push_when_there_is_room(
        &self,
        event: Event,
    ) -> Result<(), (Event, NoRoom)> {
        let bytes = match self.weight(&event) {
            Ok(bytes) => bytes,
            Err(no_room) => return Err((event, no_room)),
        };
        let Ok(events) = self.events.acquire().await else {
            return Err((event, NoRoom::Closed));
        };
        let Ok(bytes) = self.bytes.acquire_many(bytes).await else {
            return Err((event, NoRoom::Closed));
        };
        self.push(event, Place { events, bytes })
    }

    /// The oldest event that waits, which makes room for a newer one. Where the task has all of them it is asked to
    /// give some up.
    pub(super) fn drop_oldest(&self) -> Option<Event> {
        let oldest = {
            let mut state = self.state();
            let oldest = state.pop();
            match oldest {
                Some(_) => state.dropped += 1,
                None => state.wants_room = true,
            }
            oldest
        };
        let Some(Entry { event, .. }) = oldest else {
            self.wake.notify_one();
            return None;
        };
        self.settle([event.size()]);
        Some(event)
    }

    /// Whether the task was asked to give up events since the last time.
    pub(super) fn take_wants_room(&self) -> bool {
        std::mem::take(&mut self.state().wants_room)
    }

    /// How many were dropped since the last time.
    pub(super) fn take_dropped(&self) -> u64 {
        std::mem::take(&mut self.state().dropped)
    }

    /// Events of these sizes are settled: there is room for others.
    pub(super) fn settle(&self, events: impl IntoIterator<Item = Size>) {
        let (mut count, mut total) = (0, 0);
        let is_news = {
            let mut state = self.state();
            for Size { bytes, epoch } in events {
                count += 1;
                total += bytes;
                state.settle(epoch);
            }
            state.flush_what_is_settled()
        };
        self.events.add_permits(count);
        self.bytes.add_permits(total);
        if is_news {
            self.progress.notify_waiters();
        }
    }

    /// Waits until everything is settled that was accepted before, or the pipeline has ended.
    pub(super) async fn flush(&self) {
        let epoch = self.state().begin_flush();
        self.wake.notify_one();
        self.wait_for(|state| (state.flushed >= epoch || state.report.is_some()).then_some(()))
            .await;
    }

    /// Has everything sent at once that was accepted before.
    pub(super) fn hurry(&self) {
        self.state().begin_flush();
        self.wake.notify_one();
    }

    /// Takes no more events, and asks for an end by then.
    pub(super) fn close(&self, deadline: Option<Instant>) {
        {
            let mut state = self.state();
            state.is_closed = true;
            state.begin_flush();
            state.deadline = [state.deadline, deadline].into_iter().flatten().min();
        }
        self.events.close();
        self.bytes.close();
        self.wake.notify_one();
    }

    /// The pipeline has ended.
    pub(super) fn end(&self, report: Report) {
        self.state().report = Some(report);
        self.progress.notify_waiters();
    }

    /// What the pipeline came to, once it has ended.
    pub(super) async fn report(&self) -> Report {
        self.wait_for(|state| state.report.clone()).await
    }

    pub(super) fn standing(&self) -> Standing {
        let state = self.state();
        Standing {
            waiting: state.waiting(),
            unsettled: state.unsettled.iter().sum(),
            seen: state.seen.clone(),
            is_closed: state.is_closed,
            deadline: state.deadline,
        }
    }

    /// Takes note of what the task has taken.
    pub(super) fn see(&self, seen: Seen) {
        self.state().seen = seen;
    }

    /// From now on the task is woken by the first event that comes, and when there are so many; or not at all.
    pub(super) fn wake_at(&self, full: Option<(usize, usize)>) {
        self.state().wake_at = full;
    }

    /// Everything that waits.
    pub(super) fn drain(&self) -> Vec<Entry<Event>> {
        let mut state = self.state();
        state.waiting_bytes = 0;
        std::mem::take(&mut state.waiting).into()
    }

    /// How much room an event needs.
    fn weight(&self, event: &Event) -> Result<u32, NoRoom> {
        let bytes = event.bytes();
        match u32::try_from(bytes) {
            Ok(weight) if bytes <= self.capacity.bytes => Ok(weight),
            _ => Err(NoRoom::TooLarge),
        }
    }

    fn push(&self, mut event: Event, place: Place<'_>) -> Result<(), (Event, NoRoom)> {
        let wakes = {
            let mut state = self.state();
            if state.is_closed {
                return Err((event, NoRoom::Closed));
            }
            event.epoch = state.accept();
            state.waiting_bytes += event.bytes();
            let in_doubt = event.is_from_before();
            state.waiting.push_back(Entry { event, in_doubt });
            state.wakes()
        };
        // The room comes back when the event is settled.
        place.events.forget();
        place.bytes.forget();
        if wakes {
            self.wake.notify_one();
        }
        Ok(())
    }

    async fn wait_for<T>(&self, what: impl Fn(&State) -> Option<T>) -> T {
        loop {
            // From before the look, so that none is missed after it.
            let progress = self.progress.notified();
            if let Some(found) = what(&self.state()) {
                return found;
            }
            progress.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn waiting(&self) -> Waiting {
        let oldest = self.waiting.front().map(|entry| &entry.event);
        Waiting {
            events: self.waiting.len(),
            bytes: self.waiting_bytes,
            oldest: oldest.map(Event::accepted),
            is_urgent: oldest.is_some_and(|event| event.epoch < self.epoch()),
        }
    }

    fn pop(&mut self) -> Option<Entry<Event>> {
        let entry = self.waiting.pop_front()?;
        self.waiting_bytes -= entry.event.bytes();
        Some(entry)
    }

    /// How many flushes were asked for.
    fn epoch(&self) -> u64 {
        self.flushed + self.unsettled.len() as u64 - 1
    }

    /// Counts an event, and says when it was accepted, in flushes.
    fn accept(&mut self) -> u64 {
        if let Some(last) = self.unsettled.back_mut() {
            *last += 1;
        }
        self.epoch()
    }

    fn settle(&mut self, epoch: u64) {
        let place = usize::try_from(epoch.saturating_sub(self.flushed));
        let count = place.ok().and_then(|place| self.unsettled.get_mut(place));
        if let Some(count) = count {
            *count = count.saturating_sub(1);
        }
    }

    /// The number of flushes with this one. One of which nothing would be newer than of the last is the same.
    fn begin_flush(&mut self) -> u64 {
        if self.unsettled.back() != Some(&0) {
            self.unsettled.push_back(0);
        }
        self.epoch()
    }

    /// Whether another flush is done.
    fn flush_what_is_settled(&mut self) -> bool {
        let before = self.flushed;
        while self.unsettled.len() > 1 && self.unsettled.front() == Some(&0) {
            self.unsettled.pop_front();
            self.flushed += 1;
        }
        self.flushed > before
    }

    /// Whether the event that was just added is one to wake the task for.
    fn wakes(&mut self) -> bool {
        let is_it = |(events, bytes)| {
            let count = self.waiting.len();
            count == 1 || count >= events || self.waiting_bytes >= bytes
        };
        let wakes = self.wake_at.is_some_and(is_it);
        if wakes {
            self.wake_at = None;
        }
        wakes
    }
}

impl Source for &Queue {
    fn waiting(&self) -> Waiting {
        self.state().waiting()
    }

    fn take(&mut self, max_events: usize, max_bytes: usize) -> Vec<Entry<Event>> {
        let mut state = self.state();
        let mut bytes = 0;
        let fits = state.waiting.iter().take(max_events).take_while(|entry| {
            bytes += entry.event.bytes();
            bytes <= max_bytes
        });
        let fits = fits.count().max(1).min(state.waiting.len());
        let taken: Vec<_> = state.waiting.drain(..fits).collect();
        let bytes: usize = taken.iter().map(|entry| entry.event.bytes()).sum();
        state.waiting_bytes -= bytes;
        taken
    }
}
