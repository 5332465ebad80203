//! Rules about single schemas.

use serde_json::Value;

use super::super::subject::{Subject, types};
use super::Found;
use crate::pointer::join;
use crate::regen::schema::{list, listed_required, reference, text};

pub(super) fn required_undeclared(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for schema in &subject.schemas {
        let mut names = listed_required(schema.node).enumerate().peekable();
        if names.peek().is_none() {
            continue;
        }
        // A part may require what another part declares.
        let whole = whole_of(&schema.pointer);
        let declared = subject
            .root
            .pointer(whole)
            .map(|whole| subject.declared(whole));
        let declared = declared.unwrap_or_default();
        found.extend(names.filter(|(_, name)| !declared.contains_key(name)).map(
            |(number, name)| {
                let near = super::spelling::nearest(name, declared.keys().copied());
                Found::new(
                    format!("{}/required/{number}", schema.pointer),
                    format!("`{name}` is required and nowhere declared"),
                    match near {
                        Some(near) => format!("is `{near}` meant?"),
                        None => "declare it among the properties, or do not require it".to_owned(),
                    },
                )
            },
        ));
    }
}

/// The schema of which the one at a pointer is a part.
fn whole_of(pointer: &str) -> &str {
    match pointer.rfind("/allOf/") {
        Some(at)
            if pointer[at + "/allOf/".len()..]
                .bytes()
                .all(|byte| byte.is_ascii_digit()) =>
        {
            whole_of(&pointer[..at])
        }
        _ => pointer,
    }
}

/// The formats of OpenAPI's registry and of JSON Schema that text may have.
const OF_TEXT: [&str; 38] = [
    "base64url",
    "binary",
    "byte",
    "char",
    "commonmark",
    "date",
    "date-time",
    "decimal",
    "decimal128",
    "duration",
    "email",
    "hostname",
    "html",
    "http-date",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "media-range",
    "password",
    "regex",
    "relative-json-pointer",
    "sf-binary",
    "sf-boolean",
    "sf-decimal",
    "sf-integer",
    "sf-string",
    "sf-token",
    "time",
    "time-local",
    "date-time-local",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// Those that numbers may have.
const OF_NUMBERS: [&str; 16] = [
    "decimal",
    "decimal128",
    "double",
    "double-int",
    "float",
    "int16",
    "int32",
    "int64",
    "int8",
    "sf-decimal",
    "sf-integer",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unixtime",
];

const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

pub(super) fn unknown_format(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for schema in &subject.schemas {
        let Some(format) = text(schema.node, "format") else {
            continue;
        };
        if let Some((message, help)) = fault_of_format(format, schema.node) {
            found.push(Found::new(join(&schema.pointer, "format"), message, help));
        }
    }
}

fn fault_of_format(format: &str, node: &Value) -> Option<(String, String)> {
    if TYPES.contains(&format) {
        return Some((
            format!("`{format}` is a type and no format"),
            "remove it, or write it as the type".to_owned(),
        ));
    }
    if format.contains(['^', '$', '[', '*', '+', '(']) {
        return Some((
            format!("`{format}` is a regular expression and no format"),
            "write it under `pattern`".to_owned(),
        ));
    }
    let (of_text, of_numbers) = (OF_TEXT.contains(&format), OF_NUMBERS.contains(&format));
    if !of_text && !of_numbers {
        let known = OF_TEXT.iter().chain(&OF_NUMBERS).copied();
        return Some((
            format!("no registry has the format `{format}`"),
            match super::spelling::nearest(format, known) {
                Some(near) => format!("is `{near}` meant?"),
                None => "write one of OpenAPI's registry, or remove it".to_owned(),
            },
        ));
    }
    let types = types(node);
    let has = |names: &[&str]| types.is_empty() || names.iter().any(|name| types.contains(name));
    let fits = (of_text && has(&["string"])) || (of_numbers && has(&["number", "integer"]));
    (!fits).then(|| {
        let types: Vec<&str> = types.into_iter().collect();
        (
            format!(
                "the format `{format}` says nothing of the type {}",
                types.join(" or ")
            ),
            "correct the type or the format".to_owned(),
        )
    })
}

/// Pairs of bounds, the lower first.
const BOUNDS: [(&str, &str); 4] = [
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
];

pub(super) fn of_another_type(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for schema in &subject.schemas {
        let node = schema.node;
        let types = types(node);
        let lacks = |name: &str| !types.is_empty() && !types.contains(name);
        let mut say = |key: &str, message: &str, help: &str| {
            found.push(Found::new(join(&schema.pointer, key), message, help));
        };
        if node.get("properties").is_some() && lacks("object") {
            say(
                "properties",
                "there are properties, but the type is no object",
                "write `type: object`",
            );
        }
        if node.get("items").is_some() && lacks("array") {
            say(
                "items",
                "there are items, but the type is no list",
                "write `type: array`",
            );
        }
        let composed = ["allOf", "oneOf", "anyOf"]
            .iter()
            .any(|key| list(node, key).next().is_some());
        if types.contains("array")
            && node.get("items").is_none()
            && !composed
            && reference(node).is_none()
        {
            say("type", "a list that does not say of what", "add `items`");
        }
        for (low, high) in BOUNDS {
            if let (Some(least), Some(most)) = (node[low].as_f64(), node[high].as_f64())
                && least > most
            {
                say(
                    low,
                    "no value is within these bounds",
                    "correct the lower or the upper bound",
                );
            }
        }
    }
}
