//! From the queue of the handles to the disk, and what a failing disk means for those who wait for it.

use std::sync::Arc;

use tokio::task::yield_now;
use tokio::time::Instant;

use super::super::super::event::{Event, Size};
use super::super::super::queue::Queue;
use super::super::super::schedule::Source;
use super::super::super::spool::{Position, SpoolError};
use super::super::super::ticket::Ticket;
use super::super::TOGETHER;
use super::super::failing::Part;
use super::{PAUSE, Relay, SeqCst};

/// How much is appended at once.
const APPEND: (usize, usize) = (2_000, 4 << 20);

/// How much of what is on disk is kept in memory on its way to the pipeline, before it is read again instead.
const FEED: (usize, usize) = (16_000, 16 << 20);

/// Events that were taken from handles and are not on disk.
#[derive(Debug)]
pub(super) struct Intake {
    waiting: Vec<Event>,
    /// Those that are being appended: with their thread, which gives them back.
    appending: Option<Arc<Vec<Event>>>,
    /// How many are appended at once. Fewer, when so many have no room.
    most: usize,
    /// When to try again what the disk failed at.
    again_at: Option<Instant>,
    /// Why all are refused who would wait for the disk.
    refusing: Option<Arc<SpoolError>>,
}

impl Default for Intake {
    fn default() -> Self {
        Self {
            waiting: Vec::new(),
            appending: None,
            most: APPEND.0,
            again_at: None,
            refusing: None,
        }
    }
}

impl Intake {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.appending.is_none()
    }

    pub(super) fn again_at(&self) -> Option<Instant> {
        self.again_at
    }

    /// Tries again at once.
    pub(super) fn retry(&mut self) {
        self.again_at = None;
    }

    /// Those to append now.
    pub(super) fn next(&mut self, now: Instant, is_closed: bool) -> Arc<Vec<Event>> {
        let is_due = is_closed || self.again_at.is_none_or(|at| at <= now);
        let count = self.waiting.len().min(self.most);
        if !is_due || count == 0 {
            return Arc::default();
        }
        let rest = self.waiting.split_off(count);
        let next = Arc::new(std::mem::replace(&mut self.waiting, rest));
        self.appending = Some(Arc::clone(&next));
        next
    }

    /// Those that were being appended.
    fn take_appending(&mut self) -> Vec<Event> {
        // Whoever appended them has let go of them.
        self.appending
            .take()
            .and_then(Arc::into_inner)
            .unwrap_or_default()
    }

    /// Refuses those who wait for the disk and cannot be accepted: the disk fails, or an event failed that was before
    /// theirs in a stream. Returns what is free now.
    fn weed(&mut self) -> Vec<Size> {
        let mut sizes = Vec::new();
        let refusing = self.refusing.as_ref();
        let refused = self.waiting.extract_if(.., |event| {
            let confirmation = event.confirmation();
            confirmation.is_some_and(|waits| refusing.or(waits.failure()).is_some())
        });
        for mut event in refused {
            sizes.push(event.size());
            if let Some(waits) = event.take_confirmation()
                && let Some(error) = refusing.or(waits.failure()).cloned()
            {
                waits.refuse(event.json(), &error);
            }
        }
        sizes
    }
}

/// Lets those who report events go on as long as more come, up to so many: a round to the disk has its price, whatever it
/// takes along. Where one reports and waits, that ends at once.
pub(super) async fn gather(accepting: &Queue) {
    let mut before = 0;
    loop {
        let waiting = accepting.standing().waiting;
        let is_enough = waiting.events >= TOGETHER || waiting.bytes >= APPEND.1;
        if waiting.events == before || is_enough {
            return;
        }
        before = waiting.events;
        yield_now().await;
    }
}

impl Relay {
    /// Takes what waits in the queue of the handles. While the disk fails only those who will not wait for it.
    pub(super) fn take_accepted(&mut self) {
        while self.intake.waiting.is_empty() || self.intake.refusing.is_some() {
            let taken = (&*self.ends.accepting).take(APPEND.0, APPEND.1);
            if taken.is_empty() {
                return;
            }
            let events = taken.into_iter().map(|entry| entry.event);
            self.intake.waiting.extend(events);
            let refused = self.intake.weed();
            self.ends.accepting.settle(refused);
        }
    }

    /// What was appended is accepted.
    pub(super) fn accepted(&mut self, first: Position) {
        self.tell(Part::Append, None, Instant::now());
        self.intake.again_at = None;
        self.intake.refusing = None;
        self.intake.most = (self.intake.most * 2).min(APPEND.0);
        let accepted = self.intake.take_appending();
        let sizes: Vec<_> = accepted.iter().map(Event::size).collect();
        let bytes: usize = accepted.iter().map(Event::bytes).sum();
        // What comes next anyway need not be read.
        let has_room =
            self.feed.len() + accepted.len() <= FEED.0 && self.feed_bytes + bytes <= FEED.1;
        let is_next = self.next == first && (has_room || self.feed.is_empty());
        if is_next {
            self.feed_bytes += bytes;
        }
        let mut position = first;
        for mut event in accepted {
            if let Some(confirmation) = event.take_confirmation() {
                confirmation.accept();
            }
            if is_next {
                self.outstanding.insert(position);
                let is_from_before = false;
                self.feed.push_back(event.with_ticket(Ticket {
                    position,
                    is_from_before,
                }));
            } else if let Some(receipt) = event.take_receipt() {
                self.receipts.insert(position, receipt);
            }
            position = position.plus(1);
        }
        if is_next {
            self.next = position;
        }
        self.end = position;
        self.spooled.end.store(position.get(), SeqCst);
        self.tell_settled();
        self.ends.accepting.settle(sizes);
    }

    /// What was to be appended is not accepted. Who waits for it is told, or waits on.
    pub(super) fn refused(&mut self, error: SpoolError, is_closed: bool, now: Instant) {
        let mut events = self.intake.take_appending();
        let count = events.len();
        events.append(&mut self.intake.waiting);
        self.intake.waiting = events;
        let is_of_size = error.is_full() || error.is_usage();
        if is_of_size && count > 1 {
            // Fewer may have room, and one that never will must not keep the others from the disk.
            self.intake.most = count / 2;
            return;
        }
        if error.is_usage() && count == 1 {
            let event = self.intake.waiting.remove(0);
            return self.turn_away(event, Arc::new(error));
        }
        self.tell(Part::Append, Some(&error), now);
        let waits = error.is_full() && self.ends.waits_for_room && !is_closed;
        if !waits {
            self.intake.refusing = Some(Arc::new(error));
            let refused = self.intake.weed();
            self.ends.accepting.settle(refused);
        }
        if is_closed {
            // They were promised memory, and the pipeline ends: they go without the disk.
            let left = std::mem::take(&mut self.intake.waiting);
            self.ends.accepting.settle(left.iter().map(Event::size));
            self.feed_bytes += left.iter().map(Event::bytes).sum::<usize>();
            self.feed.extend(left);
        }
        let is_left = !self.intake.waiting.is_empty();
        self.intake.again_at = is_left.then_some(now + PAUSE);
        if !is_left {
            // Whoever comes next finds out whether the disk works again.
            self.intake.refusing = None;
        }
    }

    /// The spool will never take this event: who waits is told, and one that was promised memory goes without the disk.
    fn turn_away(&mut self, mut event: Event, error: Arc<SpoolError>) {
        self.ends.accepting.settle([event.size()]);
        self.intake.most = APPEND.0;
        match event.take_confirmation() {
            Some(confirmation) => {
                confirmation.refuse(event.json(), &error);
                let refused = self.intake.weed();
                self.ends.accepting.settle(refused);
            }
            None => {
                self.tell(Part::Append, Some(&error), Instant::now());
                self.feed_bytes += event.bytes();
                self.feed.push_back(event);
            }
        }
    }

    /// The pipeline has ended before these were on disk. Who waits for that has them still.
    pub(super) fn lose_intake(&mut self) {
        let appending = self.intake.appending.take().unwrap_or_default();
        let drained = self.ends.accepting.drain();
        let drained = drained.iter().map(|entry| &entry.event);
        let waiting = self.intake.waiting.iter().chain(drained);
        // The thread that appends may have done it.
        let appending = appending.iter().map(|event| (event, true));
        let all: Vec<_> = appending
            .chain(waiting.map(|event| (event, false)))
            .collect();
        for (event, may_be_stored) in &all {
            match event.confirmation() {
                Some(waits) => waits.cut_off(event.json()),
                None => self.ends.observer.lost(event.json(), *may_be_stored),
            }
        }
        self.ends
            .accepting
            .settle(all.iter().map(|(event, _)| event.size()));
        self.intake.waiting.clear();
    }
}
