//! Which records the pipeline has that are not acknowledged.

use std::collections::VecDeque;

use super::super::spool::Position;

/// Positions, which come in ascending order, each marked until it is done.
#[derive(Debug, Default)]
pub(super) struct Outstanding {
    /// The position of the first mark.
    first: u64,
    /// Begins with one that is set, if there is any.
    marks: VecDeque<bool>,
    set: usize,
}

impl Outstanding {
    pub(super) fn len(&self) -> usize {
        self.set
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set == 0
    }

    pub(super) fn first(&self) -> Option<Position> {
        (self.set > 0).then(|| Position::new(self.first))
    }

    /// Marks a position behind all that were marked before.
    pub(super) fn insert(&mut self, position: Position) {
        if self.marks.is_empty() {
            self.first = position.get();
        }
        // Between them there may be records that need not be sent.
        let place = position.get() - self.first;
        self.marks
            .resize(usize::try_from(place).unwrap_or(usize::MAX), false);
        self.marks.push_back(true);
        self.set += 1;
    }

    pub(super) fn remove(&mut self, position: Position) {
        let place = position.get().checked_sub(self.first);
        let place = place.and_then(|place| usize::try_from(place).ok());
        let mark = place.and_then(|place| self.marks.get_mut(place));
        if mark.is_some_and(std::mem::take) {
            self.set -= 1;
        }
        while self.marks.front() == Some(&false) {
            self.marks.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Compared with a set, over any order of what is done.
    #[test]
    fn it_is_a_set_of_positions() {
        for seed in 0..200 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let (mut ours, mut model) = (Outstanding::default(), BTreeSet::new());
            let mut next = rng.u64(0..1_000);
            for _ in 0..200 {
                match rng.u32(0..5) {
                    0 | 1 => {
                        ours.insert(Position::new(next));
                        model.insert(Position::new(next));
                        next += 1 + u64::from(rng.u32(0..6) == 0) * rng.u64(0..50);
                    }
                    2 if !model.is_empty() => {
                        let one = model.iter().nth(rng.usize(0..model.len())).copied();
                        ours.remove(one.unwrap_or_default());
                        model.remove(&one.unwrap_or_default());
                    }
                    3 => {
                        let first = model.pop_first();
                        ours.remove(first.unwrap_or_default());
                    }
                    _ => ours.remove(Position::new(next + 3)),
                }
                assert_eq!(ours.first(), model.first().copied());
                assert_eq!(
                    (ours.len(), ours.is_empty()),
                    (model.len(), model.is_empty())
                );
            }
        }
    }
}
