//! The overlay of xtask/overlay/, read anew: what the server does in place of what is published.

use serde_json::{Value, json};

/// Changes the document as the entries say.
pub(crate) fn apply(root: &mut Value, file: &Value) -> Result<(), String> {
    for entry in file["entries"].as_array().into_iter().flatten() {
        let targets = match &entry["target"] {
            Value::Array(targets) => targets.as_slice(),
            one => std::slice::from_ref(one),
        };
        for target in targets.iter().filter_map(Value::as_str) {
            apply_to(root, target, &entry["change"])
                .ok_or_else(|| format!("`{target}` is not in the document"))?;
        }
    }
    Ok(())
}

fn apply_to(root: &mut Value, target: &str, change: &Value) -> Option<()> {
    let verb = match change {
        Value::String(word) => (word.as_str(), &Value::Null),
        change => change
            .as_object()?
            .iter()
            .next()
            .map(|(verb, what)| (verb.as_str(), what))?,
    };
    match verb {
        // What callers cannot see in a request or in a response that succeeds.
        ("errors" | "note", _) => {}
        ("parameter", parameter) => {
            let operation = operation(root, target)?;
            let known = operation
                .as_object_mut()?
                .entry("parameters")
                .or_insert_with(|| json!([]));
            known.as_array_mut()?.push(parameter.clone());
        }
        ("operation", new) => {
            let (method, path) = target.split_once(' ')?;
            root["paths"][path][method.to_lowercase()] = new.clone();
        }
        ("schema", new) => root["components"]["schemas"][target] = new.clone(),
        ("may be empty", _) => {
            let answered = target.strip_suffix(" 200")?;
            operation(root, answered)?["responses"]["200"]["x-may-be-empty"] = json!(true);
        }
        ("required" | "optional", _) if target.ends_with(" request") => {
            let asked = target.strip_suffix(" request")?;
            operation(root, asked)?["requestBody"]["required"] = json!(verb.0 == "required");
        }
        ("absent", _) if target.contains('?') => {
            let (asked, name) = target.split_once('?')?;
            let parameters = operation(root, asked)?["parameters"].as_array_mut()?;
            parameters.retain(|parameter| parameter["name"] != name);
        }
        ("required" | "optional" | "absent", _) => {
            let (owner, name) = target.rsplit_once('.')?;
            let owner = pointer(root, owner)?;
            presence(root.pointer_mut(&owner)?, name, verb.0);
        }
        _ => {
            let place = pointer(root, target)?;
            let changed = changed(root, root.pointer(&place)?.clone(), verb)?;
            *root.pointer_mut(&place)? = changed;
        }
    }
    Some(())
}

fn operation<'d>(root: &'d mut Value, target: &str) -> Option<&'d mut Value> {
    let (method, path) = target.split_once(' ')?;
    root["paths"].get_mut(path)?.get_mut(method.to_lowercase())
}

/// An object has a property always, sometimes or never.
fn presence(object: &mut Value, name: &str, how: &str) {
    for holder in parts(object) {
        let declares = holder["properties"].get(name).is_some();
        if let Some(required) = holder["required"].as_array_mut() {
            required.retain(|known| known != name);
        }
        if how == "absent" && declares {
            holder["properties"]
                .as_object_mut()
                .map(|properties| properties.remove(name));
        }
        if how == "required" && declares {
            push(holder, "required", json!(name));
        }
    }
}

/// A schema in all its parts.
fn parts(schema: &mut Value) -> Vec<&mut Value> {
    if schema["allOf"].is_array() {
        return schema["allOf"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .collect();
    }
    vec![schema]
}

/// Whether an entry before this one allows null.
fn allows_null(node: &Value) -> bool {
    node["anyOf"][1] == json!({ "type": "null" })
}

fn push(node: &mut Value, key: &str, value: Value) {
    match node[key].as_array_mut() {
        Some(list) => list.push(value),
        None => node[key] = json!([value]),
    }
}

fn changed(root: &Value, mut node: Value, (verb, what): (&str, &Value)) -> Option<Value> {
    if allows_null(&node) && verb != "replace" {
        node["anyOf"][0] = changed(root, node["anyOf"][0].take(), (verb, what))?;
        return Some(node);
    }
    match (verb, what) {
        ("nullable", _) => Some(json!({ "anyOf": [node, { "type": "null" }] })),
        ("values", Value::Array(values)) => {
            for value in values {
                push(&mut node, "enum", value.clone());
            }
            Some(node)
        }
        ("add", more) => {
            let own = parts(&mut node)
                .into_iter()
                .find(|part| part.get("properties").is_some())?;
            for (name, schema) in more["properties"].as_object()? {
                own["properties"][name] = schema.clone();
            }
            for name in more["required"].as_array().into_iter().flatten() {
                push(own, "required", name.clone());
            }
            Some(node)
        }
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
        ("left_out", how) => {
            node["x-left-out"] = how.clone();
            Some(node)
        }
        ("null_as", instead) => {
            node["x-null-as"] = instead.clone();
            Some(node)
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

/// What stands at an address.
pub(crate) fn place<'d>(root: &'d Value, address: &str) -> Option<&'d Value> {
    root.pointer(&pointer(root, address)?)
}

/// The JSON pointer of an address: `Plan.charges[]`, `POST /plans request`, `GET /plans?page`, `webhook plan_created`.
fn pointer(root: &Value, address: &str) -> Option<String> {
    let (mut pointer, mut steps) = match address.split_once(" /") {
        _ if address.starts_with("webhook ") => {
            let (_, named) = address.split_once(' ')?;
            // Keys have dots in them.
            let keys = root["webhooks"].as_object()?.keys();
            let steps = keys.filter_map(|key| Some((key, named.strip_prefix(key.as_str())?)));
            let mut whole = steps.filter(|(_, steps)| end_of_name(steps) == 0);
            let (key, steps) = whole.next()?;
            let body = "post/requestBody/content/application~1json/schema";
            (format!("/webhooks/{key}/{body}"), steps)
        }
        Some((method, rest)) => of_operation(root, method, rest)?,
        None => {
            let shared = address.strip_prefix("parameters.");
            let named = shared.unwrap_or(address);
            let (name, steps) = named.split_at(end_of_name(named));
            match shared {
                Some(_) => (format!("/components/parameters/{name}/schema"), steps),
                None => (format!("/components/schemas/{name}"), steps),
            }
        }
    };
    while !steps.is_empty() {
        let mut node = root.pointer(&pointer)?;
        while allows_null(node) {
            pointer += "/anyOf/0";
            node = &node["anyOf"][0];
        }
        if let Some(rest) = steps.strip_prefix("[]") {
            (pointer, steps) = (pointer + "/items", rest);
        } else if let Some(rest) = steps.strip_prefix("{}") {
            (pointer, steps) = (pointer + "/additionalProperties", rest);
        } else if let Some(rest) = steps.strip_prefix('|') {
            let (member, rest) = rest.split_at(end_of_name(rest));
            let union = if node["oneOf"].is_array() {
                "oneOf"
            } else {
                "anyOf"
            };
            (pointer, steps) = (format!("{pointer}/{union}/{member}"), rest);
        } else {
            let name = steps.strip_prefix('.')?;
            let (name, rest) = name.split_at(end_of_name(name));
            let members = node["allOf"].as_array().map_or(0, Vec::len);
            let holders = (0..members).map(|index| format!("{pointer}/allOf/{index}"));
            pointer = std::iter::once(pointer.clone())
                .chain(holders)
                .map(|holder| format!("{holder}/properties/{name}"))
                .find(|place| root.pointer(place).is_some())?;
            steps = rest;
        }
    }
    root.pointer(&pointer).is_some().then_some(pointer)
}

fn end_of_name(text: &str) -> usize {
    text.find(['.', '[', '{', '|']).unwrap_or(text.len())
}

/// Where an operation has what an address says after the slash of its path, and the steps below.
fn of_operation<'a>(root: &Value, method: &str, rest: &'a str) -> Option<(String, &'a str)> {
    let end = rest.find([' ', '?'])?;
    let (path, what) = rest.split_at(end);
    let path = path.replace('/', "~1");
    let item = format!("/paths/~1{path}/{}", method.to_lowercase());
    let json = "content/application~1json/schema";
    if let Some(steps) = what.strip_prefix(" request") {
        return Some((format!("{item}/requestBody/{json}"), steps));
    }
    if let Some(steps) = what.strip_prefix(" 200") {
        return Some((format!("{item}/responses/200/{json}"), steps));
    }
    // The brackets of `status[]` belong to the name.
    let what = what.strip_prefix('?')?;
    let parameters = root.pointer(&item)?["parameters"].as_array()?;
    let names = parameters
        .iter()
        .enumerate()
        .filter_map(|(index, parameter)| {
            let name = parameter["name"].as_str()?;
            Some((index, what.strip_prefix(name)?))
        });
    let (index, steps) = names.min_by_key(|(_, steps)| steps.len())?;
    Some((format!("{item}/parameters/{index}/schema"), steps))
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
        let file = json!({ "entries": [
            { "target": "Update", "change": { "wrap": "thing" } },
            { "target": "Batch.events[]", "change": { "unwrap": "event" } },
            { "target": "One.event", "change": { "merge": { "format": null, "example": "x" } } },
            { "target": "GET /things 200", "change": { "wrap": "thing" } },
            { "target": "GET /things", "change": { "parameter": { "name": "page" } } },
        ] });
        apply(&mut root, &file).unwrap();
        let operation = &root["paths"]["/things"]["get"];
        assert_eq!(operation["parameters"][0]["name"], "page");
        let response = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(response["properties"]["thing"]["type"], "string");
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
