//! Parameters that an operation states twice: OpenAPI forbids it, and no client can send both.

use serde_json::Value;

use super::facts;
use crate::diagnostic::Diagnostic;
use crate::pointer::{follow, join};
use crate::yaml::read::Document;

/// A parameter that was stated before in the same list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Duplicate {
    /// The first of the two.
    pub(crate) first: String,
    /// The second.
    pub(crate) second: String,
    /// Its name.
    pub(crate) name: String,
    /// Whether both say the same.
    pub(crate) same: bool,
}

/// The parameters that a list has twice, in the whole document.
pub(crate) fn duplicates(root: &Value) -> Vec<Duplicate> {
    let mut found = Vec::new();
    let paths = root["paths"].as_object().into_iter().flatten();
    for (path, item) in paths {
        let place = join("/paths", path);
        of_list(root, item, &place, &mut found);
        for (method, operation) in item.as_object().into_iter().flatten() {
            of_list(root, operation, &join(&place, method), &mut found);
        }
    }
    found
}

fn of_list(root: &Value, holder: &Value, place: &str, found: &mut Vec<Duplicate>) {
    let parameters = holder.get("parameters").and_then(Value::as_array);
    let written_out = |parameter: &Value| {
        let target = parameter.get("$ref").and_then(Value::as_str);
        let target = target.and_then(|target| follow(root, target));
        facts::parameter(target.unwrap_or(parameter))
    };
    let parameters: Vec<Value> = parameters.into_iter().flatten().map(written_out).collect();
    for (number, parameter) in parameters.iter().enumerate() {
        let Some(name) = parameter.get("name").and_then(Value::as_str) else {
            continue;
        };
        let alike =
            |other: &Value| other["name"] == parameter["name"] && other["in"] == parameter["in"];
        if let Some(first) = parameters[..number].iter().position(alike) {
            found.push(Duplicate {
                first: format!("{place}/parameters/{first}"),
                second: format!("{place}/parameters/{number}"),
                name: name.to_owned(),
                same: parameters[first] == *parameter,
            });
        }
    }
}

/// The document without those that say the same a second time.
pub(super) fn without(root: &Value, duplicates: &[Duplicate]) -> Value {
    let mut once = root.clone();
    // From behind, so that the others stay where they are.
    for duplicate in duplicates.iter().rev().filter(|found| found.same) {
        if let Some((list, number)) = duplicate.second.rsplit_once('/')
            && let Some(Value::Array(parameters)) = once.pointer_mut(list)
            && let Ok(number) = number.parse::<usize>()
        {
            parameters.remove(number);
        }
    }
    once
}

impl Duplicate {
    /// What a person is told.
    pub(crate) fn diagnostic(&self, document: &Document) -> Diagnostic {
        let first = document.line(&self.first).unwrap_or(1);
        let (said, advice) = match self.same {
            true => (
                "with the same facts",
                "the second is left out; tell upstream",
            ),
            false => (
                "and differently",
                "both are taken over, and nothing can be generated from it: remove the wrong one, and tell upstream",
            ),
        };
        let message = format!(
            "the parameter `{}` is stated twice, {said}; first on line {first}",
            self.name
        );
        document.diagnostic(&self.second, message, advice)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_stated_twice_is_found_also_through_references() {
        let page = |about: &str| json!({"name": "page", "in": "query", "description": about, "schema": {"type": "integer"}});
        let other = json!({"name": "page", "in": "query", "schema": {"type": "string"}});
        let root = json!({
            "components": {"parameters": {"page": page("shared")}},
            "paths": {"/a": {
                "parameters": [page("a"), other],
                "get": {"parameters": [
                    {"$ref": "#/components/parameters/page"},
                    {"name": "page", "in": "path", "schema": {"type": "integer"}},
                    page("own"),
                    {"$ref": "#/components/parameters/page"},
                ]},
            }},
        });
        let found = duplicates(&root);
        let places: Vec<(&str, bool)> = found
            .iter()
            .map(|found| (&*found.second, found.same))
            .collect();
        assert_eq!(
            places,
            [
                ("/paths/~1a/parameters/1", false),
                ("/paths/~1a/get/parameters/2", true),
                ("/paths/~1a/get/parameters/3", true),
            ]
        );
        let once = without(&root, &found);
        let left = once["paths"]["/a"]["get"]["parameters"].as_array().unwrap();
        assert_eq!(left.len(), 2);
        assert_eq!(
            once["paths"]["/a"]["parameters"].as_array().unwrap().len(),
            2
        );
    }
}
