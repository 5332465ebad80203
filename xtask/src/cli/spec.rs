//! `cargo xtask spec`: what it takes from the command line, and how it ends.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use super::{spec_diff, spec_update};
use crate::diagnostic::Diagnostics;
use crate::spec;

/// Works on openapi.yaml.
#[derive(Subcommand)]
pub(crate) enum Spec {
    /// Takes the facts of an upstream document into openapi.yaml, which keeps its prose, and says what follows
    /// for the overlay, names.yaml and operations.yaml.
    Import {
        /// The upstream document: OpenAPI 3.x, YAML or JSON.
        file: PathBuf,
        /// Remove what the document says itself now from the overlay, and follow addresses that have moved.
        #[arg(long)]
        apply: bool,
    },
    Update(spec_update::Options),
    Diff(spec_diff::Diff),
    /// Says what is wrong with a document, or will be for those who generate code from it.
    ///
    /// Of openapi.yaml, what the overlay corrects and what xtask/lint.yaml allows is left out. The status is 1
    /// when anything is found.
    Lint(Lint),
    /// Prints the document with the overlay applied, as OpenAPI 3.1 in canonical order, for other tools.
    Merged {
        /// Another document shaped like Lago's; entries of the overlay that do not apply to it are reported.
        file: Option<PathBuf>,
        #[arg(long, value_enum, default_value_t = MergedFormat::Yaml)]
        format: MergedFormat,
    },
}

#[derive(Args)]
pub(crate) struct Lint {
    /// The document; openapi.yaml of this workspace when left out.
    file: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    format: LintFormat,
    /// Says what a rule finds, and why; `all` for every rule.
    #[arg(long, value_name = "RULE", conflicts_with = "file")]
    explain: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LintFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum MergedFormat {
    Yaml,
    Json,
}

/// Runs a command.
pub(crate) fn run(command: Spec, root: &Path) -> ExitCode {
    let outcome = match command {
        Spec::Import { file, apply } => {
            spec::import_file(root, &file, apply).map(|said| (said, true))
        }
        Spec::Merged { file, format } => {
            let as_json = matches!(format, MergedFormat::Json);
            spec::merged_file(root, file.as_deref(), as_json).map(|(document, reports)| {
                // The document alone goes to stdout, for the tool that reads it.
                reports.iter().for_each(|report| eprintln!("{report}"));
                (document, true)
            })
        }
        Spec::Update(options) => return spec_update::run(root, &options),
        Spec::Diff(options) => return spec_diff::run(root, &options),
        Spec::Lint(options) => lint(&options, root),
    };
    match outcome {
        Ok((said, is_sound)) => {
            println!("{}", said.trim_end());
            match is_sound {
                true => ExitCode::SUCCESS,
                false => ExitCode::FAILURE,
            }
        }
        Err(diagnostics) => {
            eprintln!("{diagnostics}");
            ExitCode::FAILURE
        }
    }
}

fn lint(options: &Lint, root: &Path) -> Result<(String, bool), Diagnostics> {
    if let Some(rule) = &options.explain {
        return Ok((spec::explain(rule)?, true));
    }
    let as_json = matches!(options.format, LintFormat::Json);
    spec::lint_file(root, options.file.as_deref(), as_json)
}
