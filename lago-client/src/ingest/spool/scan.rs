//! What is intact in the bytes of a segment, what is damaged and what was never finished: pure, of any bytes.

use std::ops::Range;

use super::format::{FRAME, Frame, HEADERS, Header, Headers, MAX_POSITIONS};
use super::format::{frame, headers, push_seal, stated_position};

/// Which segment it is that is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The position of its first record, after its name.
    pub(super) base: u64,
    /// The base of the segment after it; none when it is the last one, whose end may be torn.
    pub(super) next: Option<u64>,
}

/// Records that follow each other, in position and in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) positions: Range<u64>,
    pub(super) bytes: Range<usize>,
}

/// What a segment has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// None when the headers cannot be read, and then no record can.
    pub(super) salt: Option<u64>,
    pub(super) runs: Vec<Run>,
    /// Behind the last position, as far as is known.
    pub(super) end: u64,
    pub(super) is_sealed: bool,
    /// Where the last intact frame ends.
    pub(super) intact_bytes: usize,
    /// How many bytes stand behind that, of a record that was never finished.
    pub(super) torn_bytes: usize,
    /// What should be there and is not, in words; empty when nothing is wrong.
    pub(super) damage: Vec<String>,
    /// How many records are known to be lost by that. There can be more.
    pub(super) lost: u64,
}

/// The version of a format that is not known here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Newer(pub(super) u32);

/// Reads a segment.
pub(super) fn scan(bytes: &[u8], place: Place) -> Result<Scan, Newer> {
    let mut scan = Scan {
        end: place.base,
        ..Scan::default()
    };
    // A segment that was never finished being made has no record.
    if place.next.is_none() && (bytes.len() < HEADERS || is_empty(bytes)) {
        scan.torn_bytes = bytes.len();
        return Ok(scan);
    }
    let header = match headers(bytes) {
        Headers::Newer(version) => return Err(Newer(version)),
        Headers::Read { header, both } if header.base == place.base => {
            if !both {
                scan.damage.push("one of two headers".to_owned());
            }
            header
        }
        Headers::Read { .. } | Headers::Unreadable => {
            scan.damage.push("the headers".to_owned());
            return Ok(scan);
        }
    };
    scan.salt = Some(header.salt);
    scan.intact_bytes = HEADERS.min(bytes.len());
    scan.frames(bytes, header, place);
    if place.next.is_some() && !scan.is_sealed && scan.damage.is_empty() {
        scan.damage.push("the end".to_owned());
    }
    Ok(scan)
}

fn is_empty(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

impl Scan {
    fn frames(&mut self, bytes: &[u8], header: Header, place: Place) {
        let mut at = self.intact_bytes;
        let mut is_behind_damage = false;
        while at < bytes.len() && !self.is_sealed {
            if let Some(frame) = self.next_frame(&bytes[at..], header, place) {
                if is_behind_damage {
                    self.lost += frame.position() - self.end;
                }
                at = self.take(frame, at);
                is_behind_damage = false;
                continue;
            }
            let rest = &bytes[at..];
            let later = (1..rest.len())
                .find(|skipped| self.next_frame(&rest[*skipped..], header, place).is_some());
            let Some(skipped) = later else {
                self.tail(rest, header, place, at);
                return;
            };
            self.damage.push(format!("bytes {at} to {}", at + skipped));
            at += skipped;
            is_behind_damage = true;
        }
        if at < bytes.len() {
            self.damage
                .push(format!("{} bytes behind the end", bytes.len() - at));
        }
    }

    /// The frame at the beginning of some bytes, if it is intact and may stand there.
    fn next_frame(&self, bytes: &[u8], header: Header, place: Place) -> Option<Frame> {
        let position = stated_position(bytes)?;
        let is_before_next = place.next.is_none_or(|next| position <= next);
        // Cheap, so that looking for the next frame behind damage is.
        let is_plausible =
            position >= self.end && position - header.base <= MAX_POSITIONS && is_before_next;
        if !is_plausible {
            return None;
        }
        match frame(bytes, header.salt) {
            Frame::Record { position, .. } if place.next == Some(position) => None,
            frame @ (Frame::Record { .. } | Frame::Seal { .. }) => Some(frame),
            Frame::Incomplete { .. } | Frame::Damaged => None,
        }
    }

    /// Counts an intact frame, and says where it ends.
    fn take(&mut self, frame: Frame, at: usize) -> usize {
        let end = match frame {
            Frame::Record { position, length } => {
                let end = at + FRAME + length;
                match self.runs.last_mut() {
                    Some(run) if run.positions.end == position && run.bytes.end == at => {
                        run.positions.end += 1;
                        run.bytes.end = end;
                    }
                    _ => self.runs.push(Run {
                        positions: position..position + 1,
                        bytes: at..end,
                    }),
                }
                self.end = position + 1;
                end
            }
            Frame::Seal { end } => {
                self.is_sealed = true;
                self.end = end;
                at + FRAME
            }
            Frame::Incomplete { .. } | Frame::Damaged => at,
        };
        self.intact_bytes = end;
        end
    }

    /// Judges what stands behind the last intact frame.
    fn tail(&mut self, rest: &[u8], header: Header, place: Place, at: usize) {
        let is_unfinished = matches!(frame(rest, header.salt), Frame::Incomplete { .. });
        if place.next.is_none() && (is_unfinished || is_empty(rest)) {
            self.torn_bytes = rest.len();
        } else {
            self.damage
                .push(format!("bytes {at} to {}", at + rest.len()));
        }
    }

    /// How many records are intact.
    pub(super) fn records(&self) -> u64 {
        self.runs
            .iter()
            .map(|run| run.positions.end - run.positions.start)
            .sum()
    }

    /// The segment with what is intact alone. A segment that has others behind it ends with a seal.
    pub(super) fn rebuilt(&self, bytes: &[u8], place: Place, salt: u64) -> Vec<u8> {
        let header = Header {
            base: place.base,
            salt,
        };
        let mut rebuilt = header.encode().to_vec();
        for run in &self.runs {
            rebuilt.extend(&bytes[run.bytes.clone()]);
        }
        if self.is_sealed || place.next.is_some() {
            push_seal(&mut rebuilt, header.salt, self.end);
        }
        rebuilt
    }
}
