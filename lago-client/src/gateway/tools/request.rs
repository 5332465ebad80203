//! From arguments to a request.

use std::fmt;

use serde_json::{Map, Value};

use super::error::{ArgumentError, Problem};
use super::{Argument, Place, Tool, check};
use crate::client::Client;
use crate::operation::{Operation, RequestBody};
use crate::raw::RawRequest;
use crate::wire::query::unfit;

/// What the arguments of a tool become: a request that was not sent yet.
///
/// `Debug` shows how much there is of it, and no values.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolRequest {
    /// The operation that is called.
    pub operation: &'static Operation,
    /// The parameters of the path, each with its value as it was given: not encoded.
    pub path: Vec<(&'static str, String)>,
    /// The parameters of the query in the order of the tool's arguments, not encoded; those of a list are repeated.
    pub query: Vec<(String, String)>,
    /// The JSON body, with its root key.
    pub body: Option<Value>,
}

impl Tool {
    /// The request that these arguments mean. Of an operation that only reads or adds, what is null and may be left out is
    /// left out; one that changes something may mean null, and its schema says where.
    ///
    /// # Errors
    ///
    /// [`ArgumentError`] with everything in which they are not what [`input_schema`](Tool::input_schema) says.
    pub fn request(&self, mut arguments: Map<String, Value>) -> Result<ToolRequest, ArgumentError> {
        check::without_idle_nulls(self, &mut arguments);
        let mut problems = check::problems(self, &arguments);
        let mut request = ToolRequest {
            operation: self.operation,
            path: Vec::new(),
            query: Vec::new(),
            body: None,
        };
        for argument in self.arguments {
            if let Some(value) = arguments.remove(argument.name) {
                problems.extend(request.put(argument, value).err());
            }
        }
        if self.operation.body == RequestBody::Required
            && request.body.is_none()
            && problems.is_empty()
        {
            problems.push(Problem::at("", self.nothing_given()));
        }
        match problems.is_empty() {
            true => Ok(request),
            false => Err(ArgumentError {
                tool: self.name,
                problems,
            }),
        }
    }

    /// What is told of arguments that say where, and not what.
    fn nothing_given(&self) -> String {
        let content = |argument: &&Argument| matches!(argument.place, Place::Body(_));
        let names = self.arguments.iter().filter(content).map(|it| it.name);
        let names: Vec<&str> = names.collect();
        format!("at least one is needed of `{}`", names.join("`, `"))
    }
}

impl ToolRequest {
    /// The same as a request of a client, which repeats it as the operation allows.
    pub fn on(self, client: &Client) -> RawRequest {
        let mut raw = client.raw_operation(self.operation);
        for (name, value) in self.path {
            raw = raw.path(name, value);
        }
        for (name, value) in self.query {
            raw = raw.query(&name, value);
        }
        match self.body {
            Some(body) => raw.json(&body),
            None => raw,
        }
    }

    fn put(&mut self, argument: &Argument, value: Value) -> Result<(), Problem> {
        match argument.place {
            Place::Path(name) => self.path.push((name, text(value))),
            Place::Query(name) => self.query.push((name.to_owned(), text(value))),
            Place::QueryList(name) => {
                let items = match value {
                    Value::Array(items) => items,
                    one => vec![one],
                };
                let pair = |item| (name.to_owned(), text(item));
                self.query.extend(items.into_iter().map(pair));
            }
            Place::QueryMap(name) => {
                let Value::Object(entries) = value else {
                    return Ok(());
                };
                for (key, value) in entries {
                    if let Some(why) = unfit(&key) {
                        let pointer = format!("/{}", argument.name);
                        return Err(Problem::at(pointer, format!("has a key that {why}")));
                    }
                    self.query.push((format!("{name}[{key}]"), text(value)));
                }
            }
            Place::Body(keys) => {
                let body = self.body.get_or_insert_with(Value::default);
                // Objects are made on the way; no argument stands within another.
                *keys.iter().fold(body, |at, key| &mut at[*key]) = value;
            }
        }
        Ok(())
    }
}

/// A value as it stands in a path or a query.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

impl fmt::Debug for ToolRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolRequest")
            .field("operation", &self.operation.id)
            .field("path", &self.path.len())
            .field("query", &self.query.len())
            .field("body", &self.body.is_some())
            .finish()
    }
}
