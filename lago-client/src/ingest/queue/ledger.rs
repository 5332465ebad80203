//! What is settled of what was accepted, so that whoever asked for a flush hears when it is done.
//!
//! Each flush that is asked for ends an epoch. An event belongs to the epoch in which it was accepted; a flush is done
//! when everything of its epoch, and of all before it, is settled.

use std::collections::VecDeque;

/// The epochs that are not done.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    epochs: VecDeque<Epoch>,
    /// How many epochs are done.
    done: u64,
    /// How many events are settled in all.
    settled: u64,
}

#[derive(Debug, Default)]
struct Epoch {
    settled: u64,
    /// How many were accepted in it; none while it lasts.
    accepted: Option<u64>,
}

impl Ledger {
    /// How many epochs are done: the flushes that ended them are.
    pub(super) fn done(&self) -> u64 {
        self.done
    }

    pub(super) fn settled(&self) -> u64 {
        self.settled
    }

    /// An event of this epoch is settled.
    pub(super) fn settle(&mut self, epoch: u64) {
        self.settled += 1;
        if let Some(epoch) = self.epoch(epoch) {
            epoch.settled += 1;
        }
    }

    /// An epoch ends, in which so many were accepted.
    pub(super) fn end_epoch(&mut self, epoch: u64, accepted: u64) {
        if let Some(epoch) = self.epoch(epoch) {
            epoch.accepted = Some(accepted);
        }
        self.finish();
    }

    /// Whether epochs are done that were not.
    pub(super) fn finish(&mut self) -> bool {
        let before = self.done;
        let is_done = |epoch: &Epoch| epoch.accepted.is_some_and(|all| epoch.settled >= all);
        while self.epochs.front().is_some_and(is_done) {
            self.epochs.pop_front();
            self.done += 1;
        }
        self.done > before
    }

    fn epoch(&mut self, epoch: u64) -> Option<&mut Epoch> {
        let place = usize::try_from(epoch.checked_sub(self.done)?).ok()?;
        while self.epochs.len() <= place {
            self.epochs.push_back(Epoch::default());
        }
        self.epochs.get_mut(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_done_when_it_has_ended_and_all_before_it_are_done() {
        let mut ledger = Ledger::default();
        ledger.settle(0);
        assert!(!ledger.finish(), "it lasts");
        ledger.end_epoch(0, 2);
        ledger.settle(1);
        ledger.end_epoch(1, 1);
        assert_eq!((ledger.finish(), ledger.done()), (false, 0));
        ledger.settle(0);
        assert_eq!((ledger.finish(), ledger.done()), (true, 2));
        assert_eq!(ledger.settled(), 3);
        // One in which nothing is left when it ends.
        ledger.settle(2);
        ledger.end_epoch(2, 1);
        assert_eq!(ledger.done(), 3);
    }
}
