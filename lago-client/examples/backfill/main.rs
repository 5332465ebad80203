//! Sends a file of usage events, of any size, and goes on where it was interrupted:
//!
//! ```console
//! $ LAGO_API_KEY=your-api-key cargo run --release -p lago-client --example backfill -- events.jsonl
//! ```
//!
//! A line of the file is an event as the API takes it (`{"transaction_id": …, "external_subscription_id": …, "code": …,
//! "timestamp": …, "properties": {…}}`), or the file is CSV with a column for each of these; a column
//! `properties.storage_gb` is a property. `-` reads from standard input.
//!
//! Every event needs its own `transaction_id` and `timestamp`: by them the server recognises what it has already, so that
//! the program can be interrupted at any point, and run again with the same arguments, without anything being billed twice.
//! How far it came is in the checkpoint file. What the server refuses, and what cannot be read, goes to a file of dead
//! letters, with the reason; the rest is sent all the same.
//!
//! `--dry-run` reads everything and sends nothing. `--reconcile` asks the server for each event, or for a `--sample` of
//! them, and writes those that are missing to a file that can be sent.

mod arguments;
mod checkpoint;
mod dry_run;
mod input;
mod progress;
mod reconcile;
mod send;

use std::error::Error;
use std::process::ExitCode;

use arguments::{Arguments, Task};
use clap::Parser;

type Failure = Box<dyn Error + Send + Sync>;

/// Ends with 0 when everything is right, 2 when some events are not, and 1 when it could not go on.
#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.task() {
        Task::Send => send::run(&arguments).await,
        Task::DryRun => dry_run::run(&arguments),
        Task::Reconcile => reconcile::run(&arguments).await,
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                text += &format!(": {error}");
                cause = error.source();
            }
            eprintln!("error: {text}");
            ExitCode::FAILURE
        }
    }
}
