//! The events that wait in memory, bounded by number and by bytes, and who waits for what.
//!
//! Bounded is everything that was accepted and is not settled, so that memory stays flat while a server is down.
//!
//! It has three parts, each behind a lock of its own, so that whoever reports an event waits for nobody: the inbox, in
//! which events come; what the task has taken of it and not sent; and the ledger of what is settled. Where two are
//! locked it is in this order: taken, inbox, ledger.

mod inbox;
mod ledger;
mod taken;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use super::converge::Entry;
use super::event::{Event, Size};
use super::report::Report;
use super::schedule::{Source, Waiting};
use super::standing::{Seen, Standing};
use inbox::Inbox;
use ledger::Ledger;
use taken::Taken;

/// What is accepted at most before anything of it is settled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capacity {
    pub(super) events: usize,
    /// Of JSON.
    pub(super) bytes: usize,
}

/// Why an event is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRoom {
    Full,
    Closed,
    /// It alone is larger than the whole queue.
    TooLarge,
}

/// How much has to wait for the task to be woken.
#[derive(Clone, Copy, Debug)]
pub(super) struct WakeAt {
    pub(super) events: usize,
    pub(super) bytes: usize,
    /// Whether one is enough where none waited.
    pub(super) by_first: bool,
}

impl WakeAt {
    /// A single event.
    pub(super) const FIRST: Self = Self {
        events: 1,
        bytes: 1,
        by_first: true,
    };
}

/// How many full batches wake a task that looks by itself soon.
const BACKLOG: usize = 8;

/// What handles and the pipeline's task share.
#[derive(Debug)]
pub(super) struct Queue {
    capacity: Capacity,
    events: Semaphore,
    bytes: Semaphore,
    inbox: Mutex<Inbox>,
    taken: Mutex<Taken>,
    ended: Mutex<Ended>,
    /// Wakes the task.
    pub(super) wake: Notify,
    /// Wakes those who wait for a flush, or the end.
    progress: Notify,
}

/// What is over, and what the task tells.
#[derive(Debug, Default)]
struct Ended {
    ledger: Ledger,
    seen: Seen,
    report: Option<Report>,
}

/// A place for one event that is not used yet.
#[derive(Debug)]
struct Place<'q> {
    events: tokio::sync::SemaphorePermit<'q>,
    bytes: tokio::sync::SemaphorePermit<'q>,
}

/// For how many events there is space before the first of them comes.
const SPACE: usize = 1_024;

impl Queue {
    pub(super) fn new(capacity: Capacity) -> Self {
        let limit = |limit: usize| Semaphore::new(limit.min(Semaphore::MAX_PERMITS));
        let space = || Vec::with_capacity(SPACE.min(capacity.events));
        Self {
            events: limit(capacity.events),
            bytes: limit(capacity.bytes),
            capacity,
            inbox: Mutex::new(Inbox::new(space())),
            taken: Mutex::new(Taken {
                space: space(),
                ..Taken::default()
            }),
            ended: Mutex::default(),
            wake: Notify::new(),
            progress: Notify::new(),
        }
    }

    /// Whether the event is no larger than the whole queue.
    pub(super) fn could_hold(&self, event: &Event) -> bool {
        event.bytes() <= self.capacity.bytes
    }

    /// Takes the event when there is room, or gives it back. One that is too large has room in an empty queue.
    pub(super) fn try_push(&self, event: Event) -> Result<(), (Event, NoRoom)> {
        let bytes = self.weight(event.bytes());
        match (
            self.events.try_acquire(),
            self.bytes.try_acquire_many(bytes),
        ) {
            (Ok(events), Ok(bytes)) => self.push(event, Place { events, bytes }),
            _ if self.inbox().is_closed => Err((event, NoRoom::Closed)),
            _ => Err((event, NoRoom::Full)),
        }
    }

    /// Takes the event once there is room.
    pub(super) async fn push_when_there_is_room(
        &self,
        event: Event,
    ) -> Result<(), (Event, NoRoom)> {
        let bytes = self.weight(event.bytes());
        let Ok(events) = self.events.acquire().await else {
            return Err((event, NoRoom::Closed));
        };
        let Ok(bytes) = self.bytes.acquire_many(bytes).await else {
            return Err((event, NoRoom::Closed));
        };
        self.push(event, Place { events, bytes })
    }

    /// The oldest event that waits, which makes room for a newer one. Where the task has sent all of them it is asked to
    /// give some up.
    pub(super) fn drop_oldest(&self) -> Option<Event> {
        let oldest = {
            let mut taken = self.refill();
            let oldest = taken.pop();
            match oldest {
                Some(_) => taken.dropped += 1,
                None => taken.wants_room = true,
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
        std::mem::take(&mut lock(&self.taken).wants_room)
    }

    /// How many were dropped since the last time.
    pub(super) fn take_dropped(&self) -> u64 {
        std::mem::take(&mut lock(&self.taken).dropped)
    }

    /// Events of these sizes are settled: there is room for others.
    pub(super) fn settle(&self, events: impl IntoIterator<Item = Size>) {
        let (mut count, mut total) = (0, 0);
        let is_news = {
            let mut ended = lock(&self.ended);
            for Size { bytes, epoch } in events {
                count += 1;
                total += self.weight(bytes) as usize;
                ended.ledger.settle(epoch);
            }
            ended.ledger.finish()
        };
        self.events.add_permits(count);
        self.bytes.add_permits(total);
        if is_news {
            self.progress.notify_waiters();
        }
    }

    /// Waits until everything is settled that was accepted before, or the pipeline has ended.
    pub(super) async fn flush(&self) {
        let epoch = self.end_epoch();
        self.wake.notify_one();
        let is_done = |ended: &Ended| ended.ledger.done() >= epoch || ended.report.is_some();
        self.wait_for(|ended| is_done(ended).then_some(())).await;
    }

    /// Has everything sent at once that was accepted before.
    pub(super) fn hurry(&self) {
        self.end_epoch();
        self.wake.notify_one();
    }

    /// Takes no more events, and asks for an end by then.
    pub(super) fn close(&self, deadline: Option<Instant>) {
        {
            let mut inbox = self.inbox();
            inbox.is_closed = true;
            inbox.deadline = [inbox.deadline, deadline].into_iter().flatten().min();
        }
        self.events.close();
        self.bytes.close();
        self.hurry();
    }

    /// The pipeline has ended.
    pub(super) fn end(&self, report: Report) {
        lock(&self.ended).report = Some(report);
        self.progress.notify_waiters();
    }

    /// What the pipeline came to, once it has ended.
    pub(super) async fn report(&self) -> Report {
        self.wait_for(|ended| ended.report.clone()).await
    }

    pub(super) fn standing(&self) -> Standing {
        let taken = lock(&self.taken);
        let inbox = self.inbox();
        let ended = lock(&self.ended);
        Standing {
            waiting: taken.waiting(&inbox),
            unsettled: inbox.accepted - ended.ledger.settled(),
            seen: ended.seen.clone(),
            is_closed: inbox.is_closed,
            deadline: inbox.deadline,
        }
    }

    /// Takes note of what the task has taken.
    pub(super) fn see(&self, seen: Seen) {
        lock(&self.ended).seen = seen;
    }

    /// From now on this wakes the task, once; or nothing does.
    pub(super) fn wake_at(&self, what: Option<WakeAt>) {
        let held = lock(&self.taken).held();
        self.inbox().wake_at(what, held);
    }

    /// What wakes a task that looks by itself soon: a backlog, long before the queue is full. None where there is no
    /// room for one.
    pub(super) fn backlog(&self, full: WakeAt) -> Option<WakeAt> {
        let Capacity { events, bytes } = self.capacity;
        let backlog = WakeAt {
            events: full.events.saturating_mul(BACKLOG).min(events / 2),
            bytes: full.bytes.saturating_mul(BACKLOG).min(bytes / 2),
            by_first: false,
        };
        let is_more = backlog.events >= full.events && backlog.bytes >= full.bytes;
        is_more.then_some(backlog)
    }

    /// Everything that waits.
    pub(super) fn drain(&self) -> Vec<Entry<Event>> {
        let mut taken = self.refill();
        taken.bytes = 0;
        std::mem::take(&mut taken.waiting).into()
    }

    /// How much room an event of so many bytes takes: all there is, if it needs more.
    fn weight(&self, bytes: usize) -> u32 {
        let most = self.capacity.bytes.min(Semaphore::MAX_PERMITS);
        u32::try_from(bytes.min(most)).unwrap_or(u32::MAX)
    }

    fn push(&self, event: Event, place: Place<'_>) -> Result<(), (Event, NoRoom)> {
        let wakes = {
            let mut inbox = self.inbox();
            if inbox.is_closed {
                return Err((event, NoRoom::Closed));
            }
            inbox.push(event)
        };
        // The room comes back when the event is settled.
        place.events.forget();
        place.bytes.forget();
        if wakes {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Takes all that is in the inbox.
    fn refill(&self) -> MutexGuard<'_, Taken> {
        let mut guard = lock(&self.taken);
        let taken = &mut *guard;
        let held = taken.held();
        let bytes = self.inbox().swap(&mut taken.space, held);
        taken.bytes += bytes;
        if taken.waiting.is_empty() {
            // As it is, in place of one by one.
            let events = VecDeque::from(std::mem::take(&mut taken.space));
            taken.space = std::mem::replace(&mut taken.waiting, events).into();
        } else {
            taken.waiting.extend(taken.space.drain(..));
        }
        guard
    }

    /// Ends the epoch of flushes, and says how many have to be done for everything that was accepted to be settled.
    fn end_epoch(&self) -> u64 {
        let mut inbox = self.inbox();
        if let Some((epoch, accepted)) = inbox.end_epoch() {
            lock(&self.ended).ledger.end_epoch(epoch, accepted);
        }
        inbox.epoch
    }

    async fn wait_for<T>(&self, what: impl Fn(&Ended) -> Option<T>) -> T {
        loop {
            // From before the look, so that none is missed after it.
            let progress = self.progress.notified();
            if let Some(found) = what(&lock(&self.ended)) {
                return found;
            }
            progress.await;
        }
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        lock(&self.inbox)
    }
}

fn lock<T>(part: &Mutex<T>) -> MutexGuard<'_, T> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Source for &Queue {
    fn waiting(&self) -> Waiting {
        let taken = self.refill();
        let inbox = self.inbox();
        taken.waiting(&inbox)
    }

    fn take(&mut self, max_events: usize, max_bytes: usize) -> Vec<Entry<Event>> {
        let mut taken = self.refill();
        let mut bytes = 0;
        let fits = taken.waiting.iter().take(max_events).take_while(|entry| {
            bytes += entry.event.bytes();
            bytes <= max_bytes
        });
        let fits = fits.count().max(1).min(taken.waiting.len());
        let entries: Vec<_> = taken.waiting.drain(..fits).collect();
        let bytes: usize = entries.iter().map(|entry| entry.event.bytes()).sum();
        taken.bytes -= bytes;
        entries
    }
}
