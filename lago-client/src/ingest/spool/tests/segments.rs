//! Segments come and go, and what does not fit or makes no sense is refused.

use super::memory::Memory;
use super::*;

fn logs(disk: &Memory) -> usize {
    disk.file_names()
        .iter()
        .filter(|name| name.ends_with(".log"))
        .count()
}

#[test]
fn segments_go_when_all_their_records_are_done() -> Outcome {
    let disk = Memory::default();
    let mut log = open(&disk)?;
    for number in 0..40 {
        log.append(&[&record(number, 100)])?;
    }
    let many = logs(&disk);
    assert!(many > 4, "{many}");
    // From the end, so that each segment but the last is done at once.
    for position in (0..40).rev().filter(|position| position % 10 > 0) {
        log.acknowledge(&[Position(position)])?;
    }
    assert!(logs(&disk) > 2);
    log.acknowledge(&[0, 10, 20, 30].map(Position))?;
    assert_eq!(logs(&disk), 1);
    assert_eq!(log.unacknowledged(), 0);
    // A second time does nothing, also where nothing is left to be marked.
    log.acknowledge(&[0, 39].map(Position))?;
    assert_eq!(disk.file_names().len(), 2, "{:?}", disk.file_names());
    drop(log);

    let mut log = open(&disk)?;
    assert_eq!(read_all(&mut log)?, []);
    assert_eq!(log.append(&[b"next"])?, Position(40), "positions go on");
    Ok(())
}

#[test]
fn the_cap_refuses_and_lets_go_on() -> Outcome {
    let disk = Memory::default();
    let options = options(Fsync::Never).max_bytes(3000);
    let mut log = Log::open(disk.clone(), options)?;
    let mut accepted = 0;
    let error = loop {
        match log.append(&[&record(accepted, 100)]) {
            Ok(_) => accepted += 1,
            Err(error) => break error,
        }
    };
    assert!(error.is_full());
    let text = error.to_string();
    assert!(
        text.contains("124 bytes more do not fit") && text.contains("of at most 3000"),
        "{text}"
    );
    assert!(accepted >= 20, "{accepted}");
    assert_eq!(read_all(&mut log)?.len() as u64, accepted);

    // Half a segment makes no room, a whole one does.
    let all: Vec<Position> = (0..accepted).map(Position).collect();
    log.acknowledge(&all[..2])?;
    assert!(log.append(&[&record(0, 100)]).is_err());
    log.acknowledge(&all[..10])?;
    log.append(&[&record(0, 100)])?;
    log.acknowledge(&all)?;
    log.acknowledge(&[Position(accepted)])?;
    // The last one is in the way although it is done.
    let large = record(0, 2700);
    log.append(&[&large])?;
    assert_eq!(log.unacknowledged(), 1);
    assert_eq!(logs(&disk), 1);
    Ok(())
}

#[test]
fn a_disk_that_is_full_of_what_is_done_takes_more() -> Outcome {
    // Less than the spool may take up, and less than a segment.
    let disk = Memory::with_capacity(2_000);
    let options = SpoolOptions::new().fsync(Fsync::EveryAppend);
    let mut log = Log::open(disk.clone(), options)?;
    let fill = |log: &mut Log<Memory>| {
        let mut positions = Vec::new();
        let error = loop {
            match log.append(&[&record(positions.len() as u64, 100)]) {
                Ok(position) => positions.push(position),
                Err(error) => break error,
            }
        };
        (positions, error)
    };
    let (first, error) = fill(&mut log);
    assert!(error.is_full() && first.len() > 10, "{error}");
    // All but one: what is not done stays, and is in the way.
    let (last, rest) = first.split_last().ok_or("no room at all")?;
    log.acknowledge(rest)?;
    let (none, error) = fill(&mut log);
    assert!(error.is_full() && none.is_empty(), "{error}");
    assert_eq!(read_all(&mut log)?.len(), 1);

    log.acknowledge(&[*last])?;
    let (second, error) = fill(&mut log);
    assert!(error.is_full() && second.len() > 10, "{error}");
    assert_eq!(logs(&disk), 1);
    assert_eq!(second.first(), Some(&last.plus(1)), "positions go on");
    drop(log);

    // Its last segment cannot be written anew there.
    let mut log = open(&disk)?;
    assert_eq!(read_all(&mut log)?.len(), second.len());
    Ok(())
}

#[test]
fn what_makes_no_sense_is_refused() -> Outcome {
    let disk = Memory::default();
    let mut log = open(&disk)?;
    assert_eq!(log.append(&[])?, Position::FIRST);
    log.append(&[b""])?;
    let error = log
        .acknowledge(&[Position(0), Position(1)])
        .err()
        .ok_or("it was marked")?;
    assert_eq!(
        error.to_string(),
        "spool: no record was appended at position 1; the next one will stand at 1"
    );
    assert!(error.is_usage());
    assert_eq!(read_all(&mut log)?, [(0, Vec::new())], "nothing was marked");

    let large = vec![0; 16 * 1024 * 1024 + 1];
    let error = log
        .append(&[b"small", &large])
        .err()
        .ok_or("it was accepted")?;
    assert_eq!(
        error.to_string(),
        "spool: record 1 has 16777217 bytes, and a record has at most 16777216"
    );
    let four = [&large[1..]; 4];
    let error = log.append(&four).err().ok_or("they were accepted")?;
    assert!(
        error.is_usage() && error.to_string().contains("append them in parts"),
        "{error}"
    );
    Ok(())
}

#[test]
fn a_read_ends_before_it_is_too_much() -> Outcome {
    let disk = Memory::default();
    let mut log = open(&disk)?;
    let records: Vec<Vec<u8>> = [500, 500, 3000, 100_000, 10]
        .into_iter()
        .zip(0..)
        .map(|(length, number)| record(number, length))
        .collect();
    for record in &records {
        log.append(&[record])?;
    }
    let mut positions = |from, max_records, max_bytes| -> Result<Vec<u64>, SpoolError> {
        let read = log.read(Position(from), max_records, max_bytes)?;
        Ok(read.iter().map(|(position, _)| position.get()).collect())
    };
    assert_eq!(positions(0, 0, 9999)?, [0_u64; 0]);
    assert_eq!(positions(0, 9, 508)?, [0]);
    assert_eq!(positions(0, 9, 1016)?, [0, 1]);
    assert_eq!(positions(1, 9, 1000)?, [1]);
    assert_eq!(
        positions(3, 9, 1000)?,
        [3],
        "alone it is read whatever its size"
    );
    assert_eq!(positions(0, 3, usize::MAX)?, [0, 1, 2]);
    assert_eq!(positions(4, 3, 0)?, [4]);
    assert_eq!(positions(5, 3, 1000)?, [0_u64; 0]);
    assert_eq!(positions(0, 9, usize::MAX)?, [0, 1, 2, 3, 4]);
    Ok(())
}

#[test]
fn what_was_acknowledged_and_lost_does_not_hide_what_comes_after_it() -> Outcome {
    let disk = Memory::default();
    let mut log = Log::open(disk.clone(), options(Fsync::Never))?;
    log.append(&[b"one"])?;
    log.acknowledge(&[Position(0)])?;
    // The record is lost with the power, and what says that it is done is not.
    let name = "00000000000000000000.log";
    disk.overwrite(name, disk.content(name)[..64].to_vec());
    let mut log = open(&disk)?;
    assert_eq!(log.append(&[b"two"])?, Position(0));
    let mut log = open(&disk)?;
    assert_eq!(read_all(&mut log)?, [(0, b"two".to_vec())]);
    Ok(())
}
