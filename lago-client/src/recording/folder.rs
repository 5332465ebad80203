//! Folders of exchanges.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::exchange::Exchange;

/// A folder into which exchanges are written, one file each.
#[derive(Debug)]
pub struct Folder {
    exchanges: PathBuf,
    written: usize,
}

impl Folder {
    /// Begins in a folder without recordings, which is made if it is missing: who reads it takes what is there.
    ///
    /// # Errors
    ///
    /// When there are recordings in it, or it cannot be written to.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let exchanges = path.as_ref().join("exchanges");
        let create = || {
            fs::create_dir_all(&exchanges)?;
            match fs::read_dir(&exchanges)?.next() {
                None => Ok(()),
                Some(_) => Err(io::Error::other(
                    "there are recordings in it already: name another folder, or empty it",
                )),
            }
        };
        create().map_err(|error| about(&exchanges, &error))?;
        Ok(Self {
            exchanges,
            written: 0,
        })
    }

    /// Writes an exchange as it is: mask it before ([`Masks`](super::Masks)). `name` becomes a part of the file's name;
    /// it is the id of the operation.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&mut self, name: &str, exchange: &Exchange) -> io::Result<()> {
        self.written += 1;
        let file = format!("{:04}_{name}.json", self.written);
        let file = self.exchanges.join(file);
        let text = format!("{:#}\n", exchange.to_json());
        fs::write(&file, text).map_err(|error| about(&file, &error))
    }

    /// How many there are.
    #[must_use]
    pub fn written(&self) -> usize {
        self.written
    }

    /// The exchanges of a folder, in the order of the names of their files.
    ///
    /// # Errors
    ///
    /// When there is none, or a file is no exchange.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<Exchange>> {
        let exchanges = path.as_ref().join("exchanges");
        let files = || {
            let entries = fs::read_dir(&exchanges)?;
            let files: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
            files
        };
        let mut files = files().map_err(|error| about(&exchanges, &error))?;
        files.retain(|file| file.extension().is_some_and(|end| end == "json"));
        files.sort();
        let read = |file: &PathBuf| {
            let text = fs::read(file).map_err(|error| about(file, &error))?;
            let exchange = serde_json::from_slice(&text)
                .ok()
                .and_then(Exchange::from_json);
            let none =
                || io::Error::new(io::ErrorKind::InvalidData, "this is no recorded exchange");
            exchange.ok_or_else(|| about(file, &none()))
        };
        files.iter().map(read).collect()
    }
}

/// An error that names what it is about.
fn about(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
