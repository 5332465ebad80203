//! What must hold of a document before anything is generated from it.

mod kind;
mod paths;
mod shape;

use std::collections::BTreeMap;

use serde_json::Value;

use super::ident;
use super::schema::{METHODS, list, text};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pointer::{escape, follow, join};
use crate::yaml::read::Document;

/// Methods that HTTP clients have no call for.
const NO_CALLS: [&str; 2] = ["options", "trace"];

/// Checks version, shape, references, operation ids, paths and their parameters; reports all that
/// is wrong.
pub(crate) fn validate(document: &Document) -> Result<(), Diagnostics> {
    let mut found = Vec::new();
    version(document, &mut found);
    if found.is_empty() {
        shape::check(document, &mut found);
    }
    if found.is_empty() {
        references(document, &mut found);
        operations(document, &mut found);
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(Diagnostics(found))
    }
}

fn version(document: &Document, found: &mut Vec<Diagnostic>) {
    let root = document.root();
    let message = match root.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.") => {
            if root["paths"].is_object() {
                return;
            }
            "the document has no paths".to_owned()
        }
        Some(version) => format!("this is OpenAPI {version}, not 3.x"),
        None => "this is no OpenAPI document: it does not say `openapi: 3.x`".to_owned(),
    };
    let advice = "give an OpenAPI 3.0 or 3.1 document in YAML or JSON";
    found.push(document.diagnostic("/openapi", message, advice));
}

fn references(document: &Document, found: &mut Vec<Diagnostic>) {
    for (place, target) in dangling(document.root()) {
        found.push(document.diagnostic(
            &place,
            format!("`{target}` leads nowhere"),
            "define it, or correct the reference; references to other files are not followed",
        ));
    }
}

/// The references that lead nowhere: the pointer of each, and where it would lead.
pub(crate) fn dangling(root: &Value) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    look_for_dangling(root, root, "", &mut found);
    found
}

fn look_for_dangling<'d>(
    root: &'d Value,
    node: &'d Value,
    place: &str,
    found: &mut Vec<(String, &'d str)>,
) {
    match node {
        Value::Object(map) => {
            if let Some(Value::String(target)) = map.get("$ref")
                && follow(root, target).is_none()
            {
                found.push((join(place, "$ref"), target));
            }
            for (key, value) in map {
                // Examples are data: a `$ref` in them is no reference.
                if !matches!(key.as_str(), "example" | "examples" | "default" | "enum")
                    || place.ends_with("/properties")
                {
                    look_for_dangling(root, value, &join(place, key), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                look_for_dangling(root, item, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn operations(document: &Document, found: &mut Vec<Diagnostic>) {
    let mut known: BTreeMap<String, (&str, String)> = BTreeMap::new();
    for (path, item) in document.root()["paths"].as_object().into_iter().flatten() {
        if path.starts_with("x-") {
            continue;
        }
        paths::check(document, path, found);
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let place = format!("/paths/{}/{method}", escape(path));
            if NO_CALLS.contains(&method) {
                found.push(document.diagnostic(
                    &place,
                    format!("calls of the method {} are not made", method.to_uppercase()),
                    "remove the operation",
                ));
            }
            match text(operation, "operationId") {
                None => found.push(document.diagnostic(
                    &place,
                    "the operation has no operationId",
                    "give it one: generated code and operations.yaml speak of it by its id",
                )),
                Some(id) => {
                    // Code tells operations apart by the words of their ids.
                    if let Some((other_id, other)) =
                        known.insert(ident::pascal(id), (id, place.clone()))
                    {
                        let message = match other_id == id {
                            true => format!("`{id}` is also the operation id of {other}"),
                            false => format!("`{id}` reads like `{other_id}`, the id of {other}"),
                        };
                        found.push(document.diagnostic(
                            &join(&place, "operationId"),
                            message,
                            "give each operation an id of its own",
                        ));
                    }
                }
            }
            path_parameters(document, path, item, operation, &place, found);
        }
    }
}

fn path_parameters(
    document: &Document,
    path: &str,
    item: &Value,
    operation: &Value,
    place: &str,
    found: &mut Vec<Diagnostic>,
) {
    let PathParameters { undeclared, unused } =
        path_parameters_of(document.root(), path, item, operation);
    for name in undeclared {
        found.push(document.diagnostic(
            place,
            format!("nothing declares the path parameter `{name}`"),
            format!("declare a parameter `{name}` with `in: path`"),
        ));
    }
    for name in unused {
        found.push(document.diagnostic(
            place,
            format!("the path has no place for the parameter `{name}`"),
            format!("write `{{{name}}}` into the path, or remove the parameter"),
        ));
    }
}

/// Where a path and the parameters that are declared for it do not agree.
pub(crate) struct PathParameters<'d> {
    /// Those that only the path has.
    pub(crate) undeclared: Vec<&'d str>,
    /// Those that the path has no place for.
    pub(crate) unused: Vec<&'d str>,
}

/// Compares a path with the parameters of one of its operations.
pub(crate) fn path_parameters_of<'d>(
    root: &'d Value,
    path: &'d str,
    item: &'d Value,
    operation: &'d Value,
) -> PathParameters<'d> {
    let declared: Vec<&str> = list(item, "parameters")
        .chain(list(operation, "parameters"))
        .filter_map(|parameter| match text(parameter, "$ref") {
            Some(target) => follow(root, target),
            None => Some(parameter),
        })
        .filter(|parameter| text(parameter, "in") == Some("path"))
        .filter_map(|parameter| text(parameter, "name"))
        .collect();
    let used = paths::parameters(path);
    PathParameters {
        undeclared: used
            .iter()
            .filter(|name| !declared.contains(name))
            .copied()
            .collect(),
        unused: declared
            .iter()
            .filter(|name| !used.contains(name))
            .copied()
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> Vec<String> {
        let document = Document::parse("api.yaml", text).unwrap();
        match validate(&document) {
            Ok(()) => Vec::new(),
            Err(found) => found.0.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn a_sound_document_passes() {
        assert_eq!(
            complaints("openapi: 3.0.3\npaths: {}\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_defect_is_named_with_its_line() {
        let text = "openapi: 3.1.0
paths:
  /a/{id}:
    get:
      operationId: one
      parameters: [{name: other, in: path}]
    post:
      operationId: one
      parameters: [{name: id, in: path}]
      requestBody: {$ref: '#/components/requestBodies/Nowhere'}
";
        let complaints = complaints(text).join("\n");
        for expected in [
            "api.yaml:10: `#/components/requestBodies/Nowhere` leads nowhere",
            "api.yaml:4: nothing declares the path parameter `id`",
            "api.yaml:4: the path has no place for the parameter `other`",
            "api.yaml:8: `one` is also the operation id of /paths/~1a~1{id}/get",
        ] {
            assert!(
                complaints.contains(expected),
                "{expected}\n---\n{complaints}"
            );
        }
    }

    #[test]
    fn another_version_is_refused() {
        assert!(complaints("swagger: '2.0'\n")[0].contains("no OpenAPI document"));
        assert!(complaints("openapi: 4.0.0\npaths: {}\n")[0].contains("4.0.0"));
    }
}
