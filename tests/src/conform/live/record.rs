//! Recordings as a replay reads them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::settings::LiveError;
use crate::conform::recording::Exchange;

/// Writes exchanges into a folder, one file each.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    written: usize,
}

impl Recorder {
    /// Begins in a folder without recordings: a replay takes what it finds.
    ///
    /// # Errors
    ///
    /// There are recordings in it, or it cannot be written to.
    pub fn start(folder: &Path) -> Result<Self, LiveError> {
        let folder = folder.join("exchanges");
        let begin = || {
            fs::create_dir_all(&folder)?;
            fs::read_dir(&folder)?
                .next()
                .is_none()
                .then_some(())
                .ok_or_else(|| {
                    io::Error::other(
                        "there are recordings in it already: name another folder, or empty it",
                    )
                })
        };
        begin().map_err(|error| failed(&folder, &error))?;
        Ok(Self { folder, written: 0 })
    }

    /// Writes what is masked already.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&mut self, operation: &str, exchange: &Exchange) -> Result<(), LiveError> {
        self.written += 1;
        let file = self
            .folder
            .join(format!("{:04}_{operation}.json", self.written));
        let text = json!({
            "method": exchange.method,
            "path": exchange.path,
            "status": exchange.status,
            "request_body": exchange.request_body,
            "response_headers": exchange.response_headers,
            "response_body": exchange.response_body,
        });
        fs::write(&file, format!("{text:#}\n")).map_err(|error| failed(&file, &error))
    }
}

fn failed(path: &Path, error: &io::Error) -> LiveError {
    LiveError::Recording(format!("{}: {error}", path.display()))
}
