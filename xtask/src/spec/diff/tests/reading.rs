//! One document as facts, each with its place.
//!
//! A fact is a value with its place. Words are none. What lists hold goes by what it is called (`$ref`, name, url)
//! or, in lists of words, by itself.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::pointer::parse;

/// The facts below a node by their path from it, with the keyed path at which each really stands.
pub(super) type Facts = BTreeMap<Vec<String>, (Vec<String>, String)>;

/// What an item of a list goes by: its name, or the first, second… of its type.
fn key(items: &[Value], index: usize) -> String {
    let item = &items[index];
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    match (text("$ref"), text("in"), text("name"), text("url")) {
        (Some(reference), ..) => reference.to_owned(),
        (_, Some(place), Some(name), _) => format!("{place}:{name}"),
        (_, _, Some(name), _) | (_, _, _, Some(name)) => name.to_owned(),
        _ if item.is_object() || item.is_array() => {
            let alike = |other: &&Value| {
                other.get("$ref").is_none() && other.get("type") == item.get("type")
            };
            let rank = items[..index].iter().filter(alike).count();
            format!("{} {rank}", item.get("type").unwrap_or(&Value::Null))
        }
        _ => item.to_string(),
    }
}

/// What the key of a node is.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Keyword,
    /// A keyword below which the keys are names.
    Names,
    /// A name, or a place in a list.
    Named,
}

/// The walk of one document.
struct Flattened<'d> {
    root: &'d Value,
    /// Whether members of `allOf` count as what holds them.
    merges: bool,
    /// How many references it is inside of: a document can refer in a circle.
    depth: usize,
    facts: Facts,
}

impl Flattened<'_> {
    fn walk(&mut self, node: &Value, path: &[String], real: &[String], level: Level) {
        let last = real.last().map(String::as_str).unwrap_or_default();
        let atoms = [
            "example",
            "examples",
            "default",
            "const",
            "links",
            "callbacks",
        ];
        let names = level == Level::Names;
        let is_keyword = level == Level::Keyword;
        let whole = is_keyword && (atoms.contains(&last) || last.starts_with("x-"));
        let below =
            |path: &[String], key: String| path.iter().cloned().chain([key]).collect::<Vec<_>>();
        match node {
            Value::Object(map) if !whole && !map.is_empty() => {
                for (name, child) in map {
                    let words =
                        ["description", "summary", "title", "$comment"].contains(&name.as_str());
                    if !names && words && child.is_string() {
                        continue;
                    }
                    let real = below(real, name.clone());
                    if let ("allOf", Value::Array(members), true, false) =
                        (name.as_str(), child, self.merges, names)
                    {
                        for (index, member) in members.iter().enumerate() {
                            let reference = member.get("$ref").and_then(Value::as_str);
                            match reference.and_then(|reference| reference.strip_prefix('#')) {
                                Some(_) if self.depth > 8 => {}
                                Some(target) => {
                                    let node = self.root.pointer(target).unwrap_or(&Value::Null);
                                    let real = keyed(self.root, target);
                                    self.depth += 1;
                                    self.walk(node, path, &real, Level::Keyword);
                                    self.depth -= 1;
                                }
                                None => self.walk(
                                    member,
                                    path,
                                    &below(&real, key(members, index)),
                                    Level::Named,
                                ),
                            }
                        }
                        continue;
                    }
                    let maps = [
                        "properties",
                        "schemas",
                        "parameters",
                        "headers",
                        "paths",
                        "webhooks",
                    ];
                    let inner = match names {
                        true => Level::Named,
                        false if maps.contains(&name.as_str()) => Level::Names,
                        false => Level::Keyword,
                    };
                    self.walk(child, &below(path, name.clone()), &real, inner);
                }
            }
            Value::Array(items) if !whole && !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    let key = key(items, index);
                    self.walk(
                        item,
                        &below(path, key.clone()),
                        &below(real, key),
                        Level::Named,
                    );
                }
            }
            _ => {
                self.facts
                    .entry(path.to_vec())
                    .or_insert_with(|| (real.to_vec(), node.to_string()));
            }
        }
    }
}

pub(super) fn facts(root: &Value, pointer: &str, merges: bool) -> Facts {
    let mut flattened = Flattened {
        root,
        merges,
        depth: 0,
        facts: Facts::new(),
    };
    if let Some(node) = root.pointer(pointer) {
        flattened.walk(node, &[], &keyed(root, pointer), Level::Named);
    }
    flattened.facts
}

/// A pointer with the keys of this walk instead of places in lists.
pub(super) fn keyed(root: &Value, pointer: &str) -> Vec<String> {
    let mut node = root;
    let mut path = Vec::new();
    for segment in parse(pointer) {
        let child = match node {
            Value::Array(items) => {
                let index: usize = segment.parse().unwrap_or(usize::MAX);
                path.push(if index < items.len() {
                    key(items, index)
                } else {
                    segment.clone()
                });
                items.get(index).unwrap_or(&Value::Null)
            }
            _ => {
                path.push(segment.clone());
                node.get(&segment).unwrap_or(&Value::Null)
            }
        };
        node = child;
    }
    path
}

/// Where a node is when references are followed, also from within what lets it be null.
pub(super) fn followed(root: &Value, pointer: &str) -> String {
    let mut at = pointer.to_owned();
    for _ in 0..10 {
        let node = root.pointer(&at).unwrap_or(&Value::Null);
        let reference = node.get("$ref").and_then(Value::as_str);
        let choices = ["oneOf", "anyOf"].into_iter().find_map(|key| {
            let members = node
                .get(key)?
                .as_array()
                .filter(|members| members.len() == 2)?;
            let null = members.iter().position(|member| member["type"] == "null")?;
            Some(format!("{at}/{key}/{}", 1 - null))
        });
        match (
            reference.and_then(|reference| reference.strip_prefix('#')),
            choices,
        ) {
            (Some(next), _) => at = next.to_owned(),
            (None, Some(next)) => at = next,
            (None, None) => break,
        }
    }
    at
}
