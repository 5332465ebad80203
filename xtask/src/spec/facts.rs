//! The facts of one document with the prose of another, in canonical order.

use serde_json::{Map, Value, json};

use super::table::{Context, Identity, Order, Shape};

/// `theirs` in canonical order, with the words of `ours` and nothing else of it.
pub(super) fn with_prose_of(ours: Option<&Value>, theirs: &Value) -> Value {
    node(Shape::Object(Context::Document), "", theirs, ours)
}

/// The facts of one parameter.
pub(super) fn parameter(parameter: &Value) -> Value {
    node(Shape::Object(Context::Parameter), "", parameter, None)
}

/// `name` is the key that the node stands under.
fn node(shape: Shape, name: &str, theirs: &Value, ours: Option<&Value>) -> Value {
    match (shape, theirs) {
        (Shape::Object(context), Value::Object(theirs)) => {
            object(context, name, theirs, ours.and_then(Value::as_object))
        }
        (Shape::List(context, identity), Value::Array(theirs)) => {
            let ours = ours
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice);
            let pairs = theirs.iter().enumerate();
            pairs
                .map(|(position, item)| {
                    let counterpart = counterpart(identity, position, item, ours);
                    node(Shape::Object(context), "", item, counterpart)
                })
                .collect()
        }
        (Shape::Map(shape, order), Value::Object(theirs)) => {
            let mut names: Vec<_> = theirs.keys().collect();
            if matches!(order, Order::Sorted) {
                names.sort();
            }
            let entries = names.into_iter().map(|name| {
                let ours = ours.and_then(|ours| ours.get(name));
                (name.clone(), node(*shape, name, &theirs[name], ours))
            });
            Value::Object(entries.collect())
        }
        // Facts, and nodes of an unexpected kind such as `additionalProperties: true`.
        _ => theirs.clone(),
    }
}

fn object(
    context: Context,
    name: &str,
    theirs: &Map<String, Value>,
    ours: Option<&Map<String, Value>>,
) -> Value {
    let mut merged = Map::new();
    for &(key, shape) in context.fields() {
        let own = ours.and_then(|ours| ours.get(key));
        let value = match shape {
            Shape::Prose => own
                .filter(|own| own.is_string())
                .cloned()
                .or_else(|| required_prose(context, key, name, theirs)),
            Shape::License => Some(own.cloned().unwrap_or_else(license)),
            _ => theirs.get(key).map(|theirs| node(shape, key, theirs, own)),
        };
        if let Some(value) = value {
            merged.insert(key.to_owned(), value);
        }
    }
    for (key, value) in theirs {
        if !context.fields().iter().any(|(known, _)| known == key) {
            merged.insert(key.clone(), value.clone());
        }
    }
    Value::Object(merged)
}

pub(super) fn counterpart<'a>(
    identity: Identity,
    position: usize,
    theirs: &Value,
    ours: &'a [Value],
) -> Option<&'a Value> {
    match identity {
        Identity::Position => ours.get(position),
        Identity::Keys(keys) => ours.iter().find(|ours| {
            let same = |key: &&str| ours.get(*key) == theirs.get(*key);
            same(&"$ref") && keys.iter().all(same)
        }),
    }
}

/// What OpenAPI demands where we have said nothing yet.
fn required_prose(
    context: Context,
    key: &str,
    name: &str,
    theirs: &Map<String, Value>,
) -> Option<Value> {
    match (context, key) {
        (Context::Info, "title") => Some(json!("Lago API")),
        (Context::Response, "description") if !theirs.contains_key("$ref") => {
            Some(Value::String(reason_phrase(name)))
        }
        _ => None,
    }
}

fn license() -> Value {
    let ours = "MIT OR Apache-2.0";
    json!({"name": ours, "identifier": ours})
}

/// What HTTP calls a status; a named response is called by the words of its name.
pub(super) fn reason_phrase(name: &str) -> String {
    let phrase = match name {
        "200" => "OK",
        "201" => "Created",
        "202" => "Accepted",
        "204" => "No Content",
        "301" => "Moved Permanently",
        "302" => "Found",
        "303" => "See Other",
        "304" => "Not Modified",
        "307" => "Temporary Redirect",
        "308" => "Permanent Redirect",
        "400" => "Bad Request",
        "401" => "Unauthorized",
        "402" => "Payment Required",
        "403" => "Forbidden",
        "404" => "Not Found",
        "405" => "Method Not Allowed",
        "406" => "Not Acceptable",
        "408" => "Request Timeout",
        "409" => "Conflict",
        "410" => "Gone",
        "413" => "Content Too Large",
        "415" => "Unsupported Media Type",
        "422" => "Unprocessable Content",
        "429" => "Too Many Requests",
        "500" => "Internal Server Error",
        "501" => "Not Implemented",
        "502" => "Bad Gateway",
        "503" => "Service Unavailable",
        "504" => "Gateway Timeout",
        "2XX" => "Success",
        "3XX" => "Redirection",
        "4XX" => "Client error",
        "5XX" => "Server error",
        "default" => "Any other status",
        _ => return words(name),
    };
    phrase.to_owned()
}

/// `NotFound` as `Not Found`.
fn words(name: &str) -> String {
    let mut words = String::new();
    let mut after_lower_case = false;
    for c in name.chars() {
        if c.is_uppercase() && after_lower_case {
            words.push(' ');
        }
        words.push(c);
        after_lower_case = c.is_lowercase();
    }
    words
}
