//! The end of the queue at which events come. Whoever reports one waits for nobody who does more than a few words'
//! work here: the task takes all that is there in one move.

use tokio::time::Instant;

use super::super::converge::Entry;
use super::super::event::Event;
use super::WakeAt;

#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) events: Vec<Entry<Event>>,
    pub(super) bytes: usize,
    /// How many were accepted in all, and since the last flush that was asked for.
    pub(super) accepted: u64,
    in_epoch: u64,
    /// How many flushes were asked for.
    pub(super) epoch: u64,
    /// What wakes the task, and what it has itself.
    wake_at: Option<WakeAt>,
    held: Held,
    pub(super) is_closed: bool,
    pub(super) deadline: Option<Instant>,
}

/// What the task has taken and not sent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    pub(super) events: usize,
    pub(super) bytes: usize,
}

impl Inbox {
    /// With space for some.
    pub(super) fn new(events: Vec<Entry<Event>>) -> Self {
        Self {
            events,
            ..Self::default()
        }
    }

    /// Takes an event. Whether the task is to be woken for it.
    pub(super) fn push(&mut self, mut event: Event) -> bool {
        event.epoch = self.epoch;
        self.accepted += 1;
        self.in_epoch += 1;
        self.bytes += event.bytes();
        let in_doubt = event.is_from_before();
        self.events.push(Entry { event, in_doubt });
        let Some(at) = self.wake_at else {
            return false;
        };
        let events = self.held.events + self.events.len();
        let wakes = (at.by_first && events == 1)
            || events >= at.events
            || self.held.bytes + self.bytes >= at.bytes;
        if wakes {
            self.wake_at = None;
        }
        wakes
    }

    /// From now on this wakes the task, once, together with what it holds; or nothing does.
    pub(super) fn wake_at(&mut self, what: Option<WakeAt>, held: Held) {
        self.wake_at = what;
        self.held = held;
    }

    /// Gives all events, for an empty space in their place.
    pub(super) fn swap(&mut self, space: &mut Vec<Entry<Event>>, held: Held) -> usize {
        std::mem::swap(&mut self.events, space);
        self.held.events = held.events + space.len();
        self.held.bytes = held.bytes + self.bytes;
        std::mem::take(&mut self.bytes)
    }

    /// Ends the epoch: how many were accepted in it. None where there was none: then the last flush says the same.
    pub(super) fn end_epoch(&mut self) -> Option<(u64, u64)> {
        let accepted = std::mem::take(&mut self.in_epoch);
        let epoch = self.epoch;
        (accepted > 0).then(|| {
            self.epoch += 1;
            (epoch, accepted)
        })
    }
}
