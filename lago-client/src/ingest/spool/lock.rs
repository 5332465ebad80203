//! One spool for a directory: two would write into the same files.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::error::SpoolError;

/// A lock on a directory. The operating system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock(File);

/// Who has the lock is in a file beside it, because some systems let nobody read what is locked.
const OWNER: &str = "owner";

impl Lock {
    pub(super) fn take(directory: &Path) -> Result<Self, SpoolError> {
        let path = directory.join("lock");
        let file = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&path);
        let file = file.map_err(|error| SpoolError::io("create the lock", &path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let owner = fs::read_to_string(directory.join(OWNER)).unwrap_or_default();
                let owner = match owner.trim() {
                    "" => "another process",
                    owner => owner,
                };
                return Err(SpoolError::locked(
                    format!("{owner} has it; give each process a directory of its own"),
                    directory,
                ));
            }
            Err(TryLockError::Error(error)) => {
                return Err(SpoolError::io("lock the directory", &path, error));
            }
        }
        let owner = directory.join(OWNER);
        let program = std::env::current_exe().ok();
        let program = program.as_deref().and_then(Path::file_name).map(Path::new);
        let program = program.map_or_else(String::new, |name| format!(" ({})", name.display()));
        let text = format!("process {}{program}\n", std::process::id());
        // It is for a message only, and a disk that is full has no room for it.
        let _ = fs::write(&owner, text);
        Ok(Self(file))
    }
}

impl Drop for Lock {
    /// A process that was forked meanwhile, and has not become another program yet, has the file open as well.
    fn drop(&mut self) {
        // Closing it does the same, a moment later in that case.
        let _ = self.0.unlock();
    }
}
