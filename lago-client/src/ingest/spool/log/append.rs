//! Appending records, finishing segments, and forcing both to the disk.

use std::time::Instant;

use super::super::disk::{Disk, DiskFile};
use super::super::error::SpoolError;
use super::super::format::{
    FRAME, HEADERS, MAX_POSITIONS, MAX_RECORD, MAX_SEGMENT, push_frame, push_seal,
};
use super::super::segment::Segment;
use super::super::{Fsync, Position};
use super::{Log, Tail, new_segment};

const FRAME_BYTES: u64 = FRAME as u64;
const HEADER_BYTES: u64 = HEADERS as u64;

impl<D: Disk> Log<D> {
    pub(in super::super) fn append(&mut self, records: &[&[u8]]) -> Result<Position, SpoolError> {
        let first = self.last().end;
        if records.is_empty() {
            return Ok(Position(first));
        }
        let needed = size(records, self.options.max_bytes)?;
        if let Err(error) = self.write_records(first, records, needed) {
            // The disk may be full of nothing but what is done with, and then nothing else would ever make room.
            let is_in_the_way = error.is_full() && self.last().is_all_done();
            if !is_in_the_way || self.empty_last().is_err() {
                return Err(error);
            }
            self.write_records(first, records, needed)?;
        }

        let since = *self.unsynced.get_or_insert_with(Instant::now);
        let is_due = match self.options.fsync {
            Fsync::EveryAppend => true,
            Fsync::Interval(interval) => since.elapsed() >= interval,
            Fsync::Never => false,
        };
        // Until it is accepted it is not counted: whatever fails now cuts it off again.
        if is_due {
            self.sync_records()?;
        }
        let last = self.last_mut();
        last.bytes += needed;
        last.end += records.len() as u64;
        Ok(Position(first))
    }

    /// Writes records to a segment that has room for so many bytes, and is sound.
    fn write_records(
        &mut self,
        first: u64,
        records: &[&[u8]],
        needed: u64,
    ) -> Result<(), SpoolError> {
        self.mend()?;
        self.make_room(needed)?;
        if self.active().is_removed() {
            let path = self.disk.path(&self.last().log());
            return Err(SpoolError::removed(&path));
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        for (position, record) in (first..).zip(records) {
            push_frame(&mut buffer, self.salt, position, record);
        }
        let written = self.write(&buffer);
        self.buffer = buffer;
        self.buffer.shrink_to(1024 * 1024);
        written
    }

    /// Empties the last segment, of which all is done: that takes no room, as another segment would.
    ///
    /// Positions go on, for a segment may have gaps. A file in doubt stays so, and nothing is appended to it.
    pub(super) fn empty_last(&mut self) -> Result<(), SpoolError> {
        let base = self.last().base;
        self.cursor.take_if(|cursor| cursor.is_in(base));
        self.last_mut().bytes = HEADER_BYTES;
        if self.tail != Tail::Doubtful {
            self.tail = Tail::Ragged;
        }
        self.cut_off()?;
        if self.tail == Tail::Sound {
            // Before anything is written where the records were.
            self.sync_records()?;
        }
        // The records are gone for good, and what says that they are done with them.
        self.drop_acks()
    }

    /// Writes behind what counts. What a failure leaves there is cut off at once, or before the next write.
    fn write(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        let Err(error) = self.active().append(bytes) else {
            return Ok(());
        };
        self.cut();
        let path = self.disk.path(&self.last().log());
        Err(SpoolError::io("append to the segment", &path, error))
    }

    /// Cuts off what does not count, or remembers that it is there.
    fn cut(&mut self) {
        let bytes = self.last().bytes;
        let is_cut = self.active().set_len(bytes).is_ok();
        if self.tail != Tail::Doubtful {
            self.tail = if is_cut { Tail::Sound } else { Tail::Ragged };
        }
    }

    /// Forces the last segment to the disk. After a failure its file is in doubt.
    fn sync_records(&mut self) -> Result<(), SpoolError> {
        match self.active().sync() {
            Ok(()) => {
                self.unsynced = None;
                Ok(())
            }
            Err(error) => {
                self.tail = Tail::Doubtful;
                self.cut();
                let path = self.disk.path(&self.last().log());
                Err(SpoolError::io(
                    "force the segment to the disk",
                    &path,
                    error,
                ))
            }
        }
    }

    /// Makes the last file one that can be appended to, after a failure.
    pub(super) fn mend(&mut self) -> Result<(), SpoolError> {
        match self.tail {
            Tail::Sound => {}
            Tail::Ragged => self.cut_off()?,
            Tail::Doubtful => {
                if self.last().is_all_done() {
                    // Less is written anew, where there is room for little.
                    self.empty_last()?;
                }
                let base = self.last().base;
                self.rewrite(base)?;
                self.unsynced = None;
            }
            Tail::Missing => self.make_last()?,
        }
        match self.has_foreign_acks {
            true => self.rewrite_acks(self.segments.len() - 1),
            false => Ok(()),
        }
    }

    /// Cuts off what stands behind the bytes that count.
    fn cut_off(&mut self) -> Result<(), SpoolError> {
        let (bytes, path) = (self.last().bytes, self.disk.path(&self.last().log()));
        let cut = self.active().set_len(bytes);
        cut.map_err(|error| SpoolError::io("cut off what does not count", &path, error))?;
        if self.tail == Tail::Ragged {
            self.tail = Tail::Sound;
        }
        Ok(())
    }

    /// Makes the file of the last segment, which has no records.
    pub(super) fn make_last(&mut self) -> Result<(), SpoolError> {
        let base = self.last().base;
        let (file, salt) = new_segment(&mut self.disk, base)?;
        (self.active, self.salt, self.tail) = (Some(file), salt, Tail::Sound);
        self.sync_new_name()
    }

    /// Finishes segments, or refuses, so that so many bytes can be appended.
    fn make_room(&mut self, needed: u64) -> Result<(), SpoolError> {
        let max_bytes = self.options.max_bytes;
        let last = self.last();
        let has_records = last.end > last.base;
        let is_done = last.is_all_done();
        // One that was emptied again and again has few bytes and many positions.
        let is_at_limit = last.bytes + needed + FRAME_BYTES > self.options.segment_limit()
            || last.end - last.base > MAX_POSITIONS / 2;
        // One that is done takes up space until the next one takes its place.
        let is_in_the_way = is_done && self.bytes() + needed + FRAME_BYTES > max_bytes;
        let is_next = has_records && is_at_limit || is_in_the_way;
        let freed = if is_next && is_done { last.bytes } else { 0 };
        let overhead = if is_next {
            FRAME_BYTES + HEADER_BYTES
        } else {
            0
        };
        // The seal of the last one is written in any case, some time.
        let then = self.bytes() - freed + needed + overhead + FRAME_BYTES;
        if then > max_bytes {
            let (held, waiting) = (self.bytes(), self.unacknowledged());
            return Err(SpoolError::full(format!(
                "{needed} bytes more do not fit: it has {held} bytes of at most {max_bytes} (SpoolOptions::max_bytes), \
                 with {waiting} records that are not acknowledged"
            )));
        }
        if is_next { self.begin_next() } else { Ok(()) }
    }

    /// Finishes the last segment and begins another.
    pub(super) fn begin_next(&mut self) -> Result<(), SpoolError> {
        let end = self.last().end;
        let mut seal = Vec::new();
        push_seal(&mut seal, self.salt, end);
        self.write(&seal)?;
        self.sync_records()?;
        // Until there is another one, this one is the last, and has no seal.
        self.tail = Tail::Ragged;
        let next = new_segment(&mut self.disk, end)?;
        self.last_mut().bytes += FRAME_BYTES;
        self.segments.push_back(Segment::new(end, HEADER_BYTES));
        (self.active, self.salt, self.tail) = (Some(next.0), next.1, Tail::Sound);
        self.unsynced = None;
        // Their positions are those of another segment now.
        self.has_foreign_acks = false;
        self.sync_new_name()?;
        // What cannot be removed now is tried again with the next acknowledgement, which says so.
        let _ = self.remove_done();
        Ok(())
    }

    /// Makes durable that there is a new last segment. A name whose sync failed is in doubt as bytes are.
    pub(super) fn sync_new_name(&mut self) -> Result<(), SpoolError> {
        let synced = self.disk.sync_names();
        synced.map_err(|error| {
            if self.tail != Tail::Missing {
                self.tail = Tail::Doubtful;
            }
            let path = self.disk.path(&self.last().log());
            SpoolError::io("make the new segment durable", &path, error)
        })
    }

    pub(in super::super) fn sync(&mut self) -> Result<(), SpoolError> {
        // Nobody knows whether what was written to them is on the disk.
        while let Some(base) = self.left.first().copied() {
            self.rewrite(base)?;
        }
        // What has no file has nothing to be lost.
        if self.tail != Tail::Missing {
            self.mend()?;
        }
        if self.unsynced.is_some() {
            self.sync_records()?;
        }
        self.sync_acks()
    }
}

/// How many bytes records take up, which may have room at another time.
fn size(records: &[&[u8]], max_bytes: u64) -> Result<u64, SpoolError> {
    if let Some((index, record)) = records
        .iter()
        .enumerate()
        .find(|(_, record)| record.len() > MAX_RECORD)
    {
        let length = record.len();
        return Err(SpoolError::too_large(format!(
            "record {index} has {length} bytes, and a record has at most {MAX_RECORD}"
        )));
    }
    let sizes = records.iter().map(|record| (FRAME + record.len()) as u64);
    let needed = sizes.sum();
    if needed > MAX_SEGMENT {
        return Err(SpoolError::too_large(format!(
            "{} records have {needed} bytes, and {MAX_SEGMENT} can be appended at once; append them in parts",
            records.len()
        )));
    }
    // Beside them there are the headers of their segment, its seal, and that of the one before.
    if HEADER_BYTES + needed + 2 * FRAME_BYTES > max_bytes {
        return Err(SpoolError::too_large(format!(
            "{} records have {needed} bytes, and an empty spool has no room for them with at most {max_bytes} \
             (SpoolOptions::max_bytes)",
            records.len()
        )));
    }
    Ok(needed)
}
