//! The spool on a real disk, in processes that are killed, compete and run out of room.

mod child;
mod commit;
mod delivered;
mod failing;
mod killed;
mod own;
mod pipeline;
mod room;

use std::path::Path;

use lago_client::ingest::spool::{DiskSpool, Fsync, Position, Spool, SpoolError, SpoolOptions};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Segments of the smallest size, so that a few hundred records make many.
fn open(directory: &Path) -> Result<DiskSpool, SpoolError> {
    let options = SpoolOptions::new().fsync(Fsync::Never).segment_bytes(0);
    DiskSpool::open(directory, options)
}

/// A record that says which one it is, and can be told from any other bytes.
fn record(number: u64) -> Vec<u8> {
    let length = usize::try_from(number * 37 % 211).unwrap_or_default();
    let mut record = number.to_le_bytes().to_vec();
    record.extend((0..length).map(|index| number.to_le_bytes()[index % 8] ^ 0x55));
    record
}

/// Which record it is.
fn number(bytes: &[u8]) -> Option<u64> {
    let number = bytes
        .first_chunk()
        .map(|number| u64::from_le_bytes(*number))?;
    (record(number) == bytes).then_some(number)
}

/// All records that are not acknowledged.
fn read_all(spool: &mut DiskSpool) -> Result<Vec<(Position, Vec<u8>)>, SpoolError> {
    let mut all: Vec<(Position, Vec<u8>)> = Vec::new();
    loop {
        let from = all.last().map_or(Position::FIRST, |(last, _)| last.plus(1));
        let part = spool.read(from, 100, 10_000)?;
        if part.is_empty() {
            return Ok(all);
        }
        all.extend(part);
    }
}
