//! A log of records in segments: what can go wrong at a disk is decided here.
//!
//! Three rules hold after every failure. What counts in a file is known (`Segment::bytes`), so that nothing is built on
//! half a record. After a failed write the file is cut back to that before the next. After a failed sync nobody knows what
//! is on the disk, and a second sync can succeed without having written it: the file is written anew under another name
//! and takes the place of the old one.
//!
//! A full disk takes nothing away: what is there is read, and what is done with is removed or cut off, which needs no room.
//! All that does need some is tried again before the next record is appended.

mod acknowledge;
mod append;
mod open;
mod read;
mod repair;

use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

use super::disk::Disk;
use super::error::SpoolError;
use super::format::Header;
use super::recovery::Recovery;
use super::segment::{Segment, log_name};
use super::{Position, SpoolOptions};
use read::Cursor;

pub(super) struct Log<D: Disk> {
    disk: D,
    options: SpoolOptions,
    /// In the order of their positions. The last one is appended to; there is always one.
    segments: VecDeque<Segment>,
    /// The file of the last segment, from the moment it has one.
    active: Option<D::File>,
    /// The salt of the last segment.
    salt: u64,
    tail: Tail,
    /// Since when there are records that are not synced.
    unsynced: Option<Instant>,
    /// Segments whose acknowledgements are not synced.
    unsynced_acks: BTreeSet<u64>,
    /// Segments whose file of acknowledgements does not say all, or may end with half an entry.
    incomplete_acks: BTreeSet<u64>,
    /// Segments that are damaged, and were not written anew because there was no room. They are read around the damage, and
    /// never the last one: what is written to such a file would be written to the one that is set aside as well.
    left: BTreeSet<u64>,
    /// The acknowledgements of the last segment speak of positions that the next records will have.
    has_foreign_acks: bool,
    cursor: Option<Cursor<D::File>>,
    buffer: Vec<u8>,
    recovery: Recovery,
}

/// What is known of the file that is appended to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    /// It is as it should be.
    Sound,
    /// Bytes may stand behind those that count.
    Ragged,
    /// What was written may never reach the disk.
    Doubtful,
    /// There is no file yet, because the disk had no room for it. It has no records.
    Missing,
}

/// Why there is always a last segment.
const LAST: &str = "a log has a last segment from the moment it is open";

/// Why the last segment has a file where one is asked for.
const MENDED: &str = "nothing is written before the last segment is mended, which makes its file";

impl<D: Disk> Log<D> {
    fn last(&self) -> &Segment {
        self.segments.back().expect(LAST)
    }

    fn last_mut(&mut self) -> &mut Segment {
        self.segments.back_mut().expect(LAST)
    }

    /// The place of the segment with this base among all.
    fn index_of(&self, base: u64) -> Option<usize> {
        let mut segments = self.segments.iter();
        segments.position(|segment| segment.base == base)
    }

    fn active(&mut self) -> &mut D::File {
        self.active.as_mut().expect(MENDED)
    }

    /// How many bytes all records take up.
    fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    /// The position of the next record.
    pub(super) fn end(&self) -> Position {
        Position(self.last().end)
    }

    pub(super) fn unacknowledged(&self) -> u64 {
        self.segments.iter().map(Segment::unacknowledged).sum()
    }

    pub(super) fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    pub(super) fn options(&self) -> &SpoolOptions {
        &self.options
    }
}

/// An empty segment, whose name is not synced yet, and its salt.
fn new_segment<D: Disk>(disk: &mut D, base: u64) -> Result<(D::File, u64), SpoolError> {
    let salt = fastrand::u64(..);
    let written = disk.write_whole(&log_name(base), &Header { base, salt }.encode());
    let path = disk.path(&log_name(base));
    let file = written.map_err(|error| SpoolError::io("begin a segment", &path, error))?;
    Ok((file, salt))
}
