//! Collections while they are read.

use serde_json::{Map, Value};

use crate::pointer;

/// A value with what it costs to copy it.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) weight: usize,
    pub(super) height: usize,
}

impl Node {
    pub(super) fn leaf(value: Value, weight: usize) -> Self {
        Self {
            value,
            weight,
            height: 0,
        }
    }
}

/// What text costs, of a scalar or a key.
pub(super) fn text_weight(text: &str) -> usize {
    1 + text.len() / 64
}

/// A collection that is still open.
pub(super) struct Frame {
    pub(super) pointer: String,
    pub(super) anchor: usize,
    pub(super) weight: usize,
    pub(super) height: usize,
    pub(super) open: Open,
}

pub(super) enum Open {
    List(Vec<Value>),
    Map {
        entries: Map<String, Value>,
        key: Option<Key>,
        merges: Vec<Value>,
    },
}

pub(super) enum Key {
    Entry(String),
    Merge,
}

impl Frame {
    pub(super) fn new(open: Open, pointer: String, anchor: usize) -> Self {
        Self {
            pointer,
            anchor,
            weight: 1,
            height: 1,
            open,
        }
    }

    pub(super) fn wants_key(&self) -> bool {
        matches!(self.open, Open::Map { key: None, .. })
    }

    /// The pointer of the child that comes next; of the mapping itself while it wants a key.
    pub(super) fn next_pointer(&self) -> String {
        match &self.open {
            Open::List(items) => format!("{}/{}", self.pointer, items.len()),
            Open::Map { key, .. } => match key {
                Some(Key::Entry(key)) => pointer::join(&self.pointer, key),
                Some(Key::Merge) => pointer::join(&self.pointer, "<<"),
                None => self.pointer.clone(),
            },
        }
    }

    /// Takes a child; in a mapping, the value of the key that came before.
    pub(super) fn add(&mut self, node: Node) {
        self.weight += node.weight;
        self.height = self.height.max(node.height + 1);
        match &mut self.open {
            Open::List(items) => items.push(node.value),
            Open::Map {
                entries,
                key,
                merges,
            } => match key.take() {
                // The second of two equal keys is a diagnostic already.
                Some(Key::Entry(key)) => {
                    entries.entry(key).or_insert(node.value);
                }
                Some(Key::Merge) => merges.push(node.value),
                None => {} // Where a key is wanted, the builder adds no child.
            },
        }
    }
}
