//! The same inputs before a judge that nobody here wrote: a proxy before the stand-in that holds each request and each
//! response against the document, and says what is wrong with it. `tests/referee.sh` starts both.

use std::fmt::Write as _;

use lago_tests::generated::calls::CALLS;
use lago_tests::support::calling::CallError;
use lago_tests::support::document::Document;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Outcome;
use super::inputs::inputs;

/// Where it is.
const URL: &str = "LAGO_REFEREE_URL";

/// What it may say: how a place begins and ends, a part of the message, and why the client and the stand-in are right.
const ACCEPTED: &[(&str, &str, &str, &str)] = &[
    (
        "body/",
        "/minimum_commitment",
        "required property 'amount_cents'",
        "the server clears a commitment when the object is empty, which the document does not know",
    ),
    (
        "body/event",
        "/timestamp",
        "must ",
        "the server takes seconds with fractions as a number, the document integers and text",
    ),
    (
        "body/event/properties/",
        "",
        "must ",
        "the document allows an integer twice, as an integer and as a number, of which one has to be",
    ),
    (
        "query/",
        "",
        "is deprecated",
        "it is sent because it is there",
    ),
    (
        "response/body/event",
        "/lago_customer_id",
        "must be null",
        "the example of an event has its customer, also where it is new and the server has not looked for it",
    ),
];

/// What it says where it cannot read an empty body.
const EMPTY: &str = "Unexpected end of JSON input";

/// An id, where a path wants one.
const ID: &str = "1a901a90-1a90-4a90-9a90-1a901a901a90";

#[tokio::test]
#[ignore = "tests/referee.sh starts the server that it calls"]
async fn nothing_that_is_sent_is_refused_by_a_stranger() -> Outcome {
    let url = std::env::var(URL).map_err(|_| format!("{URL} says where the server is"))?;
    let lago = super::once(url)?;
    let document = Document::read()?;
    let (mut sent, mut refused) = (0, String::new());
    for operation in document.operations() {
        let call = CALLS.iter().find(|call| call.id == operation.id);
        let call = call.ok_or_else(|| format!("the client has no {}", operation.id))?;
        for mut input in inputs(&document, &operation) {
            // It does not know that an encoded slash is a part of a value.
            for (name, value) in &mut input.args.path {
                if Uuid::parse_str(value).is_err() {
                    let is_id = name == "lago_id" || name.ends_with("_id") && name != "external_id";
                    *value = if is_id { ID.to_owned() } else { name.clone() };
                }
            }
            // The stand-in refuses an update that changes nothing, as Lago does.
            let is_empty = |root: &Value| root.as_object().is_some_and(Map::is_empty);
            let roots = input.args.body.as_ref().and_then(Value::as_object);
            if roots.is_some_and(|roots| roots.values().any(is_empty)) {
                continue;
            }
            sent += 1;
            let error = match (call.call)(&lago, &input.args).await {
                Ok(_) => continue,
                // Its examples are of any object, not of the one that was asked for.
                Err(CallError::Client(error)) if error.is_other_object() => continue,
                Err(CallError::Client(error)) => error,
                Err(error) => return Err(error.into()),
            };
            let said: Value = serde_json::from_slice(error.body()).unwrap_or_default();
            let mut why = faults(&said);
            // A body that is empty is none of JSON, and Prism ends at it.
            let title = said["title"].as_str().unwrap_or_default();
            let may_be_empty = operation.may_be_empty || operation.response.is_none();
            let is_empty = may_be_empty && title.ends_with(EMPTY);
            if said["validation"].is_null() && !is_empty {
                why.push(format!("{error} {said}"));
            }
            for why in why {
                writeln!(refused, "{} | {} | {why}", operation.id, input.what)?;
            }
        }
    }
    println!("{sent} requests, {} refused", refused.lines().count());
    assert!(refused.is_empty(), "{refused}");
    Ok(())
}

/// What it found, but for what it may say.
fn faults(said: &Value) -> Vec<String> {
    let faults = said["validation"].as_array().into_iter().flatten();
    let faults = faults.map(|fault| {
        let place = fault["location"].as_array().into_iter().flatten();
        let place: Vec<&str> = place.filter_map(Value::as_str).collect();
        (
            place.join("/"),
            fault["message"].as_str().unwrap_or_default(),
        )
    });
    let is_accepted = |(place, message): &(String, &str)| {
        let mut accepted = ACCEPTED.iter();
        accepted.any(|(begin, end, part, _)| {
            place.starts_with(begin) && place.ends_with(end) && message.contains(part)
        })
    };
    faults
        .filter(|fault| !is_accepted(fault))
        .map(|(place, message)| format!("{place}: {message}"))
        .collect()
}
