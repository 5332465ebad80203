//! Everything that the document allows to send can be said to a tool, and arrives where it belongs.

use lago_client::gateway::tools::{self, Place, Tool};
use lago_client::{Effect, Idempotency};
use lago_tests::support::document::Document;
use lago_tests::support::instance::{Filled, NUMBER_OR_TEXT};
use lago_tests::support::sample::{Sample, samples};
use serde_json::{Map, Value, json};

use super::{Outcome, schema};

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

/// Where nothing can be taken away, null is nothing: without what is null and may be left out.
fn without_idle_nulls(tool: &Tool, sample: &mut Sample) -> Outcome {
    if !matches!(tool.operation.effect, Effect::Reads | Effect::Adds) {
        return Ok(());
    }
    let schema = schema(tool)?;
    for argument in tool.arguments {
        let (Place::Body(keys), Some(body)) = (argument.place, sample.body.as_mut()) else {
            continue;
        };
        let property = &schema["properties"][argument.name];
        let may_go = may_go(&schema, argument.name, property);
        let Some((last, around)) = keys.split_last() else {
            leave_out(body, property);
            continue;
        };
        let object = around.iter().try_fold(body, |at, key| at.get_mut(*key));
        let object = object.and_then(Value::as_object_mut);
        let Some(object) = object else {
            continue;
        };
        match object.get_mut(*last) {
            Some(Value::Null) if may_go => drop(object.shift_remove(*last)),
            Some(value) => leave_out(value, property),
            None => {}
        }
    }
    Ok(())
}

/// Whether null says no more of a property than leaving it out.
fn may_go(schema: &Value, name: &str, property: &Value) -> bool {
    let required = schema["required"].as_array().into_iter().flatten();
    let is_required = required.into_iter().any(|known| known == name);
    !is_required && property.get("type").is_some()
}

fn leave_out(value: &mut Value, schema: &Value) {
    let schema = schema["anyOf"].get(0).unwrap_or(schema);
    match value {
        Value::Object(object) => {
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let may_go = may_go(schema, name, property);
                match object.get_mut(name) {
                    Some(Value::Null) if may_go => drop(object.shift_remove(name)),
                    Some(value) => leave_out(value, property),
                    None => {}
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| leave_out(item, &schema["items"])),
        _ => {}
    }
}

/// Whether nothing stands under any root key.
fn is_nothing(body: Option<&Value>) -> bool {
    let roots = body.and_then(Value::as_object).into_iter().flatten();
    roots
        .into_iter()
        .all(|(_, root)| root.as_object().is_some_and(Map::is_empty))
}

/// What a path takes for an id of Lago's has the form of one.
fn with_ids(tool: &Tool, sample: &mut Sample) -> Outcome {
    let schema = schema(tool)?;
    for argument in tool.arguments {
        if let Place::Path(name) = argument.place
            && schema["properties"][argument.name]["format"] == "uuid"
        {
            let id = "1a901a90-1a90-4a90-9a90-1a901a901a90".to_owned();
            sample.args.path.insert(name.to_owned(), id);
        }
    }
    Ok(())
}

/// What a list in the query takes in one form alone has that form: numbers of quotes.
fn with_numbers_of_quotes(tool: &Tool, sample: &mut Sample) -> Outcome {
    let schema = schema(tool)?;
    for argument in tool.arguments {
        let Place::QueryList(name) = argument.place else {
            continue;
        };
        let items = &schema["properties"][argument.name]["items"];
        let Some(Value::Array(values)) = sample.args.query.get_mut(name) else {
            continue;
        };
        if items["pattern"].is_null() {
            continue;
        }
        sample.query.retain(|(known, _)| known != name);
        for (number, value) in (1..).zip(values) {
            let number = format!("QT-2026-{number:04}");
            sample.query.push((name.to_owned(), number.clone()));
            *value = number.into();
        }
        sample.query.sort();
    }
    Ok(())
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
                with_ids(tool, &mut sample)?;
                with_numbers_of_quotes(tool, &mut sample)?;
                without_what_is_in_the_query(tool, &mut sample.body);
                let said = arguments(tool, &sample);
                without_idle_nulls(tool, &mut sample)?;
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
