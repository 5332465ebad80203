//! Opening: what is there is read to the end before anything is changed. What needs room on the disk and finds none is
//! left for later, so that a full disk keeps nothing from being delivered.

use std::collections::{BTreeSet, VecDeque};
use std::io;

use super::super::SpoolOptions;
use super::super::disk::{Disk, DiskFile, UNFINISHED, is_full};
use super::super::error::SpoolError;
use super::super::format::{Acknowledged, ENTRY, HEADERS, VERSION};
use super::super::recovery::Recovery;
use super::super::scan::{Newer, Place, Scan, scan};
use super::super::segment::{Segment, base_of, log_name};
use super::repair::set_aside;
use super::{Log, Tail};

impl<D: Disk> Log<D> {
    pub(in super::super) fn open(mut disk: D, options: SpoolOptions) -> Result<Self, SpoolError> {
        let names = disk.names();
        let names =
            names.map_err(|error| SpoolError::io("list the files", &disk.path(""), error))?;
        let scans = scan_all(&mut disk, &names)?;

        let mut recovery = Recovery::default();
        let (mut segments, mut left) = (VecDeque::new(), BTreeSet::new());
        let (mut next, mut salt, mut tail) = (0, 0, Tail::Missing);
        for (place, length, found) in scans {
            next = next.max(found.end);
            let settled = settle(&mut disk, place, length, &found, &mut recovery)?;
            let is_left = matches!(settled, Settled::Left(_));
            match settled {
                Settled::Gone => continue,
                Settled::InOrder(segment) => segments.push_back(segment),
                Settled::Left(segment) => {
                    left.insert(segment.base);
                    segments.push_back(segment);
                }
            }
            salt = found.salt.unwrap_or_default();
            tail = match (place.next, found.is_sealed, &*found.damage) {
                (None, false, []) => Tail::Doubtful,
                (None, false, _) if !is_left => Tail::Sound,
                _ => Tail::Missing,
            };
        }
        let mut active = None;
        if tail == Tail::Missing {
            segments.push_back(Segment::new(next, HEADERS as u64));
        } else {
            let name = segments.back().expect(super::LAST).log();
            let opened = disk.open(&name);
            active =
                Some(opened.map_err(|error| {
                    SpoolError::io("open the segment", &disk.path(&name), error)
                })?);
        }
        let mut log = Self {
            unsynced: None,
            disk,
            options,
            segments,
            active,
            salt,
            tail,
            unsynced_acks: BTreeSet::new(),
            incomplete_acks: BTreeSet::new(),
            left,
            has_foreign_acks: false,
            cursor: None,
            buffer: Vec::new(),
            recovery,
        };
        log.read_acks()?;
        log.remove_strays(&names)?;
        log.put_in_order()?;
        log.recovery.unacknowledged = log.unacknowledged();
        Ok(log)
    }

    /// Makes the log one that can be appended to. What a full disk has no room for is done before the next append.
    ///
    /// The last segment is written anew in any case. The process before may have failed to sync it, and been killed: what
    /// it wrote is read here and may never reach the disk, whatever a sync says now.
    fn put_in_order(&mut self) -> Result<(), SpoolError> {
        // What takes no room comes first, since it makes some.
        if self.tail == Tail::Doubtful && self.recovery.torn_bytes > 0 {
            let bytes = self.last().bytes;
            // Where that fails, writing it anew leaves it out as well.
            let _ = self.active().set_len(bytes);
        }
        for step in [Self::remove_done, Self::mend, Self::sync_new_name] {
            unless_full(step(self))?;
        }
        Ok(())
    }

    fn read_acks(&mut self) -> Result<(), SpoolError> {
        for index in 0..self.segments.len() {
            let is_last = index + 1 == self.segments.len();
            let segment = &mut self.segments[index];
            let name = segment.acks();
            let bytes = match self.disk.read(&name) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    return Err(SpoolError::io(
                        "read what is acknowledged",
                        &self.disk.path(&name),
                        error,
                    ));
                }
            };
            match mark(segment, &bytes) {
                Said::Own => {}
                // What is acknowledged beyond the end was lost with a power failure, or cut off. Its positions are given to
                // other records, so it must not stay.
                _ if is_last && segment.end == segment.base => self.drop_acks()?,
                // Half an entry would spoil those that are written behind it.
                Said::OwnAndHalf { whole } => {
                    let cut = self.disk.open(&name);
                    let cut = cut.and_then(|mut file| file.set_len(whole));
                    let path = self.disk.path(&name);
                    cut.map_err(|error| SpoolError::io("cut off half an entry", &path, error))?;
                    self.unsynced_acks.insert(self.segments[index].base);
                }
                Said::Foreign => {
                    self.has_foreign_acks = is_last;
                    unless_full(self.rewrite_acks(index))?;
                }
            }
        }
        Ok(())
    }

    /// Removes what a crash left.
    fn remove_strays(&mut self, names: &[String]) -> Result<(), SpoolError> {
        for name in names {
            let base = base_of(name, ".ack");
            let is_stray =
                base.is_some_and(|base| self.segments.iter().all(|segment| segment.base != base));
            if is_stray || name == UNFINISHED {
                self.remove(name)?;
            }
        }
        Ok(())
    }
}

/// A success, or a failure for which there may be room another time.
fn unless_full(done: Result<(), SpoolError>) -> Result<(), SpoolError> {
    match done {
        Err(error) if !error.is_full() => Err(error),
        _ => Ok(()),
    }
}

/// What a file of acknowledgements has.
enum Said {
    /// Entries of the segment alone.
    Own,
    /// The same, in so many bytes, and a part of another one behind them.
    OwnAndHalf { whole: u64 },
    /// Entries that are damaged, or of positions that the segment has not.
    Foreign,
}

/// Marks what a file says is acknowledged.
fn mark(segment: &mut Segment, bytes: &[u8]) -> Said {
    let (entries, rest) = bytes.as_chunks::<ENTRY>();
    let mut is_own = true;
    for entry in entries {
        let Some(Acknowledged { first, count }) = Acknowledged::decode(entry) else {
            is_own = false;
            continue;
        };
        let end = first.saturating_add(u64::from(count));
        is_own &= segment.base <= first && end <= segment.end;
        for position in first.max(segment.base)..end.min(segment.end) {
            segment.mark(position);
        }
    }
    match (is_own, rest) {
        (true, []) => Said::Own,
        (true, rest) => Said::OwnAndHalf {
            whole: (bytes.len() - rest.len()) as u64,
        },
        (false, _) => Said::Foreign,
    }
}

type Scanned = (Place, u64, Scan);

/// Reads all segments, and refuses what a newer version wrote.
fn scan_all<D: Disk>(disk: &mut D, names: &[String]) -> Result<Vec<Scanned>, SpoolError> {
    let mut bases: Vec<u64> = names
        .iter()
        .filter_map(|name| base_of(name, ".log"))
        .collect();
    bases.sort_unstable();
    let mut scans = Vec::new();
    for (index, base) in bases.iter().enumerate() {
        let place = Place {
            base: *base,
            next: bases.get(index + 1).copied(),
        };
        let path = disk.path(&log_name(*base));
        let bytes = disk
            .read(&log_name(*base))
            .map_err(|error| SpoolError::io("read the segment", &path, error))?;
        let scan = scan(&bytes, place).map_err(|Newer(version)| {
            SpoolError::newer(
                format!(
                    "it has format {version}, and this version of lago-client reads formats up to {VERSION}: use the \
                     version that wrote it, or a later one"
                ),
                &path,
            )
        })?;
        scans.push((place, bytes.len() as u64, scan));
    }
    Ok(scans)
}

/// What became of a file.
enum Settled {
    /// Nothing is left of it.
    Gone,
    /// It is as it should be.
    InOrder(Segment),
    /// It is damaged, and there was no room to write it anew.
    Left(Segment),
}

/// Puts a file in order, and says what it has then.
///
/// Nothing is changed before a damaged file is safe as it was, under another name.
fn settle<D: Disk>(
    disk: &mut D,
    place: Place,
    length: u64,
    found: &Scan,
    recovery: &mut Recovery,
) -> Result<Settled, SpoolError> {
    let name = log_name(place.base);
    let path = disk.path(&name);
    let failed = |error| SpoolError::io("repair the segment", &path, error);
    recovery.torn_bytes += found.torn_bytes as u64;
    let is_damaged = !found.damage.is_empty();
    if is_damaged {
        recovery.damage.push(set_aside(disk, place.base, found)?);
    }
    let salt = match found.salt {
        // Where no record is intact there is nothing to keep, which takes no room.
        Some(salt) if !is_damaged || !found.runs.is_empty() => salt,
        _ => {
            disk.remove(&name).map_err(failed)?;
            return Ok(Settled::Gone);
        }
    };
    // It was the last one, and may never have been synced.
    let was_last = place.next.is_none() && found.is_sealed;
    let bytes = if !is_damaged && !was_last {
        // What stands behind that was never finished.
        length - found.torn_bytes as u64
    } else {
        let bytes = disk.read(&name).map_err(failed)?;
        let content = found.rebuilt(&bytes, place, salt);
        match disk.write_whole(&name, &content) {
            Err(error) if is_full(&error) && is_damaged => {
                return Ok(Settled::Left(Segment::with_gaps(place.base, found)));
            }
            written => unless_full(written.map(drop).map_err(failed))?,
        }
        content.len() as u64
    };
    Ok(Settled::InOrder(Segment::scanned(place.base, bytes, found)))
}
