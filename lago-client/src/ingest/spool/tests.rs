//! The log against a disk in memory that fails, forgets and breaks on demand.

mod damage;
mod faults;
mod full;
mod left;
mod memory;
mod model;
mod segments;

use super::disk::Disk;
use super::log::Log;
use super::{Fsync, Position, SpoolError, SpoolOptions};
use memory::Memory;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The smallest segments, so that few records make many.
fn options(fsync: Fsync) -> SpoolOptions {
    SpoolOptions::new().fsync(fsync).segment_bytes(0)
}

fn open(disk: &Memory) -> Result<Log<Memory>, SpoolError> {
    Log::open(disk.clone(), options(Fsync::EveryAppend))
}

type Records = Vec<(u64, Vec<u8>)>;

/// All records that are not acknowledged, read in small parts.
fn read_all<D: Disk>(log: &mut Log<D>) -> Result<Records, SpoolError> {
    let mut all = Vec::new();
    let mut from = Position::FIRST;
    loop {
        let part = log.read(from, 7, 600)?;
        let Some((last, _)) = part.last() else {
            return Ok(all);
        };
        from = last.plus(1);
        all.extend(
            part.into_iter()
                .map(|(position, record)| (position.get(), record)),
        );
    }
}

/// A record that tells which one it is.
fn record(number: u64, length: usize) -> Vec<u8> {
    let mut record = number.to_le_bytes().to_vec();
    record.resize(8 + length, u8::try_from(number % 251).unwrap_or_default());
    record
}

/// Whether to try everything: see `lago_tests::conform::extent`.
fn is_whole() -> bool {
    std::env::var("LAGO_TESTS").is_ok_and(|extent| extent == "whole")
}
