//! How a spool looks on disk, as pure functions over bytes.
//!
//! A segment, `00000000000000000042.log`, is named after the position of its first record:
//!
//! ```text
//! header ×2   magic, version, base, salt, checksum; twice, so that damage to one does no harm
//! frame *     length u32 · position u64 · checksum u32 · record
//! seal?       a frame without a record whose length is SEAL and whose position is the end of the segment
//! ```
//!
//! Numbers are little-endian. The checksum of a frame covers salt, length, position and record. The salt is chosen at
//! random for each segment, so that bytes which look like a frame in a record, or which a file system brings back from
//! another file, are not taken for one. A segment is finished by a seal, so that a missing tail is seen.
//!
//! Beside it `00000000000000000042.ack` has what is acknowledged: entries of a first position, a number and a
//! checksum, each of which stands for itself.
//!
//! Versions: 1. A later version keeps the magic and the version where they are.

use super::crc32c::Crc32c;

pub(super) const MAGIC: [u8; 8] = *b"lagospl\n";
pub(super) const VERSION: u32 = 1;
/// One header; a segment begins with two.
const HEADER: usize = 32;
pub(super) const HEADERS: usize = 2 * HEADER;
pub(super) const FRAME: usize = 16;
pub(super) const ENTRY: usize = 16;
const SEAL: u32 = u32::MAX;
/// No record is longer.
pub(crate) const MAX_RECORD: usize = 16 * 1024 * 1024;
/// No segment is longer, before the append that finishes it, and no append.
pub(super) const MAX_SEGMENT: u64 = 64 * 1024 * 1024;
/// No segment has more positions.
pub(super) const MAX_POSITIONS: u64 = 2 * MAX_SEGMENT / FRAME as u64;

/// What a segment says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The position of the first record.
    pub(super) base: u64,
    pub(super) salt: u64,
}

/// What the headers of a segment came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Headers {
    /// One or both can be read.
    Read { header: Header, both: bool },
    /// The version of a format that is not known here.
    Newer(u32),
    /// Neither can be read.
    Unreadable,
}

fn checksum(parts: &[&[u8]]) -> u32 {
    let begun = Crc32c::new();
    parts
        .iter()
        .fold(begun, |crc, part| crc.update(part))
        .finish()
}

impl Header {
    /// Both headers.
    pub(super) fn encode(self) -> [u8; HEADERS] {
        let mut header = Vec::with_capacity(HEADER);
        header.extend(MAGIC);
        header.extend(VERSION.to_le_bytes());
        header.extend(self.base.to_le_bytes());
        header.extend(self.salt.to_le_bytes());
        header.extend(checksum(&[&header]).to_le_bytes());
        let mut both = [0; HEADERS];
        both[..HEADER].copy_from_slice(&header);
        both[HEADER..].copy_from_slice(&header);
        both
    }
}

/// Reads the headers at the beginning of a segment.
pub(super) fn headers(segment: &[u8]) -> Headers {
    let copies = segment.as_chunks::<HEADER>().0.iter().take(2);
    let read: Vec<Header> = copies.clone().filter_map(header).collect();
    let header = match *read {
        [first, second] if first == second => {
            return Headers::Read {
                header: first,
                both: true,
            };
        }
        [first, ..] => Some(first),
        [] => None,
    };
    if let Some(header) = header {
        return Headers::Read {
            header,
            both: false,
        };
    }
    // A flipped bit can make a version out of another, but not in both copies.
    let versions = copies.map(|copy| copy.starts_with(&MAGIC).then(|| u32_at(copy, 8)));
    let mut versions = versions.map(Option::flatten);
    match (versions.next().flatten(), versions.next().flatten()) {
        (Some(first), second) if first > VERSION && second.is_none_or(|second| second == first) => {
            Headers::Newer(first)
        }
        _ => Headers::Unreadable,
    }
}

fn header(copy: &[u8; HEADER]) -> Option<Header> {
    let (content, sum) = copy.split_at(HEADER - 4);
    let is_whole = u32_at(sum, 0) == Some(checksum(&[content]));
    let is_known = content.starts_with(&MAGIC) && u32_at(content, 8)? == VERSION;
    (is_whole && is_known).then_some(())?;
    Some(Header {
        base: u64_at(content, 12)?,
        salt: u64_at(content, 20)?,
    })
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|chunk| u32::from_le_bytes(*chunk))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|chunk| u64::from_le_bytes(*chunk))
}

fn push(to: &mut Vec<u8>, salt: u64, length: u32, position: u64, record: &[u8]) {
    let (length, position) = (length.to_le_bytes(), position.to_le_bytes());
    let sum = checksum(&[&salt.to_le_bytes(), &length, &position, record]);
    to.extend(length);
    to.extend(position);
    to.extend(sum.to_le_bytes());
    to.extend(record);
}

/// Writes the frame of a record, which is at most [`MAX_RECORD`] long.
pub(super) fn push_frame(to: &mut Vec<u8>, salt: u64, position: u64, record: &[u8]) {
    debug_assert!(record.len() <= MAX_RECORD);
    let length = u32::try_from(record.len()).unwrap_or(SEAL - 1);
    push(to, salt, length, position, record);
}

/// Writes the seal of a segment that ends before a position.
pub(super) fn push_seal(to: &mut Vec<u8>, salt: u64, end: u64) {
    push(to, salt, SEAL, end, &[]);
}

/// What stands at the beginning of some bytes of a segment, behind its headers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A record of so many bytes, behind its [`FRAME`] bytes.
    Record {
        position: u64,
        length: usize,
    },
    Seal {
        end: u64,
    },
    /// There may be one, and it is not all there: this many bytes are needed to say more.
    Incomplete {
        needed: usize,
    },
    /// No frame.
    Damaged,
}

impl Frame {
    /// The position that it states; of a seal, the one behind it. 0 when there is none.
    pub(super) fn position(&self) -> u64 {
        match *self {
            Self::Record { position, .. } | Self::Seal { end: position } => position,
            Self::Incomplete { .. } | Self::Damaged => 0,
        }
    }
}

/// Reads a frame.
pub(super) fn frame(bytes: &[u8], salt: u64) -> Frame {
    let (Some(length), Some(position), Some(sum)) =
        (u32_at(bytes, 0), u64_at(bytes, 4), u32_at(bytes, 12))
    else {
        return Frame::Incomplete { needed: FRAME };
    };
    let size = match usize::try_from(length) {
        _ if length == SEAL => 0,
        Ok(size) if size <= MAX_RECORD => size,
        _ => return Frame::Damaged,
    };
    let Some(record) = bytes.get(FRAME..FRAME + size) else {
        return Frame::Incomplete {
            needed: FRAME + size,
        };
    };
    if checksum(&[&salt.to_le_bytes(), &bytes[..12], record]) != sum {
        return Frame::Damaged;
    }
    match length {
        SEAL => Frame::Seal { end: position },
        _ => Frame::Record {
            position,
            length: size,
        },
    }
}

/// The position that a frame at the beginning of some bytes would have.
pub(super) fn stated_position(bytes: &[u8]) -> Option<u64> {
    u64_at(bytes, 4)
}

/// Some positions in a row that are acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Acknowledged {
    pub(super) first: u64,
    pub(super) count: u32,
}

impl Acknowledged {
    pub(super) fn encode(self) -> [u8; ENTRY] {
        let mut entry = [0; ENTRY];
        entry[..8].copy_from_slice(&self.first.to_le_bytes());
        entry[8..12].copy_from_slice(&self.count.to_le_bytes());
        let sum = checksum(&[&MAGIC, &entry[..12]]);
        entry[12..].copy_from_slice(&sum.to_le_bytes());
        entry
    }

    /// Reads an entry. One that is damaged says nothing: its records are sent again.
    pub(super) fn decode(entry: &[u8; ENTRY]) -> Option<Self> {
        let (first, count) = (u64_at(entry, 0)?, u32_at(entry, 8)?);
        let is_whole = u32_at(entry, 12) == Some(checksum(&[&MAGIC, &entry[..12]]));
        is_whole.then_some(Self { first, count })
    }
}
