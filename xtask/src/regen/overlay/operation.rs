//! Changes of an operation, and operations and webhooks that the document lacks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::change::Webhook;
use super::{EVERY_OPERATION, Refusal, other, same, stated};
use crate::pointer::join;
use crate::regen::address::Address;
use crate::regen::schema::{CODES, MAY_BE_EMPTY, METHODS, UNPUBLISHED, list, object_mut};

/// Adds a parameter to the operation that the target names: `GET /plans`.
pub(super) fn add_parameter(
    root: &mut Value,
    target: &str,
    parameter: &Value,
) -> Result<(), Refusal> {
    let pointer = pointer(target)?;
    let operation = root.pointer(&pointer).ok_or(Refusal::Missing)?;
    let added = resolved(root, parameter);
    let known = list(operation, "parameters")
        .map(|known| resolved(root, known))
        .any(|known| known["name"] == added["name"] && known["in"] == added["in"]);
    if known {
        return Err(stated("the document has this parameter already"));
    }
    let operation = root
        .pointer_mut(&pointer)
        .map(object_mut)
        .ok_or(Refusal::Missing)?;
    match operation.entry("parameters").or_insert_with(|| json!([])) {
        Value::Array(parameters) => parameters.push(parameter.clone()),
        other => *other = json!([parameter]),
    }
    Ok(())
}

/// The parameter that a reference leads to.
fn resolved<'d>(root: &'d Value, parameter: &'d Value) -> &'d Value {
    let target = parameter["$ref"].as_str();
    let target = target.and_then(|place| root.pointer(place.strip_prefix('#')?));
    target.unwrap_or(parameter)
}

/// Takes a parameter away from its operation: `GET /api_logs?request_paths`.
pub(super) fn remove_parameter(root: &mut Value, target: &str) -> Result<(), Refusal> {
    let (operation, name) = target.split_once('?').ok_or(Refusal::Missing)?;
    let place = pointer(operation)? + "/parameters";
    let parameters = root.pointer_mut(&place).and_then(Value::as_array_mut);
    let parameters = parameters.ok_or(Refusal::Missing)?;
    let before = parameters.len();
    parameters.retain(|parameter| parameter["name"] != name);
    (parameters.len() < before)
        .then_some(())
        .ok_or(Refusal::Missing)
}

/// Adds failures to the operation that the target names, or to every one that lacks them.
pub(super) fn add_errors(
    root: &mut Value,
    target: &str,
    errors: &BTreeMap<String, Vec<String>>,
) -> Result<(), Refusal> {
    let mut changed = false;
    if target == EVERY_OPERATION {
        let items = root["paths"].as_object_mut().into_iter().flatten();
        for operation in items.flat_map(|(_, item)| {
            let operations = item.as_object_mut().into_iter().flatten();
            operations.filter(|(method, _)| METHODS.contains(&method.as_str()))
        }) {
            changed |= merge_errors(operation.1, errors);
        }
    } else {
        let operation = root
            .pointer_mut(&pointer(target)?)
            .ok_or(Refusal::Missing)?;
        changed = merge_errors(operation, errors);
    }
    changed.then_some(()).ok_or_else(same)
}

fn merge_errors(operation: &mut Value, errors: &BTreeMap<String, Vec<String>>) -> bool {
    let mut changed = false;
    let responses = object_mut(
        object_mut(operation)
            .entry("responses")
            .or_insert_with(|| json!({})),
    );
    for (status, codes) in errors {
        let response = responses.entry(status.as_str()).or_insert_with(|| {
            changed = true;
            json!({ "description": "Not in the published document." })
        });
        let known = object_mut(response)
            .entry(CODES)
            .or_insert_with(|| json!([]));
        for code in codes {
            if let Value::Array(known) = known
                && !known.contains(&json!(code))
            {
                known.push(json!(code));
                changed = true;
            }
        }
    }
    changed
}

/// Lets the success that the target names come without a body: `POST /invoices/{id}/download 200`.
pub(super) fn allow_empty(root: &mut Value, target: &str) -> Result<(), Refusal> {
    let (operation, status) = target.rsplit_once(' ').ok_or(Refusal::Missing)?;
    let place = join(&(pointer(operation)? + "/responses"), status);
    let response = root.pointer_mut(&place).ok_or(Refusal::Missing)?;
    if response.get("content").is_none() {
        return Err(stated("the document knows no body there"));
    }
    let known = object_mut(response).insert(MAY_BE_EMPTY.to_owned(), json!(true));
    match known {
        Some(_) => Err(other("it is said twice")),
        None => Ok(()),
    }
}

/// Says whether a request needs its body: `PUT /fees/{lago_id} request`.
pub(super) fn require_body(root: &mut Value, target: &str, needed: bool) -> Result<(), Refusal> {
    let operation = target.strip_suffix(" request").ok_or(Refusal::Missing)?;
    let place = pointer(operation)? + "/requestBody";
    let body = root.pointer_mut(&place).ok_or(Refusal::Missing)?;
    if (body["required"] == json!(true)) == needed {
        return Err(same());
    }
    body["required"] = json!(needed);
    Ok(())
}

/// Adds an operation: `POST /invoices/{lago_id}/download_xml`.
pub(super) fn add(root: &mut Value, target: &str, operation: &Value) -> Result<(), Refusal> {
    let (method, path) = split(target)?;
    let item = root.pointer(&join("/paths", path)).unwrap_or(&Value::Null);
    if item.get(&method).is_some() {
        return Err(stated("the document has this operation"));
    }
    // A document says so in its check, which is over when the overlay is applied.
    let described = |name: &str| {
        let holders = [item, operation].into_iter();
        holders
            .flat_map(|holder| list(holder, "parameters"))
            .map(|parameter| resolved(root, parameter))
            .any(|known| known["name"] == name && known["in"] == "path")
    };
    let names = path.split('{').skip(1);
    let mut names = names.filter_map(|text| Some(text.split_once('}')?.0));
    if let Some(name) = names.find(|name| !described(name)) {
        let lacking = format!("the operation does not describe the parameter `{name}` of its path");
        return Err(Refusal::Other(lacking));
    }
    let paths = root["paths"].as_object_mut().ok_or(Refusal::Missing)?;
    let item = object_mut(paths.entry(path).or_insert_with(|| json!({})));
    let mut operation = operation.clone();
    operation[UNPUBLISHED] = json!(true);
    item.insert(method, operation);
    Ok(())
}

/// Adds a webhook: `webhook wallet_created`.
pub(super) fn add_webhook(root: &mut Value, target: &str, new: &Webhook) -> Result<(), Refusal> {
    let key = target.strip_prefix("webhook ").ok_or(Refusal::Missing)?;
    let webhooks = object_mut(
        object_mut(root)
            .entry("webhooks")
            .or_insert_with(|| json!({})),
    );
    if webhooks.contains_key(key) {
        return Err(stated("the document has this webhook"));
    }
    let root = &new.root;
    let body = json!({
        "type": "object",
        "required": ["webhook_type", "object_type", "organization_id", root],
        "properties": {
            "webhook_type": { "type": "string", "enum": [new.name] },
            "object_type": { "type": "string", "enum": [root] },
            "organization_id": { "type": "string", "format": "uuid" },
            root: new.schema,
        },
    });
    let operation = json!({
        UNPUBLISHED: true,
        "summary": new.summary,
        "requestBody": { "content": { "application/json": { "schema": body } } },
    });
    webhooks.insert(key.to_owned(), json!({ "post": operation }));
    Ok(())
}

fn pointer(target: &str) -> Result<String, Refusal> {
    let (method, path) = split(target)?;
    Ok(join(&join("/paths", path), &method))
}

fn split(target: &str) -> Result<(String, &str), Refusal> {
    let (method, path) = Address::new(target).operation().ok_or(Refusal::Missing)?;
    let method = method.to_lowercase();
    match METHODS.contains(&method.as_str()) {
        true => Ok((method, path)),
        false => Err(other("its target is no operation")),
    }
}
