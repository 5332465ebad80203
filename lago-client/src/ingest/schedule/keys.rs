//! Keeps two events with the same key from being under way at once.
//!
//! The server could not tell which of them it has, and one that is refused as a duplicate would say nothing certain
//! of the other. So the second waits until the first is settled. Keys are compared by hash: a collision makes an
//! event wait for a stranger, and nothing worse.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use super::super::converge::Entry;
use super::super::event::Event;

/// The keys under way.
#[derive(Debug, Default)]
pub(super) struct Keys {
    claimed: HashSet<u64, BuildHasherDefault<AsItIs>>,
    /// The events that wait for one of them: usually none.
    waiting: HashMap<u64, VecDeque<Entry<Event>>, BuildHasherDefault<AsItIs>>,
    /// Those whose turn it is: the key is theirs.
    free: VecDeque<Entry<Event>>,
}

/// Keys are hashes already, with a secret of the pipeline.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are written as numbers")
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Keys {
    /// Takes the key for an event. False when it is under way: then the event is to [wait](Self::wait).
    pub(super) fn claim(&mut self, key: u64) -> bool {
        self.claimed.insert(key)
    }

    /// Lets an event wait for its key.
    pub(super) fn wait(&mut self, entry: Entry<Event>) {
        let key = entry.event.key();
        self.waiting.entry(key).or_default().push_back(entry);
    }

    /// The event with this key is settled: it is the turn of the next one.
    pub(super) fn settle(&mut self, key: u64) {
        let Some(waiting) = self.waiting.get_mut(&key) else {
            self.claimed.remove(&key);
            return;
        };
        self.free.extend(waiting.pop_front());
        if waiting.is_empty() {
            self.waiting.remove(&key);
        }
    }

    pub(super) fn has_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// Events whose turn it is, within these limits but for a single one.
    pub(super) fn take_free(&mut self, max_events: usize, max_bytes: usize) -> Vec<Entry<Event>> {
        let (mut taken, mut bytes) = (Vec::new(), 0);
        while let Some(next) = self.free.front() {
            bytes += next.event.bytes();
            if !taken.is_empty() && (taken.len() >= max_events || bytes > max_bytes) {
                break;
            }
            taken.extend(self.free.pop_front());
        }
        taken
    }

    /// Whether no event is under way or waits.
    pub(super) fn is_empty(&self) -> bool {
        self.claimed.is_empty()
    }

    /// All events that wait.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Entry<Event>> {
        self.claimed.clear();
        let waiting = std::mem::take(&mut self.waiting).into_values().flatten();
        waiting.chain(std::mem::take(&mut self.free))
    }
}
