//! Every operation over a real socket: what goes out is what the document asks for, and what
//! comes back is what the server said.

use std::collections::BTreeSet;
use std::error::Error;

use lago_client::{Client, Idempotency, OPERATIONS};
use lago_tests::conform::compare::{differences, same_text, without_nulls};
use lago_tests::generated::calls::CALLS;
use lago_tests::support::calling::{self, Call, CallError};
use lago_tests::support::document::{Document, Operation};
use lago_tests::support::instance::Filled;
use lago_tests::support::sample::{Sample, samples};
use lago_tests::support::server::{Captured, Capturing};
use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn the_client_has_the_operations_of_the_document() -> Outcome {
    let document = Document::read()?;
    let published: BTreeSet<String> = document.operations().into_iter().map(|o| o.id).collect();
    let callable: BTreeSet<String> = CALLS.iter().map(|call| call.id.to_owned()).collect();
    assert_eq!(callable, published);
    Ok(())
}

#[tokio::test]
async fn every_operation_sends_everything() -> Outcome {
    send_all(Filled::Everything).await
}

#[tokio::test]
async fn every_operation_sends_only_what_is_required() -> Outcome {
    send_all(Filled::Required).await
}

#[tokio::test]
async fn every_operation_sends_null_where_it_is_allowed() -> Outcome {
    send_all(Filled::Nulls).await
}

#[tokio::test]
async fn path_values_that_are_steps_are_never_sent() -> Outcome {
    let document = Document::read()?;
    let (server, lago) = start().await?;
    let mut wrong = Vec::new();
    let mut refused = 0;
    for operation in document.operations() {
        for sample in samples(&document, &operation, Filled::Required) {
            for name in sample.args.path.keys() {
                for value in ["", ".", ".."] {
                    let mut args = sample.args.clone();
                    args.path.insert(name.clone(), value.to_owned());
                    let outcome = (call_of(&operation).call)(&lago, &args).await;
                    if is_refusal_of(name, &outcome) {
                        refused += 1;
                    } else {
                        wrong.push(format!("{} {name} = {value:?}: {outcome:?}", operation.id));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(server.take(), []);
    assert!(refused > 0);
    Ok(())
}

fn is_refusal_of(name: &str, outcome: &calling::Outcome) -> bool {
    let Err(CallError::Client(error)) = outcome else {
        return false;
    };
    error.is_usage() && error.to_string().contains(&format!("`{name}`"))
}

async fn send_all(filled: Filled) -> Outcome {
    let document = Document::read()?;
    let (server, lago) = start().await?;
    let mut wrong = Vec::new();
    for operation in document.operations() {
        for sample in samples(&document, &operation, filled) {
            server.respond(sample.response.clone());
            let outcome = (call_of(&operation).call)(&lago, &sample.args).await;
            let found = match (outcome, server.take().as_slice()) {
                (Err(error), _) => vec![error.to_string()],
                (Ok(answered), [request]) => {
                    let mut found = faults(&operation, &sample, request);
                    let answered = differences(
                        &without_nulls(sample.value.clone()),
                        &without_nulls(answered.value),
                    );
                    found.extend(
                        answered
                            .into_iter()
                            .map(|fault| format!("response: {fault}")),
                    );
                    found
                }
                (Ok(_), requests) => vec![format!("{} requests", requests.len())],
            };
            let id = &operation.id;
            wrong.extend(found.into_iter().map(|fault| format!("{id}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

async fn start() -> Result<(Capturing, Client), Box<dyn Error>> {
    let server = Capturing::start().await?;
    let lago = Client::builder()
        .api_key("key")
        .base_url(server.base_url())
        .build()?;
    Ok((server, lago))
}

fn call_of(operation: &Operation) -> &'static Call {
    let call = CALLS.iter().find(|call| call.id == operation.id);
    call.unwrap_or_else(|| panic!("the client has no {}", operation.id))
}

/// Where a request is not what the sample says.
fn faults(operation: &Operation, sample: &Sample, request: &Captured) -> Vec<String> {
    let (path, query) = match request.target.split_once('?') {
        Some((path, query)) => (path, pairs(query)),
        None => (request.target.as_str(), Vec::new()),
    };
    let json = match &sample.body {
        Some(_) => "application/json",
        None => "",
    };
    let expectations = [
        ("method", operation.method.as_str(), request.method.clone()),
        (
            "path",
            &format!("{}{}", operation.base_path, sample.path),
            path.to_owned(),
        ),
        ("segments", &segments(operation, sample), decoded(path)),
        ("accept", "application/json", request.header("accept")),
        (
            "authorization",
            "Bearer key",
            request.header("authorization"),
        ),
        ("content-type", json, request.header("content-type")),
        ("api-version", "", request.header("api-version")),
    ];
    let mut found = Vec::new();
    for (what, expected, actual) in expectations {
        if actual != expected {
            found.push(format!("{what} is {actual:?}, not {expected:?}"));
        }
    }
    if !same_query(&sample.query, &query) {
        found.push(format!("query is {query:?}, not {:?}", sample.query));
    }
    let body = settled(operation, sample, &request.body);
    found.extend(body_faults(body.as_ref(), &request.body));
    found
}

/// The body of a sample, and in it the time that a call fixes where things with a key have none.
fn settled(operation: &Operation, sample: &Sample, sent: &[u8]) -> Option<Value> {
    let mut body = sample.body.clone();
    let row = OPERATIONS.iter().find(|row| row.id == operation.id);
    let sent: Value = serde_json::from_slice(sent).unwrap_or_default();
    if let Some(Idempotency::WithKey(key)) = row.map(|row| row.idempotency)
        && let Some(roots) = body.as_mut().and_then(Value::as_object_mut)
    {
        for (root, things) in roots {
            let time = |place: &Value| match &place[key.time] {
                time if time.is_number() => time.clone(),
                _ => Value::from("a time"),
            };
            match things {
                Value::Array(things) => {
                    for (index, thing) in things.iter_mut().enumerate() {
                        let thing = thing.as_object_mut()?;
                        let time = time(&sent[root][index]);
                        thing.entry(key.time).or_insert(time);
                    }
                }
                thing => {
                    let thing = thing.as_object_mut()?;
                    thing.entry(key.time).or_insert(time(&sent[root]));
                }
            }
        }
    }
    body
}

fn body_faults(expected: Option<&Value>, actual: &[u8]) -> Vec<String> {
    match (expected, serde_json::from_slice::<Value>(actual)) {
        (None, _) if actual.is_empty() => Vec::new(),
        (None, _) => vec!["there is a body".to_owned()],
        (Some(expected), Ok(actual)) => differences(expected, &actual),
        (Some(_), Err(error)) => vec![format!("the body is no JSON: {error}")],
    }
}

/// The segments of the path as the caller thinks of them.
fn segments(operation: &Operation, sample: &Sample) -> String {
    let value = |segment: &str| {
        let name = segment.trim_matches(['{', '}']);
        let value = sample.args.path.get(name).filter(|_| name != segment);
        value.cloned().unwrap_or_else(|| segment.to_owned())
    };
    let template = format!("{}{}", operation.base_path, operation.path);
    template
        .split('/')
        .map(value)
        .collect::<Vec<_>>()
        .join("\n")
}

fn decoded(path: &str) -> String {
    // A form is decoded like a path, but for `+`.
    let decode = |segment: &str| -> String {
        let form = pairs(&format!("x={}", segment.replace('+', "%2B")));
        form.into_iter().map(|(_, value)| value).collect()
    };
    path.split('/').map(decode).collect::<Vec<_>>().join("\n")
}

/// What a query says, in the order of names and values.
fn pairs(query: &str) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(&format!("http://lago.test/?{query}"));
    let mut pairs: Vec<_> = url
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default();
    pairs.sort();
    pairs
}

fn same_query(expected: &[(String, String)], actual: &[(String, String)]) -> bool {
    let same = |((name, value), (other, text)): (&(String, String), &(String, String))| {
        name == other && same_text(value, text)
    };
    expected.len() == actual.len() && expected.iter().zip(actual).all(same)
}
