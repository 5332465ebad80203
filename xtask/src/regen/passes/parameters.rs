//! Puts shared parameters and answers, and the parameters of a path, into each operation.

use serde_json::Value;

use super::Context;
use crate::regen::schema::{METHODS, list};

/// Inlines `components/parameters`, `components/responses` and path-level parameters.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let before = root.clone();
    let mut changes = 0;
    let mut resolve = |node: &Value| -> Value {
        match node["$ref"]
            .as_str()
            .and_then(|r| before.pointer(r.trim_start_matches('#')))
        {
            Some(target) => {
                changes += 1;
                target.clone()
            }
            None => node.clone(),
        }
    };
    let items = root.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in items.into_iter().flatten() {
        let of_path: Vec<Value> = list(item, "parameters").map(&mut resolve).collect();
        if let Some(item) = item.as_object_mut() {
            item.shift_remove("parameters");
        }
        for operation in METHODS
            .iter()
            .filter_map(|m| Some(item.get(m)?.is_object().then_some(*m)?))
            .collect::<Vec<_>>()
        {
            let operation = &mut item[operation];
            let own: Vec<Value> = list(operation, "parameters").map(&mut resolve).collect();
            // An operation's parameter overrides that of its path.
            let inherited = of_path
                .iter()
                .filter(|p| !own.iter().any(|o| same_parameter(o, p)));
            let all: Vec<Value> = inherited.cloned().chain(own.iter().cloned()).collect();
            if !all.is_empty() {
                operation["parameters"] = Value::Array(all);
            }
            for holder in ["responses"] {
                let responses = operation.get_mut(holder).and_then(Value::as_object_mut);
                for (_, response) in responses.into_iter().flatten() {
                    *response = resolve(response);
                }
            }
            if let Some(body) = operation.get_mut("requestBody") {
                *body = resolve(body);
            }
        }
    }
    changes
}

fn same_parameter(one: &Value, other: &Value) -> bool {
    one["name"] == other["name"] && one["in"] == other["in"]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;

    #[test]
    fn an_operation_has_its_own_and_its_paths_parameters() {
        let mut root = json!({
            "components": {"parameters": {"page": {"name": "page", "in": "query"}}},
            "paths": {"/a/{id}": {
                "parameters": [{"name": "id", "in": "path"}],
                "get": {"parameters": [{"$ref": "#/components/parameters/page"}]},
            }},
        });
        assert_eq!(run_alone(run, &mut root), 1);
        let parameters = &root["paths"]["/a/{id}"]["get"]["parameters"];
        assert_eq!(parameters[0]["name"], "id");
        assert_eq!(parameters[1]["name"], "page");
    }
}
