//! Addresses: the names by which the overlay and names.yaml speak of places in the document.
//!
//! | place | address |
//! |---|---|
//! | component schema | `PlanObject` |
//! | property, item, map value, union member | `PlanObject.charges[].properties`, `X{}`, `X\|0` |
//! | shared parameter | `parameters.payment_status` |
//! | parameter of an operation | `GET /fees?fee_type` |
//! | body of an operation, its answer | `POST /plans request`, `GET /plans 200` |
//! | body of a webhook | `webhook plan_created` |
//!
//! `allOf` leaves no trace: its members are one object. An address says the same when a list
//! of parameters is reordered, a JSON pointer does not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::places::roots;
use super::schema::ORIGIN;
use crate::pointer::join;

/// Which JSON pointer each address stands for.
pub(crate) type Addresses = BTreeMap<String, String>;

/// The address of every schema node of a document.
pub(crate) fn index(root: &Value) -> Addresses {
    // The host of an `allOf` comes after its members and wins the address.
    visit_document(root).into_iter().collect()
}

/// Looks anew at the component schema in which an address lies; false when it lies in none.
pub(crate) fn refresh(root: &Value, addresses: &mut Addresses, address: &str) -> bool {
    let end = address.find(['.', '[', '{', '|']).unwrap_or(address.len());
    let name = &address[..end];
    let schemas = root.pointer("/components/schemas");
    let Some(schema) = schemas.and_then(|schemas| schemas.get(name)) else {
        return false;
    };
    let from = addresses.range(name.to_owned()..);
    let near = from
        .map(|(known, _)| known)
        .take_while(|known| known.starts_with(name));
    let old: Vec<String> = near
        .filter(|known| {
            known[name.len()..].is_empty() || known[name.len()..].starts_with(['.', '[', '{', '|'])
        })
        .cloned()
        .collect();
    for address in old {
        addresses.remove(&address);
    }
    let mut visitor = Visitor::default();
    visitor.schema(schema, name.to_owned(), join("/components/schemas", name));
    addresses.extend(visitor.found);
    true
}

/// Gives every schema node its address as `x-origin`, so that copies still know where they came
/// from, and returns what the addresses stand for.
pub(crate) fn annotate(root: &mut Value) -> Addresses {
    let places = visit_document(root);
    for (address, pointer) in &places {
        if let Some(Value::Object(node)) = root.pointer_mut(pointer) {
            node.insert(ORIGIN.to_owned(), Value::String(address.clone()));
        }
    }
    places.into_iter().collect()
}

/// Address and pointer of every schema node, members before the schema that holds them.
fn visit_document(document: &Value) -> Vec<(String, String)> {
    let mut visitor = Visitor::default();
    for root in roots(document) {
        if let Some(schema) = document.pointer(&root.pointer) {
            visitor.schema(schema, root.address, root.pointer);
        }
    }
    visitor.found
}

#[derive(Default)]
struct Visitor {
    found: Vec<(String, String)>,
}

impl Visitor {
    fn schema(&mut self, node: &Value, address: String, place: String) {
        let Some(map) = node.as_object() else { return };
        for (key, value) in map {
            let below = join(&place, key);
            match (key.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    for (name, child) in properties {
                        self.schema(child, format!("{address}.{name}"), join(&below, name));
                    }
                }
                ("items", child) => self.schema(child, format!("{address}[]"), below),
                ("additionalProperties", child) => {
                    self.schema(child, format!("{address}{{}}"), below);
                }
                ("allOf", Value::Array(parts)) => {
                    for (index, part) in parts.iter().enumerate() {
                        self.schema(part, address.clone(), format!("{below}/{index}"));
                    }
                }
                ("oneOf" | "anyOf", Value::Array(choices)) => {
                    for (index, choice) in choices.iter().enumerate() {
                        self.schema(
                            choice,
                            format!("{address}|{index}"),
                            format!("{below}/{index}"),
                        );
                    }
                }
                _ => {}
            }
        }
        self.found.push((address, place));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_see_through_all_of_and_name_parameters() {
        let mut root = json!({
            "components": {"schemas": {"Plan": {"allOf": [
                {"$ref": "#/components/schemas/Base"},
                {"properties": {"charges": {"items": {"enum": ["a"]}}}},
            ]}}},
            "paths": {"/plans": {"get": {"parameters": [{"name": "status", "schema": {}}]}}},
        });
        let addresses = annotate(&mut root);
        assert_eq!(
            addresses["Plan.charges[]"],
            "/components/schemas/Plan/allOf/1/properties/charges/items"
        );
        assert_eq!(addresses["Plan"], "/components/schemas/Plan");
        assert_eq!(
            addresses["GET /plans?status"],
            "/paths/~1plans/get/parameters/0/schema"
        );
        assert_eq!(root["components"]["schemas"]["Plan"][ORIGIN], "Plan");
    }
}
