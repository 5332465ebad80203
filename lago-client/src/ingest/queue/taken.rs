//! The events that the pipeline's task has taken out of the inbox, and not sent.

use std::collections::VecDeque;

use super::super::converge::Entry;
use super::super::event::Event;
use super::super::schedule::Waiting;
use super::inbox::{Held, Inbox};

/// What the task has taken out of the inbox, and not sent.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) waiting: VecDeque<Entry<Event>>,
    pub(super) bytes: usize,
    /// Empty, to be given for what is in the inbox.
    pub(super) space: Vec<Entry<Event>>,
    /// How many were dropped for newer ones, and not told yet.
    pub(super) dropped: u64,
    /// One was to be dropped, and all had been sent.
    pub(super) wants_room: bool,
}

impl Taken {
    pub(super) fn held(&self) -> Held {
        Held {
            events: self.waiting.len(),
            bytes: self.bytes,
        }
    }

    /// What waits here and in the inbox.
    pub(super) fn waiting(&self, inbox: &Inbox) -> Waiting {
        let oldest = self.waiting.front().or(inbox.events.first());
        let oldest = oldest.map(|entry| &entry.event);
        Waiting {
            events: self.waiting.len() + inbox.events.len(),
            bytes: self.bytes + inbox.bytes,
            oldest: oldest.map(Event::accepted),
            is_urgent: oldest.is_some_and(|event| event.epoch < inbox.epoch),
        }
    }

    pub(super) fn pop(&mut self) -> Option<Entry<Event>> {
        let entry = self.waiting.pop_front()?;
        self.bytes -= entry.event.bytes();
        Some(entry)
    }
}
