//! That every node is of the kind that its place asks for: whoever reads the document after this
//! need not ask again.

use serde_json::{Map, Value};

use super::kind::{Kind, PARAMETER, REQUEST, RESPONSE, SCHEMA};
use crate::diagnostic::Diagnostic;
use crate::pointer::{decoded, join};
use crate::regen::schema::METHODS;
use crate::yaml::read::Document;

/// Checks paths, webhooks and components.
pub(super) fn check(document: &Document, found: &mut Vec<Diagnostic>) {
    let mut shape = Shape { document, found };
    let root = document.root();
    for section in ["paths", "webhooks"] {
        shape.each(root, section, "", &mut |shape, item, place| {
            shape.item(item, place);
        });
    }
    let Some(components) = root.get("components") else {
        return;
    };
    let place = "/components";
    if shape.object(components, place, "the components").is_none() {
        return;
    }
    for name in shape.names(components) {
        let unusual = |char: char| !(char.is_ascii_alphanumeric() || "._-".contains(char));
        if name.is_empty() || name.contains(unusual) {
            shape.wrong(
                &join("/components/schemas", name),
                format!("{name:?} is no name of a component"),
                "use letters, digits, `.`, `-` and `_`",
            );
        }
    }
    shape.each(components, "schemas", place, &mut Shape::schema);
    shape.each(components, "parameters", place, &mut Shape::parameter);
    shape.each(components, "responses", place, &mut Shape::response);
    shape.each(components, "requestBodies", place, &mut Shape::request);
    // What is wrong where it stands is so for each that refers to it.
    let mut known = Vec::new();
    found.retain(|diagnostic| {
        let new = !known.contains(diagnostic);
        if new {
            known.push(diagnostic.clone());
        }
        new
    });
}

/// Checks one entry of a mapping or list.
type Check<'c, 'd> = &'c mut dyn FnMut(&mut Shape<'d>, &'d Value, &str);

struct Shape<'d> {
    document: &'d Document,
    found: &'d mut Vec<Diagnostic>,
}

impl<'d> Shape<'d> {
    fn wrong(&mut self, place: &str, message: String, advice: &str) {
        self.found
            .push(self.document.diagnostic(place, message, advice));
    }

    fn object(
        &mut self,
        node: &'d Value,
        place: &str,
        what: &str,
    ) -> Option<&'d Map<String, Value>> {
        if !node.is_object() {
            self.wrong(
                place,
                format!("{what} must be a mapping, not {}", kind(node)),
                "correct it as OpenAPI has it",
            );
        }
        node.as_object()
    }

    fn names(&self, components: &'d Value) -> Vec<&'d String> {
        let schemas = components.get("schemas").and_then(Value::as_object);
        schemas.into_iter().flat_map(Map::keys).collect()
    }

    /// Checks the entries of a mapping that may be missing; extensions are none.
    fn each(&mut self, holder: &'d Value, key: &str, place: &str, check: Check<'_, 'd>) {
        let Some(node) = holder.get(key) else { return };
        let place = join(place, key);
        let entries = self.object(node, &place, &format!("`{key}`"));
        for (name, entry) in entries.into_iter().flatten() {
            if !name.starts_with("x-") {
                check(self, entry, &join(&place, name));
            }
        }
    }

    /// Checks the items of a list that may be missing.
    fn list(&mut self, holder: &'d Value, key: &str, place: &str, check: Check<'_, 'd>) {
        let Some(node) = holder.get(key) else { return };
        let place = join(place, key);
        match node.as_array() {
            Some(items) => {
                for (index, item) in items.iter().enumerate() {
                    check(self, item, &format!("{place}/{index}"));
                }
            }
            None => self.wrong(
                &place,
                format!("`{key}` must be a list, not {}", kind(node)),
                "correct it as OpenAPI has it",
            ),
        }
    }

    fn item(&mut self, item: &'d Value, place: &str) {
        if self.object(item, place, "a path").is_none() {
            return;
        }
        if item.get("$ref").is_some() {
            self.wrong(
                &join(place, "$ref"),
                "a path that refers to another is not followed".to_owned(),
                "write its operations out",
            );
        }
        self.list(item, "parameters", place, &mut Self::parameter);
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                self.operation(operation, &join(place, method));
            }
        }
    }

    fn operation(&mut self, operation: &'d Value, place: &str) {
        if self.object(operation, place, "an operation").is_none() {
            return;
        }
        self.list(operation, "parameters", place, &mut Self::parameter);
        if let Some(body) = operation.get("requestBody") {
            self.request(body, &join(place, "requestBody"));
        }
        let responses = operation.get("responses").and_then(Value::as_object);
        for status in responses.into_iter().flat_map(Map::keys) {
            if !is_status(status) && !status.starts_with("x-") {
                self.wrong(
                    &join(&join(place, "responses"), status),
                    format!("{status:?} is no status"),
                    "write three digits, a range such as `4XX`, or `default`",
                );
            }
        }
        self.each(operation, "responses", place, &mut Self::response);
    }

    fn parameter(&mut self, parameter: &'d Value, place: &str) {
        if self.object(parameter, place, "a parameter").is_none()
            || self.refers(parameter, place, &PARAMETER)
        {
            return;
        }
        for key in ["name", "in"] {
            if parameter.get(key).and_then(Value::as_str).is_none() {
                self.wrong(
                    place,
                    format!("the parameter has no `{key}`"),
                    "give it one",
                );
            }
        }
        if let Some(schema) = parameter.get("schema") {
            self.schema(schema, &join(place, "schema"));
        }
    }

    fn request(&mut self, body: &'d Value, place: &str) {
        self.body(body, place, &REQUEST);
    }

    fn response(&mut self, body: &'d Value, place: &str) {
        self.body(body, place, &RESPONSE);
    }

    fn body(&mut self, body: &'d Value, place: &str, which: &Kind) {
        if self.object(body, place, which.name).is_none() || self.refers(body, place, which) {
            return;
        }
        self.each(body, "content", place, &mut |shape, media, place| {
            if shape.object(media, place, "a media type").is_some()
                && let Some(schema) = media.get("schema")
            {
                shape.schema(schema, &join(place, "schema"));
            }
        });
    }

    /// Whether the node stands for another, which must be of its kind then.
    fn refers(&mut self, node: &'d Value, place: &str, which: &Kind) -> bool {
        let Some(reference) = node.get("$ref") else {
            return false;
        };
        let place = join(place, "$ref");
        match reference.as_str() {
            None => self.wrong(
                &place,
                format!("a reference must be text, not {}", kind(reference)),
                "write where it leads, as `#/components/…`",
            ),
            // One that leads nowhere is reported with all others.
            Some(reference) => {
                let pointer = reference.strip_prefix('#').and_then(decoded);
                let root = self.document.root();
                match pointer.and_then(|pointer| Some((root.pointer(&pointer)?, pointer))) {
                    Some((_, pointer)) if !which.stands_at(&pointer) => {
                        let message = format!("`{reference}` does not lead to {}", which.name);
                        let section = which.holders[0];
                        let advice = format!("write `#/components/{section}/` and a name");
                        self.wrong(&place, message, &advice);
                    }
                    Some((target, pointer)) if !(which.takes_booleans && target.is_boolean()) => {
                        self.object(target, &pointer, which.name);
                    }
                    _ => {}
                }
            }
        }
        true
    }

    fn schema(&mut self, schema: &'d Value, place: &str) {
        if schema.is_boolean() {
            return;
        }
        if self.object(schema, place, "a schema").is_none() || self.refers(schema, place, &SCHEMA) {
            return;
        }
        self.each(schema, "properties", place, &mut Self::schema);
        for key in ["items", "additionalProperties"] {
            if let Some(below) = schema.get(key) {
                self.schema(below, &join(place, key));
            }
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            self.list(schema, key, place, &mut Self::schema);
        }
        self.list(schema, "enum", place, &mut |_, _, _| {});
        let named = |ty: &Value| {
            ty.is_string()
                || ty
                    .as_array()
                    .is_some_and(|types| types.iter().all(Value::is_string))
        };
        if schema.get("type").is_some_and(|ty| !named(ty)) {
            self.wrong(
                &join(place, "type"),
                "a type must be a name, or a list of names".to_owned(),
                "name it",
            );
        }
    }
}

fn is_status(status: &str) -> bool {
    let range = |first: u8| (b'1'..=b'5').contains(&first);
    match status.as_bytes() {
        [first, b'X', b'X'] => range(*first),
        [first, second, third] => {
            range(*first) && second.is_ascii_digit() && third.is_ascii_digit()
        }
        _ => status == "default",
    }
}

fn kind(node: &Value) -> &'static str {
    match node {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_node_of_the_wrong_kind_is_named_with_its_line() {
        let text = "openapi: 3.1.0
paths:
  x-note: 1
  /a: get
  /b:
    get: []
    put:
      parameters: {name: x}
      requestBody: {content: {application/json: {schema: text}}}
      responses: {fine: {}}
    post:
      parameters: [{in: query}, {$ref: '#/components/schemas/B/type'}]
components:
  schemas:
    'A/B': {}
    B: {type: 1}
    C: {properties: [x]}
    D: {items: 1}
    E: {allOf: [null]}
    F: {$ref: 1}
    G: true
    H: null
    I: {properties: {g: {$ref: '#/components/schemas/G'}, h: {$ref: '#/components/schemas/H'}}}
    J: {items: {$ref: '#'}, additionalProperties: {$ref: '#/components/schemas'}}
    K: {$ref: '#/x-more/K'}
x-more: {K: null}
";
        let document = Document::parse("api.yaml", text).unwrap();
        let mut found = Vec::new();
        check(&document, &mut found);
        let found: Vec<String> = found
            .iter()
            .map(|d| format!("{}: {}", d.line.unwrap(), d.message))
            .collect();
        assert_eq!(
            found,
            [
                "4: a path must be a mapping, not text",
                "6: an operation must be a mapping, not a list",
                "12: the parameter has no `name`",
                "12: `#/components/schemas/B/type` does not lead to a parameter",
                "8: `parameters` must be a list, not a mapping",
                "9: a schema must be a mapping, not text",
                "10: \"fine\" is no status",
                "15: \"A/B\" is no name of a component",
                "16: a type must be a name, or a list of names",
                "17: `properties` must be a mapping, not a list",
                "18: a schema must be a mapping, not a number",
                "19: a schema must be a mapping, not null",
                "20: a reference must be text, not a number",
                "22: a schema must be a mapping, not null",
                "24: `#` does not lead to a schema",
                "24: `#/components/schemas` does not lead to a schema",
                "26: a schema must be a mapping, not null",
            ]
        );
    }
}
