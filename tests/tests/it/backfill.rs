//! The example that sends a file of events, run as a program.

mod interrupted;
mod reconciled;
mod refused;
mod sent;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::ingest::store::{INVALID, Kind, Store};
use crate::ingest::{Lago, said, unauthorized};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The program, for a server.
fn program(lago: &Lago, directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backfill"));
    command.current_dir(directory).args(arguments);
    command
        .env("LAGO_API_URL", lago.server.origin())
        .env("LAGO_API_KEY", "key");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the program to its end. A task of the server's goes on meanwhile, on a thread of its own.
fn run(lago: &Lago, directory: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    program(lago, directory, arguments).output()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The row of a table: how many of what.
fn count(output: &Output, name: &str) -> Option<u64> {
    let printed = text(&output.stdout);
    let row = printed
        .lines()
        .find(|line| line.split_whitespace().next() == Some(name))?;
    row.split_whitespace().nth(1)?.replace(',', "").parse().ok()
}

fn event(number: u64) -> Value {
    json!({
        "transaction_id": format!("event-{number:05}"),
        "external_subscription_id": format!("sub_{}", number % 3),
        "code": if number % 40 == 39 { INVALID } else { "api_calls" },
        "timestamp": 1_700_000_000 + number,
        "properties": {"requests": number},
    })
}

fn lines(values: impl IntoIterator<Item = Value>) -> String {
    values
        .into_iter()
        .map(|value| format!("{value}\n"))
        .collect()
}

fn json_lines(path: &Path) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let values = fs::read_to_string(path)?;
    let values: Result<Vec<Value>, _> = values.lines().map(serde_json::from_str).collect();
    Ok(values?)
}

/// The ids that the server has.
fn ids(lago: &Lago) -> Vec<String> {
    lago.rows().into_iter().map(|(_, id, ..)| id).collect()
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}
