//! A stand-in for Lago, behind `cargo xtask mock`: runs until Ctrl-C and tells what it is asked.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use clap::{Parser, ValueEnum};
use lago_client::mock::{EventStore, MockResponse, MockServer, Mode, ReceivedRequest};
use lago_client::recording::{Exchange, Folder, Masks};
use serde_json::Value;
use tokio::sync::mpsc;

/// Runs a stand-in for Lago, until Ctrl-C.
#[derive(Parser)]
#[command(name = "mock", bin_name = "cargo xtask mock")]
struct Options {
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
    #[arg(long)]
    store: Option<Store>,
    /// Begin with these objects, lists by collection: `{"plans": [{"code": "pro"}]}`; remembers.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Refuse what Lago refuses without a premium licence.
    #[arg(long)]
    without_licence: bool,
    /// Keep what is said, without personal data and secrets, in a folder that `conform --replay` takes.
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "lower")]
enum Store {
    Postgres,
    ClickHouse,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> io::Result<()> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let mode = match options.strict {
        true => Mode::Strict,
        false => Mode::Faithful,
    };
    let mut builder = MockServer::builder()
        .port(options.port)
        .mode(mode)
        // It may run for days.
        .keep_requests(0)
        .on_request(move |request| {
            // Nobody listens any more: the process ends.
            let _ = tell.send(line(request));
        });
    if let Some(folder) = &options.record {
        let recording = Recording::start(folder)?;
        builder = builder.on_response(move |request, response| recording.add(request, response));
    }
    if options.without_licence {
        builder = builder.without_licence();
    }
    if options.stateful {
        builder = builder.stateful();
    }
    builder = match options.store {
        None => builder,
        Some(Store::Postgres) => builder.event_store(EventStore::Postgres),
        Some(Store::ClickHouse) => builder.event_store(EventStore::ClickHouse),
    };
    if let Some(file) = &options.seed {
        builder = builder.seed(seed(file)?);
    }
    let server = builder.start().await.map_err(|error| {
        let port = options.port;
        io::Error::new(
            error.kind(),
            format!("port {port} of 127.0.0.1: {error}; `--port 0` takes any that is free"),
        )
    })?;
    let remembers = options.stateful || options.store.is_some() || options.seed.is_some();
    let url = server.url();
    println!("Lago's stand-in listens at {url} and takes any API key. Ctrl-C ends it.");
    println!("{}", in_words(mode));
    println!("{}", remembered(remembers));
    if let Some(folder) = &options.record {
        println!("It records what is said in {}.", folder.display());
    }
    println!("\nexport LAGO_API_URL={url}\nexport LAGO_API_KEY=any\n");
    while let Some(line) = told.recv().await {
        println!("{line}");
    }
    Ok(())
}

/// What is said, as it is kept.
struct Recording(Mutex<(Folder, Masks)>);

impl Recording {
    fn start(folder: &Path) -> io::Result<Self> {
        let folder = Folder::create(folder)?;
        Ok(Self(Mutex::new((folder, Masks::default()))))
    }

    /// Writes an exchange of an operation, unless it had no response. Before the response leaves, so that whoever has
    /// it finds it in the folder.
    fn add(&self, request: &ReceivedRequest, response: &MockResponse) {
        let (Some(operation), Some(status)) = (request.operation, response.status()) else {
            return;
        };
        let sent = (
            request.method.as_str(),
            request.target.as_str(),
            &request.body[..],
        );
        let exchange = Exchange::new(sent, (status, response.headers(), response.body()));
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (folder, masks) = &mut *guard;
        if let Err(error) = folder.write(operation.id, &masks.exchange(&exchange)) {
            eprintln!("not recorded: {error}");
        }
    }
}

/// The objects of a file.
fn seed(file: &Path) -> io::Result<Value> {
    let in_file = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file)
        .map_err(|error| io::Error::new(error.kind(), in_file(&error)))?;
    serde_json::from_str(&text)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, in_file(&error)))
}

/// Whether it remembers.
fn remembered(remembers: bool) -> &'static str {
    match remembers {
        true => "It remembers what is created, changed and deleted, until it ends.",
        false => "It remembers nothing; with `--stateful` it does.",
    }
}

/// What is refused.
fn in_words(mode: Mode) -> &'static str {
    match mode {
        Mode::Strict => "It refuses what the document does not have, also where Lago would not.",
        _ => "It refuses what Lago refuses, and notes what else the document does not have.",
    }
}

/// `GET /api/v1/plans -> 200 plans.list`, and what is to be said of the request: `; noted at ?per_pag: …`
fn line(request: &ReceivedRequest) -> String {
    let operation = request.operation.map_or("", |operation| operation.resource);
    let (method, target) = (&request.method, &request.target);
    let status = request.status.map_or(0, |status| status.as_u16());
    let line = format!("{method} {target} -> {status} {operation}");
    let notes = request.notes.iter().map(|note| format!("; {note}"));
    line.trim_end().to_owned() + &notes.collect::<String>()
}
