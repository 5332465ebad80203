//! Commands that link the client, which this program must not: programs of lago-tests do them.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use clap::Args;

/// What such a program is told: it reads its arguments itself, and says what they are.
#[derive(Args)]
pub(crate) struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Becomes a program of lago-tests with these arguments.
pub(crate) fn hand_over(root: &Path, name: &str, arguments: &Arguments) -> ExitCode {
    become_it(handed_over(root, name, arguments))
}

fn handed_over(root: &Path, name: &str, arguments: &Arguments) -> Command {
    let mut program = program(root, name);
    program.args(&arguments.arguments);
    program
}

/// The status of a program that could not even begin.
const NOT_RUN: u8 = 2;

/// A program of lago-tests, in the folder of the caller, so that paths mean what they say; its arguments are to be added.
pub(crate) fn program(root: &Path, name: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["run", "-q", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .args(["-p", "lago-tests", "--bin", name, "--"]);
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
fn become_it(mut program: Command) -> ExitCode {
    use std::os::unix::process::CommandExt as _;
    not_run(&program.exec())
}

#[cfg(not(unix))]
fn become_it(program: Command) -> ExitCode {
    run(program)
}

/// Says that a program could not begin.
pub(crate) fn not_run(error: &io::Error) -> ExitCode {
    eprintln!("error: the command does not start: {error}");
    ExitCode::from(NOT_RUN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, FromArgMatches, Parser};

    #[derive(Parser)]
    #[command(disable_help_flag = true)]
    struct Alone {
        #[command(flatten)]
        arguments: Arguments,
    }

    /// Whatever is said goes through as it is: options, what looks like an option of this program, and values.
    #[test]
    fn arguments_are_handed_over_as_they_are() {
        for said in [
            &[
                "--port",
                "0",
                "--strict",
                "--stateful",
                "--store",
                "clickhouse",
            ][..],
            &["--seed", "a b.json", "--record", "-"],
            &["--help"],
            &[],
        ] {
            let line = std::iter::once(&"mock").chain(said);
            let matches = Alone::command().get_matches_from(line);
            let alone = Alone::from_arg_matches(&matches).expect("any argument is taken");
            let command = handed_over(Path::new("/lago"), "mock", &alone.arguments);
            let arguments: Vec<_> = command.get_args().map(|said| said.to_str()).collect();
            let expected = [
                "run",
                "-q",
                "--manifest-path",
                "/lago/Cargo.toml",
                "-p",
                "lago-tests",
                "--bin",
                "mock",
                "--",
            ];
            let expected: Vec<_> = expected
                .iter()
                .chain(said)
                .map(|said| Some(*said))
                .collect();
            assert_eq!(arguments, expected);
        }
    }
}
