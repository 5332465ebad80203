//! Which components are sent and which are received.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::{METHODS, components, descend, list, reference};

/// Which side of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uses {
    /// Parameters and request bodies.
    Requests,
    /// 2xx answers and webhook deliveries.
    Answers,
}

/// The components that one side uses, directly or through others.
pub(crate) fn reachable(root: &Value, uses: Uses) -> BTreeSet<String> {
    let mut waiting: Vec<&Value> = Vec::new();
    for (_, item) in root["paths"].as_object().into_iter().flatten() {
        for operation in METHODS.iter().filter_map(|method| item.get(*method)) {
            match uses {
                Uses::Requests => {
                    waiting.extend(list(operation, "parameters").filter_map(|p| p.get("schema")));
                    waiting.extend(bodies(&operation["requestBody"]));
                }
                Uses::Answers => {
                    let responses = operation["responses"].as_object().into_iter().flatten();
                    let successes = responses.filter(|(status, _)| status.starts_with('2'));
                    waiting.extend(successes.flat_map(|(_, response)| bodies(response)));
                }
            }
        }
    }
    if uses == Uses::Answers {
        for (_, item) in root["webhooks"].as_object().into_iter().flatten() {
            waiting.extend(bodies(&item["post"]["requestBody"]));
        }
    }
    let mut found = BTreeSet::new();
    while let Some(schema) = waiting.pop() {
        descend(schema, &mut |node| {
            if let Some(name) = reference(node)
                && found.insert(name.to_owned())
            {
                waiting.extend(components(root).and_then(|all| all.get(name)));
            }
        });
    }
    found
}

fn bodies(holder: &Value) -> impl Iterator<Item = &Value> {
    let content = holder.get("content").and_then(Value::as_object);
    content
        .into_iter()
        .flatten()
        .filter_map(|(_, media)| media.get("schema"))
}
