//! Commands that link the client, which this program must not: programs of lago-tests do them.

use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

/// The status of a program that could not even begin.
const NOT_RUN: u8 = 2;

/// A program of lago-tests at the root of the workspace; its arguments are to be added.
pub(crate) fn program(root: &Path, name: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(root)
        .args(["run", "-q", "-p", "lago-tests", "--bin", name, "--"]);
    command
}

/// Runs a program to its end; its status is the one to end with.
pub(crate) fn run(mut program: Command) -> ExitCode {
    match program.status() {
        Ok(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            ExitCode::from(code.unwrap_or(NOT_RUN))
        }
        Err(error) => not_run(&error),
    }
}

/// Becomes a program, where the system can do that: Ctrl-C is then the program's alone, which has things to
/// put in order. Elsewhere it is run to its end.
#[cfg(unix)]
pub(crate) fn become_it(mut program: Command) -> ExitCode {
    use std::os::unix::process::CommandExt as _;
    not_run(&program.exec())
}

#[cfg(not(unix))]
pub(crate) fn become_it(program: Command) -> ExitCode {
    run(program)
}

/// Says that a program could not begin.
pub(crate) fn not_run(error: &io::Error) -> ExitCode {
    eprintln!("error: the command does not start: {error}");
    ExitCode::from(NOT_RUN)
}
