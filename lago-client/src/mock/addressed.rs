//! Examples that are about what a request addressed.

use serde_json::Value;
use uuid::Uuid;

use super::record::ReceivedRequest;
use crate::operation::{Method, Operation};

/// What the properties begin with whose values are ids of the server.
const ID: &str = "lago_";

/// Makes an example state the values of the path, as a server does that has the object; none when it
/// cannot have it, because its ids are UUIDs.
pub(super) fn about(
    mut example: Value,
    operation: &Operation,
    request: &ReceivedRequest,
) -> Option<Value> {
    let root = operation
        .roots
        .iter()
        .find(|root| example.get(root).is_some());
    let value = match root {
        Some(root) => &mut example[*root],
        None => &mut example,
    };
    for (parameter, property) in operation.identity {
        let mut named = request.path_parameters.iter();
        let Some((_, addressed)) = named.find(|(name, _)| name == parameter) else {
            continue;
        };
        let stated = match property.starts_with(ID) {
            true => Uuid::parse_str(addressed).ok()?.to_string(),
            false => addressed.clone(),
        };
        let objects = match &mut *value {
            Value::Array(items) => items.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        let place = format!("/{}", property.replace('.', "/"));
        for field in objects
            .iter_mut()
            .filter_map(|item| item.pointer_mut(&place))
        {
            *field = Value::from(stated.as_str());
        }
    }
    if operation.method == Method::Delete && operation.path.ends_with('}') {
        without(value, operation, request);
    }
    Some(example)
}

/// Takes what was deleted out of what is left: a key of the map, or an element of a list. An example
/// that states the last value of the path is what was deleted itself.
fn without(value: &mut Value, operation: &Operation, request: &ReceivedRequest) {
    let Some((parameter, deleted)) = request.path_parameters.last() else {
        return;
    };
    if operation
        .identity
        .iter()
        .any(|(known, _)| known == parameter)
    {
        return;
    }
    match value {
        Value::Object(map) => {
            map.remove(deleted);
            map.values_mut()
                .for_each(|value| remove(value, parameter, deleted));
        }
        list => remove(list, parameter, deleted),
    }
}

/// Takes the elements out of lists that the parameter names: `privilege_code` is a `code`.
fn remove(value: &mut Value, parameter: &str, deleted: &str) {
    let is_it = |item: &Value| {
        item.as_object().is_some_and(|item| {
            let mut properties = item.iter();
            properties.any(|(name, value)| parameter.ends_with(name.as_str()) && value == deleted)
        })
    };
    match value {
        Value::Array(items) => {
            items.retain(|item| !is_it(item));
            items
                .iter_mut()
                .for_each(|item| remove(item, parameter, deleted));
        }
        Value::Object(map) => map
            .values_mut()
            .for_each(|value| remove(value, parameter, deleted)),
        _ => {}
    }
}
