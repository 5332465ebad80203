//! Where words of ours are missing.

use std::fmt;

use serde_json::{Map, Value};

use super::facts::reason_phrase;
use super::table::{Context, Shape};
use crate::pointer;

/// Nodes that have no words of ours yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(super) operations: Vec<String>,
    pub(super) schemas: Vec<String>,
    pub(super) webhooks: Vec<String>,
    pub(super) properties: usize,
    pub(super) parameters: usize,
    pub(super) responses: usize,
}

/// A node without words of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unsaid {
    /// Where it stands.
    pub(crate) pointer: String,
    /// The key under which they are written.
    pub(crate) key: &'static str,
}

impl Unsaid {
    /// Whether it is an operation, a webhook or a component, of which the docs would say nothing at all; a property
    /// or parameter has its name and its type.
    pub(crate) fn is_needed(&self) -> bool {
        self.key == "summary" || is_component(&self.pointer)
    }
}

fn is_component(at: &str) -> bool {
    at.matches('/').count() == 3 && at.starts_with("/components/schemas/")
}

/// The nodes of a document that have no words and that the one before did not have.
pub(super) fn unsaid(before: Option<&Value>, now: &Value) -> Vec<Unsaid> {
    let mut unsaid = Vec::new();
    let look = &mut |context, at: &str, node: &Map<String, Value>| {
        // A response has the reason phrase at least.
        let known = context == Context::Response
            || before.is_some_and(|before| before.pointer(at).is_some());
        let name = pointer::parse(at).pop().unwrap_or_default();
        if let Some(key) = words(context, at, &name, node).filter(|_| !known) {
            unsaid.push(Unsaid {
                pointer: at.to_owned(),
                key,
            });
        }
    };
    visit(Shape::Object(Context::Document), now, "", look);
    unsaid
}

/// The key of the words that a node lacks.
fn words(
    context: Context,
    at: &str,
    name: &str,
    node: &Map<String, Value>,
) -> Option<&'static str> {
    // Someone else describes what a reference points to.
    let undescribed = !node.contains_key("description") && !node.contains_key("$ref");
    match context {
        Context::Operation => (!node.contains_key("summary")).then_some("summary"),
        Context::Property | Context::Parameter => undescribed.then_some("description"),
        Context::Schema if is_component(at) => undescribed.then_some("description"),
        Context::Response => (node.get("description") == Some(&Value::String(reason_phrase(name))))
            .then_some("description"),
        _ => None,
    }
}

impl Missing {
    pub(super) fn from(document: &Value) -> Self {
        let mut missing = Self::default();
        let look = &mut |context, at: &str, node: &_| missing.look_at(context, at, node);
        visit(Shape::Object(Context::Document), document, "", look);
        missing
    }

    fn look_at(&mut self, context: Context, at: &str, node: &Map<String, Value>) {
        let segments = pointer::parse(at);
        let segments: Vec<_> = segments.iter().map(String::as_str).collect();
        let name = segments.last().copied().unwrap_or_default();
        if words(context, at, name, node).is_none() {
            return;
        }
        match (context, &segments[..]) {
            (Context::Operation, ["paths", path, method]) => {
                let id = node.get("operationId").and_then(Value::as_str);
                let name = id.map_or_else(|| format!("{method} {path}"), str::to_owned);
                self.operations.push(name);
            }
            (Context::Operation, ["webhooks", name, _]) => self.webhooks.push((*name).to_owned()),
            (Context::Schema, _) => self.schemas.push(name.to_owned()),
            (Context::Property, _) => self.properties += 1,
            (Context::Parameter, _) => self.parameters += 1,
            (Context::Response, _) => self.responses += 1,
            _ => {}
        }
    }
}

/// Shows every object of a known kind to `look`, with its pointer.
fn visit(
    shape: Shape,
    value: &Value,
    at: &str,
    look: &mut impl FnMut(Context, &str, &Map<String, Value>),
) {
    match (shape, value) {
        (Shape::Object(context), Value::Object(node)) => {
            look(context, at, node);
            for (key, shape) in context.fields() {
                if let Some(child) = node.get(*key) {
                    visit(*shape, child, &pointer::join(at, key), look);
                }
            }
        }
        (Shape::List(context, _), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                visit(Shape::Object(context), item, &format!("{at}/{index}"), look);
            }
        }
        (Shape::Map(shape, _), Value::Object(map)) => {
            for (key, child) in map {
                visit(*shape, child, &pointer::join(at, key), look);
            }
        }
        _ => {}
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, names) in [
            ("operations without a summary", &self.operations),
            ("webhooks without a summary", &self.webhooks),
            ("schemas without a description", &self.schemas),
        ] {
            write!(f, "{what}: {}", names.len())?;
            if !names.is_empty() {
                write!(f, " ({})", names.join(", "))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "properties without a description: {}", self.properties)?;
        writeln!(f, "parameters without a description: {}", self.parameters)?;
        write!(f, "responses with only a reason phrase: {}", self.responses)
    }
}
