//! `cargo xtask faults`: which faults a generator could have, for tests to notice.

use std::path::Path;

use clap::Args;

use super::commands::inputs_of;
use crate::diagnostic::Diagnostics;
use crate::regen::faults;

/// Lists the faults that a generator could have, a line for each, for `regen --fault`.
#[derive(Args, Debug)]
pub(crate) struct Faults {
    /// Draw this many, spread over kinds and nouns, of those from which other code comes; what was drawn and cannot be
    /// tried stands before them, behind `#`.
    #[arg(long, value_name = "COUNT")]
    sample: Option<usize>,
    /// Which sample: the same for the same number.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "sample")]
    seed: u64,
}

/// Runs the command; the response is what to print on success.
pub(crate) fn faults(options: &Faults, root: &Path) -> Result<String, Diagnostics> {
    let inputs = inputs_of(root)?;
    let lines: Vec<String> = match options.sample {
        None => faults::listed(&inputs)?
            .iter()
            .map(ToString::to_string)
            .collect(),
        Some(size) => {
            let sample = faults::sample(&inputs, size, options.seed)?;
            let left_out = sample.left_out.iter();
            let left_out = left_out.map(|(fault, why)| format!("# {fault}: {why}"));
            left_out
                .chain(sample.drawn.iter().map(ToString::to_string))
                .collect()
        }
    };
    Ok(lines.join("\n"))
}
