//! Whether a document says what an entry of the overlay brought, and where it says otherwise.
//!
//! Compared is what becomes of a type: JSON type, format, values, properties, whether it is required. Null is
//! a difference only where the entry allows it and the document does not. Words and examples are none.

mod operation;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::schema::{allows_null, resolve};
use crate::regen::schema::{
    UNIONS, is_format, is_numeric, list, listed_required, properties, reference, strings, text,
};
pub(super) use operation::{operations, parameters, webhooks};

/// Where the document says otherwise than an entry, and the entry that would say so.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// The address.
    pub(crate) address: String,
    /// What the document says, in words.
    pub(crate) said: String,
    /// The `change` that keeps what the entry said.
    pub(crate) change: Value,
}

/// Deeper schemas are taken to agree: they repeat themselves.
const DEEPEST: usize = 24;

/// Where two schemas differ, ours as the entry has it.
pub(super) fn schemas(
    root: &Value,
    address: &str,
    ours: &Value,
    theirs: &Value,
) -> Vec<Difference> {
    let mut walk = Walk {
        root,
        found: Vec::new(),
    };
    walk.schema(address, ours, theirs, 0);
    walk.found
}

struct Walk<'d> {
    root: &'d Value,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn differ(&mut self, address: &str, said: String, change: Value) {
        self.found.push(Difference {
            address: address.to_owned(),
            said,
            change,
        });
    }

    fn schema(&mut self, address: &str, ours: &Value, theirs: &Value, depth: usize) {
        let same = reference(ours).is_some() && reference(ours) == reference(theirs);
        if same || depth > DEEPEST {
            return;
        }
        if allows_null(self.root, ours) && !allows_null(self.root, theirs) {
            self.differ(address, "it is never null".to_owned(), json!("nullable"));
        }
        let (ours, theirs) = (
            without_null(self.root, ours),
            without_null(self.root, theirs),
        );
        if reference(ours).is_some() && reference(ours) == reference(theirs) {
            return;
        }
        let (ours, theirs) = (flat(self.root, ours), flat(self.root, theirs));
        let (types, their_types) = (types(&ours), types(&theirs));
        if !types.is_empty() && types != their_types {
            let said = match their_types.is_empty() {
                true => "it has no type".to_owned(),
                false => format!("its type is {}", join(&their_types)),
            };
            return self.differ(address, said, json!({"replace": ours}));
        }
        self.facets(address, &ours, &theirs);
        let needed: Vec<&str> = listed_required(&ours).collect();
        let their_needed: Vec<&str> = listed_required(&theirs).collect();
        for (name, schema) in properties(&ours) {
            let below = format!("{address}.{name}");
            let Some(theirs) = theirs["properties"].get(name) else {
                self.differ(
                    address,
                    format!("it has no property `{name}`"),
                    json!({"add": {"properties": {name: schema}}}),
                );
                continue;
            };
            match (
                needed.contains(&name.as_str()),
                their_needed.contains(&name.as_str()),
            ) {
                (true, false) => {
                    self.differ(&below, "it is optional".to_owned(), json!("required"))
                }
                (false, true) => {
                    self.differ(&below, "it is required".to_owned(), json!("optional"))
                }
                _ => {}
            }
            self.schema(&below, schema, theirs, depth + 1);
        }
        for (key, step) in [("items", "[]"), ("additionalProperties", "{}")] {
            if let (Some(ours), Some(theirs)) = (ours.get(key), theirs.get(key)) {
                self.schema(&format!("{address}{step}"), ours, theirs, depth + 1);
            }
        }
        for key in UNIONS {
            let (ours, theirs): (Vec<_>, Vec<_>) =
                (list(&ours, key).collect(), list(&theirs, key).collect());
            if ours.len() != theirs.len() {
                let said = format!("it has {} choices", theirs.len());
                self.differ(address, said, json!({"replace": {key: ours}}));
            } else {
                for (at, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                    self.schema(&format!("{address}|{at}"), ours, theirs, depth + 1);
                }
            }
        }
    }

    /// What is said of single values.
    fn facets(&mut self, address: &str, ours: &Value, theirs: &Value) {
        if let Some(format) = format(ours).filter(|own| format(theirs) != Some(own)) {
            let said = match self::format(theirs) {
                Some(other) => format!("its format is {other}"),
                None => "it has no such format".to_owned(),
            };
            self.differ(address, said, json!({"merge": {"format": format}}));
        }
        let (values, their_values) = (strings(&ours["enum"]), strings(&theirs["enum"]));
        let missing: Vec<&String> = values
            .iter()
            .filter(|value| !their_values.contains(value))
            .collect();
        if !missing.is_empty() {
            let (said, change) = match their_values.is_empty() {
                true => (
                    "it lists no values".to_owned(),
                    json!({"merge": {"enum": values}}),
                ),
                false => (
                    format!("it has only {}", their_values.join(", ")),
                    json!({"values": missing}),
                ),
            };
            self.differ(address, said, change);
        }
    }
}

/// The one that is meant of a schema and null.
fn without_null<'v>(root: &'v Value, node: &'v Value) -> &'v Value {
    let choice = resolve(root, node);
    for key in UNIONS {
        let others: Vec<&Value> = list(choice, key)
            .filter(|member| member["type"] != "null")
            .collect();
        if let [one] = others[..] {
            return without_null(root, one);
        }
    }
    node
}

/// A schema written out, its `allOf` as one object.
pub(super) fn flat(root: &Value, node: &Value) -> Value {
    let mut node = resolve(root, node).clone();
    let parts: Vec<Value> = list(&node, "allOf").map(|part| flat(root, part)).collect();
    let Some(map) = node.as_object_mut().filter(|_| !parts.is_empty()) else {
        return node;
    };
    map.shift_remove("allOf");
    for part in parts {
        for (key, value) in part.as_object().into_iter().flatten() {
            match (map.get_mut(key), value) {
                (Some(Value::Object(known)), Value::Object(more)) => extend(known, more),
                (Some(Value::Array(known)), Value::Array(more)) => {
                    known.extend(more.iter().cloned());
                }
                (Some(_), _) => {}
                (None, _) => {
                    map.insert(key.clone(), value.clone());
                }
            }
        }
    }
    node
}

fn extend(known: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (key, value) in more {
        known.entry(key).or_insert_with(|| value.clone());
    }
}

/// The JSON types of a schema but null, also those that it does not name.
fn types(node: &Value) -> BTreeSet<&str> {
    let named = text(node, "type").into_iter();
    let named = named.chain(list(node, "type").filter_map(Value::as_str));
    let mut types: BTreeSet<&str> = named.filter(|name| *name != "null").collect();
    if types.is_empty() {
        if node.get("properties").is_some() {
            types.insert("object");
        } else if !strings(&node["enum"]).is_empty() {
            types.insert("string");
        } else if node.get("items").is_some() {
            types.insert("array");
        }
    }
    types
}

fn join(types: &BTreeSet<&str>) -> String {
    types.iter().copied().collect::<Vec<_>>().join(" or ")
}

/// The format that decides the type of a value.
fn format(node: &Value) -> Option<&str> {
    match is_numeric(node) {
        true => Some("decimal"),
        false => text(node, "format").filter(|format| is_format(format)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_otherwise_is_named_and_kept_by_an_entry() {
        let root = json!({"components": {"schemas": {
            "Kind": {"type": "string", "enum": ["a", "b"]},
            "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}},
        }}});
        let kind = json!({"$ref": "#/components/schemas/Kind"});
        let ours = json!({"type": "object", "required": ["id"], "properties": {
            "id": {"type": "string", "format": "uuid", "description": "words"},
            "kind": {"anyOf": [kind, {"type": "null"}]},
            "units": {"type": "string", "format": "decimal"},
            "many": {"type": "array", "items": {"type": ["string", "null"]}},
        }});
        let theirs = |properties: Value| json!({"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": properties}]});
        let many = json!({"type": "array", "items": {"type": ["null", "string"]}});
        let numeric = json!({"type": "string", "pattern": "^[0-9]+.?[0-9]*$"});
        let same = theirs(json!({
            "kind": {"type": ["string", "null"], "enum": ["a", "b", "c", null]}, "units": numeric, "many": many,
        }));
        assert_eq!(schemas(&root, "A", &ours, &same), []);
        let otherwise = theirs(json!({
            "kind": {"type": "string", "enum": ["a"]},
            "units": {"type": "number"},
            "more": {},
        }));
        let mut found = schemas(&root, "A", &ours, &otherwise);
        found.sort_by(|a, b| (&a.address, &a.said).cmp(&(&b.address, &b.said)));
        let found: Vec<(&str, &str, Value)> = found
            .iter()
            .map(|found| (&*found.address, &*found.said, found.change.clone()))
            .collect();
        let added = json!({"add": {"properties": {"many": ours["properties"]["many"]}}});
        let replaced = json!({"replace": ours["properties"]["units"]});
        assert_eq!(
            found,
            [
                ("A", "it has no property `many`", added),
                ("A.kind", "it has only a", json!({"values": ["b"]})),
                ("A.kind", "it is never null", json!("nullable")),
                ("A.units", "its type is number", replaced),
            ]
        );
    }
}
