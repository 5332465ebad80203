//! Opening: what is there is read to the end before anything is changed.

use std::collections::{BTreeSet, VecDeque};
use std::io;

use super::super::SpoolOptions;
use super::super::disk::{Disk, UNFINISHED};
use super::super::error::SpoolError;
use super::super::format::{Acknowledged, ENTRY, HEADERS, VERSION};
use super::super::recovery::Recovery;
use super::super::scan::{Newer, Place, Scan, scan};
use super::super::segment::{Segment, base_of, log_name};
use super::repair::set_aside;
use super::{Log, Tail, new_segment};

impl<D: Disk> Log<D> {
    pub(in super::super) fn open(mut disk: D, options: SpoolOptions) -> Result<Self, SpoolError> {
        let names = disk.names();
        let names =
            names.map_err(|error| SpoolError::io("list the files", &disk.path(""), error))?;
        let scans = scan_all(&mut disk, &names)?;

        let mut recovery = Recovery::default();
        let mut segments = VecDeque::new();
        let mut is_last_sealed = true;
        let mut salt = 0;
        for (place, length, mut found) in scans {
            let bytes = settle(&mut disk, place, length, &mut found, &mut recovery)?;
            // Of a segment in the middle nothing may be left.
            let Some(bytes) = bytes else { continue };
            segments.push_back(Segment::scanned(place.base, bytes, &found));
            (is_last_sealed, salt) = (found.is_sealed, found.salt.unwrap_or_default());
        }
        let next = segments.back().map_or(0, |last: &Segment| last.end);
        if is_last_sealed {
            (_, salt) = new_segment(&mut disk, next)?;
            segments.push_back(Segment::new(next, HEADERS as u64));
        }
        let last = segments.back().expect(super::LAST);
        let active = disk.open(&last.log());
        let active = active
            .map_err(|error| SpoolError::io("open the segment", &disk.path(&last.log()), error))?;
        let mut log = Self {
            unsynced: None,
            disk,
            options,
            segments,
            active,
            salt,
            tail: Tail::Sound,
            unsynced_acks: BTreeSet::new(),
            incomplete_acks: BTreeSet::new(),
            cursor: None,
            buffer: Vec::new(),
            recovery,
        };
        log.read_acks()?;
        log.remove_strays(&names)?;
        log.sync_new_name()?;
        log.remove_done()?;
        log.recovery.unacknowledged = log.unacknowledged();
        Ok(log)
    }

    fn read_acks(&mut self) -> Result<(), SpoolError> {
        for index in 0..self.segments.len() {
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
            let is_sound = mark(segment, &bytes);
            // What is acknowledged beyond the end was lost with a power failure. Its positions are given to other
            // records, so it must not stay. Half an entry would spoil those that are written behind it.
            if !is_sound {
                self.rewrite_acks(index)?;
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

/// Marks what a file says is acknowledged. False when there is anything else in it.
fn mark(segment: &mut Segment, bytes: &[u8]) -> bool {
    let (entries, rest) = bytes.as_chunks::<ENTRY>();
    let mut is_sound = rest.is_empty();
    for entry in entries {
        let Some(Acknowledged { first, count }) = Acknowledged::decode(entry) else {
            is_sound = false;
            continue;
        };
        let end = first.saturating_add(u64::from(count));
        is_sound &= segment.base <= first && end <= segment.end;
        for position in first.max(segment.base)..end.min(segment.end) {
            segment.mark(position);
        }
    }
    is_sound
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

/// Puts a file in order, and says how long it is then. None when nothing is left of it.
///
/// The last one is written anew in any case. The process before may have failed to sync it, and been killed: what it
/// wrote is read here and may never reach the disk, whatever a sync says now.
fn settle<D: Disk>(
    disk: &mut D,
    place: Place,
    length: u64,
    found: &mut Scan,
    recovery: &mut Recovery,
) -> Result<Option<u64>, SpoolError> {
    let name = log_name(place.base);
    let path = disk.path(&name);
    let failed = |error| SpoolError::io("repair the segment", &path, error);
    recovery.torn_bytes += found.torn_bytes as u64;
    let is_last = place.next.is_none();
    if !found.damage.is_empty() {
        recovery.damage.push(set_aside(disk, place.base, found)?);
    }
    let Some(salt) = found.salt else {
        if is_last {
            let (_, salt) = new_segment(disk, place.base)?;
            found.salt = Some(salt);
            return Ok(Some(HEADERS as u64));
        }
        disk.remove(&name).map_err(failed)?;
        return Ok(None);
    };
    if found.damage.is_empty() && !is_last {
        return Ok(Some(length));
    }
    let bytes = disk.read(&name).map_err(failed)?;
    let content = found.rebuilt(&bytes, place, salt);
    disk.write_whole(&name, &content).map_err(failed)?;
    Ok(Some(content.len() as u64))
}
