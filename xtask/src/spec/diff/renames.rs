//! Components that are called otherwise and are the same: one went, one came, and both have one shape.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use similar::TextDiff;

use crate::pointer::join;

/// The components that have another name, by pointer.
#[derive(Debug, Default)]
pub(super) struct Renames(BTreeMap<String, String>);

/// How alike two names have to be when they name something that is everywhere: a string, a number.
const ALIKE: f32 = 0.6;

impl Renames {
    /// Finds what was renamed. A schema that refers to a renamed one is found after that.
    pub(super) fn between(old: &Value, new: &Value) -> Self {
        let mut renames = Self::default();
        while renames.find(old, new) {}
        renames
    }

    fn find(&mut self, old: &Value, new: &Value) -> bool {
        let mut found = Vec::new();
        let sections = old["components"].as_object().into_iter().flatten();
        for (section, before) in sections {
            let place = join("/components", section);
            let now = &new["components"][section];
            let gone =
                missing(before, now).filter(|(name, _)| !self.0.contains_key(&join(&place, name)));
            let gone: Vec<_> = gone.map(|(name, node)| (name, self.shape(node))).collect();
            let taken = |name: &str| self.0.values().any(|known| *known == join(&place, name));
            let came = missing(now, before).filter(|(name, _)| !taken(name));
            let came: Vec<_> = came
                .map(|(name, node)| (name, Self::default().shape(node)))
                .collect();
            for (was, shape) in &gone {
                for (is, other) in came.iter().filter(|(_, other)| other == shape) {
                    let likeness = likeness(was, is);
                    if likeness >= ALIKE || weight(other) > 2 {
                        found.push((likeness, join(&place, was), join(&place, is)));
                    }
                }
            }
        }
        found.sort_by(|a, b| {
            b.0.total_cmp(&a.0)
                .then_with(|| (&a.1, &a.2).cmp(&(&b.1, &b.2)))
        });
        let before = self.0.len();
        for (_, was, is) in found {
            if !self.0.contains_key(&was) && !self.0.values().any(|known| *known == is) {
                self.0.insert(was, is);
            }
        }
        self.0.len() > before
    }

    /// Whether two pointers lead to the same thing.
    pub(super) fn same(&self, old: &str, new: &str) -> bool {
        self.now(old) == new
    }

    /// Where a component of the old document is in the new one.
    pub(super) fn now<'p>(&'p self, old: &'p str) -> &'p str {
        self.0.get(old).map_or(old, String::as_str)
    }

    /// Pointers before and now.
    pub(super) fn all(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }

    /// What a node says, without words and examples, and with references as they are called now.
    pub(super) fn shape(&self, node: &Value) -> Value {
        match node {
            Value::Object(map) => {
                let kept = map.iter().filter(|(key, value)| !is_words(key, value));
                let shaped = kept.map(|(key, value)| (key.clone(), self.keyword(key, value)));
                Value::Object(shaped.collect())
            }
            Value::Array(items) => items.iter().map(|item| self.shape(item)).collect(),
            other => other.clone(),
        }
    }

    fn keyword(&self, key: &str, value: &Value) -> Value {
        match (key, value) {
            ("$ref", Value::String(reference)) => {
                let now = reference.strip_prefix('#').map(|pointer| self.now(pointer));
                Value::String(now.map_or_else(|| reference.clone(), |now| format!("#{now}")))
            }
            // The keys are names here, whatever they sound like.
            ("properties", Value::Object(map)) => Value::Object(
                map.iter()
                    .map(|(name, value)| (name.clone(), self.shape(value)))
                    .collect(),
            ),
            ("required" | "enum", Value::Array(values)) => {
                let mut values = values.clone();
                values.sort_by_key(Value::to_string);
                Value::Array(values)
            }
            ("default" | "const", _) => value.clone(),
            _ => self.shape(value),
        }
    }
}

fn is_words(key: &str, value: &Value) -> bool {
    matches!(key, "example" | "examples")
        || matches!(key, "description" | "summary" | "title") && value.is_string()
}

/// The entries of a map that another one has not.
fn missing<'v>(from: &'v Value, to: &'v Value) -> impl Iterator<Item = (&'v String, &'v Value)> {
    let entries = from.as_object().into_iter().flat_map(Map::iter);
    entries.filter(|(name, _)| to.get(name.as_str()).is_none())
}

/// How alike two names are, from 0 to 1.
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    TextDiff::from_chars(a, b).ratio()
}

/// How much a shape says: its keywords, inner ones included.
pub(super) fn weight(shape: &Value) -> usize {
    match shape {
        Value::Object(map) => map.values().map(|value| 1 + weight(value)).sum(),
        Value::Array(items) => items.iter().map(weight).sum(),
        _ => 0,
    }
}

/// Whether a name and another one may be the same thing, when both have one shape.
pub(super) fn may_be(was: &str, is: &str, shape: &Value) -> bool {
    likeness(was, is) >= ALIKE || weight(shape) > 4
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_refers_to_the_renamed_is_found_too() {
        let leaf = json!({"type": "object", "properties": {"description": {"type": "string"}, "b": {"type": "integer"}}});
        let holds = |name: &str| json!({"type": "object", "properties": {"leaf": {"$ref": format!("#/components/schemas/{name}")}}});
        let old = json!({"components": {"schemas": {
            "Lef": leaf, "Hold": holds("Lef"), "Text": {"type": "string"}, "Kept": {"type": "string"}}}});
        let mut told = leaf.clone();
        told["description"] = json!("A leaf");
        let new = json!({"components": {"schemas": {
            "Leaf": told, "Holder": holds("Leaf"), "Other": {"type": "string"}, "Kept": {"type": "string"}}}});
        let renames = Renames::between(&old, &new);
        let found: Vec<_> = renames
            .all()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("/components/schemas/Hold", "/components/schemas/Holder"),
                ("/components/schemas/Lef", "/components/schemas/Leaf"),
            ]
        );
        assert!(renames.same("/components/schemas/Kept", "/components/schemas/Kept"));
    }
}
