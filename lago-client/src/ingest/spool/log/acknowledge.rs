//! What is done: marked, written down, and removed with its segment.

use std::io;

use super::super::Position;
use super::super::disk::{Disk, DiskFile};
use super::super::error::SpoolError;
use super::super::segment::{acks_name, encode};
use super::Log;

impl<D: Disk> Log<D> {
    pub(in super::super) fn acknowledge(
        &mut self,
        positions: &[Position],
    ) -> Result<(), SpoolError> {
        let end = self.last().end;
        if let Some(unknown) = positions.iter().find(|position| position.0 >= end) {
            return Err(SpoolError::usage(format!(
                "no record was appended at position {unknown}; the next one will stand at {end}"
            )));
        }
        let mut positions: Vec<u64> = positions.iter().map(|position| position.0).collect();
        positions.sort_unstable();
        let mut marked = Vec::new();
        for segment in &mut self.segments {
            let from = positions.partition_point(|position| *position < segment.base);
            let to = positions.partition_point(|position| *position < segment.end);
            let new = positions[from..to].iter().copied();
            let new: Vec<u64> = new.filter(|position| segment.mark(*position)).collect();
            marked.push((segment.base, new));
        }
        // First: on a full disk that makes room for what is written.
        let removed = self.remove_done();
        let mut failed = Ok(());
        for (base, new) in marked {
            let written = self.write_acks(base, &new);
            failed = failed.and(written);
        }
        failed.and(removed)
    }

    /// Writes down which positions of a segment are done, unless that is said by its being gone.
    fn write_acks(&mut self, base: u64, new: &[u64]) -> Result<(), SpoolError> {
        let Some(index) = self.index_of(base) else {
            return Ok(());
        };
        let is_last = index + 1 == self.segments.len();
        let is_done = self.segments[index].unacknowledged() == 0;
        if new.is_empty() || (is_done && !is_last) {
            return Ok(());
        }
        self.unsynced_acks.insert(base);
        let written = match self.incomplete_acks.contains(&base) {
            true => self.rewrite_acks(index),
            false => self.append_acks(index, new),
        };
        match written {
            // What is not there any more need not be acknowledged, and to cut it off takes no room.
            Err(error) if error.is_full() && is_last && is_done => self.empty_last(),
            written => written,
        }
    }

    fn append_acks(&mut self, index: usize, new: &[u64]) -> Result<(), SpoolError> {
        let (base, name) = (self.segments[index].base, self.segments[index].acks());
        let written = self.disk.append(&name, &encode(new.iter().copied()));
        written.map_err(|error| {
            self.incomplete_acks.insert(base);
            let path = self.disk.path(&name);
            SpoolError::io("write down what is acknowledged", &path, error)
        })
    }

    /// Writes down all that is acknowledged in a segment, in place of what its file says.
    pub(super) fn rewrite_acks(&mut self, index: usize) -> Result<(), SpoolError> {
        let (base, name) = (self.segments[index].base, self.segments[index].acks());
        self.incomplete_acks.insert(base);
        let written = self
            .disk
            .write_whole(&name, &self.segments[index].entries());
        let path = self.disk.path(&name);
        written.map_err(|error| SpoolError::io("write down what is acknowledged", &path, error))?;
        self.incomplete_acks.remove(&base);
        if index + 1 == self.segments.len() {
            self.has_foreign_acks = false;
        }
        Ok(())
    }

    /// Drops the acknowledgements of the last segment, of which no record is left.
    pub(super) fn drop_acks(&mut self) -> Result<(), SpoolError> {
        let (base, name) = (self.last().base, self.last().acks());
        self.remove(&name)?;
        self.incomplete_acks.remove(&base);
        self.unsynced_acks.remove(&base);
        self.has_foreign_acks = false;
        Ok(())
    }

    /// Forces what is written down to the disk. After a failure it is written anew.
    pub(super) fn sync_acks(&mut self) -> Result<(), SpoolError> {
        if self.unsynced_acks.is_empty() {
            return Ok(());
        }
        for index in 0..self.segments.len() {
            let (base, name) = (self.segments[index].base, self.segments[index].acks());
            if self.incomplete_acks.contains(&base) {
                self.rewrite_acks(index)?;
            } else if self.unsynced_acks.contains(&base) {
                let synced = self.disk.open(&name).and_then(|mut file| file.sync());
                synced.map_err(|error| {
                    self.incomplete_acks.insert(base);
                    let path = self.disk.path(&name);
                    SpoolError::io("force to the disk what is acknowledged", &path, error)
                })?;
            }
        }
        let synced = self.disk.sync_names();
        synced.map_err(|error| {
            self.incomplete_acks.append(&mut self.unsynced_acks.clone());
            SpoolError::io(
                "make durable what is acknowledged",
                &self.disk.path(""),
                error,
            )
        })?;
        self.unsynced_acks.clear();
        Ok(())
    }

    /// Removes finished segments of which everything is done.
    pub(super) fn remove_done(&mut self) -> Result<(), SpoolError> {
        let finished = self.segments.len() - 1;
        let mut done = self.segments.iter().take(finished);
        while let Some(index) = done.position(|segment| segment.unacknowledged() == 0) {
            let base = self.segments[index].base;
            let name = self.segments[index].log();
            self.remove(&name)?;
            self.segments.remove(index);
            self.unsynced_acks.remove(&base);
            self.incomplete_acks.remove(&base);
            self.cursor.take_if(|cursor| cursor.is_in(base));
            // In this order, so that no crash leaves the records without what says that they are done.
            let synced = self.disk.sync_names();
            synced.map_err(|error| {
                SpoolError::io("make a removal durable", &self.disk.path(&name), error)
            })?;
            self.remove(&acks_name(base))?;
            let finished = self.segments.len() - 1;
            done = self.segments.iter().take(finished);
        }
        Ok(())
    }

    /// Removes a file, if there is one.
    pub(super) fn remove(&mut self, name: &str) -> Result<(), SpoolError> {
        match self.disk.remove(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SpoolError::io(
                "remove a file that is done with",
                &self.disk.path(name),
                error,
            )),
            _ => Ok(()),
        }
    }
}
