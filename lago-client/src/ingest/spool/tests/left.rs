//! Damage on a disk without room: what is intact is read around it, and the file stays as it is.

use super::damage::{logs, small_log};
use super::memory::Memory;
use super::*;

/// A file with something changed in it, of every kind and at every place, or with `LAGO_TESTS=whole` every bit.
fn changes(content: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let step = if is_whole() { 1 } else { 5 };
    let flipped = (0..content.len() * 8).step_by(8 * step).map(|bit| {
        let (at, mut changed) = (bit / 8, content.to_vec());
        changed[at] ^= 1 << (at % 8);
        changed
    });
    let cut = (0..content.len()).step_by(step);
    flipped.chain(cut.map(|length| content[..length].to_vec()))
}

fn acknowledge_all(log: &mut Log<Memory>) -> Outcome {
    let all = read_all(log)?;
    let positions: Vec<Position> = all
        .iter()
        .map(|(position, _)| Position(*position))
        .collect();
    Ok(log.acknowledge(&positions)?)
}

#[test]
fn a_damaged_segment_is_delivered_from_a_full_disk_as_from_one_with_room() -> Outcome {
    let (whole, _) = small_log()?;
    for name in logs(&whole) {
        for changed in changes(&whole.content(&name)) {
            let roomy = whole.copy();
            roomy.overwrite(&name, changed.clone());
            let mut expected = open(&roomy)?;
            let records = read_all(&mut expected)?;

            let disk = whole.copy();
            disk.overwrite(&name, changed.clone());
            disk.fill();
            for is_first in [true, false] {
                let mut log = open(&disk)?;
                assert_eq!(read_all(&mut log)?, records);
                if is_first {
                    assert_eq!(log.recovery(), expected.recovery());
                }
                let refused = log.append(&[b"more"]);
                assert!(refused.is_err_and(|error| error.is_full()));
                let damage = &log.recovery().damage;
                if !damage.is_empty() && damage[0].kept > 0 {
                    assert_eq!(disk.content(&name), changed, "the file as it was");
                }
            }
            acknowledge_all(&mut open(&disk)?)?;
            assert_eq!(read_all(&mut open(&disk)?)?, []);

            disk.clear();
            let position = open(&disk)?.append(&[b"more"])?;
            let mut log = open(&disk)?;
            assert_eq!(read_all(&mut log)?, [(position.get(), b"more".to_vec())]);
            assert_eq!(log.recovery().damage, []);
        }
    }
    Ok(())
}

/// The process ends before all of it is delivered, and the next one has room.
#[test]
fn a_segment_that_was_left_is_written_anew_when_there_is_room() -> Outcome {
    let (whole, _) = small_log()?;
    for name in logs(&whole) {
        let mut changed = whole.content(&name);
        changed[90] ^= 1;
        let disk = whole.copy();
        disk.overwrite(&name, changed);
        disk.fill();
        let records = read_all(&mut open(&disk)?)?;
        disk.clear();
        let mut log = open(&disk)?;
        assert_eq!(log.recovery().damage.len(), 1, "it is so still");
        assert_eq!(read_all(&mut log)?, records);
        let mut log = open(&disk)?;
        assert_eq!(
            (read_all(&mut log)?, log.recovery().damage.len()),
            (records, 0)
        );
    }
    Ok(())
}

/// The process is killed at any operation of the disk, which is full before and after it.
#[test]
fn a_process_that_is_killed_between_two_steps_loses_nothing_that_is_intact() -> Outcome {
    let (whole, _) = small_log()?;
    for name in logs(&whole) {
        let mut changed = whole.content(&name);
        changed[90] ^= 1;
        let damaged = whole.copy();
        damaged.overwrite(&name, changed);
        damaged.fill();
        let records = read_all(&mut open(&damaged.copy())?)?;
        let play = |disk: &Memory| -> Outcome {
            disk.fill();
            let mut log = open(disk)?;
            let first = log.read(Position::FIRST, 9, usize::MAX)?;
            let first: Vec<Position> = first.iter().map(|(position, _)| *position).collect();
            Ok(log.acknowledge(&first)?)
        };
        let alive = damaged.copy();
        // What is acknowledged of a part of a segment has no room to be written down.
        let _ = play(&alive);
        for operations in 0..alive.operations() {
            let disk = damaged.copy();
            disk.fail(operations, usize::MAX);
            let _ = play(&disk);
            disk.fail(0, 0);
            let found = read_all(&mut open(&disk)?)?;
            assert!(
                records.ends_with(&found) && found.len() + 9 >= records.len(),
                "{name}, {operations}: {found:?}"
            );
        }
    }
    Ok(())
}

#[test]
fn damage_that_reading_finds_on_a_full_disk_stops_nothing() -> Outcome {
    let (disk, whole) = small_log()?;
    let mut log = open(&disk)?;
    let logs = logs(&disk);
    // In the first record of each, which is not acknowledged.
    for name in [&logs[0], &logs[2]] {
        let mut content = disk.content(name);
        content[90] ^= 1;
        disk.overwrite(name, content);
    }
    disk.fill();

    let (mut found, mut errors) = (Vec::new(), Vec::new());
    let mut from = Position::FIRST;
    loop {
        match log.read(from, 5, usize::MAX) {
            Ok(part) if part.is_empty() => break,
            Ok(part) => {
                from = part.last().map_or(from, |(last, _)| last.plus(1));
                let part = part.into_iter();
                found.extend(part.map(|(position, record)| (position.get(), record)));
            }
            Err(error) => errors.push(error),
        }
    }
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors.iter().all(SpoolError::is_damaged), "{errors:?}");
    assert_eq!(found.len(), whole.len() - 2);
    assert!(found.iter().all(|record| whole.contains(record)));
    assert_eq!(log.unacknowledged(), found.len() as u64);
    assert_eq!(log.recovery().damage.len(), 2);
    // Nobody knows whether what is read there is on the disk.
    assert!(log.sync().is_err_and(|error| error.is_full()));
    assert!(log.append(&[b"next"]).is_err_and(|error| error.is_full()));

    disk.clear();
    // Positions that are lost are given to nobody else.
    assert_eq!(log.append(&[b"next"])?, Position(24));
    log.sync()?;
    found.push((24, b"next".to_vec()));
    assert_eq!(read_all(&mut log)?, found);
    assert_eq!(log.recovery().damage.len(), 2, "said once");
    let mut log = open(&disk)?;
    assert_eq!(
        (read_all(&mut log)?, log.recovery().damage.len()),
        (found, 0)
    );
    Ok(())
}
