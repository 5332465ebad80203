//! A process that is killed at any moment, again and again on the same directory.

use std::collections::BTreeSet;

use lago_tests::conform::extent::cases;

use super::child::{Process, numbers};
use super::*;

#[test]
fn nothing_accepted_is_lost_however_often_a_process_is_killed() -> Outcome {
    let directory = tempfile::tempdir()?;
    let mut waiting: BTreeSet<u64> = BTreeSet::new();
    let mut begun: BTreeSet<u64> = BTreeSet::new();
    let mut next = 0;
    for round in 0..cases(10, 200) {
        let mut process = Process::start(&format!("work {next}"), directory.path(), None)?;
        // A number of lines is a moment that no clock decides: the process is ahead of them by any distance.
        for _ in 0..1 + round * 67 % 193 {
            let line = process.line()?.ok_or("the process ended by itself")?;
            note(&line, &mut waiting, &mut begun);
        }
        process.kill()?;
        while let Some(line) = process.line()? {
            note(&line, &mut waiting, &mut begun);
        }

        let mut spool = open(directory.path())?;
        assert!(spool.recovery().damage.is_empty(), "{:?}", spool.recovery());
        let found = read_all(&mut spool)?;
        let known: Option<Vec<u64>> = found.iter().map(|(_, bytes)| number(bytes)).collect();
        let known = known.ok_or("a record was invented")?;
        let found: BTreeSet<u64> = known.iter().copied().collect();
        assert_eq!(found.len(), known.len(), "a record is there twice");
        let lost: Vec<&u64> = waiting.difference(&found).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?} are lost");
        // The last append may have been written and not said, the last acknowledgement said and not written.
        let newest = waiting
            .last()
            .max(begun.last())
            .copied()
            .unwrap_or_default();
        let more: Vec<&u64> = found.difference(&waiting).collect();
        assert!(
            more.iter()
                .all(|number| begun.contains(number) || (newest..newest + 5).contains(*number)),
            "round {round}: {more:?} came back"
        );
        next = found.last().copied().unwrap_or_default().max(newest) + 1;
        waiting = found;
        begun.clear();
    }
    assert!(next > 100, "{next}");
    Ok(())
}

/// Takes note of what a process says.
fn note(line: &str, waiting: &mut BTreeSet<u64>, begun: &mut BTreeSet<u64>) {
    match line.split_once(' ') {
        Some(("accepted", list)) => waiting.extend(numbers(list)),
        Some(("acknowledged", list)) => {
            for number in numbers(list) {
                waiting.remove(&number);
                begun.insert(number);
            }
        }
        _ => {}
    }
}
