//! A disk without room: what is there is read and delivered, what is done with goes, and nothing is done twice that need
//! not be.

use super::super::disk::Disk;
use super::damage::logs;
use super::memory::Memory;
use super::*;

const FIRST_LOG: &str = "00000000000000000000.log";
const FIRST_ACKS: &str = "00000000000000000000.ack";

/// Several segments, the last of which ends with half a record.
fn torn() -> Result<(Memory, Records), SpoolError> {
    let disk = Memory::default();
    let mut log = open(&disk)?;
    for number in 0..20 {
        log.append(&[&record(number, 150)])?;
    }
    let all = read_all(&mut log)?;
    let last = logs(&disk).pop().unwrap_or_default();
    let mut content = disk.content(&last);
    let half = content[64..100].to_vec();
    content.extend(half);
    disk.overwrite(&last, content);
    Ok((disk, all))
}

fn is_refused(log: &mut Log<Memory>) -> bool {
    log.append(&[b"more"]).is_err_and(|error| error.is_full())
}

#[test]
fn what_a_full_disk_has_is_delivered_once_and_room_is_made() -> Outcome {
    let (disk, all) = torn()?;
    let before = logs(&disk);
    assert!(before.len() > 3, "{before:?}");
    disk.fill();
    let mut log = open(&disk)?;
    assert_eq!(read_all(&mut log)?, all);
    assert!(is_refused(&mut log));

    // A process that ends here has made progress: whole segments are gone.
    let positions: Vec<Position> = all
        .iter()
        .map(|(position, _)| Position(*position))
        .collect();
    let (some, rest) = positions.split_at(12);
    let _ = log.acknowledge(some);
    assert!(logs(&disk).len() < before.len());
    let mut log = open(&disk)?;
    let left = read_all(&mut log)?;
    let is_sent_again = |(position, _): &&(u64, Vec<u8>)| *position < 12;
    // Of a segment that is not finished nothing could be written down.
    assert!(left.iter().filter(is_sent_again).count() < 7, "{left:?}");
    assert!(left.ends_with(&all[12..]));

    let positions: Vec<Position> = left
        .iter()
        .map(|(position, _)| Position(*position))
        .collect();
    log.acknowledge(&positions)?;
    assert!(!rest.is_empty() && log.unacknowledged() == 0);
    assert!(is_refused(&mut log));
    // The next process sends none of them again, although no acknowledgement could be written.
    let mut log = open(&disk)?;
    assert_eq!(read_all(&mut log)?, []);
    assert_eq!(logs(&disk).len(), 1);
    assert_eq!(disk.content(&logs(&disk)[0]).len(), 64, "it is empty");

    disk.clear();
    let position = log.append(&[b"more"])?;
    assert_eq!(
        read_all(&mut open(&disk)?)?,
        [(position.get(), b"more".to_vec())]
    );
    Ok(())
}

#[test]
fn a_spool_that_has_no_file_yet_waits_for_room() -> Outcome {
    let disk = Memory::default();
    disk.fill();
    let mut log = open(&disk)?;
    assert_eq!(read_all(&mut log)?, []);
    log.sync()?;
    log.acknowledge(&[])?;
    assert!(is_refused(&mut log));
    assert_eq!(disk.file_names(), [""; 0]);
    disk.clear();
    assert_eq!(log.append(&[b"one"])?, Position::FIRST);
    assert_eq!(read_all(&mut open(&disk)?)?, [(0, b"one".to_vec())]);
    Ok(())
}

/// The process before was killed after it had finished a segment, and before there was another one.
#[test]
fn a_segment_that_is_finished_and_the_last_is_read_and_another_begins_when_there_is_room() -> Outcome
{
    let (disk, all) = torn()?;
    let last = logs(&disk).pop().unwrap_or_default();
    disk.clone().remove(&last)?;
    let base: u64 = last.trim_end_matches(".log").parse()?;
    disk.fill();
    let mut log = open(&disk)?;
    let left = &all[..usize::try_from(base)?];
    assert_eq!(read_all(&mut log)?, left);
    assert!(is_refused(&mut log));
    disk.clear();
    assert_eq!(log.append(&[b"more"])?, Position(base));
    assert_eq!(read_all(&mut open(&disk)?)?.len(), left.len() + 1);
    Ok(())
}

/// What was acknowledged and lost with the power would hide the records that get its positions.
#[test]
fn nothing_is_appended_while_the_disk_says_that_it_is_done_already() -> Outcome {
    for done in [&[0, 1][..], &[1]] {
        let disk = Memory::default();
        let mut log = open(&disk)?;
        for text in ["one", "two"] {
            log.append(&[text.as_bytes()])?;
        }
        let done: Vec<Position> = done.iter().copied().map(Position).collect();
        log.acknowledge(&done)?;
        let content = disk.content(FIRST_LOG);
        disk.overwrite(FIRST_LOG, content[..content.len() - 5].to_vec());
        disk.fill();
        let mut log = open(&disk)?;
        let left = read_all(&mut log)?;
        assert_eq!(left.len(), 2 - done.len());
        assert!(is_refused(&mut log));
        disk.clear();
        let position = log.append(&[b"new"])?.get();
        let mut expected = left;
        expected.push((position, b"new".to_vec()));
        assert_eq!(read_all(&mut open(&disk)?)?, expected);
    }
    Ok(())
}

#[test]
fn half_an_acknowledgement_is_cut_off_without_any_room() -> Outcome {
    let disk = Memory::default();
    let mut log = open(&disk)?;
    for text in ["one", "two", "three"] {
        log.append(&[text.as_bytes()])?;
    }
    log.acknowledge(&[Position(1)])?;
    let mut acks = disk.content(FIRST_ACKS);
    let whole = acks.clone();
    acks.extend(&whole[..7]);
    disk.overwrite(FIRST_ACKS, acks);
    disk.fill();
    let mut log = open(&disk)?;
    assert_eq!(disk.content(FIRST_ACKS), whole);
    let left = read_all(&mut log)?;
    assert_eq!(left, [(0, b"one".to_vec()), (2, b"three".to_vec())]);
    disk.clear();
    log.acknowledge(&[Position(0)])?;
    assert_eq!(read_all(&mut open(&disk)?)?, left[1..]);
    Ok(())
}

/// The disk is full from any moment on, and the process is killed at any moment after it.
#[test]
fn whenever_a_disk_is_full_what_was_accepted_is_delivered_from_it() -> Outcome {
    let play = |after: Option<usize>| -> Result<_, Box<dyn std::error::Error>> {
        let disk = Memory::default();
        if let Some(after) = after {
            disk.fill_after(after);
        }
        let mut log = open(&disk)?;
        let (mut accepted, mut done) = (Vec::new(), 0);
        for number in 0..24 {
            let record = record(number, 200);
            match log.append(&[&record]) {
                Ok(position) => accepted.push((position.get(), record)),
                Err(error) => assert!(error.is_full(), "{error}"),
            }
            if number % 5 == 4 {
                let read = log.read(Position::FIRST, 3, usize::MAX)?;
                let read: Vec<Position> = read.iter().map(|(position, _)| *position).collect();
                let _ = log.acknowledge(&read);
                done += read.len();
            }
        }
        Ok((disk, accepted, done))
    };
    let operations = play(None)?.0.operations();
    for after in 0..operations {
        let (disk, accepted, done) = play(Some(after))?;
        // The process is killed, and the disk is as full as it was.
        let mut log = open(&disk)?;
        let found = read_all(&mut log)?;
        assert!(
            found.ends_with(&accepted[done..]) && found.iter().all(|it| accepted.contains(it)),
            "{after}"
        );
        assert!(log.recovery().damage.is_empty(), "{after}");
        let all: Vec<Position> = found
            .iter()
            .map(|(position, _)| Position(*position))
            .collect();
        log.acknowledge(&all)?;
        let mut log = open(&disk)?;
        assert_eq!(read_all(&mut log)?, [], "{after}: sent again");
        disk.clear();
        log.append(&[b"and on"])?;
        assert_eq!(read_all(&mut open(&disk)?)?.len(), 1, "{after}");
    }
    Ok(())
}
