//! Rules about examples and defaults, which have to be what their schema says.

use jsonschema::{Draft, Registry};
use serde_json::{Value, json};

use super::super::subject::Subject;
use super::Found;
use crate::pointer::join;

/// Where the document stands for the validator.
const HERE: &str = "urn:document";

pub(super) fn example_mismatch(subject: &Subject<'_>, found: &mut Vec<Found>) {
    check(subject, "example", found);
}

pub(super) fn default_mismatch(subject: &Subject<'_>, found: &mut Vec<Found>) {
    check(subject, "default", found);
}

fn check(subject: &Subject<'_>, key: &str, found: &mut Vec<Found>) {
    let Ok(registry) = Registry::new()
        .draft(Draft::Draft202012)
        .add(HERE, in_json_schema(subject.root))
        .and_then(|registry| registry.prepare())
    else {
        // A reference that leads nowhere is another rule's.
        return;
    };
    for schema in &subject.schemas {
        let Some(value) = schema.node.get(key) else {
            continue;
        };
        let reference = json!({"$ref": format!("{HERE}#{}", encoded(&schema.pointer))});
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_registry(&registry)
            .build(&reference);
        let Ok(validator) = validator else {
            continue;
        };
        if let Some(error) = validator.iter_errors(value).next() {
            let within = error.instance_path().to_string();
            let place = match within.as_str() {
                "" => String::new(),
                within => format!(" at {within}"),
            };
            found.push(Found::new(
                join(&schema.pointer, key),
                format!("the {key} is not what its schema says{place}: {error}"),
                format!("correct the {key}, or the schema if the server sends this"),
            ));
        }
    }
}

/// A pointer as the fragment of a URL.
fn encoded(pointer: &str) -> String {
    let mut encoded = String::new();
    for byte in pointer.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'~' | b'-' | b'_' | b'.' => {
                encoded.push(char::from(byte));
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The document with what OpenAPI 3.0 says in its own way as JSON Schema has it.
fn in_json_schema(root: &Value) -> Value {
    crate::spec::merged::published(root)
}
