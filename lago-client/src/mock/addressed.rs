//! Examples that are about what a request addressed.

use serde_json::Value;
use uuid::Uuid;

use super::record::ReceivedRequest;
use crate::operation::{Elements, Gone, Operation};

/// What the properties begin with whose values are ids of the server, which are UUIDs.
const ID: &str = "lago_";

/// The other one whose values are.
const ACTIVITY_ID: &str = "activity_id";

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
        let Some(addressed) = addressed(request, parameter) else {
            continue;
        };
        let stated = said(property, addressed)?;
        let objects = match &mut *value {
            Value::Array(items) => items.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        let place = format!("/{}", property.replace('.', "/"));
        for field in objects
            .iter_mut()
            .filter_map(|item| item.pointer_mut(&place))
        {
            field.clone_from(&stated);
        }
    }
    if let Some(gone) = &operation.gone {
        without(value, gone, request);
    }
    Some(example)
}

/// Takes what was deleted out of what is left.
fn without(value: &mut Value, gone: &Gone, request: &ReceivedRequest) {
    match (gone, value) {
        (Gone::Key(parameter), Value::Object(map)) => {
            if let Some(key) = addressed(request, parameter) {
                map.remove(key);
            }
        }
        // Nothing is left.
        (Gone::Key(_), _) => {}
        (Gone::Element(lists), owner) => remove(owner, lists, request),
    }
}

/// Takes the element that the path names out of the last of these lists.
fn remove(owner: &mut Value, lists: &[Elements], request: &ReceivedRequest) {
    let Some((first, below)) = lists.split_first() else {
        return;
    };
    let list = match first.list {
        Some(property) => owner.get_mut(property),
        None => Some(owner),
    };
    let named = addressed(request, first.parameter).and_then(|value| said(first.property, value));
    let (Some(Value::Array(elements)), Some(named)) = (list, named) else {
        return;
    };
    let is_named = |element: &Value| element.get(first.property) == Some(&named);
    match below {
        [] => elements.retain(|element| !is_named(element)),
        below => elements
            .iter_mut()
            .filter(|element| is_named(element))
            .for_each(|element| remove(element, below, request)),
    }
}

/// The value of a parameter of the path.
fn addressed<'r>(request: &'r ReceivedRequest, parameter: &str) -> Option<&'r str> {
    let mut named = request.path_parameters.iter();
    let (_, value) = named.find(|(name, _)| *name == parameter)?;
    Some(value)
}

/// A value of the path as a property says it; none when the property is an id and the value is none.
fn said(property: &str, value: &str) -> Option<Value> {
    let name = property.rsplit('.').next().unwrap_or_default();
    let is_id = name.starts_with(ID) || name == ACTIVITY_ID;
    Some(match is_id {
        true => Value::from(Uuid::parse_str(value).ok()?.to_string()),
        false => Value::from(value),
    })
}
