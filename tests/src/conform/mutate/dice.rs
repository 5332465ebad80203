//! Decisions.

/// Decisions that were made ahead, so that something that shrinks can make them. Once they are used
/// up every decision is the first, which is the simplest.
#[derive(Clone, Debug)]
pub struct Dice<'r> {
    rolls: std::slice::Iter<'r, u16>,
}

impl<'r> Dice<'r> {
    /// Takes these, one after the other.
    pub fn new(rolls: &'r [u16]) -> Self {
        let rolls = rolls.iter();
        Self { rolls }
    }

    /// Any number.
    pub fn number(&mut self) -> u16 {
        self.rolls.next().copied().unwrap_or_default()
    }

    /// A number below another, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::from(self.number()) % limit
    }

    /// One of several; the first is the simplest.
    pub fn one_of<T: Clone>(&mut self, several: &[T]) -> Option<T> {
        match several.len() {
            0 => None,
            count => Some(several[self.below(count)].clone()),
        }
    }

    /// Yes, seldom.
    pub fn seldom(&mut self) -> bool {
        self.below(8) == 7
    }

    /// Yes, once in a long while.
    pub fn rarely(&mut self) -> bool {
        self.below(40) == 39
    }

    /// Yes, mostly.
    pub fn mostly(&mut self) -> bool {
        self.below(4) != 0
    }
}
