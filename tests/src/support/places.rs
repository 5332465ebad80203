//! Every property and every query parameter of the document, where it is declared.

use serde_json::{Map, Value};

use crate::support::document::Document;
use crate::support::shape::allows;

/// A property or a query parameter.
#[derive(Debug)]
pub struct Place {
    /// Where it is declared: `Plan.charges[].code`, `GET /plans?page`.
    pub address: String,
    /// Its name, without brackets.
    pub name: String,
    /// Whether its object, or its operation, needs it.
    pub required: bool,
    /// Its schema, without references; of a list that of its items.
    pub schema: Map<String, Value>,
}

/// All places, in the order of the document. What a schema refers to is a place of its own.
pub fn places(document: &Document) -> Vec<Place> {
    let mut finder = Finder {
        document,
        found: Vec::new(),
    };
    for (name, schema) in document.components() {
        finder.inside(schema, name);
    }
    for operation in document.operations() {
        let address = format!("{} {}", operation.method, operation.path);
        for parameter in &operation.parameters {
            if let (Some("query"), Some(name)) =
                (parameter["in"].as_str(), parameter["name"].as_str())
            {
                let required = parameter["required"] == true;
                finder.add(
                    &parameter["schema"],
                    format!("{address}?{name}"),
                    name,
                    required,
                );
            }
        }
        for (schema, side) in [(&operation.body, "request"), (&operation.response, "200")] {
            if let Some(schema) = schema {
                finder.inside(schema, &format!("{address} {side}"));
            }
        }
    }
    finder.found
}

struct Finder<'d> {
    document: &'d Document,
    found: Vec<Place>,
}

impl Finder<'_> {
    /// The properties that a schema declares itself.
    fn inside(&mut self, schema: &Value, address: &str) {
        let required: Vec<&str> = requirements(schema);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let needed = required.contains(&name.as_str());
            self.add(property, format!("{address}.{name}"), name, needed);
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for member in schema[key].as_array().into_iter().flatten() {
                self.inside(member, address);
            }
        }
        if schema["items"].is_object() {
            self.inside(&schema["items"], &format!("{address}[]"));
        }
    }

    fn add(&mut self, schema: &Value, address: String, name: &str, required: bool) {
        let mut merged = self.document.merged(schema);
        let left_out = merged.get("x-left-out").cloned();
        // Null beside a schema, and a list around it, are no other thing.
        while let Some(inner) = inner(&merged) {
            merged = self.document.merged(&inner);
        }
        if let Some(left_out) = left_out {
            merged.insert("x-left-out".to_owned(), left_out);
        }
        self.inside(schema, &address);
        self.found.push(Place {
            address,
            name: name.trim_end_matches("[]").to_owned(),
            required,
            schema: merged,
        });
    }
}

/// The names that a schema requires, also through the parts it consists of.
fn requirements(schema: &Value) -> Vec<&str> {
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let names = std::iter::once(schema).chain(parts);
    names
        .filter_map(|part| part["required"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn inner(schema: &Map<String, Value>) -> Option<Value> {
    if allows(schema, "array") {
        return schema.get("items").cloned();
    }
    let members = schema
        .get("anyOf")
        .or_else(|| schema.get("oneOf"))?
        .as_array()?;
    let mut members = members.iter().filter(|member| member["type"] != "null");
    match (members.next(), members.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn properties_and_parameters_are_found_where_they_are_declared() {
        let document = Document::of(json!({
            "components": { "schemas": {
                "Base": { "properties": { "id": { "type": "string", "format": "uuid" } } },
                "More": { "allOf": [
                    { "$ref": "#/components/schemas/Base" },
                    { "required": ["ids"] },
                    { "properties": { "ids": { "type": ["array", "null"], "items": { "type": "string" } } } },
                ] },
            } },
            "paths": { "/a": { "get": { "parameters": [
                { "in": "query", "name": "id[]", "schema": { "anyOf": [{ "type": "integer" }, { "type": "null" }] } },
            ] } } },
        }));
        let found: Vec<(String, String, Value)> = places(&document)
            .into_iter()
            .map(|place| (place.address, place.name, place.schema["type"].clone()))
            .collect();
        let place = |address: &str, name: &str, ty: &str| (address.into(), name.into(), json!(ty));
        assert_eq!(
            found,
            [
                place("Base.id", "id", "string"),
                place("More.ids", "ids", "string"),
                place("GET /a?id[]", "id", "integer"),
            ]
        );
    }
}
