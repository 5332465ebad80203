//! Where places of one document went in the next: what is of the same shape under a new name, or under a root
//! key that it did not have.

use std::collections::BTreeMap;

use serde_json::Value;

use super::address::{Address, Addresses, index};
use super::renames::{Renames, shape};
use super::schema::properties;

/// What is known of two documents.
pub(crate) struct Moves<'d> {
    before: &'d Value,
    now: &'d Value,
    places_before: Addresses,
    places_now: Addresses,
    renames: Renames,
    /// New names of component schemas.
    components: BTreeMap<String, String>,
    /// Where operations are now: method and path, as addresses have them.
    operations: BTreeMap<String, String>,
    /// Addresses under which a root key has come, each with the key.
    wrapped: Vec<(String, String)>,
}

/// How many steps of an address may have moved.
const MOST_STEPS: usize = 6;

impl<'d> Moves<'d> {
    /// Compares two documents.
    pub(crate) fn between(before: &'d Value, now: &'d Value) -> Self {
        let renames = Renames::between(before, now);
        // What only says the same may mean another thing, and nobody is asked here.
        let operations = renames.operations(before, now).into_iter();
        let operations = operations.filter(|operation| operation.certain);
        let operations = operations.map(|moved| (moved.old.address(), moved.new.address()));
        Self {
            before,
            now,
            places_before: index(before),
            places_now: index(now),
            components: renames.schemas(),
            operations: operations.collect(),
            renames,
            wrapped: Vec::new(),
        }
    }

    /// Takes note that what stood at an address stands under a root key of it.
    pub(crate) fn wrap(&mut self, address: &str, key: &str) {
        self.wrapped.push((address.to_owned(), key.to_owned()));
    }

    /// The address of what stood bare at one, where a root key has come.
    pub(crate) fn under_its_root(&self, address: &str) -> Option<String> {
        let (_, key) = self.wrapped.iter().find(|(holder, _)| holder == address)?;
        Some(format!("{address}.{key}"))
    }

    /// The new name of a component schema.
    pub(crate) fn component(&self, name: &str) -> Option<&str> {
        self.components.get(name).map(String::as_str)
    }

    /// Where that is now which had an address before, if it is not there and of the same shape.
    pub(crate) fn follow(&self, address: &str) -> Option<String> {
        let mut at = address.to_owned();
        for _ in 0..MOST_STEPS {
            if self.is_known(&at) {
                return (at != address && self.same_shape(address, &at)).then_some(at);
            }
            match self.step(&at) {
                Some(next) => at = next,
                None => break,
            }
        }
        // What the overlay itself had made is in neither document.
        let made = at != address && !self.places_before.contains_key(address);
        made.then_some(at)
    }

    fn is_known(&self, address: &str) -> bool {
        self.places_now.contains_key(address)
            || operation(self.now, Address::new(address)).is_some_and(|(_, rest)| {
                // Bodies and parameters have addresses of their own.
                rest.is_empty()
            })
    }

    fn same_shape(&self, before: &str, now: &str) -> bool {
        let schema = |document: &'d Value, places: &Addresses, address: &str| {
            places
                .get(address)
                .and_then(|pointer| document.pointer(pointer))
        };
        match (
            schema(self.before, &self.places_before, before),
            schema(self.now, &self.places_now, now),
        ) {
            (Some(before), Some(now)) => self.renames.shape(before) == shape(now),
            // Operations have no shape: they were found by their id.
            (None, None) => true,
            _ => false,
        }
    }

    /// An address after one of its steps has been brought up to date.
    fn step(&self, address: &str) -> Option<String> {
        let place = Address::new(address);
        if let Some(name) = place.component()
            && let Some(new) = self.components.get(name)
        {
            return Some(format!("{new}{}", &address[name.len()..]));
        }
        if let Some((method, path)) = place.operation() {
            let known = format!("{method} {path}");
            if let Some(new) = self.operations.get(&known) {
                return Some(format!("{new}{}", &address[known.len()..]));
            }
        }
        self.under_a_root(address)
            .or_else(|| self.renamed_property(address))
    }

    fn under_a_root(&self, address: &str) -> Option<String> {
        self.wrapped.iter().find_map(|(holder, key)| {
            let below = address.strip_prefix(holder.as_str())?;
            let is_below = below.starts_with(['.', '[', '{', '|']);
            let is_moved = below == format!(".{key}") || below.starts_with(&format!(".{key}."));
            (is_below && !is_moved).then(|| format!("{holder}.{key}{below}"))
        })
    }

    /// The first property on the way that is not there any more, by its new name.
    fn renamed_property(&self, address: &str) -> Option<String> {
        let mut gone = Address::new(address);
        let owner = loop {
            let parent = gone.parent()?;
            if self.places_now.contains_key(parent.as_str()) {
                break parent;
            }
            gone = parent;
        };
        let name = gone.property()?;
        let before = self
            .before
            .pointer(self.places_before.get(owner.as_str())?)?;
        let now = self.now.pointer(self.places_now.get(owner.as_str())?)?;
        let all = |schema: &'d Value| -> Vec<(&'d str, &'d Value)> {
            let all = properties(schema);
            all.map(|(name, node)| (name.as_str(), node)).collect()
        };
        let renamed = self.renames.properties(&all(before), &all(now));
        let (_, new) = renamed.into_iter().find(|(old, _)| *old == name)?;
        let behind = &address[gone.as_str().len()..];
        Some(format!("{}.{new}{behind}", owner.as_str()))
    }
}

/// The operation that an address lies in, and what stands behind it.
fn operation<'v, 'a>(document: &'v Value, address: Address<'a>) -> Option<(&'v Value, &'a str)> {
    let (method, path) = address.operation()?;
    let found = document["paths"].get(path)?.get(method.to_lowercase())?;
    Some((found, &address.as_str()[method.len() + 1 + path.len()..]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_the_same_shape_is_followed_and_nothing_else() {
        let fee = |extra: &str| json!({"type": "object", "properties": {"id": {"type": "string"}, extra: {"type": "boolean"}}});
        let operation = |schema: &str| {
            let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
            json!({"operationId": "a", "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
                   "responses": {"200": {"content": {"application/json": {"schema": schema}}}}})
        };
        let before = json!({
            "paths": {"/old": {"get": operation("Feee")}},
            "components": {"schemas": {
                "Feee": fee("x"),
                "Input": {"type": "object", "properties": {"name": {"type": "string"}, "kind": {"type": "integer"}}},
                "Plan": {"type": "object", "properties": {
                    "fee": {"$ref": "#/components/schemas/Feee"}, "one": {"type": "integer"}, "two": {"type": "string"},
                }},
                "Lost": fee("y"),
            }},
        });
        let now = json!({
            "paths": {"/new": {"get": operation("Fee")}},
            "components": {"schemas": {
                "Fee": fee("x"),
                "Input": {"type": "object", "properties": {"input": {"type": "object", "properties": {
                    "name": {"type": "string"}, "kind": {"type": "string"}}}}},
                "Plan": {"type": "object", "properties": {
                    "charge": {"$ref": "#/components/schemas/Fee"}, "a": {"type": "string"}, "b": {"type": "string"},
                }},
            }},
        });
        let mut moves = Moves::between(&before, &now);
        moves.wrap("Input", "input");
        for (address, expected) in [
            ("Feee.x", Some("Fee.x")),
            ("Feee", Some("Fee")),
            ("Input.name", Some("Input.input.name")),
            // The type has changed.
            ("Input.kind", None),
            ("Plan.fee", Some("Plan.charge")),
            ("Plan.one", None),
            // Two are like it.
            ("Plan.two", None),
            ("Lost.y", None),
            ("GET /old", Some("GET /new")),
            ("GET /old?q", Some("GET /new?q")),
            ("GET /old 200", Some("GET /new 200")),
            ("Plan", None),
            ("Never.was", None),
            ("Feee.added", Some("Fee.added")),
        ] {
            assert_eq!(moves.follow(address).as_deref(), expected, "{address}");
        }
    }
}
