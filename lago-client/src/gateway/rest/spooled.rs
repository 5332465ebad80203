//! Usage events that are taken at once and delivered in the background, also by the next process.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};

use crate::client::Client;
use crate::fields::Fields;
use crate::gateway::listen::AMBIGUOUS;
use crate::gateway::log::say;
use crate::gateway::refusal::{Body, Refusal, whole};
use crate::gateway::settings::StartError;
use crate::ingest::spool::{DiskSpool, Fsync, SpoolOptions};
use crate::ingest::{DeadLetter, Pipeline, Reason, Report, WhenFull};

/// Beside the directory of the spool, for events that Lago does not take.
const DEAD_LETTERS: &str = "dead-letters.jsonl";

/// What an event has to have so that it counts once, however often it is sent.
const REQUIRED: [&str; 4] = [
    "transaction_id",
    "external_subscription_id",
    "code",
    "timestamp",
];

/// How often it is looked whether events wait for somebody to do something.
const LOOK: Duration = Duration::from_secs(2);

/// Takes events and delivers them.
pub(super) struct Spooled {
    pipeline: Pipeline,
    watch: JoinHandle<()>,
}

impl Drop for Spooled {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Spooled {
    /// Starts to deliver with this client what the directory has, and what it will get.
    pub(super) async fn start(client: &Client, directory: &Path) -> Result<Self, StartError> {
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
            .map_err(|error| failed(error.with_cause()))?;
        for damage in &spool.recovery().damage {
            say(damage);
        }
        let letters = directory.join(DEAD_LETTERS);
        let file = OpenOptions::new().create(true).append(true).open(&letters);
        let mut file = file.map_err(|error| failed(format!("{DEAD_LETTERS}: {error}")))?;
        let starting = client
            .ingest()
            .spool_with(spool)
            // A caller who waits for room is one who does not know; 503 says it.
            .when_full(WhenFull::Refuse)
            .dead_letters(move |letter| keep(&mut file, &letter))
            .start();
        let pipeline = starting.await.map_err(|error| failed(error.to_string()))?;
        let watch = tokio::spawn(watch(pipeline.clone()));
        Ok(Self { pipeline, watch })
    }

    /// Takes the events of a body. They are on disk when there is a response.
    pub(super) async fn take(
        &self,
        is_batch: bool,
        body: &Bytes,
    ) -> Result<Response<Body>, Refusal> {
        let events = read(is_batch, body)?;
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
        self.watch.abort();
        self.pipeline.clone().shutdown(within).await
    }
}

/// Says when events begin to wait for somebody to do something, such as to give the gateway another key, and when they go on.
async fn watch(pipeline: Pipeline) {
    let mut before = None;
    loop {
        tokio::time::sleep(LOOK).await;
        let now = pipeline.stats().paused;
        if now != before {
            match &now {
                Some(why) => say(&format_args!("events wait: {why}")),
                None => say(&"events go on"),
            }
            before = now;
        }
    }
}

/// Why an event was not taken.
fn refusal(reason: &Reason) -> Refusal {
    let message = format!("{reason}; send it again as it is, with its transaction_id");
    if reason.is_full() {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return Refusal::new(status, "gateway_spool_full", message).retry_after(5);
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

/// Writes down an event that will not be delivered, and says that there is one. Where that fails the log has the event:
/// it is nowhere else any more.
fn keep(file: &mut File, letter: &DeadLetter) {
    let line = line(letter);
    match append(file, line.as_bytes()) {
        Ok(()) => say(&format_args!(
            "an event will not be delivered: see {DEAD_LETTERS}"
        )),
        Err(error) => say(&format_args!(
            "an event will not be delivered, nor is it in {DEAD_LETTERS} ({error}); it was: {}",
            line.trim_end()
        )),
    }
}

/// An event and why it is not delivered, in a line of JSON. The event is the text that came: read and written again, its
/// numbers would be rounded, and what is nested deeply could not be read.
fn line(letter: &DeadLetter) -> String {
    let outcome = Value::from(letter.outcome.to_string());
    let event = String::from_utf8_lossy(&letter.json);
    // JSON has line breaks between its parts only.
    let event = event.replace(['\n', '\r'], " ");
    format!("{{\"outcome\":{outcome},\"event\":{event}}}\n")
}

/// Appends a line whole or not at all.
fn append(file: &mut File, line: &[u8]) -> io::Result<()> {
    let before = file.metadata()?.len();
    let written = file.write_all(line).and_then(|()| file.sync_data());
    written.inspect_err(|_| {
        // The error that counts is the first one.
        let _ = file.set_len(before);
    })
}

/// An event of a request.
#[derive(Debug)]
struct Event {
    transaction_id: String,
    /// As it was sent.
    json: Box<[u8]>,
}

#[derive(Deserialize)]
struct One<'b> {
    #[serde(borrow)]
    event: &'b RawValue,
}

#[derive(Deserialize)]
struct Batch<'b> {
    #[serde(borrow)]
    events: Vec<&'b RawValue>,
}

/// The events of a body, when each of them can be recognised; otherwise what they lack, as Lago would say it.
fn read(is_batch: bool, body: &[u8]) -> Result<Vec<Event>, Refusal> {
    let texts = match is_batch {
        true => serde_json::from_slice(body).map(|batch: Batch<'_>| batch.events),
        false => serde_json::from_slice(body).map(|one: One<'_>| vec![one.event]),
    };
    let bad = |message: String| Refusal::new(StatusCode::BAD_REQUEST, "gateway_bad_event", message);
    let shape = if is_batch {
        "{\"events\": [{…}]}"
    } else {
        "{\"event\": {…}}"
    };
    let texts = texts.map_err(|error| bad(format!("the body is no `{shape}`: {error}")))?;
    if texts.is_empty() {
        return Err(bad("there are no events in `events`".to_owned()));
    }
    let mut details = Map::new();
    let mut events = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let fields = Fields::read(text.get().as_bytes());
        let fields = fields.ok_or_else(|| {
            bad(format!(
                "event {index} is no object, or a name stands twice in it"
            ))
        })?;
        let missing = |name: &&str| !is_there(name, fields.get(name));
        let missing: Map<String, Value> = REQUIRED
            .iter()
            .filter(|name| missing(name))
            .map(|name| ((*name).to_owned(), json!(["value_is_mandatory"])))
            .collect();
        match (missing.is_empty(), is_batch) {
            (true, _) => events.push(Event {
                transaction_id: fields.get("transaction_id").unwrap_or_default(),
                json: text.get().as_bytes().into(),
            }),
            (false, true) => {
                details.insert(index.to_string(), missing.into());
            }
            (false, false) => details = missing,
        }
    }
    if details.is_empty() {
        return Ok(events);
    }
    let message = "an event that is taken to be delivered later needs a transaction_id and a timestamp, by which Lago \
                   recognises it when it comes again, a code and an external_subscription_id";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Err(Refusal::new(status, "validation_errors", message).with_details(details))
}

/// Whether a field says something: text that is not blank, or the number of a time. Of a batch all are looked at before
/// any is taken, as strictly as they are when they are taken.
fn is_there(name: &str, value: Option<Value>) -> bool {
    match value {
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Number(_)) => name == "timestamp",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_kept_in_the_text_that_came() {
        let event = r#"{ "transaction_id":"t", "code":"c","external_subscription_id":"s",
            "timestamp":1.10,"properties":{"n":0.1234567890123456789012}, "more":1e400 }"#;
        let one = read(false, format!("{{\"event\": {event}}}").as_bytes()).unwrap();
        assert_eq!(one[0].json[..], *event.as_bytes());
        let two = read(true, format!("{{\"events\":[{event},{event}]}}").as_bytes()).unwrap();
        let ids: Vec<&str> = two
            .iter()
            .map(|event| event.transaction_id.as_str())
            .collect();
        assert_eq!(ids, ["t", "t"]);
    }

    #[test]
    fn what_an_event_lacks_is_said_as_lago_says_it() {
        let refused = |is_batch, body: &str| read(is_batch, body.as_bytes()).unwrap_err();
        let one = refused(
            false,
            r#"{"event": {"transaction_id": " ", "code": "c", "timestamp": 1}}"#,
        );
        let mandatory = json!(["value_is_mandatory"]);
        assert_eq!(
            Value::Object(one.details()),
            json!({ "transaction_id": mandatory, "external_subscription_id": mandatory })
        );
        let good =
            r#"{"transaction_id":"t","code":"c","external_subscription_id":"s","timestamp":"1"}"#;
        let batch = format!(
            r#"{{"events": [{good}, {}]}}"#,
            good.replace("\"1\"", "null")
        );
        let batch = refused(true, &batch);
        assert_eq!(
            Value::Object(batch.details()),
            json!({ "1": { "timestamp": mandatory } })
        );
        for (is_batch, body) in [
            (false, ""),
            (false, "{}"),
            (false, r#"{"event": 1}"#),
            (false, r#"{"event": {"code": 1, "code": 2}}"#),
            (true, r#"{"events": []}"#),
            (true, r#"{"event": {}}"#),
        ] {
            assert_eq!(
                refused(is_batch, body).code(),
                "gateway_bad_event",
                "{body}"
            );
        }
    }
}
