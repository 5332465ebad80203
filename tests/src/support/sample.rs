//! Requests that an operation allows: what a caller says, and what should go over the wire.

use std::collections::BTreeMap;

use lago_client::OPERATIONS;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::support::calling::Args;
use crate::support::document::{Document, Operation};
use crate::support::instance::{Filled, Instances};

/// An id of the server, where the response has none.
const ID: &str = "1a901a90-1a90-4a90-9a90-1a901a901a90";

/// A request of an operation.
#[derive(Debug)]
pub struct Sample {
    /// What the caller says.
    pub args: Args,
    /// The raw path below the base URL.
    pub path: String,
    /// The query, decoded and sorted.
    pub query: Vec<(String, String)>,
    /// The JSON body.
    pub body: Option<Value>,
    /// What the server answers.
    pub response: Vec<u8>,
    /// The value in it that a caller gets.
    pub value: Value,
}

/// The samples of an operation: one, or one for each kind of body that it takes.
pub fn samples(document: &Document, operation: &Operation, filled: Filled) -> Vec<Sample> {
    let instances = Instances { document, filled };
    let bodies = match &operation.body {
        Some(schema) if operation.body_required || filled != Filled::Required => {
            let members = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
            let schemas = members.map_or(vec![schema], |members| members.iter().collect());
            schemas
                .into_iter()
                .map(|schema| Some(body_of(schema, &instances)))
                .collect()
        }
        _ => vec![None],
    };
    bodies
        .into_iter()
        .map(|body| sample(operation, &instances, body))
        .collect()
}

/// A body with its root, which is what the operation is about: never null, and there even where
/// the document does not say that it must be.
fn body_of(schema: &Value, instances: &Instances<'_>) -> Value {
    let full = Instances {
        filled: Filled::Everything,
        ..*instances
    };
    let mut body = instances.of(schema, "body");
    let Some(roots) = body.as_object_mut() else {
        return body;
    };
    let properties = instances.document.merged(schema).remove("properties");
    for (name, schema) in properties.iter().filter_map(Value::as_object).flatten() {
        match roots.get(name) {
            Some(Value::Null) => roots.insert(name.clone(), full.of(schema, name)),
            None if roots.is_empty() => roots.insert(name.clone(), instances.of(schema, name)),
            _ => None,
        };
    }
    body
}

fn sample(operation: &Operation, instances: &Instances<'_>, body: Option<Value>) -> Sample {
    let mut sample = Sample {
        args: Args {
            path: BTreeMap::new(),
            query: BTreeMap::new(),
            body: body.clone(),
            only_named: true,
        },
        path: operation.path.clone(),
        query: Vec::new(),
        body,
        response: Vec::new(),
        value: Value::Null,
    };
    sample.add_response(operation, instances);
    sample.identify(operation);
    for parameter in &operation.parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let required = parameter["required"] == true;
        match parameter["in"].as_str() {
            Some("path") => sample.add_path(name),
            Some("query") if required || instances.filled == Filled::Everything => {
                sample.add_query(name, parameter, instances);
            }
            _ => {}
        }
    }
    sample.query.sort();
    sample
}

impl Sample {
    fn add_response(&mut self, operation: &Operation, instances: &Instances<'_>) {
        if operation.responses_text {
            self.response = b"some text\n".to_vec();
            self.value = json!("some text\n");
        }
        let Some(schema) = &operation.response else {
            return;
        };
        if operation.may_be_empty && instances.filled == Filled::Required {
            return;
        }
        // Of several responses the one with the root key of the request.
        let members = schema["oneOf"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let roots = |value: &Value| {
            value
                .as_object()
                .map(|map| map.keys().cloned().collect::<Vec<_>>())
        };
        let sent = self.body.as_ref().and_then(roots).unwrap_or_default();
        let chosen = members
            .iter()
            .map(|member| body_of(member, instances))
            .find(|response| {
                roots(response).is_some_and(|keys| keys.iter().any(|key| sent.contains(key)))
            });
        let response = chosen.unwrap_or_else(|| body_of(schema, instances));
        let root = response
            .as_object()
            .into_iter()
            .flatten()
            .find(|(key, _)| *key != "meta");
        self.value = root.map(|(_, value)| value.clone()).unwrap_or_default();
        self.response = response.to_string().into_bytes();
    }

    /// The response is about what the path names. An id is one of the server, and all else is any text.
    fn identify(&mut self, operation: &Operation) {
        let known = OPERATIONS.iter().find(|known| known.id == operation.id);
        for (parameter, property) in known.into_iter().flat_map(|known| known.identity) {
            let objects = match &mut self.value {
                Value::Array(items) => items.as_mut_slice(),
                one => std::slice::from_mut(one),
            };
            let place = format!("/{}", property.replace('.', "/"));
            let mut stated: Vec<&mut Value> = objects
                .iter_mut()
                .filter_map(|object| object.pointer_mut(&place))
                .filter(|value| value.is_string())
                .collect();
            let first = stated.first().and_then(|value| value.as_str());
            let is_id = property.starts_with("lago_")
                || first.is_some_and(|text| Uuid::parse_str(text).is_ok());
            let value = match is_id {
                true => first.unwrap_or(ID).to_owned(),
                false => any_text(parameter),
            };
            for stated in &mut stated {
                **stated = json!(value);
            }
            self.args.path.insert((*parameter).to_owned(), value);
        }
        if let Ok(Value::Object(mut response)) = serde_json::from_slice(&self.response)
            && let Some((_, root)) = response.iter_mut().find(|(key, _)| *key != "meta")
        {
            *root = self.value.clone();
            self.response = Value::Object(response).to_string().into_bytes();
        }
    }

    fn add_path(&mut self, name: &str) {
        let stated = self.args.path.get(name).cloned();
        let value = stated.unwrap_or_else(|| any_text(name));
        self.path = self.path.replace(&format!("{{{name}}}"), &encode(&value));
        self.args.path.insert(name.to_owned(), value);
    }

    fn add_query(&mut self, name: &str, parameter: &Value, instances: &Instances<'_>) {
        let schema = &parameter["schema"];
        if parameter["style"] == "deepObject" || name.ends_with("[key]") {
            let name = name.trim_end_matches("[key]");
            let entries = [("key_1", "a & b"), ("key & 2", "é")];
            for (key, value) in entries {
                self.query
                    .push((format!("{name}[{key}]"), value.to_owned()));
            }
            let entries: Map<String, Value> = entries
                .into_iter()
                .map(|(key, value)| (key.to_owned(), json!(value)))
                .collect();
            self.args
                .query
                .insert(name.to_owned(), Value::Object(entries));
            return;
        }
        let value = instances.of(schema, name);
        let values = match &value {
            Value::Array(items) => items.iter().collect(),
            one => vec![one],
        };
        for value in values {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            self.query.push((name.to_owned(), text));
        }
        self.args.query.insert(name.to_owned(), value);
    }
}

/// A value that a path can hold, and that must not be taken apart.
fn any_text(name: &str) -> String {
    format!(r"{name} a/b\c%2F?d=é&#;..")
}

/// Everything but unreserved characters, and the dot, at which a Rails router ends a value.
fn encode(value: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}
