//! Usage events that are taken at once and delivered in the background, also by the next process.

mod body;
mod destination;
mod known;
mod letters;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use serde_json::json;
use tokio::task::{JoinSet, spawn_blocking};

use crate::client::Client;
use crate::gateway::listen::AMBIGUOUS;
use crate::gateway::log::say;
use crate::gateway::refusal::{Body, Refusal, whole};
use crate::gateway::settings::StartError;
use crate::ingest::spool::{DiskSpool, Fsync, Spool as _, SpoolOptions, is_full};
use crate::ingest::{Pipeline, Reason, Report, WhenFull};
use destination::Note;
use known::Known;
use letters::Letters;

/// Takes events and delivers them.
pub(super) struct Spooled {
    pipeline: Pipeline,
    note: Arc<Note>,
}

impl Spooled {
    /// Starts to deliver with this client what the directory has, and what it will get. What was taken for another
    /// destination goes to a new one only where somebody agreed to just that.
    ///
    /// A full disk is no reason not to start: what is there is delivered, which makes room, and everything else goes its
    /// way. Events are refused meanwhile.
    pub(super) async fn start(
        client: &Client,
        directory: &Path,
        agreed: Option<&str>,
    ) -> Result<Self, StartError> {
        let events = directory.join("events");
        // Whoever gets a 202 relies on it, whatever happens to the machine.
        let options = SpoolOptions::new().fsync(Fsync::EveryAppend);
        let opening = spawn_blocking(move || DiskSpool::open(events, options));
        let failed = |why: String| {
            StartError::Missing(format!("the spool in {}: {why}", directory.display()))
        };
        let spool = opening
            .await
            .map_err(|error| failed(error.to_string()))?
            .map_err(|error| {
                let advice = match error.is_full() {
                    true => ". Make room on the disk, or name a directory on another one",
                    false => "",
                };
                failed(error.with_cause() + advice)
            })?;
        for damage in &spool.recovery().damage {
            say(damage);
        }
        let events = spool.unacknowledged();
        let note = destination::check(directory, client, events, agreed).map_err(failed)?;
        match note.write().await {
            Err(error) if is_full(&error) => say(&format_args!(
                "the disk of the spool is full: events are refused with 503 until there is room on it, and all else goes on \
                 ({error})"
            )),
            written => {
                let wrong = |error| failed(format!("{UNNOTED}: {error}"));
                written.map_err(wrong)?;
            }
        }
        let letters = Letters::open(directory).map_err(failed)?;
        let starting = client
            .ingest()
            .spool_with(spool)
            // A caller who waits for room is one who does not know; 503 says it.
            .when_full(WhenFull::Refuse)
            .keep_dead_letters(move |letter| letters.keep(&letter))
            .metrics(Known::default())
            .notices(|notice| say(&notice))
            .start();
        let pipeline = starting.await.map_err(|error| failed(error.to_string()))?;
        Ok(Self { pipeline, note })
    }

    /// Takes the events of a body. They are on disk when there is a response.
    pub(super) async fn take(
        &self,
        is_batch: bool,
        body: &Bytes,
    ) -> Result<Response<Body>, Refusal> {
        let events = body::read(is_batch, body)?;
        self.note.write().await.map_err(|error| unnoted(&error))?;
        let ids: Vec<String> = events
            .iter()
            .map(|event| event.transaction_id.clone())
            .collect();
        // Together, so that they share what makes them durable.
        let mut taking = JoinSet::new();
        for event in events {
            let pipeline = self.pipeline.clone();
            taking.spawn(async move { pipeline.send_written(event.json).await });
        }
        let (mut taken, mut failure) = (0_usize, None);
        while let Some(ended) = taking.join_next().await {
            match ended {
                Ok(Ok(())) => taken += 1,
                Ok(Err(reason)) => failure = failure.or(Some(refusal(&reason))),
                Err(_) => {
                    failure = failure.or(Some(Refusal::new(
                        StatusCode::INTERNAL_SERVER_ERROR,
                        "gateway_spool",
                        "the event was not taken: the gateway failed",
                    )))
                }
            }
        }
        let Some(refusal) = failure else {
            let mut response = Response::new(whole(json!({ "transaction_ids": ids }).to_string()));
            *response.status_mut() = StatusCode::ACCEPTED;
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            return Ok(response);
        };
        let mut response = refusal.into_response();
        if taken > 0 || response.status() == StatusCode::INTERNAL_SERVER_ERROR {
            let headers = response.headers_mut();
            headers.insert(AMBIGUOUS, HeaderValue::from_static("true"));
        }
        Ok(response)
    }

    /// Takes no more, and delivers what it has as long as there is time. The rest stays on disk.
    pub(super) async fn stop(&self, within: Duration) -> Report {
        self.pipeline.clone().shutdown(within).await
    }
}

/// What could not be done before an event is taken.
const UNNOTED: &str = "it cannot be written down for whom events are taken";

/// Why no event is taken.
fn unnoted(error: &io::Error) -> Refusal {
    match is_full(error) {
        true => full(),
        false => {
            let message =
                format!("{UNNOTED} ({error}); send it again as it is, with its transaction_id");
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "gateway_spool", message)
        }
    }
}

fn full() -> Refusal {
    let message = "the gateway has no room for the event: its disk or its spool is full, until events are delivered or \
                   somebody makes room; send it again as it is, with its transaction_id";
    full_with(message.to_owned())
}

fn full_with(message: String) -> Refusal {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Refusal::new(status, "gateway_spool_full", message).retry_after(5)
}

/// Why an event was not taken.
fn refusal(reason: &Reason) -> Refusal {
    let message = format!("{reason}; send it again as it is, with its transaction_id");
    if reason.is_full() {
        return match reason {
            Reason::Spool(_) => full(),
            _ => full_with(message),
        };
    }
    if reason.is_usage() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Refusal::new(status, "gateway_bad_event", reason.to_string());
    }
    match reason {
        Reason::Spool(_) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Refusal::new(status, "gateway_spool", message)
        }
        _ => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "gateway_stops", message),
    }
}
