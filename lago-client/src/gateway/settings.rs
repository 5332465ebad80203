//! What every way into the gateway is told: where Lago is and whose key calls have, and where it listens for whom.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::client::{Client, ClientBuilder};
use crate::error::Error;
use crate::gateway::bearer::Bearer;
use crate::gateway::keys::{KeyMode, Tenants};
use crate::gateway::listen::{Limits, Listener};
use crate::gateway::log::Log;

/// The variable with the secret that callers bring.
pub const BEARER: &str = "LAGO_GATEWAY_BEARER";

/// How much longer a response is waited for than a call may take.
const LONGER: Duration = Duration::from_secs(15);

/// Said where there is no API key, and how to go on.
const NO_KEY: &str =
    "no API key: set LAGO_API_KEY to the key of your organization (a stand-in takes any)";

/// Where Lago is, and whose key calls have.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Lago")]
#[non_exhaustive]
pub struct Calls {
    /// Where Lago is: `https://lago.example.com`, or the stand-in at `http://127.0.0.1:3000`. Without it
    /// `LAGO_API_URL`, and without that Lago Cloud in the United States.
    #[arg(long, value_name = "BASE")]
    pub url: Option<String>,
    /// Whose API key calls have: `fixed` is the one in `LAGO_API_KEY`, for every request; with `per-request` each
    /// request brings its own, in the header `X-LAGO-API-KEY`.
    #[arg(long, value_name = "MODE", default_value = "fixed")]
    pub key_mode: KeyMode,
    /// How long one attempt of a call may take.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub timeout: Duration,
    /// How long a call may take with all its attempts and the waits between them.
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = seconds)]
    pub total_timeout: Duration,
}

/// Where the gateway listens, and for whom.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Listening")]
#[non_exhaustive]
pub struct Doors {
    /// The address to listen at. On others than 127.0.0.1 callers have to bring a secret (`--bearer-file`), unless
    /// they bring a key of their own.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::from(Ipv4Addr::LOCALHOST))]
    pub listen: IpAddr,
    /// A file with the secret that callers have to send as `Authorization: Bearer SECRET`. Without it
    /// `LAGO_GATEWAY_BEARER`.
    #[arg(long, value_name = "FILE")]
    pub bearer_file: Option<PathBuf>,
    /// How many requests are worked on at once; others are refused with 503.
    #[arg(long, value_name = "REQUESTS", default_value = "256", value_parser = clap::value_parser!(u16).range(1..))]
    pub max_requests: u16,
    /// How long requests may go on that run when the gateway is told to stop, and what is left of that for events of a
    /// spool to be delivered. Calls that change something and have not ended then are cut off, and the exit status is 3.
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub stop_within: Duration,
}

/// A time limit of an option.
fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=3600) => Ok(Duration::from_secs(seconds)),
        _ => Err("write whole seconds, from 1 to 3600".to_owned()),
    }
}

impl Calls {
    /// Gives each request its client, as the options say and otherwise as the builder does.
    pub(crate) fn tenants(&self, client: ClientBuilder) -> Result<Tenants, StartError> {
        let client = self.set_up(client);
        let tenants = match self.key_mode {
            KeyMode::Fixed if !client.has_key() => {
                let why = format!(
                    "{NO_KEY}, or let each request bring its own, with `--key-mode per-request`"
                );
                return Err(StartError::Misuse(why));
            }
            KeyMode::Fixed => client.build().map(Tenants::fixed),
            KeyMode::PerRequest => Tenants::per_request(client),
        };
        tenants.map_err(misuse)
    }

    /// The one client of all calls, for where a request cannot bring a key. The reason why is told to whoever asks for
    /// that.
    pub(crate) fn only_client(
        &self,
        client: ClientBuilder,
        why_not: &str,
    ) -> Result<Client, StartError> {
        let client = self.set_up(client);
        match self.key_mode {
            KeyMode::PerRequest => Err(StartError::Misuse(format!(
                "{why_not}: leave out `--key-mode per-request`, and give the key in LAGO_API_KEY"
            ))),
            KeyMode::Fixed if !client.has_key() => Err(StartError::Misuse(NO_KEY.to_owned())),
            KeyMode::Fixed => client.build().map_err(misuse),
        }
    }

    fn set_up(&self, client: ClientBuilder) -> ClientBuilder {
        let client = client
            .user_agent("lago-gateway")
            .rate_limit_pacing(true)
            .timeout(self.timeout)
            .total_timeout(self.total_timeout);
        match &self.url {
            Some(url) => client.base_url(url),
            None => client,
        }
    }
}

fn misuse(error: Error) -> StartError {
    StartError::Misuse(error.to_string())
}

impl Doors {
    /// Opens a port for callers who have this secret.
    pub(crate) async fn open(
        &self,
        port: u16,
        calls: &Calls,
        bearer: Option<Bearer>,
        log: Log,
    ) -> Result<Listener, StartError> {
        if bearer.is_none() && calls.key_mode == KeyMode::Fixed && !self.listen.is_loopback() {
            let why = format!(
                "whoever reaches {} could use your API key: give callers a secret, by `--bearer-file FILE` or in \
                 {BEARER}; or listen at 127.0.0.1",
                self.listen
            );
            return Err(StartError::Misuse(why));
        }
        let limits = Limits::default();
        let requests = self.max_requests.into();
        let limits = Limits {
            requests,
            connections: limits.connections.max(requests.saturating_mul(2)),
            stop: self.stop_within,
            response: calls.total_timeout.saturating_add(LONGER),
            ..limits
        };
        let address = SocketAddr::new(self.listen, port);
        let bound = Listener::bind(address, bearer, limits, log).await;
        bound.map_err(|error| StartError::Address { address, error })
    }

    /// What callers have to bring: the secret of the variable [`BEARER`], or of the file in its place.
    pub(crate) fn bearer(
        &self,
        secret: Option<&str>,
        client: &ClientBuilder,
    ) -> Result<Option<Bearer>, StartError> {
        let (text, source) = match (&self.bearer_file, secret) {
            (Some(file), _) => {
                let source = format!("the secret in {}", file.display());
                let text = std::fs::read_to_string(file);
                let text =
                    text.map_err(|error| StartError::Misuse(format!("{source}: {error}")))?;
                (text, source)
            }
            (None, Some(secret)) => (secret.to_owned(), format!("the secret in {BEARER}")),
            (None, None) => return Ok(None),
        };
        let misuse = |why: &str| StartError::Misuse(format!("{source} {why}"));
        if client.has_this_key(text.trim()) {
            return Err(misuse(
                "is your API key of Lago's, which every caller would have then: make another one, for example with \
                 `openssl rand -hex 32`",
            ));
        }
        let bearer = Bearer::new(&text);
        bearer.map(Some).map_err(|why| misuse(&why))
    }
}

/// Why the gateway does not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// It was told what cannot work.
    Misuse(String),
    /// The address cannot be listened at.
    Address {
        /// Which it is.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// Something else that it needs is not to be had, such as the directory of the spool.
    Missing(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misuse(why) | Self::Missing(why) => f.write_str(why),
            Self::Address { address, error } => {
                write!(f, "cannot listen at {address}: {error}")?;
                match error.kind() {
                    io::ErrorKind::AddrInUse => {
                        f.write_str("; `--port` takes another one, 0 any that is free")
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Address { error, .. } => Some(error),
            _ => None,
        }
    }
}
