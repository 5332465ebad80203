//! A segment written anew, with what is intact of it.

use super::super::disk::Disk;
use super::super::error::SpoolError;
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
        if let Err(error) = self.rewrite(base) {
            return error;
        }
        let path = self.disk.path(&log_name(base));
        match self.recovery.damage.get(known..) {
            Some([damage, ..]) => SpoolError::damaged(damage.to_string(), &path),
            // Read once more, it was as it should be.
            _ => SpoolError::damaged(
                "it was read otherwise than it was written, and has been written anew",
                &path,
            ),
        }
    }

    /// Writes a segment anew under another name, durably, and puts it in the place of the old one.
    pub(super) fn rewrite(&mut self, base: u64) -> Result<(), SpoolError> {
        let Some(index) = self
            .segments
            .iter()
            .position(|segment| segment.base == base)
        else {
            return Ok(());
        };
        let (segment, name) = (&self.segments[index], log_name(base));
        let next = self.segments.get(index + 1).map(|next| next.base);
        let (place, path) = (Place { base, next }, self.disk.path(&name));
        let failed = |error| SpoolError::io("write the segment anew", &path, error);

        let mut bytes = self.disk.read(&name).map_err(failed)?;
        bytes.truncate(usize::try_from(segment.bytes).unwrap_or(usize::MAX));
        // It was read before, so a version that is not known is no version.
        let mut found = scan(&bytes, place).unwrap_or_default();
        let behind = found.end.clamp(base, segment.end)..segment.end;
        let lost = behind.filter(|position| !segment.is_done(*position));
        let lost = lost.count() as u64;
        if found.damage.is_empty() && lost > 0 {
            found.damage.push("the end".to_owned());
        }
        found.lost += lost;
        let damage = match *found.damage {
            [] => None,
            _ => Some(set_aside(&mut self.disk, base, &found)?),
        };

        let salt = found.salt.unwrap_or_else(|| fastrand::u64(..));
        // Positions are not used again, and a seal says so.
        found.end = segment.end;
        let content = found.rebuilt(&bytes, place, salt);
        let file = self.disk.write_whole(&name, &content).map_err(failed)?;

        self.cursor = None;
        self.recovery.damage.extend(damage);
        let mut rewritten = Segment::scanned(base, content.len() as u64, &found);
        rewritten.take_over(&self.segments[index]);
        self.segments[index] = rewritten;
        if next.is_none() {
            (self.active, self.salt, self.tail) = (Some(file), salt, Tail::Sound);
            return self.sync_new_name();
        }
        self.disk.sync_names().map_err(failed)
    }
}
