//! overlay.yaml, as far as it speaks of requests.

use serde_json::{Value, json};

/// Changes the document as the entries say. Webhooks stay as published: nothing here reads them.
pub(crate) fn apply(root: &mut Value, entries: &Value) -> Result<(), String> {
    for entry in entries.as_array().into_iter().flatten() {
        let target = entry["target"].as_str().unwrap_or_default();
        if target.starts_with("webhook ") {
            continue;
        }
        if let Some(parameter) = entry["change"].get("parameter") {
            add_parameter(root, target, parameter)
                .ok_or_else(|| format!("`{target}` is not in the document"))?;
            continue;
        }
        let pointer =
            pointer(root, target).ok_or_else(|| format!("`{target}` is not in the document"))?;
        let node = root.pointer(&pointer).cloned().unwrap_or_default();
        let changed = change(root, node, &entry["change"])
            .ok_or_else(|| format!("`{target}` does not change"))?;
        if let Some(place) = root.pointer_mut(&pointer) {
            *place = changed;
        }
    }
    Ok(())
}

/// The operation `GET /plans` takes one parameter more.
fn add_parameter(root: &mut Value, target: &str, parameter: &Value) -> Option<()> {
    let (method, path) = target.split_once(' ')?;
    let operation = root["paths"]
        .get_mut(path)?
        .get_mut(method.to_lowercase())?
        .as_object_mut()?;
    let known = operation.entry("parameters").or_insert_with(|| json!([]));
    known.as_array_mut()?.push(parameter.clone());
    Some(())
}

fn change(root: &Value, node: Value, change: &Value) -> Option<Value> {
    let (verb, what) = change.as_object()?.iter().next()?;
    match (verb.as_str(), what) {
        ("wrap", Value::String(key)) => Some(json!({
            "type": "object",
            "required": [key],
            "properties": { key: node },
        })),
        ("unwrap", Value::String(key)) => {
            let envelope = match node["$ref"]
                .as_str()
                .and_then(|target| target.strip_prefix('#'))
            {
                Some(target) => root.pointer(target)?,
                None => &node,
            };
            envelope["properties"].get(key).cloned()
        }
        ("replace", schema) => Some(schema.clone()),
        ("merge", patch) => Some(merge(node, patch)),
        _ => None,
    }
}

/// RFC 7396.
fn merge(mut node: Value, patch: &Value) -> Value {
    let (Some(map), Some(patch)) = (node.as_object_mut(), patch.as_object()) else {
        return patch.clone();
    };
    for (key, value) in patch {
        match value {
            Value::Null => {
                map.remove(key);
            }
            value => {
                let known = map.remove(key).unwrap_or_else(|| json!({}));
                map.insert(key.clone(), merge(known, value));
            }
        }
    }
    node
}

/// The JSON pointer of an address: `Plan.charges[]`, `POST /plans request`, `GET /plans?page`.
fn pointer(root: &Value, address: &str) -> Option<String> {
    let steps_begin = address
        .find(['.', '[', '{', '|'])
        .filter(|_| !address.contains(' '));
    let (place, mut steps) = address.split_at(steps_begin.unwrap_or(address.len()));
    let mut pointer = match place.split_once(' ') {
        None => format!("/components/schemas/{place}"),
        Some((method, rest)) => return of_operation(root, method, rest),
    };
    while !steps.is_empty() {
        let node = root.pointer(&pointer)?;
        if let Some(rest) = steps.strip_prefix("[]") {
            (pointer, steps) = (pointer + "/items", rest);
        } else if let Some(rest) = steps.strip_prefix("{}") {
            (pointer, steps) = (pointer + "/additionalProperties", rest);
        } else {
            let name = steps.strip_prefix('.')?;
            let (name, rest) = name.split_at(name.find(['.', '[', '{']).unwrap_or(name.len()));
            let members = node["allOf"].as_array().map_or(0, Vec::len);
            let holders = (0..members).map(|index| format!("{pointer}/allOf/{index}"));
            pointer = std::iter::once(pointer.clone())
                .chain(holders)
                .map(|holder| format!("{holder}/properties/{name}"))
                .find(|place| root.pointer(place).is_some())?;
            steps = rest;
        }
    }
    root.pointer(&pointer).map(|_| pointer.clone())
}

fn of_operation(root: &Value, method: &str, rest: &str) -> Option<String> {
    let item = |path: &str| {
        format!(
            "/paths/{}/{}",
            path.replace('/', "~1"),
            method.to_lowercase()
        )
    };
    if let Some(path) = rest.strip_suffix(" request") {
        return Some(item(path) + "/requestBody/content/application~1json/schema");
    }
    if let Some(path) = rest.strip_suffix(" 200") {
        return Some(item(path) + "/responses/200/content/application~1json/schema");
    }
    let (path, name) = rest.split_once('?')?;
    let parameters = root.pointer(&item(path))?["parameters"].as_array()?;
    let index = parameters
        .iter()
        .position(|parameter| parameter["name"] == name)?;
    Some(format!("{}/parameters/{index}/schema", item(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_wrapped_unwrapped_and_merged() {
        let mut root = json!({ "components": { "schemas": {
            "Update": { "type": "object" },
            "Batch": { "allOf": [{ "properties": { "events": { "items": { "$ref": "#/components/schemas/One" } } } }] },
            "One": { "properties": { "event": { "type": "string", "format": "uuid" } } },
        } }, "paths": { "/things": { "get": { "responses": { "200": { "content": { "application/json": {
            "schema": { "type": "string" },
        } } } } } } } });
        let entries = json!([
            { "target": "Update", "change": { "wrap": "thing" } },
            { "target": "Batch.events[]", "change": { "unwrap": "event" } },
            { "target": "One.event", "change": { "merge": { "format": null, "example": "x" } } },
            { "target": "GET /things 200", "change": { "wrap": "thing" } },
            { "target": "GET /things", "change": { "parameter": { "name": "page" } } },
        ]);
        apply(&mut root, &entries).unwrap();
        let operation = &root["paths"]["/things"]["get"];
        assert_eq!(operation["parameters"][0]["name"], "page");
        let answer = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(answer["properties"]["thing"]["type"], "string");
        let schemas = &root["components"]["schemas"];
        assert_eq!(
            schemas["Update"]["properties"]["thing"],
            json!({ "type": "object" })
        );
        assert_eq!(
            schemas["Batch"]["allOf"][0]["properties"]["events"]["items"],
            json!({ "type": "string", "format": "uuid" })
        );
        assert_eq!(
            schemas["One"]["properties"]["event"],
            json!({ "type": "string", "example": "x" })
        );
    }
}
