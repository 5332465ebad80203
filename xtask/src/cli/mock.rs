//! What `cargo xtask mock` does: hand over to the program that links the client.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::forward;
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Runs a stand-in for Lago, until Ctrl-C.
#[derive(Args)]
pub(crate) struct Mock {
    /// The port on 127.0.0.1; 0 for any free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Refuse what the document does not have, also where Lago would not.
    #[arg(long)]
    strict: bool,
    /// Remember what is created, changed and deleted.
    #[arg(long)]
    stateful: bool,
    /// Keep events as this store does; remembers.
    #[arg(long, value_name = "STORE")]
    store: Option<Store>,
    /// Begin with these objects, lists by collection: `{"plans": [{"code": "pro"}]}`; remembers.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "lower")]
enum Store {
    Postgres,
    ClickHouse,
}

/// Runs the stand-in server until it ends; the response is what to print then.
pub(crate) fn run(root: &Path, options: &Mock) -> Result<String, Diagnostics> {
    let mut program = forward::program(root, "mock");
    program.args(["--port", &options.port.to_string()]);
    program.args(options.strict.then_some("--strict"));
    program.args(options.stateful.then_some("--stateful"));
    if let Some(store) = options.store.and_then(|store| store.to_possible_value()) {
        program.args(["--store", store.get_name()]);
    }
    if let Some(seed) = &options.seed {
        // The program runs at the root of the workspace, the caller may be elsewhere.
        let seed = std::path::absolute(seed).unwrap_or_else(|_| seed.clone());
        program.arg("--seed").arg(seed);
    }
    let ended = program.status();
    let message = match ended {
        Ok(status) if status.success() => return Ok("the server has ended".to_owned()),
        Ok(status) => format!("the server ended with {status}"),
        Err(error) => format!("the server does not start: {error}"),
    };
    Err(Diagnostic {
        file: "tests/src/bin/mock.rs".to_owned(),
        line: None,
        pointer: None,
        message,
        advice: "see what it said above; `--port 0` takes any port that is free".to_owned(),
    }
    .into())
}
