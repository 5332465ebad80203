//! Events that Lago does not take, in a file beside the spool.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::gateway::log::say;
use crate::ingest::DeadLetter;
use crate::ingest::spool::{is_full, sync_directory};

/// Beside the directory of the spool.
const NAME: &str = "dead-letters.jsonl";

/// The file of dead letters. It is opened for each of them, so that whoever moves or removes it loses none.
pub(super) struct Letters {
    directory: PathBuf,
}

impl Letters {
    /// The file in a directory, which has to take what is written to it. A full disk may have room later.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, and what to do.
    pub(super) fn open(directory: &Path) -> Result<Self, String> {
        match open(&directory.join(NAME)) {
            Err(error) if !is_full(&error) => Err(format!(
                "{NAME} cannot be written to ({error}), and events that Lago refuses would go there: move it out of the \
                 way, or let the gateway write to it"
            )),
            _ => Ok(Self {
                directory: directory.to_owned(),
            }),
        }
    }

    /// Writes down an event that will not be delivered, and says that there is one.
    ///
    /// # Errors
    ///
    /// Why that cannot be done, and what to do. The spool has to keep the event, and the pipeline says so.
    pub(super) fn keep(&self, letter: &DeadLetter) -> Result<(), String> {
        let outcome = &letter.outcome;
        append(&self.directory, &line(letter)).map_err(|error| {
            let path = self.directory.join(NAME);
            format!(
                "an event that will not be delivered ({outcome}) cannot be written to {} ({error}): make room on the disk, \
                 or repair what is there",
                path.display()
            )
        })?;
        say(&format_args!(
            "an event will not be delivered: {outcome}; it is in {NAME}"
        ));
        Ok(())
    }
}

/// Appends a line whole or not at all.
fn append(directory: &Path, line: &str) -> io::Result<()> {
    let mut file = open(&directory.join(NAME))?;
    let before = file.metadata()?.len();
    // Who wrote the line before may have been cut off.
    let broken_off = before > 0 && last_byte(&mut file)? != b'\n';
    let separator = if broken_off { "\n" } else { "" };
    let text = format!("{separator}{line}");
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_data())
        .and_then(|()| match before {
            // It may be new, and so far in the memory of the system only.
            0 => sync_directory(directory),
            _ => Ok(()),
        });
    written.inspect_err(|_| {
        // The error that counts is the first one.
        let _ = file.set_len(before);
    })
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .create(true)
        .append(true)
        .open(path)
}

fn last_byte(file: &mut File) -> io::Result<u8> {
    let mut byte = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut byte)?;
    Ok(byte[0])
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
