//! What `cargo xtask regen` does with the disk and the terminal.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::output;
use crate::regen::emit::Tree;
use crate::regen::faults::{Fault, faulty};
use crate::regen::{self, Generated, Inputs};
use crate::sources::{self, io_problem};

/// Rebuilds the generated code of both crates from openapi.yaml.
#[derive(Args, Debug)]
pub(crate) struct Regen {
    /// Write nothing; fail with a diff when the generated code is not what it should be.
    #[arg(long)]
    check: bool,
    /// Another document shaped like Lago's: OpenAPI 3.0 or 3.1, in YAML or JSON. What comes of it is never
    /// written over this workspace: say `--out` or `--check`, too.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Write into a copy of the workspace at this place, ready to compile.
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Generate as a generator with this fault would, with the overlay beside it, for tests that should notice:
    /// KIND@ADDRESS, as `cargo xtask faults` lists them.
    #[arg(long, value_name = "FAULT", requires = "out", conflicts_with = "spec")]
    fault: Option<Fault>,
    /// Say how long each step took and how much each pass changed.
    #[arg(long)]
    timings: bool,
    /// Go no further than this step, and print what stands at `--print` then: `parse`, `overlay`, the name of a
    /// pass, or `read`.
    #[arg(
        long,
        value_name = "STEP",
        requires = "print",
        conflicts_with_all = ["check", "out", "timings"]
    )]
    stop_after: Option<String>,
    /// A place: an address (`PlanObject.charges[]`, `POST /plans request`, `GET /plans`) or a JSON pointer.
    #[arg(long, value_name = "PLACE", requires = "stop_after")]
    print: Option<String>,
}

/// Runs the command; the response is what to print on success.
pub(crate) fn regen(options: &Regen, root: &Path) -> Result<String, Diagnostics> {
    if let (Some(step), Some(place)) = (&options.stop_after, &options.print) {
        return regen::inspect(&inputs(options, root)?, step, place);
    }
    if let Some(spec) = options
        .spec
        .as_ref()
        .filter(|_| options.out.is_none() && !options.check)
    {
        return Err(Diagnostic {
            file: spec.display().to_string(),
            line: None,
            pointer: None,
            message: "the code of another document would replace that of this workspace".to_owned(),
            advice: "add `--out DIR` for a copy with that code, or `--check` to see how it would differ; \
                     `cargo xtask spec update FILE` takes a new version over"
                .to_owned(),
        }
        .into());
    }
    let inputs = inputs(options, root)?;
    let (generated, overlay) = match &options.fault {
        None => (regen::regen(&inputs)?, Tree::new()),
        Some(fault) => faulty(&inputs, fault)?,
    };
    let target = options.out.as_deref().unwrap_or(root);
    let failed = |error| Diagnostics::from(io_problem(target, &error));
    if let Some(out) = &options.out {
        output::copy_workspace(root, out, output::Copied::HandWritten).map_err(failed)?;
    }
    let differences = output::differences(target, &generated.tree).map_err(failed)?;
    let mut said = report(&generated, options.timings);
    if options.check {
        if differences.is_empty() {
            return Ok(said + "generated code is up to date");
        }
        let diffs: String = differences.iter().map(output::Difference::diff).collect();
        print!("{diffs}");
        return Err(Diagnostic {
            file: inputs.spec.name,
            line: None,
            pointer: None,
            message: format!("{} generated files are not up to date", differences.len()),
            advice: "run `cargo xtask regen` and commit what it writes".to_owned(),
        }
        .into());
    }
    output::write(target, &differences).map_err(failed)?;
    output::write_files(target, &overlay).map_err(failed)?;
    said.push_str(&match differences.len() {
        0 => format!("{} files, all up to date", generated.tree.len()),
        changed => format!("{} files, {changed} changed", generated.tree.len()),
    });
    Ok(said)
}

fn inputs(options: &Regen, root: &Path) -> Result<Inputs, Diagnostics> {
    let spec = match &options.spec {
        Some(path) => sources::read(path, &path.display().to_string())?,
        None => return inputs_of(root),
    };
    Ok(Inputs::new(spec, sources::data(root)?, false))
}

/// What the workspace itself is generated from.
pub(super) fn inputs_of(root: &Path) -> Result<Inputs, Diagnostics> {
    let spec = sources::own(root, sources::DOCUMENT)?;
    Ok(Inputs::new(spec, sources::data(root)?, true))
}

fn report(generated: &Generated, timings: bool) -> String {
    let mut said = String::new();
    for finding in &generated.reports {
        // On another document these are news, not errors.
        let line = finding.to_string();
        said.push_str(line.strip_prefix("error: ").unwrap_or(&line));
        said.push('\n');
    }
    if timings {
        for (pass, changes) in &generated.effects {
            said.push_str(&format!("{changes:>6} changes by {pass}\n"));
        }
        let total: f64 = generated.timings.iter().map(|(_, time)| time).sum();
        for (step, time) in generated.timings.iter().chain([&("total", total)]) {
            said.push_str(&format!("{time:>9.1} ms {step}\n"));
        }
        for (folder, files, lines) in sizes(generated) {
            said.push_str(&format!("{lines:>6} lines in {files} files of {folder}\n"));
        }
    }
    said
}

/// Files and lines of each crate.
fn sizes(generated: &Generated) -> Vec<(String, usize, usize)> {
    let mut sizes: Vec<(String, usize, usize)> = Vec::new();
    for (path, text) in &generated.tree {
        let folder = path.split('/').next().unwrap_or_default();
        let lines = text.lines().count();
        match sizes.last_mut() {
            Some((last, files, sum)) if last == folder => {
                *files += 1;
                *sum += lines;
            }
            _ => sizes.push((folder.to_owned(), 1, lines)),
        }
    }
    sizes
}

#[cfg(test)]
mod tests;
