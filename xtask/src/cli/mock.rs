//! What `cargo xtask mock` does: hand over to the program that links the client.

use std::path::Path;

use super::forward;
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Runs the stand-in server until it ends; the response is what to print then.
pub(crate) fn run(root: &Path, port: u16, strict: bool) -> Result<String, Diagnostics> {
    let port = port.to_string();
    let ended = forward::program(root, "mock")
        .args(["--port", &port])
        .args(strict.then_some("--strict"))
        .status();
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
