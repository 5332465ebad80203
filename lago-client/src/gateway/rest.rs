//! Lago's API for programs in any language, at a port of this computer: it holds the key, encodes paths, repeats what may
//! be repeated and keeps to the rate limit, for all its callers together.
//!
//! Requests are those of Lago itself, with `/api/v1` or without, so that any client of Lago's takes the gateway's address
//! for its base URL. Status and body of responses are Lago's, byte for byte. Beside them the header `lago-attempts` says
//! how often the request was sent, and `lago-ambiguous: true` that Lago may have done it and nobody knows, also where a
//! success is none of Lago's, such as a page of a proxy: look before you repeat it. What the gateway itself refuses has
//! Lago's shape, a code that begins with `gateway_`, and a `message`.

mod answer;
mod check;
mod spooled;
mod target;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use http::header::{ALLOW, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};

use crate::client::ClientBuilder;
use crate::gateway::changes::Changes;
use crate::gateway::keys::{KeyPlace, Tenants};
use crate::gateway::listen::{AMBIGUOUS, Service, refused};
use crate::gateway::log::Log;
use crate::gateway::progress::{self, Progress};
use crate::gateway::refusal::{Body, Refusal, whole};
use crate::gateway::running::{EndTime, Running};
use crate::gateway::settings::{Calls, Doors, StartError};
use crate::ingest::Report;
use crate::operation::{Effect, Operation};
use spooled::Spooled;
use target::{Call, Target};

pub use check::Validation;

/// Headers of a request that are passed on: by them the traces of a caller go on in those of the server.
const PASSED: [&str; 3] = ["traceparent", "tracestate", "x-request-id"];

/// How the adapter works.
#[derive(Args, Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The port to listen at; 0 for any that is free.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Pass on only what changes nothing, and refuse the rest with 403: also what hands out a link or token with which one
    /// can act without a key, as GET /customers/{external_customer_id}/portal_url does. Not together with `--pass-unknown`:
    /// of what this version does not know, nobody can say that.
    #[arg(long)]
    pub read_only: bool,
    /// Pass on also what this version does not know and a newer Lago may have. It is taken for something that must not be
    /// done twice, unless it is a GET.
    #[arg(long)]
    pub pass_unknown: bool,
    /// What becomes of requests that are not as the API's description has them: `off` passes them on, since Lago knows
    /// best; `warn` says so in a header; `reject` refuses them.
    #[arg(long, value_name = "WHAT", default_value = "off")]
    pub validate: Validation,
    /// Take usage events (POST /events and /events/batch) at once, with 202 as soon as they are on disk in this directory,
    /// and deliver them in the background. Events that Lago does not take are written to `dead-letters.jsonl` there.
    #[arg(long, value_name = "DIR")]
    pub spool: Option<PathBuf>,
    /// Deliver what the spool has also where it was taken for another address of Lago or with another API key: the address
    /// has changed, or the organization has a new key. The gateway does not start then, and says the code to give here. A
    /// code is for one change: left where it is, it agrees to no other one.
    #[arg(long, requires = "spool", value_name = "CODE")]
    pub new_destination: Option<String>,
    /// Where Lago is.
    #[command(flatten)]
    pub calls: Calls,
    /// Where it listens.
    #[command(flatten)]
    pub doors: Doors,
}

/// Starts the adapter, in the runtime in which this is awaited. Calls have what the builder says where the options say
/// nothing; `secret` is what callers have to bring, unless there is a file with it. When it is stopped it says what became of
/// the events of its spool, if it has one.
///
/// # Errors
///
/// When the options cannot work, or what they need is not to be had.
pub async fn start(
    options: Options,
    client: ClientBuilder,
    secret: Option<&str>,
    log: Log,
) -> Result<Running<Option<Report>>, StartError> {
    start_with(options, client, secret, log, Changes::default()).await
}

/// The same for who wants to know what is being changed, and to hurry the end.
pub(crate) async fn start_with(
    options: Options,
    client: ClientBuilder,
    secret: Option<&str>,
    log: Log,
    changes: Changes,
) -> Result<Running<Option<Report>>, StartError> {
    if options.spool.is_some() && options.read_only {
        let why = "`--spool` takes events, and `--read-only` takes none: leave one of them out";
        return Err(StartError::Misuse(why.to_owned()));
    }
    if options.pass_unknown && options.read_only {
        let why = "`--read-only` passes on what is known to read and to hand out no link, and of what `--pass-unknown` \
                   passes on nobody knows it: leave one of them out";
        return Err(StartError::Misuse(why.to_owned()));
    }
    let bearer = options.doors.bearer(secret, &client)?;
    let calls = &options.calls;
    let tenants = match &options.spool {
        Some(_) => calls.only_client(
            client,
            "`--spool` keeps events that outlive the process, and keys of callers are not written down",
        ).map(Tenants::fixed)?,
        None => calls.tenants(client)?,
    };
    let listener = options.doors.open(options.port, calls, bearer, log).await?;
    let spooled = match (&options.spool, tenants.fixed_client()) {
        (Some(directory), Some(client)) => {
            Some(Spooled::start(client, directory, options.new_destination.as_deref()).await?)
        }
        _ => None,
    };
    let address = listener.address();
    let time = EndTime::new(options.doors.stop_within);
    let adapter = Arc::new(Adapter {
        tenants,
        // Where callers bring a secret of the gateway's, that is no key.
        key_place: match listener.demands_bearer() {
            true => KeyPlace::OwnHeader,
            false => KeyPlace::OwnHeaderOrAuthorization,
        },
        spooled,
        read_only: options.read_only,
        pass_unknown: options.pass_unknown,
        validation: options.validate,
    });
    Ok(Running::spawn(address, |stop| async move {
        let service = Arc::clone(&adapter);
        let stopped = time.begin(stop);
        listener.serve(service, changes.clone(), stopped).await;
        tokio::select! {
            report = adapter.end(time.left()) => report,
            // Also who is in a hurry wants to know what is left.
            () = changes.hurried() => adapter.end(Duration::ZERO).await,
        }
    }))
}

/// Passes requests on.
struct Adapter {
    tenants: Tenants,
    key_place: KeyPlace,
    spooled: Option<Spooled>,
    read_only: bool,
    pass_unknown: bool,
    validation: Validation,
}

impl Service for Adapter {
    async fn respond(&self, request: Request<Bytes>, progress: &Progress) -> Response<Body> {
        let (head, body) = request.into_parts();
        let response = match self.pass(&head, body, progress).await {
            Ok(response) => response,
            Err(refusal) => refused(refusal, progress),
        };
        if response.headers().contains_key(AMBIGUOUS) {
            progress.say(progress::AMBIGUOUS);
        }
        // Only now everything is noted.
        progress.end_change();
        response
    }
}

impl Adapter {
    /// The response to a request, with a note of it on the way.
    async fn pass(
        &self,
        head: &Parts,
        body: Bytes,
        progress: &Progress,
    ) -> Result<Response<Body>, Refusal> {
        if head.method == Method::OPTIONS {
            return options(head.uri.path());
        }
        let Target { call, parameters } = Target::of(&head.method, head.uri.path())?;
        let only_reads = match call {
            Call::Known(operation) => {
                progress.set_path(format!("{}{}", operation.base_path, operation.path));
                progress.say(operation.resource);
                operation.effect == Effect::Reads
            }
            Call::Unknown { .. } if !self.pass_unknown => return Err(target::unknown()),
            Call::Unknown { method, path } => {
                progress.set_path(path);
                method == crate::Method::Get
            }
        };
        if self.read_only && !only_reads {
            let message = "this gateway was started with `--read-only`, and the operation is none that only reads";
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "gateway_read_only",
                message,
            ));
        }
        if let Call::Known(operation) = call
            && self.read_only
            && operation.grants
        {
            let message = "this gateway was started with `--read-only`, and the operation hands out a link or token with \
                           which one can act without a key";
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "gateway_read_only",
                message,
            ));
        }
        let client = self.tenants.client(&head.headers, self.key_place)?;
        if let (Some(spooled), Call::Known(operation)) = (&self.spooled, call)
            && let Some(is_batch) = of_events(operation)
        {
            progress.begin_change(operation.resource);
            return spooled.take(is_batch, &body).await;
        }
        // Servers differ in what they make of one.
        let body = if head.method == Method::GET || head.method == Method::HEAD {
            Bytes::new()
        } else {
            body
        };
        let found = match (self.validation, call) {
            (Validation::Warn | Validation::Reject, Call::Known(operation)) => {
                check::findings(operation, head.uri.query().unwrap_or_default(), &body)
            }
            _ => Vec::new(),
        };
        if self.validation == Validation::Reject && !found.is_empty() {
            return Err(check::refusal(&found));
        }
        let request = match call {
            Call::Known(operation) => client.raw_operation(operation),
            Call::Unknown { method, path } => client.raw(method, path),
        };
        let request = parameters
            .iter()
            .fold(request, |request, (name, value)| request.path(name, value));
        let request = match head.uri.query() {
            Some(query) => request.written_query(query),
            None => request,
        };
        let request = PASSED.iter().fold(request, |request, name| {
            let value = head
                .headers
                .get(*name)
                .and_then(|value| value.to_str().ok());
            match value {
                Some(value) => request.header(name, value),
                None => request,
            }
        });
        if !only_reads {
            progress.begin_change(match call {
                Call::Known(operation) => operation.resource,
                Call::Unknown { path, .. } => path,
            });
        }
        let outcome = request.body(body).response().await;
        progress.set_attempts(match &outcome {
            Ok(success) => success.attempts,
            Err(error) => error.attempts(),
        });
        let known = match call {
            Call::Known(operation) => Some(operation),
            Call::Unknown { .. } => None,
        };
        let mut response = answer::of(&outcome, known, only_reads);
        if !found.is_empty() {
            let headers = response.headers_mut();
            headers.insert(check::FINDINGS, check::in_header(&found));
            progress.say("not-as-described");
        }
        Ok(response)
    }

    /// Delivers events as long as there is time.
    async fn end(&self, within: Duration) -> Option<Report> {
        match &self.spooled {
            Some(spooled) => Some(spooled.stop(within).await),
            None => None,
        }
    }
}

/// What may be done with a path. Nothing is said of CORS, by which browsers take it for a no.
fn options(path: &str) -> Result<Response<Body>, Refusal> {
    let allowed = Target::allowed(path)?;
    let mut response = Response::new(whole(Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    if let Ok(allowed) = HeaderValue::try_from(allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    Ok(response)
}

/// Whether an operation takes events that are to be billed, and then whether many.
fn of_events(operation: &Operation) -> Option<bool> {
    match operation.resource {
        "events.create" => Some(false),
        "events.create_batch" => Some(true),
        _ => None,
    }
}
