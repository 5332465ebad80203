//! What `cargo xtask conform` does: hand over to the program that links the client.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args, ValueEnum};

use super::forward;

/// Checks a live server against openapi.yaml and the overlay, or replays recordings of one.
///
/// The status is 0 when nothing differs, 1 when something does, 2 when too little could be looked at to say so.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").required(true).args(["url", "replay"])))]
pub(crate) struct Conform {
    /// Check the server at this address, with the API key in LAGO_API_KEY. It is only read, unless --write is given.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Replay a folder with exchanges/*.json and webhooks/*.json, here or in folders below.
    #[arg(long, value_name = "DIR")]
    replay: Option<PathBuf>,
    /// Also make a customer, a plan, an invoice and so on, change them and take them away again.
    #[arg(long, requires = "url", conflicts_with = "replay")]
    write: bool,
    /// Let --write do so on Lago's cloud.
    #[arg(long, requires = "write")]
    yes_on_cloud: bool,
    /// Keep what is said, without personal data and secrets, in a folder that --replay takes.
    #[arg(long, value_name = "DIR", requires = "url", conflicts_with = "replay")]
    record: Option<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
}

/// Checks or replays; the status of the program is the one to end with.
pub(crate) fn run(root: &Path, options: &Conform) -> ExitCode {
    match program(root, options) {
        Ok(program) => forward::become_it(program),
        Err(error) => forward::not_run(&error),
    }
}

fn program(root: &Path, options: &Conform) -> io::Result<std::process::Command> {
    let mut program = forward::program(root, "conform");
    if let Some(url) = &options.url {
        program.arg("--url").arg(url);
    }
    let folders = [("--replay", &options.replay), ("--record", &options.record)];
    for (option, folder) in folders {
        if let Some(folder) = folder {
            // The program runs at the root of the workspace, the caller may be elsewhere.
            program.arg(option).arg(std::path::absolute(folder)?);
        }
    }
    for (option, is_on) in [
        ("--write", options.write),
        ("--yes-on-cloud", options.yes_on_cloud),
    ] {
        if is_on {
            program.arg(option);
        }
    }
    program.arg("--format").arg(match options.format {
        Format::Text => "text",
        Format::Json => "json",
        Format::Junit => "junit",
    });
    Ok(program)
}
