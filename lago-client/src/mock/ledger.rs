//! What was expected to be called, and whether it was.

use std::collections::BTreeMap;
use std::fmt;

use crate::operation::Operation;

/// An expectation as the server keeps it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    operation: &'static Operation,
    times: Option<usize>,
    called: usize,
}

/// What was expected and what was called, by the names of operations.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    expected: Vec<Expected>,
    called: BTreeMap<&'static str, usize>,
}

impl Ledger {
    /// Adds an expectation; tells its place.
    pub(super) fn expect(&mut self, operation: &'static Operation) -> usize {
        self.expected.push(Expected {
            operation,
            times: None,
            called: 0,
        });
        self.expected.len() - 1
    }

    /// Says how often. A place that a reset has taken away is none.
    pub(super) fn times(&mut self, index: usize, count: usize) {
        if let Some(expected) = self.expected.get_mut(index) {
            expected.times = Some(count);
        }
    }

    /// Counts a call.
    pub(super) fn count(&mut self, operation: &'static Operation) {
        *self.called.entry(operation.resource).or_default() += 1;
        let same = self.expected.iter_mut();
        same.filter(|expected| expected.operation.id == operation.id)
            .for_each(|expected| expected.called += 1);
    }

    /// Whether all of it came as expected.
    pub(super) fn verify(&self) -> Result<(), Unmet> {
        let is_unmet = |expected: &&Expected| match expected.times {
            Some(times) => expected.called != times,
            None => expected.called == 0,
        };
        let unmet: Vec<Expected> = self.expected.iter().filter(is_unmet).copied().collect();
        match unmet.is_empty() {
            true => Ok(()),
            false => Err(Unmet {
                unmet,
                called: self.called.clone(),
            }),
        }
    }
}

/// Operations that were not called as often as a test expects.
#[derive(Clone)]
pub struct Unmet {
    unmet: Vec<Expected>,
    called: BTreeMap<&'static str, usize>,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for expected in &self.unmet {
            let wanted = match expected.times {
                Some(times) => format!("exactly {times}"),
                None => "at least 1".to_owned(),
            };
            let (name, called) = (expected.operation.resource, expected.called);
            writeln!(f, "{name}: expected {wanted}, called {called}")?;
        }
        let calls = self
            .called
            .iter()
            .map(|(name, count)| format!("{name} {count}"));
        match calls.collect::<Vec<_>>() {
            calls if calls.is_empty() => f.write_str("nothing was called"),
            calls => write!(f, "called in all: {}", calls.join(", ")),
        }
    }
}

/// What `main` and `unwrap` print: the message.
impl fmt::Debug for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Unmet {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::response::operation;

    #[test]
    fn it_says_what_was_called_how_often() {
        let mut ledger = Ledger::default();
        let (plans, taxes) = (
            operation("plans.get").unwrap(),
            operation("taxes.list").unwrap(),
        );
        assert!(ledger.verify().is_ok());
        let twice = ledger.expect(plans);
        ledger.times(twice, 2);
        ledger.expect(taxes);
        ledger.times(7, 1);
        let nothing = ledger.verify().unwrap_err().to_string();
        assert!(nothing.ends_with("nothing was called"), "{nothing}");
        ledger.count(plans);
        let error = ledger.verify().unwrap_err();
        let expected = "plans.get: expected exactly 2, called 1\n\
                        taxes.list: expected at least 1, called 0\n\
                        called in all: plans.get 1";
        assert_eq!(format!("{error:?}"), expected);
        ledger.count(plans);
        ledger.count(taxes);
        ledger.count(taxes);
        assert!(ledger.verify().is_ok());
        ledger.count(plans);
        assert!(ledger.verify().is_err());
    }
}
