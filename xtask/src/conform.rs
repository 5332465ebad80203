//! What `cargo xtask conform` does: hand over to the binary that links the client.

use std::path::Path;
use std::process::{Command, ExitCode};

/// The status of a command that could not even begin; the binary's own is 0, 1 or 2.
const NOT_RUN: u8 = 2;

/// Replays the recordings of a folder; the status of the binary is the one to end with.
pub(crate) fn run(root: &Path, recordings: &Path) -> ExitCode {
    // The binary runs at the root of the workspace, the caller may be elsewhere.
    let outcome = std::path::absolute(recordings).and_then(|recordings| {
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(root)
            .args(["run", "-q", "-p", "lago-tests", "--bin", "conform", "--"])
            .arg("--replay")
            .arg(recordings)
            .status()
    });
    match outcome {
        Ok(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            ExitCode::from(code.unwrap_or(NOT_RUN))
        }
        Err(error) => {
            eprintln!("error: the replay does not start: {error}");
            ExitCode::from(NOT_RUN)
        }
    }
}
