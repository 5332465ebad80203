//! A store of one's own in place of the disk: it keeps records in memory, says how many were appended at once, and
//! fails by a rule.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use lago_client::ingest::spool::{Position, Spool, SpoolError};

use crate::ingest::lock;

/// What is known from outside.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    records: Vec<Vec<u8>>,
    done: BTreeSet<u64>,
    appends: Vec<usize>,
}

impl Kept {
    /// How many records each append had that worked.
    pub(super) fn appends(&self) -> Vec<usize> {
        lock(&self.0).appends.clone()
    }

    pub(super) fn records(&self) -> Vec<Vec<u8>> {
        lock(&self.0).records.clone()
    }
}

type Rule = dyn FnMut(&[&[u8]]) -> Result<(), SpoolError> + Send;

pub(super) struct Own {
    kept: Kept,
    rule: Box<Rule>,
}

impl Own {
    /// One of which each append goes by a rule, which may also make it wait.
    pub(super) fn new(
        kept: &Kept,
        rule: impl FnMut(&[&[u8]]) -> Result<(), SpoolError> + Send + 'static,
    ) -> Self {
        Self {
            kept: kept.clone(),
            rule: Box::new(rule),
        }
    }
}

impl Spool for Own {
    fn append(&mut self, records: &[&[u8]]) -> Result<Position, SpoolError> {
        (self.rule)(records)?;
        let mut state = lock(&self.kept.0);
        let first = Position::new(state.records.len() as u64);
        state.appends.push(records.len());
        let records = records.iter().map(|record| record.to_vec());
        state.records.extend(records);
        Ok(first)
    }

    fn read(
        &mut self,
        from: Position,
        max_records: usize,
        _: usize,
    ) -> Result<Vec<(Position, Vec<u8>)>, SpoolError> {
        let state = lock(&self.kept.0);
        let records = (0_u64..).zip(&state.records);
        let wanted = records.filter(|(at, _)| *at >= from.get() && !state.done.contains(at));
        Ok(wanted
            .take(max_records)
            .map(|(at, record)| (Position::new(at), record.clone()))
            .collect())
    }

    fn acknowledge(&mut self, positions: &[Position]) -> Result<(), SpoolError> {
        let positions = positions.iter().map(|position| position.get());
        lock(&self.kept.0).done.extend(positions);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), SpoolError> {
        Ok(())
    }

    fn unacknowledged(&self) -> u64 {
        let state = lock(&self.kept.0);
        (state.records.len() - state.done.len()) as u64
    }

    fn end(&self) -> Position {
        Position::new(lock(&self.kept.0).records.len() as u64)
    }
}
