//! Maintenance commands of this workspace; `cargo xtask --help` lists them.

mod capability;
mod cli;
mod diagnostic;
mod output;
mod pointer;
mod regen;
mod release;
mod sources;
mod spec;
mod workspace;
mod yaml;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use cli::{
    capability as capability_command, commands, faults, forward, package, spec as spec_commands,
    webhook,
};
use workspace::workspace;

/// Maintenance of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Regen(commands::Regen),
    Capability(capability_command::Capability),
    Faults(faults::Faults),
    /// Checks a live server against openapi.yaml and the overlay, or replays recordings of one; `--help` says how.
    #[command(disable_help_flag = true)]
    Conform(forward::Arguments),
    /// Runs a stand-in for Lago, until Ctrl-C; `--help` says how.
    #[command(disable_help_flag = true)]
    Mock(forward::Arguments),
    Package(package::Package),
    /// Works on openapi.yaml.
    #[command(subcommand)]
    Spec(spec_commands::Spec),
    /// Does what a server does with webhooks.
    #[command(subcommand)]
    Webhook(webhook::Webhook),
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let root = match workspace() {
        Ok(root) => root,
        Err(diagnostic) => {
            eprintln!("{diagnostic}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = match command {
        Command::Regen(options) => commands::regen(&options, &root),
        Command::Capability(options) => capability_command::capability(&options, &root),
        Command::Faults(options) => faults::faults(&options, &root),
        Command::Conform(arguments) => return forward::hand_over(&root, "conform", &arguments),
        Command::Package(options) => package::package(&options, &root),
        Command::Webhook(command) => return webhook::run(&root, &command),
        Command::Mock(arguments) => return forward::hand_over(&root, "mock", &arguments),
        Command::Spec(command) => return spec_commands::run(command, &root),
    };
    match outcome {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(diagnostics) => {
            eprintln!("{diagnostics}");
            ExitCode::FAILURE
        }
    }
}
