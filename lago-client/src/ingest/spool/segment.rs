//! What is known of a segment between two looks at its file.

use std::ops::Range;

use super::format::{Acknowledged, HEADERS};
use super::scan::Scan;

/// Some records in a file.
#[derive(Debug)]
pub(super) struct Segment {
    /// The position of its first record, after which its files are named.
    pub(super) base: u64,
    /// Behind the position of its last record.
    pub(super) end: u64,
    /// What of its file counts. There may be more, of a write that failed.
    pub(super) bytes: u64,
    /// A bit for each position that is acknowledged, or has no record any more.
    done: Vec<u64>,
    done_count: u64,
    /// What of its file is damaged and still there, because the disk had no room for another one. In order.
    gaps: Vec<Range<u64>>,
}

impl Segment {
    pub(super) fn new(base: u64, bytes: u64) -> Self {
        Self {
            base,
            end: base,
            bytes,
            done: Vec::new(),
            done_count: 0,
            gaps: Vec::new(),
        }
    }

    /// The segment that a scan found. Where there is no record, there is nothing to do.
    pub(super) fn scanned(base: u64, bytes: u64, scan: &Scan) -> Self {
        let mut segment = Self::new(base, bytes);
        segment.end = scan.end;
        let mut next = base;
        for run in &scan.runs {
            segment.mark_all(next, run.positions.start);
            next = run.positions.end;
        }
        segment.mark_all(next, scan.end);
        segment
    }

    /// The segment that a scan found in a damaged file which stays as it is: what is damaged is passed over.
    pub(super) fn with_gaps(base: u64, scan: &Scan) -> Self {
        let (mut gaps, mut end) = (Vec::new(), HEADERS as u64);
        for run in &scan.runs {
            let begin = run.bytes.start as u64;
            if begin > end {
                gaps.push(end..begin);
            }
            end = run.bytes.end as u64;
        }
        let segment = Self::scanned(base, end, scan);
        Self { gaps, ..segment }
    }

    /// Where reading goes on from a place in the file: there, or behind what is damaged from there on.
    pub(super) fn behind_gap(&self, at: u64) -> u64 {
        let gap = self.gaps.binary_search_by_key(&at, |gap| gap.start);
        gap.map_or(at, |gap| self.gaps[gap].end)
    }

    fn mark_all(&mut self, from: u64, to: u64) {
        for position in from..to {
            self.mark(position);
        }
    }

    pub(super) fn log(&self) -> String {
        log_name(self.base)
    }

    pub(super) fn acks(&self) -> String {
        acks_name(self.base)
    }

    /// How many records are to be done.
    pub(super) fn unacknowledged(&self) -> u64 {
        self.end - self.base - self.done_count
    }

    /// Whether it has records, and all of them are done.
    pub(super) fn is_all_done(&self) -> bool {
        self.end > self.base && self.unacknowledged() == 0
    }

    fn bit(&self, position: u64) -> (usize, u64) {
        let index = position - self.base;
        let word = usize::try_from(index / 64).expect("a segment fits into memory");
        (word, 1 << (index % 64))
    }

    pub(super) fn is_done(&self, position: u64) -> bool {
        let (word, bit) = self.bit(position);
        self.done.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Marks a position as done, and says whether it was not.
    pub(super) fn mark(&mut self, position: u64) -> bool {
        let (word, bit) = self.bit(position);
        if self.done.len() <= word {
            self.done.resize(word + 1, 0);
        }
        let is_new = self.done[word] & bit == 0;
        self.done[word] |= bit;
        self.done_count += u64::from(is_new);
        is_new
    }

    /// Marks what is done in the same segment as it was before.
    pub(super) fn take_over(&mut self, before: &Self) {
        let done = (before.base..before.end).filter(|position| before.is_done(*position));
        for position in done {
            self.mark(position);
        }
    }

    /// All that is done, as a file says it.
    pub(super) fn entries(&self) -> Vec<u8> {
        let done = (self.base..self.end).filter(|position| self.is_done(*position));
        encode(done)
    }
}

/// Positions in ascending order, as a file says that they are acknowledged.
pub(super) fn encode(positions: impl Iterator<Item = u64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut run: Option<Acknowledged> = None;
    for position in positions {
        run = match run {
            Some(Acknowledged { first, count })
                if first + u64::from(count) == position && count < u32::MAX =>
            {
                Some(Acknowledged {
                    first,
                    count: count + 1,
                })
            }
            before => {
                bytes.extend(before.iter().flat_map(|run| run.encode()));
                Some(Acknowledged {
                    first: position,
                    count: 1,
                })
            }
        };
    }
    bytes.extend(run.iter().flat_map(|run| run.encode()));
    bytes
}

pub(super) fn log_name(base: u64) -> String {
    format!("{base:020}.log")
}

pub(super) fn acks_name(base: u64) -> String {
    format!("{base:020}.ack")
}

/// The base that a file is named after, if it is one of a segment.
pub(super) fn base_of(name: &str, suffix: &str) -> Option<u64> {
    let digits = name.strip_suffix(suffix)?;
    let is_number = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let base = is_number.then(|| digits.parse().ok()).flatten();
    // Nobody gets further, and nothing is added to one without care.
    base.filter(|base| *base < u64::MAX / 2)
}
