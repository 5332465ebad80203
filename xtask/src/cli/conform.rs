//! What `cargo xtask conform` does: hand over to the program that links the client.

use std::path::Path;
use std::process::ExitCode;

use super::forward;

/// Replays the recordings of a folder; the status of the program is the one to end with.
pub(crate) fn run(root: &Path, recordings: &Path) -> ExitCode {
    // The program runs at the root of the workspace, the caller may be elsewhere.
    let recordings = match std::path::absolute(recordings) {
        Ok(recordings) => recordings,
        Err(error) => return forward::not_run(&error),
    };
    let mut program = forward::program(root, "conform");
    program.arg("--replay").arg(recordings);
    forward::run(program)
}
