//! Everything that the document allows to send can be said to a tool, and arrives where it belongs.

use lago_client::Idempotency;
use lago_client::gateway::tools::{self, Place, Tool};
use lago_tests::support::document::Document;
use lago_tests::support::instance::{Filled, NUMBER_OR_TEXT};
use lago_tests::support::sample::{Sample, samples};
use serde_json::{Map, Value, json};

use super::Outcome;

/// What is said to a tool so that it sends a sample.
fn arguments(tool: &Tool, sample: &Sample) -> Map<String, Value> {
    let mut arguments = Map::new();
    for argument in tool.arguments {
        let value = match argument.place {
            Place::Path(name) => sample.args.path.get(name).map(|text| json!(text)),
            Place::Query(name) | Place::QueryList(name) | Place::QueryMap(name) => {
                sample.args.query.get(name).cloned()
            }
            Place::Body(keys) => {
                let body = sample.body.as_ref();
                keys.iter().fold(body, |at, key| at?.get(*key)).cloned()
            }
            _ => None,
        };
        arguments.extend(value.map(|value| (argument.name.to_owned(), value)));
    }
    arguments
}

/// Agents give an event its key and its time, without which no repeat of it is known.
fn with_keys(tool: &Tool, sample: &mut Sample) {
    let Idempotency::WithKey(key) = tool.operation.idempotency else {
        return;
    };
    let roots = sample.body.as_mut().and_then(Value::as_object_mut);
    for (_, root) in roots.into_iter().flatten() {
        let things = match root {
            Value::Array(things) => things.as_mut_slice(),
            thing => std::slice::from_mut(thing),
        };
        for thing in things {
            thing[key.name] = json!("one");
            thing[key.time] = json!(1_700_000_000.5);
        }
    }
}

/// Whether nothing stands under any root key.
fn is_nothing(body: Option<&Value>) -> bool {
    let roots = body.and_then(Value::as_object).into_iter().flatten();
    roots
        .into_iter()
        .all(|(_, root)| root.as_object().is_some_and(Map::is_empty))
}

/// Where the document takes numbers and text, tools take numbers.
fn with_numbers(body: &mut Option<Value>) {
    if let Some(time) = body
        .as_mut()
        .and_then(|body| body.pointer_mut("/event/timestamp"))
        && *time == NUMBER_OR_TEXT
    {
        *time = json!(17);
    }
}

/// What the server takes from the query as well as from the body, a tool says once.
fn without_what_is_in_the_query(tool: &Tool, body: &mut Option<Value>) {
    for argument in tool.arguments {
        if let (Place::Query(name), Some(Value::Object(roots))) = (argument.place, body.as_mut()) {
            roots.shift_remove(name);
        }
    }
}

#[test]
fn what_the_document_allows_arrives_where_it_belongs() -> Outcome {
    let document = Document::read()?;
    let operations = document.operations();
    let mut wrong = Vec::new();
    for tool in tools::all() {
        let known = operations
            .iter()
            .find(|known| known.id == tool.operation.id);
        let known = known.ok_or(tool.name)?;
        for filled in [
            Filled::Everything,
            Filled::Required,
            Filled::Nulls,
            Filled::Sparse,
        ] {
            for mut sample in samples(&document, known, filled) {
                with_numbers(&mut sample.body);
                with_keys(tool, &mut sample);
                without_what_is_in_the_query(tool, &mut sample.body);
                let said = arguments(tool, &sample);
                match tool.request(said) {
                    Ok(request) => {
                        let mut query = request.query.clone();
                        query.sort();
                        let path: Vec<_> = sample.args.path.iter().collect();
                        let mut sent: Vec<_> = request.path.iter().collect();
                        sent.sort();
                        let is_same = sent.len() == path.len()
                            && sent
                                .iter()
                                .zip(&path)
                                .all(|(sent, path)| sent.0 == path.0 && sent.1 == *path.1);
                        let is_same_body = request.body == sample.body
                            || request.body.is_none() && is_nothing(sample.body.as_ref());
                        if query != sample.query || !is_same_body || !is_same {
                            wrong.push(format!(
                                "{} {filled:?}: {sent:?} {query:?} {:?}\n  instead of {path:?} {:?} {:?}",
                                tool.name, request.body, sample.query, sample.body
                            ));
                        }
                    }
                    // It says what to send it for, and nothing of it.
                    Err(error) if is_nothing(sample.body.as_ref()) => {
                        assert!(
                            error.to_string().contains("at least one is needed"),
                            "{error}"
                        );
                    }
                    Err(error) => wrong.push(format!("{filled:?}: {error}")),
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Ok(())
}
