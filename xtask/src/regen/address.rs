//! Addresses: the names by which the overlay and names.yaml speak of places in the document.
//!
//! | place | address |
//! |---|---|
//! | component schema | `PlanObject` |
//! | property, item, map value, union member | `PlanObject.charges[].properties`, `X{}`, `X\|0` |
//! | shared parameter | `parameters.payment_status` |
//! | parameter of an operation | `GET /fees?fee_type` |
//! | body of an operation, its response | `POST /plans request`, `GET /plans 200` |
//! | body of a webhook | `webhook plan_created` |
//!
//! `allOf` leaves no trace: its members are one object. An address says the same when a list
//! of parameters is reordered, a JSON pointer does not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::places::roots;
use super::schema::ORIGIN;
use crate::pointer::join;

/// An address, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address<'a>(&'a str);

impl<'a> Address<'a> {
    pub(crate) fn new(address: &'a str) -> Self {
        Self(address)
    }

    pub(crate) fn as_str(self) -> &'a str {
        self.0
    }

    /// Method and path of the operation that it lies in. Paths may have dots and braces.
    pub(crate) fn operation(self) -> Option<(&'a str, &'a str)> {
        let (method, rest) = self.0.split_once(' ')?;
        let path = &rest[..rest.find([' ', '?']).unwrap_or(rest.len())];
        path.starts_with('/').then_some((method, path))
    }

    /// The key of the webhook that it lies in.
    fn webhook(self) -> Option<&'a str> {
        let rest = self.0.strip_prefix("webhook ")?;
        Some(&rest[..rest.find(STEPS).unwrap_or(rest.len())])
    }

    /// The component schema that it lies in.
    pub(crate) fn component(self) -> Option<&'a str> {
        let root = &self.0[..self.root()];
        (!root.contains(' ') && root != "parameters").then_some(root)
    }

    /// The property that it names, without its elements and values, if it names one.
    pub(crate) fn property(self) -> Option<&'a str> {
        let within = self.0.get(self.root()..)?;
        let within = within.trim_end_matches("[]").trim_end_matches("{}");
        let (_, property) = within.rsplit_once('.')?;
        Some(property).filter(|name| !name.contains(STEPS))
    }

    /// What holds it: an object, a list, a map, a choice, at last an operation; none of a component.
    pub(crate) fn parent(self) -> Option<Self> {
        let root = self.root();
        if let Some(step) = self.0[root..].rfind(STEPS) {
            return Some(Self(&self.0[..root + step]));
        }
        let (method, path) = self.operation()?;
        let operation = method.len() + 1 + path.len();
        (operation < self.0.len()).then(|| Self(&self.0[..operation]))
    }

    /// Where the schema ends that it lies in, and steps into it begin: after the name of a component, after
    /// `GET /plans 200`, after `GET /plans?status`.
    fn root(self) -> usize {
        let from = match self.operation() {
            Some((method, path)) => (method.len() + 1 + path.len() + 1).min(self.0.len()),
            None => 0,
        };
        self.0[from..]
            .find(STEPS)
            .map_or(self.0.len(), |step| from + step)
    }

    /// The operation or webhook that it lies in, as a JSON pointer; the document when it lies in none.
    pub(crate) fn root_pointer(self) -> String {
        match (self.webhook(), self.operation()) {
            (Some(key), _) => join("/webhooks", key),
            // What holds for all operations of a path.
            (None, Some(("PATH", path))) => join("/paths", path),
            (None, Some((method, path))) => join(&join("/paths", path), &method.to_lowercase()),
            (None, None) => String::new(),
        }
    }
}

/// What a step into a schema begins with.
const STEPS: [char; 4] = ['.', '[', '{', '|'];

/// Which JSON pointer each address stands for.
pub(crate) type Addresses = BTreeMap<String, String>;

/// The address of every schema node of a document.
pub(crate) fn index(root: &Value) -> Addresses {
    // The host of an `allOf` comes after its members and wins the address.
    visit_document(root).into_iter().collect()
}

/// Looks anew at the component schema in which an address lies; false when it lies in none.
pub(crate) fn refresh(root: &Value, addresses: &mut Addresses, address: &str) -> bool {
    let Some(name) = Address::new(address).component() else {
        return false;
    };
    let schemas = root.pointer("/components/schemas");
    let Some(schema) = schemas.and_then(|schemas| schemas.get(name)) else {
        return false;
    };
    let from = addresses.range(name.to_owned()..);
    let near = from.take_while(|(known, _)| known.starts_with(name));
    let within = near.filter(|(known, _)| Address::new(known).component() == Some(name));
    let old: Vec<String> = within.map(|(known, _)| known.clone()).collect();
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
pub(crate) fn visit_document(document: &Value) -> Vec<(String, String)> {
    let mut visitor = Visitor::default();
    for root in roots(document) {
        if let Some(schema) = document.pointer(&root.pointer) {
            visitor.schema(schema, root.address, root.pointer);
        }
    }
    visitor.found
}

/// Address and pointer of a schema and of every schema in it, members before the schema that holds them.
pub(crate) fn schemas_in(schema: &Value, address: &str, pointer: &str) -> Vec<(String, String)> {
    let mut visitor = Visitor::default();
    visitor.schema(schema, address.to_owned(), pointer.to_owned());
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
    fn an_address_is_taken_apart_also_where_its_path_has_dots() {
        let parents = |address| {
            let mut parents = Vec::new();
            let mut next = Address::new(address).parent();
            while let Some(parent) = next {
                parents.push(parent.as_str());
                next = parent.parent();
            }
            parents
        };
        assert_eq!(
            parents("Plan.charges[].price"),
            ["Plan.charges[]", "Plan.charges", "Plan"]
        );
        assert_eq!(
            parents("PUT /a.b/{id} request.part{}"),
            [
                "PUT /a.b/{id} request.part",
                "PUT /a.b/{id} request",
                "PUT /a.b/{id}"
            ]
        );
        assert_eq!(parents("GET /a.b?status"), ["GET /a.b"]);
        let of = Address::new;
        assert_eq!(of("GET /a.b 200.x").operation(), Some(("GET", "/a.b")));
        assert_eq!(of("Plan.charges[]").property(), Some("charges"));
        assert_eq!(of("GET /a.b").property(), None);
        assert_eq!(of("Plan|0").property(), None);
        assert_eq!(of("Plan.x{}").component(), Some("Plan"));
        assert_eq!(of("GET /a.b 200").component(), None);
        assert_eq!(of("PUT /a.b request.x").root_pointer(), "/paths/~1a.b/put");
        assert_eq!(of("PATH /a.b").root_pointer(), "/paths/~1a.b");
        assert_eq!(
            of("webhook plan_created.x").root_pointer(),
            "/webhooks/plan_created"
        );
        assert_eq!(of("Plan").root_pointer(), "");
    }

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
