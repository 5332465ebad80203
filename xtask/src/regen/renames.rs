//! What is called otherwise in the next document and is the same: one went, one came, and both have one shape.
//!
//! The only place that decides so. The overlay, names.yaml and operations.yaml follow what is found here
//! ([`Moves`](super::moves::Moves)), and `spec diff` reports it.

mod pairs;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::schema::{METHODS, is_format, text};
use crate::pointer::{join, parse};
use pairs::pairs;

/// The components that have another name, by pointer.
#[derive(Debug, Default)]
pub(crate) struct Renames(BTreeMap<String, String>);

/// An operation that is at another place, or perhaps is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MovedOperation {
    /// Where it was.
    pub(crate) old: Place,
    /// Where it is.
    pub(crate) new: Place,
    /// Whether both documents say that it is the same, by its id or by its path but for the names of parameters.
    /// Otherwise it only takes and returns the same.
    pub(crate) certain: bool,
}

/// Where an operation stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// As in the document: in small letters.
    pub(crate) method: &'static str,
    pub(crate) path: String,
}

impl Renames {
    /// Finds what was renamed. A schema that refers to a renamed one is found after that.
    pub(crate) fn between(old: &Value, new: &Value) -> Self {
        let mut renames = Self::default();
        while renames.find(old, new) {}
        renames
    }

    fn find(&mut self, old: &Value, new: &Value) -> bool {
        let mut found = Vec::new();
        let sections = old["components"].as_object().into_iter().flatten();
        for (section, before) in sections {
            let at = join("/components", section);
            let now = &new["components"][section];
            let gone = missing(before, now);
            let gone = gone.filter(|(name, _)| !self.0.contains_key(&join(&at, name)));
            let gone: Vec<_> = gone
                .map(|(name, node)| (name.as_str(), self.shape(node)))
                .collect();
            let taken: BTreeSet<&String> = self.0.values().collect();
            let came = missing(now, before).filter(|(name, _)| !taken.contains(&join(&at, name)));
            let came: Vec<_> = came
                .map(|(name, node)| (name.as_str(), shape(node)))
                .collect();
            let pairs = pairs(&gone, &came);
            found.extend(
                pairs
                    .iter()
                    .map(|(was, is)| (join(&at, was), join(&at, is))),
            );
        }
        let is_new = !found.is_empty();
        self.0.extend(found);
        is_new
    }

    /// Whether two pointers lead to the same thing.
    pub(crate) fn same(&self, old: &str, new: &str) -> bool {
        self.now(old) == new
    }

    /// Where a component of the old document is in the new one.
    pub(crate) fn now<'p>(&'p self, old: &'p str) -> &'p str {
        self.0.get(old).map_or(old, String::as_str)
    }

    /// Pointers before and now.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }

    /// The schemas among them, by name.
    pub(crate) fn schemas(&self) -> BTreeMap<String, String> {
        const SCHEMAS: &str = "/components/schemas/";
        let all = self.0.iter().filter(|(old, _)| old.starts_with(SCHEMAS));
        let name = |pointer: &String| parse(pointer).pop().unwrap_or_default();
        all.map(|(old, new)| (name(old), name(new))).collect()
    }

    /// The properties of one object that have another name, each with that; both lists are of all of its properties.
    pub(crate) fn properties<'n>(
        &self,
        old: &[(&'n str, &Value)],
        new: &[(&'n str, &Value)],
    ) -> Vec<(&'n str, &'n str)> {
        let has =
            |list: &[(&str, &Value)], name: &str| list.iter().any(|(known, _)| *known == name);
        let gone = old.iter().filter(|(name, _)| !has(new, name));
        let gone: Vec<_> = gone.map(|(name, node)| (*name, self.shape(node))).collect();
        let came = new.iter().filter(|(name, _)| !has(old, name));
        let came: Vec<_> = came.map(|(name, node)| (*name, shape(node))).collect();
        pairs(&gone, &came)
    }

    /// The operations that are at another place.
    pub(crate) fn operations(&self, old: &Value, new: &Value) -> Vec<MovedOperation> {
        let (olds, news) = (operations(old), operations(new));
        let mut gone: Vec<&Place> = olds.keys().filter(|at| !news.contains_key(*at)).collect();
        let mut came: Vec<&Place> = news.keys().filter(|at| !olds.contains_key(*at)).collect();
        let mut found = Vec::new();
        let id = |node: &Value| text(node, "operationId").map(str::to_owned);
        let by_id = |was: &Place, is: &Place| {
            let known = id(olds[was]);
            known.is_some() && known == id(news[is])
        };
        let by_path = |was: &Place, is: &Place| {
            was.method == is.method && nameless(&was.path) == nameless(&is.path)
        };
        for same in [&by_id as &dyn Fn(&Place, &Place) -> bool, &by_path] {
            gone.retain(|was| {
                let Some(at) = came.iter().position(|is| same(was, is)) else {
                    return true;
                };
                found.push(MovedOperation {
                    old: (*was).clone(),
                    new: came.remove(at).clone(),
                    certain: true,
                });
                false
            });
        }
        for method in METHODS {
            let says = |node: &Value, shape: &dyn Fn(&Value) -> Value| {
                ["requestBody", "responses"].map(|key| shape(&node[key]))
            };
            let of = |places: &[&Place]| -> Vec<Place> {
                let of_method = places.iter().filter(|at| at.method == method);
                of_method.map(|at| (*at).clone()).collect()
            };
            let (was, is) = (of(&gone), of(&came));
            let before = was.iter().map(|at| {
                let says = says(olds[at], &|node: &Value| self.shape(node));
                (at.path.as_str(), json!(says))
            });
            let now = is.iter().map(|at| {
                let says = says(news[at], &shape);
                (at.path.as_str(), json!(says))
            });
            let pairs = pairs(&before.collect::<Vec<_>>(), &now.collect::<Vec<_>>());
            found.extend(pairs.into_iter().map(|(old, new)| MovedOperation {
                old: Place::new(method, old),
                new: Place::new(method, new),
                certain: false,
            }));
        }
        found
    }

    /// What a node says, without words, examples and patterns, and with references as they are called now.
    pub(crate) fn shape(&self, node: &Value) -> Value {
        match node {
            Value::Object(map) => {
                let kept = map.iter().filter(|(key, value)| !is_note(key, value));
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

impl Place {
    fn new(method: &'static str, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
        }
    }

    /// As addresses have it: `GET /plans`.
    pub(crate) fn address(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }
}

/// What a node of the new document says.
pub(crate) fn shape(node: &Value) -> Value {
    Renames::default().shape(node)
}

/// The operations of a document.
pub(crate) fn operations(root: &Value) -> BTreeMap<Place, &Value> {
    let paths = root["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        METHODS
            .into_iter()
            .filter_map(move |method| Some((Place::new(method, path), item.get(method)?)))
    });
    operations.collect()
}

/// `/plans/{code}` as `/plans/{}`.
pub(crate) fn nameless(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| match (part.find('{'), part.rfind('}')) {
            (Some(from), Some(to)) if from < to => {
                format!("{}{{}}{}", &part[..from], &part[to + 1..])
            }
            _ => part.to_owned(),
        });
    parts.collect::<Vec<_>>().join("/")
}

/// Words, examples, and what the generator takes for a note as well: patterns, and formats that make no type.
fn is_note(key: &str, value: &Value) -> bool {
    match key {
        "example" | "examples" => true,
        "description" | "summary" | "title" | "pattern" => value.is_string(),
        "format" => !value.as_str().is_some_and(is_format),
        _ => false,
    }
}

/// The entries of a map that another one has not.
fn missing<'v>(from: &'v Value, to: &'v Value) -> impl Iterator<Item = (&'v String, &'v Value)> {
    let entries = from.as_object().into_iter().flat_map(Map::iter);
    entries.filter(|(name, _)| to.get(name.as_str()).is_none())
}

#[cfg(test)]
mod tests;
