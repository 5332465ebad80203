//! Examples that are about what a request addressed.

use serde_json::Value;
use uuid::Uuid;

use super::record::ReceivedRequest;
use crate::operation::Operation;

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
        for field in objects
            .iter_mut()
            .filter_map(|item| item.get_mut(*property))
        {
            *field = Value::from(stated.as_str());
        }
    }
    Some(example)
}
