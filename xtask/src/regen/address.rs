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

use super::schema::{METHODS, ORIGIN, list};
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
fn visit_document(root: &Value) -> Vec<(String, String)> {
    let mut visitor = Visitor::default();
    for (name, schema, place) in members(root, "", "/components/schemas") {
        visitor.schema(schema, name.clone(), place);
    }
    for (name, parameter, place) in members(root, "", "/components/parameters") {
        visitor.schema(
            &parameter["schema"],
            format!("parameters.{name}"),
            place + "/schema",
        );
    }
    for (path, item, place) in members(root, "", "/paths") {
        visitor.parameters(item, &format!("PATH {path}"), &place);
        for method in METHODS {
            let place = join(&place, method);
            if let Some(operation) = item.get(method) {
                let name = format!("{} {path}", method.to_uppercase());
                visitor.parameters(operation, &name, &place);
                let request = join(&place, "requestBody");
                visitor.content(
                    &operation["requestBody"],
                    &format!("{name} request"),
                    &request,
                );
                for (status, response, place) in members(operation, &place, "/responses") {
                    visitor.content(response, &format!("{name} {status}"), &place);
                }
            }
        }
    }
    for (key, item, place) in members(root, "", "/webhooks") {
        let body = &item["post"]["requestBody"];
        visitor.content(
            body,
            &format!("webhook {key}"),
            &(place + "/post/requestBody"),
        );
    }
    visitor.found
}

#[derive(Default)]
struct Visitor {
    found: Vec<(String, String)>,
}

impl Visitor {
    fn parameters(&mut self, holder: &Value, name: &str, place: &str) {
        for (index, parameter) in list(holder, "parameters").enumerate() {
            let address = format!("{name}?{}", parameter["name"].as_str().unwrap_or_default());
            let place = format!("{place}/parameters/{index}/schema");
            self.schema(&parameter["schema"], address, place);
        }
    }

    fn content(&mut self, holder: &Value, address: &str, place: &str) {
        for (_, media, place) in members(holder, place, "/content") {
            self.schema(&media["schema"], address.to_owned(), place + "/schema");
        }
    }

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

/// The members of the object at `below`, each with its pointer.
fn members<'v>(
    node: &'v Value,
    place: &str,
    below: &str,
) -> impl Iterator<Item = (&'v String, &'v Value, String)> {
    let place = format!("{place}{below}");
    let map = node.pointer(below).and_then(Value::as_object);
    map.into_iter()
        .flatten()
        .map(move |(key, value)| (key, value, join(&place, key)))
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
