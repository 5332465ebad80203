//! A stand-in for Lago, behind `cargo xtask mock`: runs until Ctrl-C and tells what it is asked.

use std::io;
use std::process::ExitCode;

use lago_client::mock::{MockServer, Mode, ReceivedRequest};
use tokio::sync::mpsc;

const USAGE: &str = "usage: mock [--port N] [--strict]";

const PORT: u16 = 3000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some((port, mode)) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match run(port, mode).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: port {port} of 127.0.0.1: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(port: u16, mode: Mode) -> io::Result<()> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = MockServer::builder()
        .port(port)
        .mode(mode)
        // It may run for days.
        .keep_requests(0)
        .on_request(move |request| {
            // Nobody listens any more: the process ends.
            let _ = tell.send(line(request));
        })
        .start()
        .await?;
    let url = server.url();
    println!("Lago's stand-in listens at {url} and takes any API key. Ctrl-C ends it.");
    println!("{}\n", in_words(mode));
    println!("export LAGO_API_URL={url}\nexport LAGO_API_KEY=any\n");
    while let Some(line) = told.recv().await {
        println!("{line}");
    }
    Ok(())
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

/// The port and the mode that the arguments ask for; none when they ask for something else.
fn options(mut arguments: impl Iterator<Item = String>) -> Option<(u16, Mode)> {
    let (mut port, mut mode) = (PORT, Mode::Faithful);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--port" => port = arguments.next()?.parse().ok()?,
            "--strict" => mode = Mode::Strict,
            _ => return None,
        }
    }
    Some((port, mode))
}
