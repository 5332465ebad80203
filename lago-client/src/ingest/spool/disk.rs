//! What a log needs of a disk, and the one that is a directory. Everything that can fail is behind this, so that
//! tests can let it fail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A directory of files.
pub(super) trait Disk: Send {
    type File: DiskFile;

    /// Where a file is, for whoever reads a message.
    fn path(&self, name: &str) -> PathBuf;
    fn names(&mut self) -> io::Result<Vec<String>>;
    /// A whole file.
    fn read(&mut self, name: &str) -> io::Result<Vec<u8>>;
    /// A new file, or one that is emptied.
    fn create(&mut self, name: &str) -> io::Result<Self::File>;
    fn open(&mut self, name: &str) -> io::Result<Self::File>;
    /// Appends to a file, which is made if there is none.
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Replaces `to`.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;
    fn remove(&mut self, name: &str) -> io::Result<()>;
    /// Keeps a file as it is under another name, durably, and says which. Where it is kept already, that is not done twice.
    fn set_aside(&mut self, name: &str) -> io::Result<PathBuf>;
    /// Makes durable which files there are.
    fn sync_names(&mut self) -> io::Result<()>;

    /// Writes a file that is whole as soon as it has its name, and takes the place of one that had it. The content is
    /// synced then, the name is not.
    fn write_whole(&mut self, name: &str, content: &[u8]) -> io::Result<Self::File> {
        let written = self.write_unfinished(content).and_then(|file| {
            self.rename(UNFINISHED, name)?;
            Ok(file)
        });
        if written.is_err() {
            // On a full disk half a file would take the room that others are waiting for.
            let _ = self.remove(UNFINISHED);
        }
        written
    }

    /// Writes a file that has no name to be found by yet, and syncs it.
    fn write_unfinished(&mut self, content: &[u8]) -> io::Result<Self::File> {
        let mut file = self.create(UNFINISHED)?;
        file.append(content)?;
        file.sync()?;
        Ok(file)
    }
}

/// A file that is open to append and to read.
pub(super) trait DiskFile: Send {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Fills the bytes from a place on. Fewer than that are an error.
    fn read_at(&mut self, at: u64, bytes: &mut [u8]) -> io::Result<()>;
    fn set_len(&mut self, len: u64) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;

    /// Whether it has no name any more: what is written to it works, and nobody can read it later. Where that is not
    /// told, it has one.
    fn is_removed(&self) -> bool {
        false
    }
}

/// What a file is called until it is whole.
pub(super) const UNFINISHED: &str = "unfinished.tmp";
/// Where damaged files are kept.
const QUARANTINE: &str = "quarantine";

/// A directory of the file system.
pub(super) struct Directory(pub(super) PathBuf);

/// Whether there is no room for what was to be done.
pub(crate) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Makes durable which files a directory has.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    // Elsewhere a directory is no file, and names are durable when what names them is.
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

impl Disk for Directory {
    type File = File;

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&mut self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn read(&mut self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(name))
    }

    fn create(&mut self, name: &str) -> io::Result<File> {
        File::create(self.path(name))?;
        self.open(name)
    }

    fn open(&mut self, name: &str) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .append(true)
            .open(self.path(name))
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path(name))?;
        file.write_all(bytes)
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path(name))
    }

    fn set_aside(&mut self, name: &str) -> io::Result<PathBuf> {
        let quarantine = self.path(QUARANTINE);
        let (directory, name_aside) = match fs::create_dir_all(&quarantine) {
            Ok(()) => (quarantine, name.to_owned()),
            // A full disk that has no room for a directory mostly has some for one name more.
            Err(error) if is_full(&error) => (self.0.clone(), format!("{name}.damaged")),
            Err(error) => return Err(error),
        };
        let mut aside = directory.join(&name_aside);
        let mut number = 1;
        while aside.try_exists()? {
            if fs::read(&aside)? == fs::read(self.path(name))? {
                return Ok(aside);
            }
            number += 1;
            aside = directory.join(format!("{name_aside}.{number}"));
        }
        // The name that it has is given to another file later. Where files have one name only, it is copied.
        if fs::hard_link(self.path(name), &aside).is_err() {
            fs::copy(self.path(name), &aside)?;
            File::open(&aside)?.sync_all()?;
        }
        sync_directory(&directory)?;
        Ok(aside)
    }

    fn sync_names(&mut self) -> io::Result<()> {
        sync_directory(&self.0)
    }
}

impl DiskFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn read_at(&mut self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(at))?;
        self.read_exact(bytes)
    }

    fn set_len(&mut self, len: u64) -> io::Result<()> {
        File::set_len(self, len)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    #[cfg(unix)]
    fn is_removed(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        self.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
    }
}
