//! What the server does, by an account that was made without the overlay: what stands in tests/fixtures/server.yaml is in
//! the document that the other tests measure the client by.

use std::path::Path;

use lago_tests::support::document::Document;
use lago_tests::support::shape::members;
use lago_tests::support::yaml;
use serde_json::{Map, Value};

/// The account.
fn account() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/server.yaml");
    yaml::parse(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// A property as objects may have it.
struct Found {
    /// Its schemas, one for each alternative, without references.
    schemas: Vec<Map<String, Value>>,
    /// Whether one of these objects always has it.
    required: bool,
}

/// A schema and its alternatives, without references.
fn alternatives(document: &Document, schema: &Value) -> Vec<Map<String, Value>> {
    let merged = document.merged(schema);
    let members = members(&merged).into_iter().flatten();
    let mut found: Vec<_> = members
        .flat_map(|member| alternatives(document, member))
        .collect();
    found.push(merged);
    found
}

/// What is at a place: `Plan.charges[].code`, `GET /plans?page`.
fn find(document: &Document, place: &str) -> Option<Found> {
    if let Some((operation, name)) = place.split_once('?') {
        let operations = document.operations().into_iter();
        let mut operations =
            operations.filter(|known| format!("{} {}", known.method, known.path) == operation);
        let parameters = operations.next()?.parameters.into_iter();
        let parameter = parameters.into_iter().find(|known| known["name"] == name)?;
        return Some(Found {
            schemas: alternatives(document, &parameter["schema"]),
            required: parameter["required"] == true,
        });
    }
    let mut steps = place.split('.');
    let component = steps.next()?;
    let (_, schema) = document.components().find(|(name, _)| *name == component)?;
    let mut found = Found {
        schemas: alternatives(document, schema),
        required: true,
    };
    for step in steps {
        let name = step.trim_end_matches("[]");
        let requires = |schema: &Map<String, Value>| {
            let names = schema.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|known| known == name))
        };
        found.required = found.schemas.iter().any(requires);
        let properties = found.schemas.iter().filter_map(|schema| {
            let property = schema.get("properties")?.get(name)?;
            Some(alternatives(document, property))
        });
        found.schemas = properties.flatten().collect();
        for _ in step.matches("[]") {
            let items = found
                .schemas
                .iter()
                .filter_map(|schema| schema.get("items"));
            found.schemas = items
                .flat_map(|items| alternatives(document, items))
                .collect();
        }
        if found.schemas.is_empty() {
            return None;
        }
    }
    Some(found)
}

impl Found {
    /// Whether it is of one of these types and of no other but null.
    fn is_only(&self, types: &[&str]) -> bool {
        let named = self.schemas.iter().filter_map(|schema| schema.get("type"));
        let mut named = named.flat_map(|named| match named {
            Value::Array(several) => several.as_slice(),
            one => std::slice::from_ref(one),
        });
        named.all(|named| named == "null" || types.iter().any(|known| named == known))
    }

    /// Whether text that it may be is a decimal.
    fn is_decimal_text(&self) -> bool {
        let mut schemas = self.schemas.iter();
        schemas.any(|schema| {
            schema
                .get("format")
                .is_some_and(|format| format == "decimal")
        })
    }

    fn has_value(&self, value: &Value) -> bool {
        let mut lists = self
            .schemas
            .iter()
            .filter_map(|schema| schema.get("enum")?.as_array());
        lists.any(|values| values.contains(value))
    }
}

#[test]
fn the_document_says_what_the_server_does() {
    let document = Document::read().unwrap();
    let account = account();
    let operations = document.operations();
    let mut told = 0;
    let mut wrong = Vec::new();
    let mut check = |what: &str, place: &str, is_so: &dyn Fn(&Found) -> bool| {
        told += 1;
        match find(&document, place) {
            None => wrong.push(format!("{place} is not there")),
            Some(found) if !is_so(&found) => wrong.push(format!("{place} is not {what}")),
            Some(_) => {}
        }
    };
    let places = |key: &str| {
        let places = account[key].as_array().into_iter().flatten();
        places.filter_map(Value::as_str).collect::<Vec<_>>()
    };
    for place in places("nullable") {
        check("nullable", place, &|found| {
            let mut schemas = found.schemas.iter();
            schemas.any(|schema| document.allows_null(schema))
        });
    }
    for place in places("there") {
        check("there", place, &|_| true);
    }
    for place in places("optional") {
        check("optional", place, &|found| !found.required);
    }
    for place in places("fraction") {
        check("a fraction", place, &|found| {
            found.is_only(&["number"]) || found.is_only(&["string"]) && found.is_decimal_text()
        });
    }
    for place in places("decimal_text") {
        check("a decimal as text", place, &|found| {
            found.is_only(&["string"]) && found.is_decimal_text()
        });
    }
    for (place, values) in account["values"].as_object().unwrap() {
        for value in values.as_array().unwrap() {
            check(&format!("ever {value}"), place, &|found| {
                found.has_value(value)
            });
        }
    }
    for place in places("empty") {
        let mut known = operations.iter();
        let known = known.find(|known| format!("{} {}", known.method, known.path) == place);
        if !known.is_some_and(|known| known.may_be_empty) {
            wrong.push(format!("{place} never responds with nothing"));
        }
    }
    assert!(told > 200, "{told}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
