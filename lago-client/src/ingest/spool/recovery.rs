//! What opening a spool found.

use std::fmt;
use std::path::PathBuf;

/// What a spool found in its directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// How many records are not acknowledged: they are read first.
    pub unacknowledged: u64,
    /// The size of a record at the end that was never finished, and so was never accepted. It is dropped.
    pub torn_bytes: u64,
    /// What cannot be read any more: empty, unless a disk or a person changed what was written, or the machine lost
    /// power before it was synced. After opening, damage that is found while reading is added.
    pub damage: Vec<Damage>,
}

/// A file that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damage {
    /// The file, as it was, for a closer look. Delete it when nobody needs it any more. It is in the folder `quarantine` of
    /// the spool, or beside the segments where the disk had no room for a folder.
    pub set_aside: PathBuf,
    /// What is damaged in it.
    pub places: Vec<String>,
    /// How many of its records are intact: they stay in the spool.
    pub kept: u64,
    /// How many are lost, as far as the positions of the others say. At the end of a file nobody knows.
    pub lost_at_least: u64,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (places, aside) = (self.places.join(", "), self.set_aside.display());
        write!(
            f,
            "a segment is damaged ({places}): {} records are intact and stay, ",
            self.kept
        )?;
        write!(
            f,
            "at least {} are lost; the file as it was is {aside}",
            self.lost_at_least
        )
    }
}
