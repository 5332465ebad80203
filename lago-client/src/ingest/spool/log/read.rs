//! Reading records in their order.

use std::io;

use super::super::Position;
use super::super::disk::{Disk, DiskFile};
use super::super::error::SpoolError;
use super::super::format::{FRAME, Frame, HEADERS, Headers, frame, headers};
use super::super::segment::{Segment, log_name};
use super::Log;

/// A record and where it stands.
type Found = (Position, Vec<u8>);

/// How much is read from a file at once.
const WINDOW: u64 = 64 * 1024;

/// Where reading goes on.
pub(super) struct Cursor<F> {
    file: F,
    base: u64,
    salt: u64,
    /// Behind the last record that was read.
    position: u64,
    /// Where its frame ends.
    offset: u64,
    /// Some bytes of the file.
    window: Vec<u8>,
    window_offset: u64,
}

/// Why a segment cannot be read on.
enum Stopped {
    Damaged,
    Failed(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // Shorter than it was written.
            io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::Failed(error),
        }
    }
}

/// Which records are wanted, and those that were found.
struct Wanted {
    from: u64,
    max_records: usize,
    max_bytes: usize,
    bytes: usize,
    found: Vec<Found>,
}

impl Wanted {
    fn is_enough(&self) -> bool {
        self.found.len() >= self.max_records
    }

    /// Whether a record of so many bytes is one too many.
    fn is_too_large(&self, length: usize) -> bool {
        !self.found.is_empty() && self.bytes.saturating_add(length) > self.max_bytes
    }
}

impl<F: DiskFile> Cursor<F> {
    pub(super) fn is_in(&self, base: u64) -> bool {
        self.base == base
    }

    fn begin(mut file: F, base: u64) -> Result<Self, Stopped> {
        let mut bytes = [0; HEADERS];
        file.read_at(0, &mut bytes)?;
        let salt = match headers(&bytes) {
            Headers::Read { header, .. } if header.base == base => header.salt,
            _ => return Err(Stopped::Damaged),
        };
        let offset = HEADERS as u64;
        Ok(Self {
            file,
            base,
            salt,
            position: base,
            offset,
            window: Vec::new(),
            window_offset: offset,
        })
    }

    /// The bytes from the next frame on, at least so many, of those before the limit.
    fn bytes(&mut self, needed: u64, limit: u64) -> io::Result<&[u8]> {
        let window_end = self.window_offset + self.window.len() as u64;
        let has_begin = (self.window_offset..=window_end).contains(&self.offset);
        if !has_begin || window_end < self.offset + needed {
            let length = needed.max(WINDOW).min(limit - self.offset);
            self.window
                .resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
            self.window_offset = self.offset;
            let read = self.file.read_at(self.offset, &mut self.window);
            if read.is_err() {
                self.window.clear();
            }
            read?;
        }
        let begin = usize::try_from(self.offset - self.window_offset).unwrap_or(usize::MAX);
        Ok(self.window.get(begin..).unwrap_or_default())
    }

    /// The next frame, without going on behind it, and the bytes from it on.
    fn peek(&mut self, limit: u64) -> Result<(Frame, &[u8]), Stopped> {
        let (rest, salt) = (limit.saturating_sub(self.offset), self.salt);
        let mut needed = FRAME;
        loop {
            if needed as u64 > rest {
                return Err(Stopped::Damaged);
            }
            match frame(self.bytes(needed as u64, limit)?, salt) {
                Frame::Incomplete { needed: more } => needed = more,
                Frame::Damaged => return Err(Stopped::Damaged),
                // The bytes are there already.
                frame => return Ok((frame, self.bytes(FRAME as u64, limit)?)),
            }
        }
    }

    /// Reads on in a segment until it ends, or enough is found.
    fn read(&mut self, segment: &Segment, wanted: &mut Wanted) -> Result<(), Stopped> {
        while self.position < segment.end && self.offset < segment.bytes && !wanted.is_enough() {
            self.offset = segment.behind_gap(self.offset);
            let expected = self.position..segment.end;
            let (frame, bytes) = self.peek(segment.bytes)?;
            let (position, length) = match frame {
                Frame::Record { position, length } if expected.contains(&position) => {
                    (position, length)
                }
                Frame::Seal { end } if end == segment.end => return Ok(()),
                _ => return Err(Stopped::Damaged),
            };
            if position >= wanted.from && !segment.is_done(position) {
                if wanted.is_too_large(length) {
                    wanted.max_records = wanted.found.len();
                    return Ok(());
                }
                wanted.bytes += length;
                wanted
                    .found
                    .push((Position(position), bytes[FRAME..FRAME + length].to_vec()));
            }
            self.position = position + 1;
            self.offset += (FRAME + length) as u64;
        }
        Ok(())
    }
}

impl<D: Disk> Log<D> {
    pub(in super::super) fn read(
        &mut self,
        from: Position,
        max_records: usize,
        max_bytes: usize,
    ) -> Result<Vec<Found>, SpoolError> {
        let mut wanted = Wanted {
            from: from.0,
            max_records,
            max_bytes,
            bytes: 0,
            found: Vec::new(),
        };
        for index in 0..self.segments.len() {
            let segment = &self.segments[index];
            let is_of_use = segment.end > wanted.from && segment.unacknowledged() > 0;
            if wanted.is_enough() {
                break;
            }
            if !is_of_use {
                continue;
            }
            let base = segment.base;
            match self.read_segment(index, &mut wanted) {
                Ok(()) => {}
                // What was found comes first. The next read meets the same.
                Err(_) if !wanted.found.is_empty() => break,
                Err(Stopped::Failed(error)) => {
                    return Err(SpoolError::io(
                        "read the segment",
                        &self.disk.path(&log_name(base)),
                        error,
                    ));
                }
                Err(Stopped::Damaged) => return Err(self.repair(base)),
            }
        }
        Ok(wanted.found)
    }

    fn read_segment(&mut self, index: usize, wanted: &mut Wanted) -> Result<(), Stopped> {
        let segment = &self.segments[index];
        let is_before = |cursor: &Cursor<_>| {
            cursor.base == segment.base && cursor.position <= wanted.from.max(segment.base)
        };
        let mut cursor = match self.cursor.take().filter(is_before) {
            Some(cursor) => cursor,
            None => Cursor::begin(self.disk.open(&segment.log())?, segment.base)?,
        };
        let read = cursor.read(segment, wanted);
        self.cursor = Some(cursor);
        read
    }
}
