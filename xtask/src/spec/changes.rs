//! How many parts of a document came, went or changed.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::table::{Context, Shape};
use crate::pointer;

/// The counts of one import.
#[derive(Debug)]
pub(crate) struct Changes(BTreeMap<Kind, Count>);

/// What the parts of a document are counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Operations,
    Schemas,
    Webhooks,
    Parameters,
    Other,
}

impl Kind {
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) added: usize,
    pub(super) removed: usize,
    pub(super) changed: usize,
    pub(super) total: usize,
}

impl Changes {
    /// Both are bare facts, so that a reworded node is no change.
    pub(super) fn between(before: Option<&Value>, now: &Value) -> Self {
        let (before, now) = (before.map(parts).unwrap_or_default(), parts(now));
        let mut counts: BTreeMap<Kind, Count> = BTreeMap::new();
        for (pointer, (kind, value)) in &now {
            let count = counts.entry(*kind).or_default();
            count.total += 1;
            match before.get(pointer) {
                None => count.added += 1,
                Some((_, old)) if old != value => count.changed += 1,
                Some(_) => {}
            }
        }
        for (pointer, (kind, _)) in &before {
            if !now.contains_key(pointer) {
                counts.entry(*kind).or_default().removed += 1;
            }
        }
        Self(counts)
    }

    /// The counts of each kind, by its name.
    pub(super) fn counts(&self) -> impl Iterator<Item = (String, Count)> {
        self.0.iter().map(|(kind, count)| (kind.name(), *count))
    }

    #[cfg(test)]
    pub(super) fn of(&self, kind: Kind) -> Count {
        self.0.get(&kind).copied().unwrap_or_default()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = ["", "total", "added", "removed", "changed"];
        let [name, total, added, removed, changed] = columns;
        write!(f, "{name:10}{total:>9}{added:>9}{removed:>9}{changed:>9}")?;
        for (name, count) in self.counts() {
            let Count {
                added,
                removed,
                changed,
                total,
            } = count;
            write!(f, "\n{name:10}{total:>9}{added:>9}{removed:>9}{changed:>9}")?;
        }
        Ok(())
    }
}

/// A document cut into the parts that are counted, by pointer. Every fact is in exactly one.
fn parts(root: &Value) -> BTreeMap<String, (Kind, Value)> {
    let mut parts = BTreeMap::new();
    for (key, section) in entries(root) {
        let at = pointer::join("", key);
        match key.as_str() {
            "paths" => {
                for (path, item) in entries(section) {
                    path_parts(&pointer::join(&at, path), item, &mut parts);
                }
            }
            "webhooks" => insert_all(&at, section, Kind::Webhooks, &mut parts),
            "components" => {
                for (key, components) in entries(section) {
                    let kind = match key.as_str() {
                        "schemas" => Kind::Schemas,
                        "parameters" => Kind::Parameters,
                        _ => Kind::Other,
                    };
                    insert_all(&pointer::join(&at, key), components, kind, &mut parts);
                }
            }
            _ => {
                parts.insert(at, (Kind::Other, section.clone()));
            }
        }
    }
    parts
}

fn path_parts(at: &str, item: &Value, parts: &mut BTreeMap<String, (Kind, Value)>) {
    for (key, value) in entries(item) {
        let kind = if is_operation(key) {
            Kind::Operations
        } else {
            Kind::Other
        };
        parts.insert(pointer::join(at, key), (kind, value.clone()));
    }
}

fn is_operation(key: &str) -> bool {
    let fields = Context::PathItem.fields().iter();
    fields
        .into_iter()
        .any(|(known, shape)| *known == key && matches!(shape, Shape::Object(Context::Operation)))
}

fn insert_all(at: &str, section: &Value, kind: Kind, parts: &mut BTreeMap<String, (Kind, Value)>) {
    for (key, value) in entries(section) {
        parts.insert(pointer::join(at, key), (kind, value.clone()));
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
