//! Any sequence of calls, failures, kills and power failures, against a model that is a map.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;

use super::memory::Memory;
use super::*;

#[derive(Clone, Debug)]
enum Step {
    Append(Vec<usize>),
    Acknowledge(Vec<Index>),
    Read,
    Sync,
    /// The process ends, however, and another begins.
    Kill,
    PowerFailure(u64),
    /// Operations of the disk fail: so many, after so many.
    Fail(usize, usize),
    /// The disk is full from now on, or has room again.
    Full(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => prop::collection::vec(0..300_usize, 1..5).prop_map(Step::Append),
        6 => prop::collection::vec(any::<Index>(), 1..12).prop_map(Step::Acknowledge),
        2 => Just(Step::Read),
        2 => Just(Step::Sync),
        1 => Just(Step::Kill),
        1 => any::<u64>().prop_map(Step::PowerFailure),
        3 => (0..6_usize, 1..4_usize).prop_map(|(after, times)| Step::Fail(after, times)),
        2 => any::<bool>().prop_map(Step::Full),
    ];
    prop::collection::vec(step, 1..60)
}

fn policies() -> impl Strategy<Value = Fsync> {
    let interval = Fsync::Interval(Duration::from_secs(3600));
    prop_oneof![Just(Fsync::EveryAppend), Just(interval), Just(Fsync::Never)]
}

type Waiting = BTreeMap<u64, Vec<u8>>;

struct Model {
    disk: Memory,
    log: Log<Memory>,
    fsync: Fsync,
    /// What is to be read now.
    waiting: Waiting,
    /// What a power failure cannot take.
    durable: BTreeSet<u64>,
    /// What may come back with the next process: an acknowledgement or a removal that is not durable, or a record whose
    /// append failed.
    possible: BTreeMap<u64, Vec<Vec<u8>>>,
    appended: u64,
}

impl Model {
    fn new(fsync: Fsync) -> Result<Self, SpoolError> {
        let disk = Memory::default();
        let log = Log::open(disk.clone(), options(fsync))?;
        Ok(Self {
            disk,
            log,
            fsync,
            waiting: Waiting::new(),
            durable: BTreeSet::new(),
            possible: BTreeMap::new(),
            appended: 0,
        })
    }

    fn append(&mut self, lengths: &[usize]) -> TestCaseResult {
        let records: Vec<Vec<u8>> = lengths
            .iter()
            .map(|length| {
                self.appended += 1;
                record(self.appended, *length)
            })
            .collect();
        let slices: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        let next = self.log.end().get();
        match self.log.append(&slices) {
            Ok(first) => {
                prop_assert_eq!(first.get(), next);
                for (position, record) in (first.get()..).zip(records) {
                    self.waiting.insert(position, record);
                    if self.fsync == Fsync::EveryAppend {
                        self.durable.insert(position);
                    }
                }
            }
            Err(error) => {
                prop_assert!(error.is_full(), "{}", error);
                for (position, record) in (next..).zip(records) {
                    self.possible.entry(position).or_default().push(record);
                }
            }
        }
        Ok(())
    }

    fn acknowledge(&mut self, chosen: &[Index]) {
        let waiting: Vec<u64> = self.waiting.keys().copied().collect();
        if waiting.is_empty() {
            return;
        }
        let positions: Vec<Position> = chosen
            .iter()
            .map(|index| Position(*index.get(&waiting)))
            .collect();
        // Whether it can be written down or not, they are done now, and may come back.
        let _ = self.log.acknowledge(&positions);
        for position in positions {
            if let Some(record) = self.waiting.remove(&position.0) {
                self.possible.entry(position.0).or_default().push(record);
            }
            self.durable.remove(&position.0);
        }
    }

    fn read(&mut self) -> TestCaseResult {
        match read_all(&mut self.log) {
            Ok(found) => {
                prop_assert_eq!(found.into_iter().collect::<Waiting>(), self.waiting.clone())
            }
            Err(error) => prop_assert!(error.is_full(), "{}", error),
        }
        Ok(())
    }

    fn sync(&mut self) {
        if self.log.sync().is_ok() {
            self.durable.extend(self.waiting.keys());
        }
    }

    /// Another process opens what there is. What must be there is, and what is there may be.
    fn reopen(
        &mut self,
        must: impl Fn(&Self, u64) -> bool,
        is_power_failure: bool,
    ) -> TestCaseResult {
        self.disk.fail(0, 0);
        self.log = Log::open(self.disk.clone(), options(self.fsync))
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let found: Waiting = read_all(&mut self.log)
            .map_err(|error| TestCaseError::fail(error.to_string()))?
            .into_iter()
            .collect();
        for (position, record) in &self.waiting {
            let is_there = found.get(position).is_some_and(|found| found == record);
            prop_assert!(
                is_there || !must(self, *position),
                "{} is lost: {:?}",
                position,
                self.log.recovery()
            );
        }
        for (position, record) in &found {
            let is_possible = self
                .possible
                .get(position)
                .is_some_and(|records| records.contains(record));
            prop_assert!(
                is_possible || self.waiting.get(position) == Some(record),
                "{} was invented",
                position
            );
        }
        if !is_power_failure {
            prop_assert!(
                self.log.recovery().damage.is_empty(),
                "{:?}",
                self.log.recovery()
            );
        }
        prop_assert_eq!(self.log.unacknowledged(), found.len() as u64);
        // A process that is killed may leave what is not on the disk yet; and the names of what it removed.
        if is_power_failure {
            self.durable = found.keys().copied().collect();
            self.possible.clear();
        }
        for position in self
            .waiting
            .keys()
            .filter(|position| !found.contains_key(position))
        {
            self.durable.remove(position);
        }
        self.waiting = found;
        Ok(())
    }

    fn step(&mut self, step: Step) -> TestCaseResult {
        match step {
            Step::Append(lengths) => self.append(&lengths),
            Step::Acknowledge(chosen) => {
                self.acknowledge(&chosen);
                Ok(())
            }
            Step::Read => self.read(),
            Step::Sync => {
                self.sync();
                Ok(())
            }
            Step::Kill => self.reopen(|_, _| true, false),
            Step::PowerFailure(chance) => {
                self.disk.power_failure(chance);
                // What it damages needs room to be set aside.
                self.disk.clear();
                self.reopen(|model, position| model.durable.contains(&position), true)
            }
            Step::Fail(after, times) => {
                self.disk.fail(after, times);
                Ok(())
            }
            Step::Full(is_full) => {
                match is_full {
                    true => self.disk.fill(),
                    false => self.disk.clear(),
                }
                Ok(())
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_accepted_is_read_until_it_is_acknowledged(steps in steps(), fsync in policies()) {
        let mut model = Model::new(fsync).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for step in steps {
            model.step(step)?;
        }
        model.reopen(|_, _| true, false)?;
        // The disk is well again: everything goes on.
        model.disk.clear();
        model.append(&[10])?;
        model.read()?;
    }
}
