//! A log on disk between those who report events and the server.
//!
//! What is appended to a spool outlives the process: after a crash, and where it was synced after a power
//! failure, it is read again and sent. [`DiskSpool`] is a directory of append-only files; the trait [`Spool`] is
//! for another store of your own.
//!
//! A spool holds records of bytes and knows nothing of events. It is a queue: records are read in the order in
//! which they were appended, and acknowledged in any order, by position.
//!
//! | | [`Fsync::EveryAppend`] | [`Fsync::Interval`] | [`Fsync::Never`] |
//! |---|---|---|---|
//! | the process is killed | nothing is lost | nothing is lost | nothing is lost |
//! | the machine loses power | nothing is lost | at most what was appended in the last interval | at most the unfinished segment |
//! | the disk is full, or read-only | `append` fails, what was accepted stays | the same | the same |
//!
//! A full disk keeps nothing from being read, also not from a spool that is opened on it: what would need room is done
//! before the next record is appended, and until then `append` [says](SpoolError::is_full) that there is none. What is
//! acknowledged makes room, segment by segment, and in the last one as soon as all of it is. That some records of a segment
//! are acknowledged may have no room to be written down: the next process reads those once more. A damaged segment is read
//! around the damage where there is no room to write it anew.
//!
//! An acknowledgement that a crash undoes makes a record appear once more. A record that was not acknowledged is
//! never skipped. So whatever reads a spool has to bear a repetition: events do, by their `transaction_id`.

mod crc32c;
mod disk;
mod error;
mod format;
mod lock;
mod log;
mod options;
mod recovery;
mod scan;
mod segment;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

#[cfg(feature = "gateway")]
pub(crate) use disk::{is_full, sync_directory};
pub use error::SpoolError;
pub use options::{Fsync, SpoolOptions};
pub use recovery::{Damage, Recovery};

use disk::Directory;
pub(crate) use format::MAX_RECORD;
use lock::Lock;
use log::Log;

/// The place of a record in a spool: how many records were appended before it.
///
/// A later record has a greater position. Positions are never used again while a spool is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u64);

impl Position {
    /// The place of the first record of all.
    pub const FIRST: Self = Self(0);

    /// The position with so many records before it.
    #[must_use]
    pub const fn new(records_before: u64) -> Self {
        Self(records_before)
    }

    /// How many records were appended before the one at this position.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The position so many records further on.
    ///
    /// The records of one `append` stand at the position that it returns and those directly after it.
    #[must_use]
    pub const fn plus(self, records: u64) -> Self {
        Self(self.0 + records)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A queue of byte records that outlives the process.
///
/// Its methods may block on a disk: an async program calls them on a thread where that does no harm.
pub trait Spool: Send {
    /// Appends records, all or none, and returns the position of the first; the others follow it directly.
    ///
    /// When this returns, the records are accepted: they are read until they are acknowledged, by this process or
    /// the next.
    ///
    /// # Errors
    /// None of the records is accepted, and all that were accepted before stay. That there is
    /// [no room](SpoolError::is_full), or [never will be](SpoolError::is_usage), is said of all of them together: fewer
    /// may have room. After a crash a record of a failed
    /// append may still appear, where the store could not take back what it had written.
    fn append(&mut self, records: &[&[u8]]) -> Result<Position, SpoolError>;

    /// The records at `from` and after it that are not acknowledged, in their order.
    ///
    /// Ends before there would be more than `max_records`, or more than `max_bytes` in all; a single record that is
    /// larger than `max_bytes` is returned alone. Nothing is returned when there are none, or `max_records` is 0.
    ///
    /// # Errors
    /// When records cannot be read. [`SpoolError::is_damaged`] says that they never will be: the damage is set
    /// aside, is reported this once, and reading goes on behind it.
    fn read(
        &mut self,
        from: Position,
        max_records: usize,
        max_bytes: usize,
    ) -> Result<Vec<(Position, Vec<u8>)>, SpoolError>;

    /// Marks records as done, in any order: they are not read again. Doing so again does nothing.
    ///
    /// # Errors
    /// When it cannot be written down, the records are done for this process and appear again in the next. A
    /// position that was never appended is refused, and then nothing is marked.
    fn acknowledge(&mut self, positions: &[Position]) -> Result<(), SpoolError>;

    /// Makes durable what was appended and acknowledged so far: it outlives a power failure.
    ///
    /// # Errors
    /// When that is not certain. It is never taken for done: the next call writes the data again.
    fn sync(&mut self) -> Result<(), SpoolError>;

    /// How many records are not acknowledged.
    fn unacknowledged(&self) -> u64;

    /// The position behind the last record: the one that is appended next has it.
    fn end(&self) -> Position;

    /// How soon after an append [`sync`](Self::sync) is to be called, by whoever owns the spool and a timer. None
    /// when there is no need to.
    fn sync_within(&self) -> Option<Duration> {
        None
    }
}

/// A spool that is a directory of append-only files.
///
/// ```
/// use lago_client::ingest::spool::{DiskSpool, Position, Spool, SpoolOptions};
///
/// # let directory = std::env::temp_dir().join(format!("lago-spool-example-{}", std::process::id()));
/// # let _ = std::fs::remove_dir_all(&directory);
/// let mut spool = DiskSpool::open(&directory, SpoolOptions::new())?;
/// let first = spool.append(&[b"one", b"two"])?;
///
/// spool.acknowledge(&[first])?;
/// drop(spool);    // or the process is killed
///
/// let mut spool = DiskSpool::open(&directory, SpoolOptions::new())?;
/// assert_eq!(spool.recovery().unacknowledged, 1);
/// assert_eq!(spool.read(Position::FIRST, 100, 1024)?, [(first.plus(1), b"two".to_vec())]);
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// One spool at a time has the directory. Opening reads all of it once and checks every record. Memory does not grow
/// with what is stored but for a few words for each segment, and a bit for each record of segments that are partly
/// acknowledged.
pub struct DiskSpool {
    log: Log<Directory>,
    // It is given back when the files are closed.
    _lock: Lock,
}

impl DiskSpool {
    /// Opens a directory, which is made if there is none.
    ///
    /// What a crash left is put in order: a record that was never finished is dropped, and a file that is damaged is set
    /// aside while its intact records stay. [`recovery`](Self::recovery) says what was found. On a full disk that is done
    /// later, and the spool can be read and acknowledged meanwhile.
    ///
    /// # Errors
    /// When another process has the directory ([`SpoolError::is_locked`]), a newer version of this crate wrote it
    /// ([`SpoolError::is_newer_format`]), or files cannot be read or written. A full disk is an error only where there is no
    /// room to make the directory, or for a second name by which a damaged file is set aside.
    pub fn open(directory: impl Into<PathBuf>, options: SpoolOptions) -> Result<Self, SpoolError> {
        let directory = directory.into();
        let made = fs::create_dir_all(&directory);
        made.map_err(|error| SpoolError::io("make the directory", &directory, error))?;
        let lock = Lock::take(&directory)?;
        let log = Log::open(Directory(directory), options)?;
        Ok(Self { log, _lock: lock })
    }

    /// What opening found, and damage that was found since.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        self.log.recovery()
    }
}

impl Spool for DiskSpool {
    fn append(&mut self, records: &[&[u8]]) -> Result<Position, SpoolError> {
        self.log.append(records)
    }

    fn read(
        &mut self,
        from: Position,
        max_records: usize,
        max_bytes: usize,
    ) -> Result<Vec<(Position, Vec<u8>)>, SpoolError> {
        self.log.read(from, max_records, max_bytes)
    }

    fn acknowledge(&mut self, positions: &[Position]) -> Result<(), SpoolError> {
        self.log.acknowledge(positions)
    }

    fn sync(&mut self) -> Result<(), SpoolError> {
        self.log.sync()
    }

    fn unacknowledged(&self) -> u64 {
        self.log.unacknowledged()
    }

    fn end(&self) -> Position {
        self.log.end()
    }

    fn sync_within(&self) -> Option<Duration> {
        match self.log.options().fsync {
            Fsync::Interval(interval) => Some(interval),
            Fsync::EveryAppend | Fsync::Never => None,
        }
    }
}

impl fmt::Debug for DiskSpool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unacknowledged = self.unacknowledged();
        f.debug_struct("DiskSpool")
            .field("unacknowledged", &unacknowledged)
            .finish_non_exhaustive()
    }
}
