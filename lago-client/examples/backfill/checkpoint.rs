//! How far it came: written often, and read when it is run again.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Failure;
use super::arguments::Arguments;

/// What became of events.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Counts {
    pub(crate) delivered: u64,
    pub(crate) duplicates: u64,
    pub(crate) rejected: u64,
    pub(crate) unreadable: u64,
}

impl Counts {
    pub(crate) fn total(&self) -> u64 {
        self.delivered + self.duplicates + self.dead()
    }

    /// How many are among the dead letters.
    pub(crate) fn dead(&self) -> u64 {
        self.rejected + self.unreadable
    }
}

/// Everything before this place is settled.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Checkpoint {
    /// How many bytes of the input are behind it.
    pub(crate) bytes: u64,
    /// How many lines that are.
    pub(crate) lines: u64,
    /// A mark of the bytes before it, by which another file is recognised.
    mark: u64,
    /// How long the file of dead letters was. What stands behind that comes again.
    pub(crate) dead_letter_bytes: u64,
    pub(crate) counts: Counts,
}

/// How many bytes before a place are its mark.
const MARKED: u64 = 1024;

impl Checkpoint {
    /// The last one, or the beginning.
    pub(crate) fn read(arguments: &Arguments) -> Result<Self, Failure> {
        let path = arguments.checkpoint();
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(
                    format!("cannot read the checkpoint {}: {error}", path.display()).into(),
                );
            }
        };
        let checkpoint: Self = serde_json::from_slice(&text).map_err(|error| {
            format!(
                "{}:{}:{}: it is no checkpoint: {error}",
                path.display(),
                error.line(),
                error.column()
            )
        })?;
        let is_same = mark(arguments, checkpoint.bytes)? == Some(checkpoint.mark);
        if !is_same {
            return Err(format!(
                "{} was written for another file: {} has something else before byte {}; delete the checkpoint to send \
                 all of it",
                path.display(),
                arguments.name(),
                checkpoint.bytes
            )
            .into());
        }
        Ok(checkpoint)
    }

    /// Takes the place of the last one at once.
    pub(crate) fn write(&mut self, arguments: &Arguments) -> Result<(), Failure> {
        let path = arguments.checkpoint();
        self.mark = mark(arguments, self.bytes)?.unwrap_or_default();
        let text = serde_json::to_vec(self)?;
        replace(&path, &text).map_err(|error| {
            format!("cannot write the checkpoint {}: {error}", path.display()).into()
        })
    }
}

fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = PathBuf::from(format!("{}.new", path.display()));
    let mut file = File::create(&new)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(new, path)
}

/// A mark of what stands before a place; none when the file ends before it. Of standard input nothing is known.
fn mark(arguments: &Arguments, bytes: u64) -> Result<Option<u64>, Failure> {
    if arguments.is_standard_input() {
        return Ok(Some(0));
    }
    let name = arguments.name();
    let failed = |error| format!("cannot read {name}: {error}");
    let mut file = File::open(&arguments.input).map_err(failed)?;
    let from = bytes.saturating_sub(MARKED);
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut before = Vec::new();
    file.take(bytes - from)
        .read_to_end(&mut before)
        .map_err(failed)?;
    // FNV-1a: the same in every version of this program.
    let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let is_whole = before.len() as u64 == bytes - from;
    Ok(is_whole.then(|| before.iter().fold(0xcbf2_9ce4_8422_2325, fold)))
}
