//! Each operation of the disk fails once, and several in a row: what was accepted stays, what was refused does not
//! count, and when the disk is well again all goes on.

use super::memory::Memory;
use super::*;

/// What is done to a log, whatever fails: opened, appended to, read and acknowledged in part, over several segments.
struct Story {
    disk: Memory,
    accepted: Vec<Vec<u8>>,
    refused: Vec<Vec<u8>>,
    acknowledged: Vec<u64>,
}

impl Story {
    fn tell(after: usize, times: usize) -> Result<Self, SpoolError> {
        let disk = Memory::default();
        disk.fail(after, times);
        let mut story = Self {
            disk,
            accepted: Vec::new(),
            refused: Vec::new(),
            acknowledged: Vec::new(),
        };
        let mut log = loop {
            match open(&story.disk) {
                Ok(log) => break log,
                Err(error) => assert!(error.is_full(), "{error}"),
            }
        };
        for number in 0..20 {
            story.append(&mut log, number)?;
            if number % 5 == 4 {
                let read = log.read(Position::FIRST, 3, usize::MAX);
                let read: Vec<Position> = read
                    .into_iter()
                    .flatten()
                    .map(|(position, _)| position)
                    .collect();
                // Whether it was written down is seen by the next process.
                let _ = log.acknowledge(&read);
                story
                    .acknowledged
                    .extend(read.iter().map(|position| position.get()));
            }
        }
        Ok(story)
    }

    fn append(&mut self, log: &mut Log<Memory>, number: u64) -> Result<(), SpoolError> {
        let record = record(number, 200);
        let expected = self.accepted.len() as u64;
        for _ in 0..2 {
            match log.append(&[&record]) {
                Ok(position) => {
                    assert_eq!(position.get(), expected);
                    self.accepted.push(record);
                    return Ok(());
                }
                Err(error) => assert!(error.is_full(), "{error}"),
            }
        }
        self.refused.push(record);
        Ok(())
    }

    /// Reads what the next process finds.
    fn check(&self, case: &str) -> Outcome {
        let mut log = open(&self.disk)?;
        let found = read_all(&mut log)?;
        for (position, record) in &found {
            let known = self.accepted.get(usize::try_from(*position)?);
            let is_refused =
                *position == self.accepted.len() as u64 && self.refused.contains(record);
            assert!(
                known == Some(record) || is_refused,
                "{case}: {position} was invented"
            );
        }
        for position in 0..self.accepted.len() as u64 {
            let is_found = found.iter().any(|(found, _)| *found == position);
            assert!(
                is_found || self.acknowledged.contains(&position),
                "{case}: {position} is lost"
            );
        }
        assert!(
            log.recovery().damage.is_empty(),
            "{case}: {:?}",
            log.recovery()
        );
        log.append(&[b"and on"])?;
        Ok(())
    }
}

#[test]
fn whichever_operations_fail_nothing_accepted_is_lost() -> Outcome {
    let undisturbed = Story::tell(0, 0)?;
    let operations = undisturbed.disk.operations();
    assert_eq!(
        (undisturbed.accepted.len(), undisturbed.acknowledged.len()),
        (20, 12)
    );
    assert!(operations > 100, "{operations}");
    for after in 0..operations {
        for times in [1, 2, 3, 5] {
            let story = Story::tell(after, times)?;
            assert!(
                times > 1 || story.refused.is_empty(),
                "{after}: one failure, and tried again"
            );
            story.disk.fail(0, 0);
            let killed = story.disk.clone();
            story.check(&format!("{times} after {after}, killed"))?;

            let story = Story::tell(after, times)?;
            drop(killed);
            story.disk.power_failure(after as u64 * 7 + times as u64);
            story.check(&format!("{times} after {after}, no power"))?;
        }
    }
    Ok(())
}

#[test]
fn a_sync_that_failed_is_not_believed_when_it_succeeds() -> Outcome {
    for fsync in [Fsync::Never, Fsync::EveryAppend] {
        let disk = Memory::default();
        let mut log = Log::open(disk.clone(), options(fsync))?;
        log.append(&[b"one"])?;
        let (before, expected) = match fsync {
            Fsync::EveryAppend => {
                // Written, and not synced.
                disk.fail(1, 1);
                assert!(log.append(&[b"two"]).is_err());
                (1, vec![(0, b"one".to_vec())])
            }
            _ => {
                disk.fail(0, 1);
                assert!(log.sync().is_err());
                (1, vec![(0, b"one".to_vec())])
            }
        };
        assert_eq!(log.unacknowledged(), before);
        log.sync()?;
        disk.power_failure(0);
        assert_eq!(read_all(&mut open(&disk)?)?, expected);
    }
    Ok(())
}

#[test]
fn a_full_disk_is_said_and_what_was_accepted_is_read() -> Outcome {
    let disk = Memory::default();
    let mut log = open(&disk)?;
    log.append(&[b"one"])?;
    disk.fail(0, 1);
    let error = log.append(&[b"two"]).err().ok_or("it was accepted")?;
    assert!(error.is_full());
    assert_eq!(
        error.to_string(),
        "spool /memory/00000000000000000000.log: cannot append to the segment"
    );
    let cause = std::error::Error::source(&error).ok_or("no cause")?;
    assert_eq!(cause.to_string(), "no storage space");
    assert_eq!(read_all(&mut log)?, [(0, b"one".to_vec())]);
    assert_eq!(log.append(&[b"three"])?, Position(1));
    assert_eq!(
        read_all(&mut log)?,
        [(0, b"one".to_vec()), (1, b"three".to_vec())]
    );
    Ok(())
}
