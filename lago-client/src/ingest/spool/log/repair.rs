//! A damaged segment: written anew with what is intact of it, or left as it is where there is no room for that.

use super::super::disk::Disk;
use super::super::error::SpoolError;
use super::super::format::HEADERS;
use super::super::recovery::Damage;
use super::super::scan::{Place, Scan, scan};
use super::super::segment::{Segment, log_name};
use super::{Log, Tail};

/// Keeps a damaged file as it is.
pub(super) fn set_aside<D: Disk>(
    disk: &mut D,
    base: u64,
    scan: &Scan,
) -> Result<Damage, SpoolError> {
    let name = log_name(base);
    let aside = disk.set_aside(&name);
    let set_aside = aside
        .map_err(|error| SpoolError::io("set a damaged segment aside", &disk.path(&name), error))?;
    let (places, kept, lost_at_least) = (scan.damage.clone(), scan.records(), scan.lost);
    Ok(Damage {
        set_aside,
        places,
        kept,
        lost_at_least,
    })
}

impl<D: Disk> Log<D> {
    /// Takes what is intact out of a segment that turned out to be damaged, and reports the rest.
    pub(super) fn repair(&mut self, base: u64) -> SpoolError {
        let known = self.recovery.damage.len();
        // What is damaged since it was left is news.
        self.left.remove(&base);
        let repaired = match self.rewrite(base) {
            // What is intact and behind it must not wait for room.
            Err(error) if error.is_full() => self.leave(base),
            repaired => repaired,
        };
        if let Err(error) = repaired {
            return error;
        }
        let path = self.disk.path(&log_name(base));
        match self.recovery.damage.get(known..) {
            Some([damage, ..]) => SpoolError::damaged(damage.to_string(), &path),
            // Read once more, it was as it should be.
            _ => SpoolError::damaged(
                "it was read otherwise than it was written, and as it should be when it was read once more",
                &path,
            ),
        }
    }

    /// Reads a segment once more: what counts of its file, and what is intact in that.
    fn examine(&mut self, index: usize) -> Result<(Vec<u8>, Scan), SpoolError> {
        let segment = &self.segments[index];
        let (base, name) = (segment.base, segment.log());
        let read = self.disk.read(&name);
        let path = self.disk.path(&name);
        let mut bytes = read.map_err(|error| SpoolError::io("read the segment", &path, error))?;
        bytes.truncate(usize::try_from(segment.bytes).unwrap_or(usize::MAX));
        // It was read before, so a version that is not known is no version.
        let mut found = scan(&bytes, self.place(index)).unwrap_or_default();
        let behind = found.end.clamp(base, segment.end)..segment.end;
        let lost = behind.filter(|position| !segment.is_done(*position));
        let lost = lost.count() as u64;
        if found.damage.is_empty() && lost > 0 {
            found.damage.push("the end".to_owned());
        }
        found.lost += lost;
        // Positions are not used again.
        found.end = segment.end;
        Ok((bytes, found))
    }

    fn place(&self, index: usize) -> Place {
        let next = self.segments.get(index + 1).map(|next| next.base);
        let base = self.segments[index].base;
        Place { base, next }
    }

    /// Writes a segment anew under another name, durably, and puts it in the place of the old one.
    pub(super) fn rewrite(&mut self, base: u64) -> Result<(), SpoolError> {
        let Some(index) = self.index_of(base) else {
            self.left.remove(&base);
            return Ok(());
        };
        let (name, place) = (log_name(base), self.place(index));
        let path = self.disk.path(&name);
        let failed = |error| SpoolError::io("write the segment anew", &path, error);
        let (bytes, found) = self.examine(index)?;
        let damage = match *found.damage {
            [] => None,
            _ if self.left.contains(&base) => None,
            _ => Some(set_aside(&mut self.disk, base, &found)?),
        };

        let salt = found.salt.unwrap_or_else(|| fastrand::u64(..));
        let content = found.rebuilt(&bytes, place, salt);
        let file = self.disk.write_whole(&name, &content).map_err(failed)?;

        self.recovery.damage.extend(damage);
        self.left.remove(&base);
        self.replace(index, Segment::scanned(base, content.len() as u64, &found));
        if place.next.is_none() {
            (self.active, self.salt, self.tail) = (Some(file), salt, Tail::Sound);
            return self.sync_new_name();
        }
        self.disk.sync_names().map_err(failed)
    }

    /// Leaves a damaged segment as it is where there is no room for another one, and reads around what is damaged.
    fn leave(&mut self, base: u64) -> Result<(), SpoolError> {
        let Some(index) = self.index_of(base) else {
            return Ok(());
        };
        let (_, found) = self.examine(index)?;
        if !found.damage.is_empty() {
            let damage = set_aside(&mut self.disk, base, &found)?;
            self.recovery.damage.push(damage);
        }
        self.left.insert(base);
        self.replace(index, Segment::with_gaps(base, &found));
        if index + 1 == self.segments.len() {
            let next = Segment::new(found.end, HEADERS as u64);
            self.segments.push_back(next);
            (self.active, self.tail, self.unsynced) = (None, Tail::Missing, None);
            // Their positions are those of another segment now.
            self.has_foreign_acks = false;
        }
        Ok(())
    }

    /// Puts in the place of a segment what its file has now.
    fn replace(&mut self, index: usize, mut segment: Segment) {
        self.cursor = None;
        segment.take_over(&self.segments[index]);
        self.segments[index] = segment;
    }
}
