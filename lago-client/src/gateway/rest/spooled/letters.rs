//! Events that Lago does not take, in a file beside the spool.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::time::Instant;

use crate::gateway::log::say;
use crate::ingest::{DeadLetter, Reminder};

/// Beside the directory of the spool.
const NAME: &str = "dead-letters.jsonl";

/// The file of dead letters.
pub(super) struct Letters {
    path: PathBuf,
    /// None where the disk had no room for it yet.
    file: Option<File>,
    unwritten: Reminder,
}

impl Letters {
    /// Opens the file in a directory. On a full disk that is done when there is something to write.
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.join(NAME);
        let file = match open(&path) {
            Ok(file) => Some(file),
            Err(error) if is_full(&error) => None,
            Err(error) => return Err(io::Error::new(error.kind(), format!("{NAME}: {error}"))),
        };
        Ok(Self {
            path,
            file,
            unwritten: Reminder::default(),
        })
    }

    /// Writes down an event that will not be delivered, and says that there is one. False where that fails: the spool has
    /// to keep it.
    pub(super) fn keep(&mut self, letter: &DeadLetter) -> bool {
        let written = self.append(line(letter).as_bytes());
        match &written {
            Ok(()) => {
                self.unwritten.over();
                say(&format_args!(
                    "an event will not be delivered: {}; it is in {NAME}",
                    letter.outcome
                ));
            }
            Err(error) if self.unwritten.is_due(false, Instant::now()) => say(&format_args!(
                "an event will not be delivered: {}; and it cannot be written to {NAME} ({error}). It stays in the spool, \
                 and both are tried again: make room on the disk, or repair it",
                letter.outcome
            )),
            Err(_) => {}
        }
        written.is_ok()
    }

    /// Appends a line whole or not at all.
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(open(&self.path)?),
        };
        let before = file.metadata()?.len();
        let written = file.write_all(line).and_then(|()| file.sync_data());
        written.inspect_err(|_| {
            // The error that counts is the first one.
            let _ = file.set_len(before);
        })
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    )
}

/// An event and why it is not delivered, in a line of JSON. The event is the text that came: read and written again, its
/// numbers would be rounded, and what is nested deeply could not be read.
fn line(letter: &DeadLetter) -> String {
    let outcome = Value::from(letter.outcome.to_string());
    let event = String::from_utf8_lossy(&letter.json);
    // JSON has line breaks between its parts only.
    let event = event.replace(['\n', '\r'], " ");
    format!("{{\"outcome\":{outcome},\"event\":{event}}}\n")
}
