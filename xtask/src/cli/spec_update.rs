//! What `cargo xtask spec update` does with the disk, git and cargo.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use super::revision::{git, problem, revision, version};
use super::spec_diff::{Generation, both, compared, generation};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::output;
use crate::regen::Inputs;
use crate::regen::follow::Data;
use crate::sources::{self, DOCUMENT, io_problem};
use crate::spec::diff::{Built, Report};
use crate::spec::taken::{Workspace, take};
use crate::spec::update::changelog::{Placed, placed};
use crate::spec::update::{Body, Update};
use crate::yaml::read::Document;

const CHANGELOG: &str = "CHANGELOG.md";

/// The tests that hold what the crates make of a document, as filters of the test program.
const SURFACE: [&str; 2] = ["surface::", "operations::operations"];

/// The status of an update of which something is left for people.
const UNFINISHED: u8 = 1;

/// The status of what could not be read or written.
const UNUSABLE: u8 = 2;

/// Takes a new version of the document over: openapi.yaml, overlay, code, snapshots, CHANGELOG.md.
///
/// The status is 0 when the tree is ready to be committed, 1 when something is left for people to write: write it, and
/// say the same again. It is 2 when something cannot be read or written.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The upstream document: OpenAPI 3.x, YAML or JSON.
    file: PathBuf,
    /// Write the text of a pull request into this file.
    #[arg(long, value_name = "FILE")]
    pr_body: Option<PathBuf>,
    /// The revision before the update: what is new and what is left is told beside that.
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    since: String,
    /// Leave the snapshots of the surface as they are, which takes no compiler, and print the command.
    #[arg(long)]
    no_snapshots: bool,
}

/// What came of it.
struct Outcome {
    said: String,
    is_done: bool,
    /// Whether the document says nothing that is not committed.
    is_idle: bool,
}

/// Runs the command.
pub(crate) fn run(root: &Path, options: &Options) -> ExitCode {
    let Outcome {
        said,
        is_done,
        is_idle,
    } = match update(root, options) {
        Ok(outcome) => outcome,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(UNUSABLE);
        }
    };
    println!("{}", said.trim_end());
    if !is_done {
        println!("\nNot finished. Write what is left, and say the same again.");
        return ExitCode::from(UNFINISHED);
    }
    if is_idle {
        println!("\nNothing to do: the document says nothing new.");
        return ExitCode::SUCCESS;
    }
    if !options.no_snapshots {
        match renewed(root) {
            Ok(snapshots) => println!("\nSnapshots that changed:\n{}", snapshots.trim_end()),
            Err(problems) => {
                eprintln!("{problems}");
                return ExitCode::from(UNFINISHED);
            }
        }
    }
    println!("\nReady to commit. {}", next(options));
    ExitCode::SUCCESS
}

/// What a person does then.
fn next(options: &Options) -> String {
    let snapshots = match options.no_snapshots {
        true => format!(
            "Renew the snapshots: `INSTA_UPDATE=always {}`. ",
            shown(&arguments())
        ),
        false => String::new(),
    };
    format!(
        "{snapshots}Read `git diff` and `cargo xtask spec diff {} {DOCUMENT}`, reword {CHANGELOG}, then run `.ci/run`.",
        options.since
    )
}

/// Decides everything first; what is written then leaves a tree from which the same command goes on, wherever it ends.
fn update(root: &Path, options: &Options) -> Result<Outcome, Diagnostics> {
    let theirs = sources::read(&options.file, &options.file.display().to_string())?;
    let theirs = Document::parse(&theirs.name, &theirs.text)?;
    let version = version(root)?;
    let head = committed(root, &options.since)?;
    let before = Document::parse(&head.spec.name, &head.spec.text)?;
    let mut workspace = Workspace::read(root)?;
    if workspace.data.is_none() {
        return Err(problem(
            "xtask/overlay",
            "this workspace has no openapi.yaml, or no overlay: there is nothing to update"
                .to_owned(),
            "begin with `cargo xtask spec import FILE`",
        ));
    }
    let taken = take(&theirs, &workspace, Some(&before), true)?;
    workspace.ours = Some((head.spec.text.clone(), before.clone()));
    workspace.data = Some(Data {
        overlay: head.overlay.clone(),
        words: head.words.clone(),
        names: head.names.clone(),
        operations: head.operations.clone(),
    });
    let alone = take(&theirs, &workspace, Some(&before), true)?;
    let Generations { was, is, problems } = generations(&head, |strict| taken.inputs(strict))?;
    let names = taken.data.as_ref().map_or(&head.names, |data| &data.names);
    let asked = (options.since.as_str(), DOCUMENT);
    let report = compared(asked, [&was, &is], names, version)?;
    let update = Update {
        alone,
        taken,
        problems,
    };
    let changelog = match update.is_done() {
        true => Some(fragment(root, &report)?),
        false => None,
    };
    let generated = is.built.as_ref().ok();
    let generated = generated.filter(|_| update.problems.is_empty());
    let reworded = changelog
        .as_ref()
        .map_or(&[][..], |placed| placed.reworded.as_slice());
    let files = was.built.as_ref().ok().zip(generated);
    let files = files.map(|(was, is)| differing(was, is));
    let body = Body {
        update: &update,
        report: &report,
        files,
        reworded,
    };
    let body = body.text()?;
    let is_idle = files == Some(0) && update.is_idle();
    let code = written(root, &update, generated, changelog.as_ref())?;
    if let Some(path) = &options.pr_body {
        output::replace(path, &body).map_err(failed(path))?;
    }
    Ok(Outcome {
        said: said(&update, &report, code, reworded, &options.since),
        is_done: update.is_done(),
        // Another version of the generator may have written the code.
        is_idle: is_idle && code == Some(0),
    })
}

/// What is committed, by the names that its files have in the workspace.
fn committed(root: &Path, asked: &str) -> Result<Inputs, Diagnostics> {
    let mut head = revision(root, asked)?;
    let prefix = format!("{asked}:");
    let data = head.overlay.iter_mut().chain(&mut head.words);
    for source in data.chain([&mut head.names, &mut head.operations]) {
        if let Some(name) = source.name.strip_prefix(&prefix) {
            source.name = name.to_owned();
        }
    }
    Ok(head)
}

/// What both documents become, and what stops the new one.
struct Generations {
    was: Generation,
    is: Generation,
    problems: Vec<Diagnostic>,
}

fn generations(
    head: &Inputs,
    inputs: impl Fn(bool) -> Option<Inputs>,
) -> Result<Generations, Diagnostics> {
    let of = |strict| generation(inputs(strict).as_ref().unwrap_or(head), false);
    let (was, is) = both(|| generation(head, false), || of(true));
    let (was, is) = (was?, is?);
    Ok(match &is.built {
        Ok(_) => Generations {
            was,
            is,
            problems: Vec::new(),
        },
        // Without what people have to write, it may be known already what changes for programs.
        Err(Diagnostics(problems)) => Generations {
            problems: problems.clone(),
            is: of(false)?,
            was,
        },
    })
}

/// How many generated files are not what they were.
fn differing(was: &Built, is: &Built) -> usize {
    let names = was.tree.keys().chain(is.tree.keys());
    let names: std::collections::BTreeSet<&String> = names.collect();
    let differ = |name: &&&String| was.tree.get(**name) != is.tree.get(**name);
    names.iter().filter(differ).count()
}

fn fragment(root: &Path, report: &Report) -> Result<Placed, Diagnostics> {
    let path = root.join(CHANGELOG);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => "# Changelog\n".to_owned(),
        Err(error) => return Err(failed(&path)(error)),
    };
    let (_, version) = &report.comparison.versions;
    Ok(placed(&text, &report.fragment(), version))
}

/// Writes everything, and returns how many generated files changed, or none when there is no code.
fn written(
    root: &Path,
    update: &Update,
    generated: Option<&Built>,
    changelog: Option<&Placed>,
) -> Result<Option<usize>, Diagnostics> {
    // The document comes first: the words of entries that go from the overlay are in it.
    for (name, text) in update.taken.files() {
        let path = root.join(name);
        output::replace(&path, text).map_err(failed(&path))?;
    }
    for name in update.taken.emptied() {
        let path = root.join(name);
        std::fs::remove_file(&path).map_err(failed(&path))?;
    }
    let code = match generated {
        Some(built) => {
            let differences = output::differences(root, &built.tree).map_err(failed(root))?;
            output::write(root, &differences).map_err(failed(root))?;
            Some(differences.len())
        }
        None => None,
    };
    if let Some(Placed { text, .. }) = changelog {
        let path = root.join(CHANGELOG);
        if std::fs::read_to_string(&path).ok().as_ref() != Some(text) {
            output::replace(&path, text).map_err(failed(&path))?;
        }
    }
    Ok(code)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Diagnostics + '_ {
    move |error| io_problem(path, &error).into()
}

/// What a terminal shows of it.
fn said(
    update: &Update,
    report: &Report,
    code: Option<usize>,
    reworded: &[String],
    since: &str,
) -> String {
    let (was, is) = &report.comparison.versions;
    let (removed, followed) = update.counts();
    let mut said = format!(
        "{DOCUMENT}: {was} → {is}, since {since}\n\n{}\n\n",
        update.changes()
    );
    for line in report.summary() {
        said += &format!("{line}\n");
    }
    said +=
        &format!("overlay   entries or parts removed: {removed}; addresses followed: {followed}\n");
    said += &match code {
        Some(files) => format!("code      {files} files written\n"),
        None => "code      as it was: nothing can be generated yet\n".to_owned(),
    };
    for file in update.alone.emptied() {
        said += &format!("removed   {file}, which had no entry left\n");
    }
    if !reworded.is_empty() {
        // Writing into a string cannot fail.
        let _ = writeln!(
            said,
            "\n{CHANGELOG} speaks of this version already; what it does not have:\n{}",
            reworded.join("\n")
        );
    }
    let optional = update.optional();
    if !optional.is_empty() {
        said += &format!("\nNothing waits for this:\n{optional}");
    }
    let left = update.left();
    if !left.is_empty() {
        said += &format!("\nLeft for people:\n{left}");
    }
    said
}

/// What renews the snapshots of the surface.
fn arguments() -> Vec<&'static str> {
    let command = ["test", "--workspace", "--test", "it", "--"];
    command.into_iter().chain(SURFACE).collect()
}

fn shown(arguments: &[&str]) -> String {
    format!("cargo {}", arguments.join(" "))
}

/// Renews the snapshots of the surface by the tests that hold them, and returns which of them changed.
fn renewed(root: &Path) -> Result<String, Diagnostics> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = arguments();
    let command = shown(&arguments);
    let status = Command::new(cargo)
        .current_dir(root)
        .args(&arguments)
        .env("INSTA_UPDATE", "always")
        .status();
    let refused = |message: String| {
        problem(
            &command,
            message,
            "everything else is written: mend what the lines above say, and say the same again",
        )
    };
    match status {
        Ok(status) if status.success() => {
            let changed = git(root, "HEAD", &["diff", "--stat", "--", "*.snap"])?;
            Ok(match changed.is_empty() {
                true => "none".to_owned(),
                false => changed,
            })
        }
        Ok(status) => Err(refused(format!("the tests of the surface fail: {status}"))),
        Err(error) => Err(refused(format!(
            "the tests of the surface do not run: {error}"
        ))),
    }
}

#[cfg(test)]
mod tests;
