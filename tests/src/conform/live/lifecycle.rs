//! Goes through the table of what is made, and back again, whatever went wrong in between.

use std::collections::BTreeMap;

use chrono::Utc;
use lago_client::{OPERATIONS, Operation};
use serde_json::{Map, Value};

use super::session::{Came, MOST_SILENT, Session};
use super::settings::{LiveError, Stop};
use super::steps::{Make, Undo, steps};
use crate::support::calling::Args;

/// What was made so far.
#[derive(Debug)]
pub(super) struct Lifecycle {
    known: Known,
    /// In the order in which it was made.
    made: Vec<Vec<Undo>>,
    stays: Vec<String>,
}

/// What stands for the words in braces.
#[derive(Debug)]
struct Known {
    prefix: String,
    now: i64,
    roots: BTreeMap<String, Value>,
}

impl Lifecycle {
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            known: Known {
                prefix: prefix.to_owned(),
                now: Utc::now().timestamp(),
                roots: BTreeMap::new(),
            },
            made: Vec::new(),
            stays: Vec::new(),
        }
    }

    /// Makes and changes what the table says, until somebody asks to stop. What needs something that
    /// could not be made is left out.
    pub(super) async fn make(
        &mut self,
        session: &mut Session,
        stop: &Stop,
        tell: &mut dyn FnMut(&'static str, usize),
    ) -> Result<(), LiveError> {
        let steps = steps();
        let count = steps.len();
        for (index, step) in steps.into_iter().enumerate() {
            if stop.is_asked() || session.is_gone() {
                break;
            }
            let Some(operation) = operation(step.operation) else {
                continue;
            };
            let args = match self.known.args(step.path, step.query, &step.body) {
                Ok(args) => args,
                Err(lacking) => {
                    let why = format!("{lacking} could not be made");
                    session.ledger.silent(operation, &why);
                    continue;
                }
            };
            tell(operation.resource, count - index - 1);
            // Before the call: one whose response is lost may have made it all the same.
            if !step.undo.is_empty() {
                self.made.push(step.undo.clone());
            }
            let came = session.call(operation, &args, false).await?;
            self.note(&step, operation, &came);
        }
        Ok(())
    }

    fn note(&mut self, step: &Make, operation: &Operation, came: &Came) {
        let may_be_made = match came {
            Came::Response(status, _) => *status < 300 || *status >= 500,
            Came::Nothing(_) => true,
        };
        if !step.stays.is_empty() && may_be_made {
            self.stays.extend(self.known.text(step.stays));
        }
        if !step.undo.is_empty() && !may_be_made {
            // A refusal made nothing that would have to be taken away.
            self.made.pop();
        }
        let roots = came.success().and_then(Value::as_object);
        for root in operation.roots {
            if let Some(value) = roots.and_then(|roots| roots.get(*root)) {
                self.known.roots.insert((*root).to_owned(), value.clone());
            }
        }
    }

    /// Takes away what was made, the last first. What comes back is what is still there, or may be.
    pub(super) async fn take_away(
        mut self,
        session: &mut Session,
        tell: &mut dyn FnMut(&'static str, usize),
    ) -> Vec<String> {
        let mut left = Vec::new();
        let mut silent = 0;
        while let Some(undo) = self.made.pop() {
            let known = &self.known;
            let ways = undo.iter().filter_map(|way| {
                let args = known.args(way.path, way.query, &Value::Null).ok()?;
                Some((way, operation(way.operation)?, args))
            });
            let Some((way, operation, args)) = ways.into_iter().next() else {
                let what = undo.first().and_then(|way| known.text(way.what).ok());
                let what = what.unwrap_or_default();
                left.push(format!(
                    "{what}, perhaps: the response that would have named it was lost"
                ));
                continue;
            };
            let what = known.text(way.what).unwrap_or_default();
            if silent >= MOST_SILENT {
                left.push(format!("{what}: the server has stopped responding"));
                continue;
            }
            tell(operation.resource, self.made.len());
            let came = session.call(operation, &args, false).await;
            silent = match &came {
                Ok(Came::Nothing(_)) => silent + 1,
                _ => 0,
            };
            match came {
                Ok(Came::Response(200..300 | 404, _)) => {}
                Ok(came) => {
                    let why = session.masks.text(&came.why());
                    left.push(format!("{what}: {} responded {why}", operation.resource));
                }
                Err(error) => left.push(format!("{what}: {error}")),
            }
        }
        left.extend(self.stays);
        left
    }
}

fn operation(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

impl Known {
    /// The arguments of a call; the words that nothing stands for, otherwise.
    fn args(
        &self,
        path: &[(&str, &str)],
        query: &[(&str, &str)],
        body: &Value,
    ) -> Result<Args, String> {
        let mut args = Args {
            path: BTreeMap::new(),
            query: BTreeMap::new(),
            body: None,
            only_named: false,
        };
        for (name, value) in path {
            args.path.insert((*name).to_owned(), self.text(value)?);
        }
        for (name, value) in query {
            let value = Value::from(self.text(value)?);
            args.query.insert((*name).to_owned(), value);
        }
        if !body.is_null() {
            args.body = Some(self.value(body)?);
        }
        Ok(args)
    }

    fn value(&self, value: &Value) -> Result<Value, String> {
        match value {
            Value::String(text) if text == "{now}" => Ok(Value::from(self.now)),
            Value::String(text) => self.text(text).map(Value::from),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => {
                let mut filled = Map::new();
                for (name, value) in fields {
                    filled.insert(name.clone(), self.value(value)?);
                }
                Ok(Value::Object(filled))
            }
            other => Ok(other.clone()),
        }
    }

    fn text(&self, template: &str) -> Result<String, String> {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&self.word(word).ok_or_else(|| word.to_owned())?);
            rest = after;
        }
        Ok(text + rest)
    }

    fn word(&self, word: &str) -> Option<String> {
        if word == "p" {
            return Some(self.prefix.clone());
        }
        let (root, property) = word.split_once('.')?;
        let value = self.roots.get(root)?.get(property)?;
        value.as_str().map(str::to_owned)
    }
}
