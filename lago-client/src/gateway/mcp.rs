//! Lago for AI agents: the operations as tools of the Model Context Protocol.
//!
//! Agents only read unless whoever starts the server allows more ([`Wish`]). What does more than to add something, or must
//! not happen twice, needs the agreement of a person, who is asked through the agent's client. What agents read has a
//! bound, keeps every number as Lago wrote it, and says of a failure whether something was done.
//!
//! Over the standard streams there is one client, which started the program; over HTTP, at `/mcp`, any number of them.
//! HTTP is without sessions: each request stands alone, of the protocol of 2026-07-28 as well as of those before.

mod agent;
mod compact;
mod endpoint;
mod instructions;
mod lines;
mod listing;
mod message;
mod server;
mod text;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use crate::client::ClientBuilder;
use crate::gateway::changes::Changes;
use crate::gateway::choice::{Choice, Wish};
use crate::gateway::fingerprint::Fingerprint;
use crate::gateway::log::{Log, say};
use crate::gateway::progress;
use crate::gateway::running::Running;
use crate::gateway::settings::{Calls, Doors, StartError};
use crate::gateway::stop::{self, Signals};
use crate::gateway::tools;
use agent::{Agent, Caller};
use endpoint::Endpoint;
use server::Server;

/// How agents are served.
#[derive(Args, Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Speak over the standard streams with the one client that starts the program, and listen nowhere.
    #[arg(long, conflicts_with_all = ["port", "listen", "bearer_file", "max_requests"])]
    pub stdio: bool,
    /// The port to listen at; 0 for any that is free.
    #[arg(long, default_value_t = 9090)]
    pub port: u16,
    /// Which tools agents have.
    #[command(flatten)]
    pub wish: Wish,
    /// Offer four tools, to find, describe, read and write, in place of one for each operation: less to carry for an
    /// agent, and one more call to make.
    #[arg(long, help_heading = "Tools")]
    pub compact: bool,
    /// Where nobody can be asked, do also what a person would have to agree to. Only for a client that asks by itself,
    /// or data that may be lost.
    #[arg(long, help_heading = "Tools")]
    pub unconfirmed: bool,
    /// Where Lago is.
    #[command(flatten)]
    pub calls: Calls,
    /// Where it listens.
    #[command(flatten)]
    pub doors: Doors,
}

/// Starts a server over HTTP, in the runtime in which this is awaited. Calls have what the builder says where the options
/// say nothing; `secret` is what callers have to bring, unless there is a file with it.
///
/// # Errors
///
/// When the options cannot work, or what they need is not to be had.
pub async fn start(
    options: Options,
    client: ClientBuilder,
    secret: Option<&str>,
    log: Log,
) -> Result<Running<()>, StartError> {
    start_with(options, client, secret, log, Changes::default()).await
}

/// The same for who wants to know what is being changed, and to hurry the end.
pub(crate) async fn start_with(
    options: Options,
    client: ClientBuilder,
    secret: Option<&str>,
    log: Log,
    changes: Changes,
) -> Result<Running<()>, StartError> {
    let agent = agent(&options)?;
    let doors = &options.doors;
    let bearer = doors.bearer(secret, &client)?;
    let tenants = options.calls.tenants(client)?;
    let listener = doors
        .open(options.port, &options.calls, bearer, log)
        .await?;
    let address = listener.address();
    Ok(Running::spawn(address, |stop| async move {
        let endpoint = Endpoint::new(agent, tenants);
        listener.serve(endpoint, changes, stop.asked()).await;
    }))
}

/// Serves the client at the standard streams until it closes them or the program is asked to stop.
async fn over_stdio(
    options: &Options,
    client: ClientBuilder,
    mut signals: Signals,
) -> Result<ExitCode, StartError> {
    let agent = agent(options)?;
    let why = "over the standard streams there are no headers that could bring a key";
    let caller = Caller {
        client: options.calls.only_client(client, why)?,
        fingerprint: Fingerprint::of(&[]),
    };
    let words = in_words(&agent, options);
    say(&format_args!(
        "lago-gateway speaks MCP over the standard streams; {words}"
    ));
    let changes = Changes::default();
    let serving = Server::stdio(agent, caller, changes.clone());
    let ended = tokio::select! {
        ended = serving => ended,
        () = signals.next() => {
            say(&stop::STOPS);
            Ok(())
        }
    };
    let finishing = changes.finish(options.doors.stop_within, changes.ended());
    signals.end(&changes, finishing).await;
    for name in changes.cut_off() {
        say(&format_args!("{name} cut-off {}", progress::AMBIGUOUS));
    }
    let status = stop::status(&changes);
    let ended = ended.map(|()| status);
    ended.map_err(|error| StartError::Missing(format!("the client does not speak MCP: {error}")))
}

/// Runs the program's subcommand until it is asked to stop, and gives its exit status.
///
/// # Errors
///
/// As [`start`].
pub(crate) async fn run(
    options: Options,
    client: ClientBuilder,
    secret: Option<&str>,
    mut signals: Signals,
) -> Result<ExitCode, StartError> {
    if options.stdio {
        return over_stdio(&options, client, signals).await;
    }
    let words = in_words(&*agent(&options)?, &options);
    let changes = Changes::default();
    let starting = start_with(options, client, secret, Log::stderr(), changes.clone());
    let running = starting.await?;
    let address = running.address();
    say(&format_args!(
        "lago-gateway serves MCP at http://{address}/mcp; {words}"
    ));
    signals.next().await;
    say(&stop::STOPS);
    signals.end(&changes, running.stop()).await;
    Ok(stop::status(&changes))
}

fn agent(options: &Options) -> Result<Arc<Agent>, StartError> {
    let choice = Choice::new(tools::all(), &options.wish);
    let choice = choice.map_err(|why| StartError::Misuse(why.to_string()))?;
    Ok(Arc::new(Agent::new(
        choice,
        options.compact,
        options.unconfirmed,
    )))
}

/// What agents may do, in a line.
fn in_words(agent: &Agent, options: &Options) -> String {
    let tools = agent.tools().len();
    match (agent.allows_writes(), options.unconfirmed) {
        (false, _) => format!("{tools} tools, which only read"),
        (true, false) => format!(
            "{tools} tools; a person is asked before anything is changed or must not happen twice"
        ),
        (true, true) => {
            format!("{tools} tools; NOBODY IS ASKED where a client cannot ask a person")
        }
    }
}
