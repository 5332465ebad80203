//! Every truncation and every flipped bit of a small log: what is read was appended, and what is gone is reported.

use super::memory::Memory;
use super::*;

/// Three segments, of which the first has acknowledged records.
pub(super) fn small_log() -> Result<(Memory, Records), SpoolError> {
    let disk = Memory::default();
    let mut log = open(&disk)?;
    for number in 0..12 {
        log.append(&[
            &record(2 * number, 150),
            &record(2 * number + 1, number as usize),
        ])?;
    }
    log.acknowledge(&[1, 2, 3, 7].map(Position))?;
    log.acknowledge(&[Position(5)])?;
    let left = read_all(&mut log)?;
    assert_eq!(left.len(), 24 - 5);
    assert_eq!(logs(&disk).len(), 3);
    Ok((disk, left))
}

pub(super) fn logs(disk: &Memory) -> Vec<String> {
    let names = disk.file_names().into_iter();
    names.filter(|name| name.ends_with(".log")).collect()
}

/// Opens a log that something happened to, and checks what holds whatever it was. Gives what is missing.
fn open_changed(
    disk: &Memory,
    whole: &[(u64, Vec<u8>)],
) -> Result<(Vec<u64>, Log<Memory>), Box<dyn std::error::Error>> {
    let mut log = open(disk)?;
    let found = read_all(&mut log)?;
    assert!(
        found.is_sorted_by(|one, two| one.0 < two.0),
        "in another order, or twice"
    );
    for (position, bytes) in &found {
        assert!(
            whole
                .iter()
                .any(|known| known == &(*position, bytes.clone())),
            "{position} was invented"
        );
    }
    let missing = whole
        .iter()
        .filter(|known| !found.contains(known))
        .map(|(position, _)| *position)
        .collect();

    // It is in order again: what is appended now stands behind the rest, and nothing more is lost.
    let new = record(99, 20);
    let position = log.append(&[&new])?.get();
    let mut expected = found;
    expected.push((position, new));
    assert_eq!(read_all(&mut log)?, expected);
    let mut again = open(disk)?;
    assert_eq!(read_all(&mut again)?, expected);
    assert_eq!(
        (again.recovery().damage.len(), again.recovery().torn_bytes),
        (0, 0)
    );
    Ok((missing, log))
}

/// What the damage and the torn end of a log come to, in the words of a report.
fn reported(log: &Log<Memory>) -> (u64, u64) {
    let recovery = log.recovery();
    (recovery.damage.len() as u64, recovery.torn_bytes)
}

#[test]
fn every_truncation_leaves_a_beginning() -> Outcome {
    let (disk, whole) = small_log()?;
    let logs = logs(&disk);
    for (index, name) in logs.iter().enumerate() {
        let content = disk.content(name);
        let is_last = index + 1 == logs.len();
        for length in 0..content.len() {
            let disk = disk.copy();
            disk.overwrite(name, content[..length].to_vec());
            let (missing, log) = open_changed(&disk, &whole)?;
            let report = reported(&log);
            if is_last {
                // What is missing is the end, and nothing else.
                let end = &whole[whole.len() - missing.len()..];
                assert!(
                    end.iter().map(|(position, _)| position).eq(&missing),
                    "{length}: {missing:?}"
                );
                assert_eq!(report.0, 0, "{length}: {:?}", log.recovery());
            } else {
                assert_eq!(report, (1, 0), "{length}: {:?}", log.recovery());
            }
        }
    }
    Ok(())
}

#[test]
fn a_flipped_bit_costs_one_record_at_most() -> Outcome {
    let (disk, whole) = small_log()?;
    let names = disk.file_names();
    assert_eq!(names.len(), 4, "{names:?}");
    for name in &names {
        let content = disk.content(name);
        for at in 0..content.len() {
            let bits = if is_whole() { 0..8 } else { at % 8..at % 8 + 1 };
            for bit in bits {
                let disk = disk.copy();
                let mut changed = content.clone();
                changed[at] ^= 1 << bit;
                disk.overwrite(name, changed);
                if name.ends_with(".ack") {
                    // Some are read again.
                    let mut log = open(&disk)?;
                    let found = read_all(&mut log)?;
                    assert!(
                        whole.iter().all(|known| found.contains(known)),
                        "{at}.{bit}"
                    );
                    assert_eq!(reported(&log), (0, 0));
                    continue;
                }
                let (missing, log) = open_changed(&disk, &whole)?;
                assert!(missing.len() <= 1, "{name} {at}.{bit}: {missing:?}");
                let (damages, torn) = reported(&log);
                assert!(
                    damages == 1 || torn > 0,
                    "{name} {at}.{bit}: {:?}",
                    log.recovery()
                );
                let lost: u64 = log
                    .recovery()
                    .damage
                    .iter()
                    .map(|damage| damage.lost_at_least)
                    .sum();
                // A length that points behind the end looks like a record that was never finished.
                let is_at_end = missing
                    .iter()
                    .any(|position| Some(position) == whole.last().map(|(last, _)| last));
                // An acknowledged record can be the one that is lost.
                assert!(
                    lost >= missing.len() as u64 || is_at_end,
                    "{name} {at}.{bit}: {:?}",
                    log.recovery()
                );
            }
        }
    }
    Ok(())
}

#[test]
fn damage_is_found_while_reading_too() -> Outcome {
    let (disk, whole) = small_log()?;
    let mut log = open(&disk)?;
    let [.., last] = &*disk.file_names() else {
        return Err("no files".into());
    };
    let first = disk
        .file_names()
        .into_iter()
        .find(|name| name.ends_with(".log"))
        .unwrap_or_default();
    // In the first record of each, which is not acknowledged.
    for name in [&first, last] {
        let mut content = disk.content(name);
        content[90] ^= 1;
        disk.overwrite(name, content);
    }

    let mut found = Vec::new();
    let mut errors = Vec::new();
    let mut from = Position::FIRST;
    loop {
        match log.read(from, 5, usize::MAX) {
            Ok(part) if part.is_empty() => break,
            Ok(part) => {
                from = part.last().map_or(from, |(last, _)| last.plus(1));
                found.extend(
                    part.into_iter()
                        .map(|(position, record)| (position.get(), record)),
                );
            }
            Err(error) => errors.push(error),
        }
    }
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors.iter().all(SpoolError::is_damaged));
    assert!(
        errors[0].to_string().contains("at least 1 are lost"),
        "{}",
        errors[0]
    );
    assert_eq!(found.len(), whole.len() - 2);
    assert!(found.iter().all(|record| whole.contains(record)));
    assert_eq!(log.unacknowledged(), found.len() as u64);
    assert_eq!(log.recovery().damage.len(), 2);

    // Positions that are lost are given to nobody else.
    assert_eq!(log.append(&[b"next"])?, Position(24));
    Ok(())
}

#[test]
fn a_newer_format_is_refused_and_left_alone() -> Outcome {
    let (disk, _) = small_log()?;
    let name = disk.file_names().pop().unwrap_or_default();
    let mut content = disk.content(&name);
    for header in [0, 32] {
        content[header + 8] = 2;
    }
    disk.overwrite(&name, content);
    disk.overwrite(&disk.file_names()[0], b"half".to_vec());
    let before: Vec<_> = disk
        .file_names()
        .iter()
        .map(|name| disk.content(name))
        .collect();
    let error = open(&disk).err().ok_or("it was opened")?;
    assert!(error.is_newer_format(), "{error}");
    assert_eq!(
        error.to_string(),
        format!(
            "spool /memory/{name}: it has format 2, and this version of lago-client reads formats up to 1: use the \
             version that wrote it, or a later one"
        )
    );
    let after: Vec<_> = disk
        .file_names()
        .iter()
        .map(|name| disk.content(name))
        .collect();
    assert_eq!(before, after);
    Ok(())
}

#[test]
fn a_record_that_looks_like_frames_is_a_record() -> Outcome {
    let disk = Memory::default();
    let mut log = open(&disk)?;
    log.append(&[&record(0, 10)])?;
    let name = disk.file_names().pop().unwrap_or_default();
    let content = disk.content(&name);
    // The frames of another segment, in a record of this one.
    let other = Memory::default();
    let mut log = open(&other)?;
    log.append(&[b"first", &content[64..], b"last"])?;
    let name = other.file_names().pop().unwrap_or_default();
    let mut content = other.content(&name);
    content[64 + 16 + 5 + 12] ^= 1;
    other.overwrite(&name, content);
    let mut log = open(&other)?;
    assert_eq!(
        read_all(&mut log)?,
        [(0, b"first".to_vec()), (2, b"last".to_vec())]
    );
    Ok(())
}
