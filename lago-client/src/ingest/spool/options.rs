//! What can be chosen of a spool on disk.

use std::time::Duration;

use super::format::MAX_SEGMENT;

/// When appended records are forced to the disk, so that they outlive a power failure.
///
/// A record outlives the process as soon as it is appended, whatever is chosen here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fsync {
    /// Before `append` returns: some milliseconds each time, so append many records at once.
    EveryAppend,
    /// This long after an append at the latest, as long as more is appended or the owner of the spool calls
    /// [`sync`](super::Spool::sync) in time, as the pipeline does.
    Interval(Duration),
    /// When the operating system likes, usually within half a minute, and whenever a segment is finished.
    Never,
}

/// How a [`DiskSpool`](super::DiskSpool) stores records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct SpoolOptions {
    pub(super) fsync: Fsync,
    pub(super) max_bytes: u64,
    pub(super) segment_bytes: u64,
}

impl SpoolOptions {
    const MIN_SEGMENT: u64 = 1024;

    /// Forced to the disk once a second, at most 1 GiB, in segments of 8 MiB.
    pub const fn new() -> Self {
        Self {
            fsync: Fsync::Interval(Duration::from_secs(1)),
            max_bytes: 1024 * 1024 * 1024,
            segment_bytes: 8 * 1024 * 1024,
        }
    }

    /// When appended records are forced to the disk.
    pub const fn fsync(mut self, fsync: Fsync) -> Self {
        self.fsync = fsync;
        self
    }

    /// How many bytes the records may take up on the disk. What does not fit is refused.
    ///
    /// Space becomes free by whole segments, when all records of one are acknowledged.
    pub const fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// After how many bytes a segment is finished and the next one begun: from 1 KiB to 64 MiB, what is outside is
    /// taken to the nearer end. It is at most a quarter of [`max_bytes`](Self::max_bytes), so that space becomes free
    /// in time.
    pub const fn segment_bytes(mut self, segment_bytes: u64) -> Self {
        self.segment_bytes = segment_bytes;
        self
    }

    /// The size at which a segment is finished.
    pub(super) fn segment_limit(&self) -> u64 {
        let quarter = (self.max_bytes / 4).max(Self::MIN_SEGMENT);
        let wanted = self.segment_bytes.min(quarter);
        wanted.clamp(Self::MIN_SEGMENT, MAX_SEGMENT)
    }
}

impl Default for SpoolOptions {
    fn default() -> Self {
        Self::new()
    }
}
