//! A document as the rules look at it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::pointer::{join, parse};
use crate::regen::address::schemas_in;
use crate::regen::places::{Site, roots};
use crate::regen::schema::{METHODS, components, descend, list, properties, reference};

/// A document, its schemas and its operations.
pub(super) struct Subject<'d> {
    pub(super) root: &'d Value,
    /// Every schema, also those in others.
    pub(super) schemas: Vec<Schema<'d>>,
    /// Every operation.
    pub(super) operations: Vec<Operation<'d>>,
    addresses: BTreeMap<String, String>,
}

/// A schema where it stands.
pub(super) struct Schema<'d> {
    pub(super) address: String,
    pub(super) pointer: String,
    pub(super) node: &'d Value,
    /// Whether requests carry it.
    pub(super) sent: bool,
    /// Whether responses or webhooks carry it.
    pub(super) received: bool,
}

/// An operation where it stands.
pub(super) struct Operation<'d> {
    pub(super) pointer: String,
    pub(super) path: &'d str,
    pub(super) item: &'d Value,
    pub(super) node: &'d Value,
}

impl<'d> Subject<'d> {
    pub(super) fn of(root: &'d Value) -> Self {
        let sent = reached(root, |site| matches!(site, Site::Request));
        let received = reached(root, |site| matches!(site, Site::Response | Site::Webhook));
        let mut schemas = Vec::new();
        for place in roots(root) {
            let Some(schema) = root.pointer(&place.pointer) else {
                continue;
            };
            let (is_sent, is_received) = match place.site {
                Site::Component => (
                    sent.contains(place.name.as_str()),
                    received.contains(place.name.as_str()),
                ),
                Site::Response | Site::Webhook | Site::Failure => (false, true),
                _ => (true, false),
            };
            for (address, pointer) in schemas_in(schema, &place.address, &place.pointer) {
                if let Some(node) = root.pointer(&pointer) {
                    schemas.push(Schema {
                        address,
                        pointer,
                        node,
                        sent: is_sent,
                        received: is_received,
                    });
                }
            }
        }
        let operations: Vec<Operation<'d>> = operations(root);
        let mut addresses: BTreeMap<String, String> = schemas
            .iter()
            .map(|schema| (schema.pointer.clone(), schema.address.clone()))
            .collect();
        addresses.extend(operations.iter().map(|operation| {
            let method = parse(&operation.pointer).pop().unwrap_or_default();
            (
                operation.pointer.clone(),
                format!("{} {}", method.to_uppercase(), operation.path),
            )
        }));
        Self {
            root,
            schemas,
            operations,
            addresses,
        }
    }

    /// The address of a place, or of what it lies in; of nothing known, its pointer.
    pub(super) fn address(&self, pointer: &str) -> String {
        let mut at = pointer;
        loop {
            if let Some(address) = self.addresses.get(at) {
                return address.clone();
            }
            match at.rfind('/') {
                Some(end) => at = &at[..end],
                None => return pointer.to_owned(),
            }
        }
    }

    /// What a schema refers to, at any distance; itself if to nothing.
    pub(super) fn resolved(&self, node: &'d Value) -> &'d Value {
        components(self.root)
            .and_then(|all| crate::regen::schema::resolved(node, all))
            .unwrap_or(node)
    }

    /// The properties of a schema, those of all its parts among them; in choices, those of any.
    pub(super) fn declared(&self, node: &'d Value) -> BTreeMap<&'d str, &'d Value> {
        let mut declared = BTreeMap::new();
        self.declare(node, 0, &mut declared);
        declared
    }

    fn declare(&self, node: &'d Value, depth: usize, declared: &mut BTreeMap<&'d str, &'d Value>) {
        const DEEPEST: usize = 16;
        if depth > DEEPEST {
            return;
        }
        let node = self.resolved(node);
        for (name, schema) in properties(node) {
            declared.entry(name.as_str()).or_insert(schema);
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for part in list(node, key) {
                self.declare(part, depth + 1, declared);
            }
        }
    }

    /// Whether a value may be null.
    pub(super) fn allows_null(&self, node: &'d Value) -> bool {
        let node = self.resolved(node);
        let choices = list(node, "oneOf").chain(list(node, "anyOf"));
        node["nullable"] == true
            || types(node).contains("null")
            || choices.into_iter().any(|choice| self.allows_null(choice))
    }
}

/// The JSON types that a schema names.
pub(super) fn types(node: &Value) -> BTreeSet<&str> {
    let one = node.get("type").and_then(Value::as_str);
    let many = list(node, "type").filter_map(Value::as_str);
    one.into_iter().chain(many).collect()
}

/// The components that bodies of some kind come to.
fn reached(root: &Value, is: impl Fn(Site) -> bool) -> BTreeSet<&str> {
    let places = roots(root);
    let bodies = places.iter().filter(|place| is(place.site));
    let mut waiting: Vec<&Value> = bodies
        .filter_map(|place| root.pointer(&place.pointer))
        .collect();
    let mut reached = BTreeSet::new();
    while let Some(schema) = waiting.pop() {
        descend(schema, &mut |node| {
            if let Some(name) = reference(node)
                && reached.insert(name)
            {
                waiting.extend(components(root).and_then(|all| all.get(name)));
            }
        });
    }
    reached
}

fn operations(root: &Value) -> Vec<Operation<'_>> {
    let paths = root["paths"].as_object().into_iter().flatten();
    let found = paths.flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| {
            Some(Operation {
                pointer: join(&join("/paths", path), method),
                path,
                item,
                node: item.get(*method)?,
            })
        })
    });
    found.collect()
}
