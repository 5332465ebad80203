//! Why a spool could not do what it was asked for.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::is_full;

/// Why a spool could not do what it was asked for, where, and what to do.
///
/// `Display` is one line; the cause, if any, is the [`source`](StdError::source). None of them holds data of
/// records.
#[derive(Debug)]
pub struct SpoolError {
    kind: Kind,
    message: String,
    path: Option<PathBuf>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Full,
    Locked,
    Newer,
    Damaged,
    Usage,
    Other,
}

impl SpoolError {
    /// The error of a store that is no [`DiskSpool`](super::DiskSpool): what it could not do, and why.
    pub fn new(
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let mut error = Self::of(Kind::Other, message);
        error.source = Some(source.into());
        error
    }

    /// Says of a store that is no [`DiskSpool`](super::DiskSpool) that it has no room; see
    /// [`is_full`](Self::is_full).
    pub fn full(message: impl Into<String>) -> Self {
        Self::of(Kind::Full, message)
    }

    /// Says of a store that is no [`DiskSpool`](super::DiskSpool) that it will never have room for so much at once; see
    /// [`is_usage`](Self::is_usage). The pipeline appends less at once then, and refuses a single event.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self::usage(message)
    }

    pub(super) fn locked(message: impl Into<String>, path: &Path) -> Self {
        Self::of(Kind::Locked, message).at(path)
    }

    pub(super) fn newer(message: impl Into<String>, path: &Path) -> Self {
        Self::of(Kind::Newer, message).at(path)
    }

    pub(in super::super) fn damaged(message: impl Into<String>, path: &Path) -> Self {
        Self::of(Kind::Damaged, message).at(path)
    }

    /// Somebody removed a file that is in use.
    pub(super) fn removed(path: &Path) -> Self {
        let message = "the segment was removed while it is in use: what is in it will not outlive the process, and \
                       nothing more is accepted until the spool is opened anew";
        Self::of(Kind::Other, message).at(path)
    }

    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::of(Kind::Usage, message)
    }

    /// What an operation of the disk failed at.
    pub(super) fn io(what: &str, path: &Path, source: io::Error) -> Self {
        let kind = match is_full(&source) {
            true => Kind::Full,
            false => Kind::Other,
        };
        let mut error = Self::of(kind, format!("cannot {what}")).at(path);
        error.source = Some(Box::new(source));
        error
    }

    fn of(kind: Kind, message: impl Into<String>) -> Self {
        let (message, path, source) = (message.into(), None, None);
        Self {
            kind,
            message,
            path,
            source,
        }
    }

    fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// There is no room for more: the disk is full, or the spool has reached its
    /// [`max_bytes`](super::SpoolOptions::max_bytes). Once records are acknowledged, or there is room, it goes on.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.kind == Kind::Full
    }

    /// Another process, or another spool of this one, has the directory.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.kind == Kind::Locked
    }

    /// A newer version of this crate wrote the directory, in a way that this version does not know. Nothing was
    /// changed.
    #[must_use]
    pub fn is_newer_format(&self) -> bool {
        self.kind == Kind::Newer
    }

    /// Records cannot be read any more. The file was set aside as it was, and what is intact in it was kept.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.kind == Kind::Damaged
    }

    /// The call makes no sense at any time: a position that was never appended, or records that are too large.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        self.kind == Kind::Usage
    }

    /// In one line, with its cause.
    pub(crate) fn with_cause(&self) -> String {
        match &self.source {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }

    /// The file or directory that it is about.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl fmt::Display for SpoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "spool {}: {}", path.display(), self.message),
            None => write!(f, "spool: {}", self.message),
        }
    }
}

impl StdError for SpoolError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}
