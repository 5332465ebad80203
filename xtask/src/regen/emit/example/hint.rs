//! What the document says of a value beside its type: the name of its place, and an example.

use serde_json::Value;

use crate::regen::ir::{Field, Parameter};

/// What is known of a value beside its type.
#[derive(Debug)]
pub(super) struct Hint<'a> {
    /// The name of its place.
    pub(super) name: &'a str,
    /// An example of the document.
    pub(super) example: Option<Value>,
}

impl<'a> Hint<'a> {
    /// No more than a name.
    pub(super) fn named(name: &'a str) -> Self {
        Self {
            name,
            example: None,
        }
    }

    /// What the document says of a property.
    pub(super) fn of(field: &'a Field) -> Self {
        Self::with(&field.name, field.example.as_deref())
    }

    /// What the document says of a parameter.
    pub(super) fn of_parameter(parameter: &'a Parameter) -> Self {
        Self::with(&parameter.name, parameter.example.as_deref())
    }

    fn with(name: &'a str, example: Option<&str>) -> Self {
        Self {
            name,
            example: example.and_then(|text| serde_json::from_str(text).ok()),
        }
    }

    /// The same of an element of a list.
    pub(super) fn of_element(&self) -> Self {
        let example = self.example.as_ref();
        Self {
            name: self.name,
            example: example.and_then(|list| list.get(0)).cloned(),
        }
    }

    /// An entry of a map, and what its value may be.
    pub(super) fn of_entry(&self) -> (String, Self) {
        let entries = self.example.as_ref().and_then(Value::as_object);
        let first = entries.and_then(|entries| entries.iter().next());
        let key = first.map_or("key", |(key, _)| key).to_owned();
        let example = first.map(|(_, value)| value.clone());
        let name = "value";
        (key, Self { name, example })
    }
}
