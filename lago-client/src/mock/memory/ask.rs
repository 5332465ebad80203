//! A request, as the steps read it.

use serde_json::Value;

use super::super::record::ReceivedRequest;
use super::super::response;
use super::store::Fields;
use crate::operation::Operation;

/// A request of an operation, with the JSON that came with it.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) operation: &'static Operation,
    pub(super) request: &'a ReceivedRequest,
    pub(super) sent: Option<&'a Value>,
}

impl Ask<'_> {
    /// A value of the path.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut named = self.request.path_parameters.iter();
        let (_, value) = named.find(|(known, _)| *known == name)?;
        Some(value)
    }

    /// The last value of the path, which names the thing itself.
    pub(super) fn last_parameter(&self) -> &str {
        let last = self.request.path_parameters.last();
        last.map_or("", |(_, value)| value.as_str())
    }

    /// A value of the query, if it is not empty.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.request
            .query_value(name)
            .filter(|value| !value.is_empty())
    }

    /// The root of the response.
    pub(super) fn root(&self) -> &'static str {
        let roots = self.operation.roots;
        let sent = |root: &&&str| self.sent.is_some_and(|sent| sent.get(root).is_some());
        roots
            .iter()
            .find(sent)
            .or(roots.first())
            .copied()
            .unwrap_or_default()
    }

    /// The object that was sent: what stands under the root, or under the only key; empty when there is none.
    pub(super) fn object(&self) -> Fields {
        let sent = self.sent.and_then(Value::as_object);
        let object = sent.and_then(|sent| match sent.get(self.root()) {
            Some(value) => value.as_object(),
            None if sent.len() == 1 => sent.values().next()?.as_object(),
            None => None,
        });
        object.cloned().unwrap_or_default()
    }

    /// The object of the operation's example, or the first of its list.
    pub(super) fn example(&self) -> Fields {
        let example = response::example_of(self.operation, self.sent);
        example
            .and_then(|example| first(&example[self.root()]))
            .unwrap_or_default()
    }

    /// Whether the operation's lists are divided into pages.
    pub(super) fn has_pages(&self) -> bool {
        response::example_of(self.operation, self.sent)
            .is_some_and(|example| example.get("meta").is_some())
    }

    /// A response with this under its root.
    pub(super) fn said(&self, value: Value) -> Value {
        let mut body = Fields::new();
        body.insert(self.root().to_owned(), value);
        Value::Object(body)
    }

    /// A response with what the operation shows of an object.
    pub(super) fn shown(&self, fields: &Fields) -> Value {
        self.said(view(&self.example(), fields))
    }
}

/// An object, or the first of a list.
fn first(value: &Value) -> Option<Fields> {
    let one = match value {
        Value::Array(items) => items.first()?,
        one => one,
    };
    one.as_object().cloned()
}

/// The object of another operation's example.
pub(super) fn example_of(resource: &str) -> Fields {
    let operation = response::operation(resource).ok();
    let example = operation.and_then(|operation| {
        let root = operation.roots.first()?;
        first(&response::example_of(operation, None)?[*root])
    });
    example.unwrap_or_default()
}

/// What an operation shows of an object: the properties that its example has.
pub(super) fn view(example: &Fields, fields: &Fields) -> Value {
    let shown = fields
        .iter()
        .filter(|(name, _)| example.contains_key(*name));
    Value::Object(
        shown
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}
