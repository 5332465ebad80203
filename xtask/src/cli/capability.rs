//! `cargo xtask capability`: the API as a capability file.

use std::path::{Path, PathBuf};

use clap::Args;

use super::commands::inputs_of;
use crate::capability;
use crate::diagnostic::Diagnostics;
use crate::output;
use crate::regen;
use crate::sources::io_problem;
use crate::yaml::write::to_yaml;

/// Prints the API as a capability file (Naftiko 1.0.0-alpha2): every operation as REST and as a tool for agents.
#[derive(Args, Debug)]
pub(crate) struct Capability {
    /// Write it to this file instead.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command; the response is what to print on success.
pub(crate) fn capability(options: &Capability, root: &Path) -> Result<String, Diagnostics> {
    let api = regen::regen(&inputs_of(root)?)?.api;
    let text = to_yaml(&capability::file(&api));
    let Some(out) = &options.out else {
        return Ok(text.trim_end().to_owned());
    };
    output::replace(out, &text).map_err(|error| io_problem(out, &error))?;
    let (operations, bytes) = (api.operations.len(), text.len());
    Ok(format!(
        "{}: {operations} operations, {bytes} bytes",
        out.display()
    ))
}
