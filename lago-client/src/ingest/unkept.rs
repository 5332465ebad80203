//! Events that will not be delivered and whose dead letters could not be kept. They stay in the spool alone, so that neither
//! memory nor the way of other events fills up with them, and come back from there. Pure: time is a parameter.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::spool::Position;
use super::ticket::Ticket;

/// How long until one of them is tried again.
const PAUSE: Duration = Duration::from_secs(30);

/// Those of a pipeline, for its task, which adds to them, and for the relay, which reads them again.
#[derive(Clone, Debug, Default)]
pub(super) struct Unkept(Arc<Mutex<Waiting>>);

impl Unkept {
    pub(super) fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
pub(super) struct Waiting {
    events: BTreeMap<Position, Known>,
    /// The one that was last taken: each has its turn, since one may be too large where others are not.
    last: Option<Position>,
    /// Whether all behind the last one are taken, as one was settled.
    takes_all: bool,
    again_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    /// Whether the server may have it.
    in_doubt: bool,
    /// Whether it was taken to be tried again, and nobody has said what came of it.
    is_under_way: bool,
}

impl Waiting {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many wait for another try, and are in the spool alone.
    pub(super) fn at_rest(&self) -> usize {
        let known = self.events.values();
        known.filter(|known| !known.is_under_way).count()
    }

    /// Its dead letter could not be kept.
    pub(super) fn add(&mut self, position: Position, in_doubt: bool, now: Instant) {
        let known = Known {
            in_doubt,
            is_under_way: false,
        };
        self.events.insert(position, known);
        self.again_at.get_or_insert(now + PAUSE);
    }

    /// An event is settled. Where it was one of these the others may be as well, and are tried at once.
    pub(super) fn settled(&mut self, position: Position) {
        if self.events.remove(&position).is_some() && !self.takes_all {
            (self.takes_all, self.last) = (true, None);
        }
    }

    /// When there is one to take.
    pub(super) fn due_at(&self, now: Instant) -> Option<Instant> {
        match self.takes_all {
            true => Some(now),
            false => self.again_at,
        }
    }

    /// Those to try again now, at most so many, in their order.
    pub(super) fn take(&mut self, now: Instant, most: usize) -> Vec<Ticket> {
        if self.takes_all {
            let taken = self.behind_last(most);
            self.takes_all = taken.len() == most;
            return taken;
        }
        if self.again_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        let mut taken = self.behind_last(1);
        if taken.is_empty() {
            self.last = None;
            taken = self.behind_last(1);
        }
        let is_waiting = self.events.values().any(|known| !known.is_under_way);
        self.again_at = is_waiting.then_some(now + PAUSE);
        taken
    }

    fn behind_last(&mut self, most: usize) -> Vec<Ticket> {
        let from = self.last.map_or(Unbounded, Excluded);
        let waiting = self.events.range_mut((from, Unbounded));
        let waiting = waiting.filter(|(_, known)| !known.is_under_way);
        let taken = waiting.take(most).map(|(position, known)| {
            known.is_under_way = true;
            Ticket {
                position: *position,
                is_from_before: known.in_doubt,
            }
        });
        let taken: Vec<_> = taken.collect();
        self.last = taken.last().map(|ticket| ticket.position).or(self.last);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(taken: &[Ticket]) -> Vec<u64> {
        taken.iter().map(|ticket| ticket.position.get()).collect()
    }

    fn waiting(count: u64, now: Instant) -> Waiting {
        let mut waiting = Waiting::default();
        for position in 0..count {
            waiting.add(Position::new(position), position % 2 == 0, now);
        }
        waiting
    }

    #[test]
    fn one_at_a_time_is_tried_in_turn_while_none_is_settled() {
        let start = Instant::now();
        let mut waiting = waiting(3, start);
        assert_eq!(positions(&waiting.take(start, 10)), [0; 0]);
        let mut tried = Vec::new();
        for second in 1..300 {
            let now = start + Duration::from_secs(second);
            for ticket in waiting.take(now, 10) {
                tried.push((second, ticket.position.get()));
                waiting.add(ticket.position, ticket.is_from_before, now);
            }
        }
        let seconds = [(30, 0), (60, 1), (90, 2), (120, 0), (150, 1), (180, 2)];
        assert_eq!(tried[..6], seconds);
    }

    #[test]
    fn all_are_tried_once_when_one_is_settled_and_none_twice_at_once() {
        let start = Instant::now();
        let mut waiting = waiting(10, start);
        let now = start + PAUSE;
        assert_eq!(positions(&waiting.take(now, 4)), [0]);
        waiting.settled(Position::new(0));
        assert_eq!(waiting.due_at(now), Some(now));
        assert_eq!(positions(&waiting.take(now, 4)), [1, 2, 3, 4]);
        waiting.settled(Position::new(1));
        waiting.add(Position::new(2), true, now);
        assert_eq!(positions(&waiting.take(now, 4)), [5, 6, 7, 8]);
        assert_eq!(positions(&waiting.take(now, 4)), [9]);
        assert_eq!(positions(&waiting.take(now, 4)), [0; 0]);
        // What was tried in vain waits, until it is the turn of all once more.
        waiting.settled(Position::new(9));
        let again = waiting.take(now, 4);
        assert_eq!(positions(&again), [2]);
        assert!(again[0].is_from_before);
        for position in 2..9 {
            waiting.settled(Position::new(position));
        }
        assert!(waiting.is_empty());
    }
}
