//! The program `lago-gateway`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::client::ClientBuilder;
use crate::gateway::changes::Changes;
use crate::gateway::keys::KeyMode;
use crate::gateway::log::{Log, say};
#[cfg(feature = "mcp")]
use crate::gateway::mcp;
use crate::gateway::rest;
use crate::gateway::settings::{BEARER, StartError};
use crate::gateway::stop::{self, Signals};

/// For what it was told that cannot work, as by clap.
const MISUSE: u8 = 2;

/// Lago's billing API for programs in any language and for AI agents.
///
/// The API key is read from the variable LAGO_API_KEY, the address of Lago from LAGO_API_URL.
#[derive(Debug, Parser)]
#[command(name = "lago-gateway", version, after_long_help = stop::STATUSES)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve Lago's API over HTTP at a port of this computer, for programs in any language.
    ///
    /// Any client of Lago's can take `http://127.0.0.1:8080` for its base URL. Callers need no API key of Lago's; what may
    /// be repeated is repeated, and all callers together keep to the rate limit.
    #[command(after_long_help = stop::STATUSES)]
    Serve(Box<rest::Options>),
    /// Serve Lago's API as tools for AI agents, by the Model Context Protocol.
    ///
    /// Over HTTP at `http://127.0.0.1:9090/mcp`; with `--stdio` over the standard streams, for a client that starts the
    /// program. Agents only read, unless `--allow-writes` says otherwise.
    #[cfg(feature = "mcp")]
    #[command(after_long_help = stop::STATUSES)]
    Mcp(Box<mcp::Options>),
}

/// Runs the program until it is asked to stop.
#[must_use]
pub fn main() -> ExitCode {
    let program = Program::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the runtime does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(async {
        let signals = Signals::listen();
        let signals = signals
            .map_err(|error| StartError::Missing(format!("signals cannot be received: {error}")))?;
        match program.command {
            Command::Serve(options) => serve(*options, signals).await,
            #[cfg(feature = "mcp")]
            Command::Mcp(options) => {
                let environment = |name: &str| std::env::var(name).ok();
                let client = ClientBuilder::from_env(environment);
                let secret = environment(BEARER);
                mcp::run(*options, client, secret.as_deref(), signals).await
            }
        }
    });
    // A read from the standard input cannot be taken back, and would be waited for.
    runtime.shutdown_background();
    match ended {
        Ok(status) => status,
        Err(error) => {
            eprintln!("error: {error}");
            match error {
                StartError::Misuse(_) => ExitCode::from(MISUSE),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

async fn serve(options: rest::Options, mut signals: Signals) -> Result<ExitCode, StartError> {
    let environment = |name: &str| std::env::var(name).ok();
    let client = ClientBuilder::from_env(environment);
    let told = rest_in_words(&options);
    let secret = environment(BEARER);
    let changes = Changes::default();
    let secret = secret.as_deref();
    let starting = rest::start_with(options, client, secret, Log::stderr(), changes.clone());
    let running = tokio::select! {
        running = starting => running?,
        // A spool may take its time to be opened.
        () = signals.next() => return Ok(ExitCode::SUCCESS),
    };
    say(&format_args!(
        "lago-gateway serves Lago's API at http://{}",
        running.address()
    ));
    say(&told);
    signals.next().await;
    say(&stop::STOPS);
    let report = signals.end(&changes, running.stop()).await.flatten();
    if let Some(report) = report {
        say(&format_args!(
            "events: {} delivered, {} known already, {} refused, {} left in the spool",
            report.delivered, report.duplicates, report.rejected, report.spooled
        ));
    }
    Ok(stop::status(&changes))
}

/// How it works, in a line.
fn rest_in_words(options: &rest::Options) -> String {
    let key = match options.calls.key_mode {
        KeyMode::Fixed => "every request has the API key of LAGO_API_KEY",
        KeyMode::PerRequest => "each request brings its API key (X-LAGO-API-KEY or Authorization)",
    };
    let others = [
        (options.read_only, "only reads are passed on".to_owned()),
        (
            options.pass_unknown,
            "unknown operations are passed on".to_owned(),
        ),
        (
            options.spool.is_some(),
            "events are taken at once and delivered from the spool".to_owned(),
        ),
    ];
    let others = others.into_iter().filter(|(is, _)| *is);
    others.fold(key.to_owned(), |words, (_, other)| {
        format!("{words}; {other}")
    })
}
