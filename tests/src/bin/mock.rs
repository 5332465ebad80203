//! A stand-in for Lago, behind `cargo xtask mock`: runs until Ctrl-C and tells what it is asked.

use std::io;
use std::process::ExitCode;

use lago_client::mock::{MockServer, ReceivedRequest};
use tokio::sync::mpsc;

const USAGE: &str = "usage: mock [--port N]";

const PORT: u16 = 3000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(port) = port(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match run(port).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: port {port} of 127.0.0.1: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(port: u16) -> io::Result<()> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = MockServer::builder()
        .port(port)
        // It may run for days.
        .keep_requests(0)
        .on_request(move |request| {
            // Nobody listens any more: the process ends.
            let _ = tell.send(line(request));
        })
        .start()
        .await?;
    let url = server.url();
    println!("Lago's stand-in listens at {url} and takes any API key. Ctrl-C ends it.\n");
    println!("export LAGO_API_URL={url}\nexport LAGO_API_KEY=any\n");
    while let Some(line) = told.recv().await {
        println!("{line}");
    }
    Ok(())
}

/// `GET /api/v1/plans -> 200 plans.list`
fn line(request: &ReceivedRequest) -> String {
    let operation = request.operation.map_or("", |operation| operation.resource);
    let (method, target) = (&request.method, &request.target);
    let status = request.status.map_or(0, |status| status.as_u16());
    let line = format!("{method} {target} -> {status} {operation}");
    line.trim_end().to_owned()
}

/// The port that the arguments ask for; none when they ask for something else.
fn port(arguments: impl Iterator<Item = String>) -> Option<u16> {
    let arguments: Vec<String> = arguments.collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Some(PORT),
        ["--port", port] => port.parse().ok(),
        _ => None,
    }
}
