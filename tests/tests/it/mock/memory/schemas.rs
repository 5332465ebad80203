//! Whatever is said from memory is what the document and its overlay say, and arrives whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Days};
use lago_client::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use lago_client::mock::{MockResponse, MockServer, ReceivedRequest, remembers};
use lago_client::{OPERATIONS, recording};
use lago_tests::conform::live::{Masks, drifts};
use lago_tests::conform::recording::Exchange;
use lago_tests::conform::replay::{Replayer, Report};
use serde_json::{Value, json};

use super::super::Caller;
use super::Outcome;

const SCENARIO: &str = "tests/it/mock/memory/scenario.txt";

/// What it begins with, for what no request makes.
fn seed() -> Value {
    let id = |number: u8| format!("10000000-0000-4000-8000-{number:012}");
    json!({
        "invoices": [
            { "lago_id": id(1), "status": "draft" },
            { "lago_id": id(2), "status": "failed" },
        ],
        "fees": [{ "lago_id": id(3) }],
    })
}

/// What went over the wire, by operation.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Vec<(&'static str, Exchange)>>>);

impl Tape {
    fn add(&self, request: &ReceivedRequest, response: &MockResponse) {
        let (Some(operation), Some(status)) = (request.operation, response.status()) else {
            return;
        };
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, json)]);
        let sent = (
            request.method.as_str(),
            request.target.as_str(),
            &request.body[..],
        );
        let said = recording::Exchange::new(sent, (status, &headers, response.body()));
        let exchange = Exchange::of(String::new(), said);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((operation.resource, exchange));
    }

    fn take(&self) -> Vec<(&'static str, Exchange)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Makes the requests of the scenario; the first that did not succeed are what is wrong.
async fn play(caller: &Caller) -> Outcome<Vec<String>> {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCENARIO);
    let scenario = fs::read_to_string(scenario)?;
    let mut wrong = Vec::new();
    let mut kept: BTreeMap<String, String> = BTreeMap::new();
    let now = DateTime::from_timestamp(1_767_225_600, 0).ok_or("no time")?;
    for line in scenario.lines() {
        if line == "later" {
            caller.server.set_time(now + Days::new(40));
        }
        let mut words = line.split_inclusive(' ');
        let mut first = words.next().unwrap_or_default().trim();
        let keep = first.split_once('=');
        if keep.is_some() {
            first = words.next().unwrap_or_default().trim();
        }
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&first) {
            continue;
        }
        let mut rest: String = words.collect();
        for (name, value) in &kept {
            rest = rest.replace(&format!("<{name}>"), value);
        }
        let (path, body) = rest.split_once(' ').unwrap_or((&rest, ""));
        let mut request = caller.request(first, path)?;
        if !body.is_empty() {
            let body: Value =
                serde_json::from_str(body).map_err(|error| format!("{line}: {error}"))?;
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await?;
        let (status, text) = (response.status().as_u16(), response.text().await?);
        if status != 200 {
            wrong.push(format!("{status} {first} {rest}: {text}"));
        }
        if let Some((name, pointer)) = keep {
            let said: Value = serde_json::from_str(&text)?;
            match said.pointer(pointer).and_then(Value::as_str) {
                Some(value) => _ = kept.insert(name.to_owned(), value.to_owned()),
                None => wrong.push(format!("{line}: nothing at {pointer}")),
            }
        }
    }
    Ok(wrong)
}

#[tokio::test]
async fn everything_that_is_remembered_is_said_as_the_document_says() -> Outcome {
    let tape = Tape::default();
    let record = tape.clone();
    let server = MockServer::builder()
        .seed(seed())
        .on_response(move |request, response| record.add(request, response))
        .start()
        .await?;
    let caller = Caller::of(server)?;
    assert_eq!(play(&caller).await?, [""; 0]);
    let noted = caller.server.requests();
    let noted = noted.iter().flat_map(|request| &request.notes);
    assert_eq!(noted.map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);

    let exchanges = tape.take();
    let called: BTreeSet<&str> = exchanges.iter().map(|(resource, _)| *resource).collect();
    let mut expected = BTreeSet::new();
    for operation in OPERATIONS {
        if operation.since.is_some() && remembers(operation.resource)? {
            expected.insert(operation.resource);
        }
    }
    assert_eq!(called, expected);

    let mut replayer = Replayer::start().await?;
    let mut wrong = Vec::new();
    for (resource, exchange) in &exchanges {
        let mut report = Report::default();
        replayer.exchange(exchange, &mut report).await;
        let operation = OPERATIONS.iter().find(|one| one.resource == *resource);
        let operation = operation.ok_or("no operation")?;
        let mut described = replayer.operations().iter();
        let described = described.find(|one| one.id == operation.id);
        let found = drifts(
            replayer.document(),
            described.ok_or("it is in no document")?,
            exchange,
            &report.failures,
            &mut Masks::default(),
        );
        wrong.extend(found.into_iter().map(|drift| {
            format!(
                "{} {} {}: {} for {}",
                exchange.method, exchange.path, drift.pointer, drift.observed, drift.document
            )
        }));
    }
    assert_eq!(wrong, Vec::<String>::new());
    Ok(())
}
