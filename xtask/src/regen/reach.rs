//! Which components are sent and which are received.

use std::collections::BTreeSet;

use serde_json::Value;

use super::places::{Root, Site, roots};
use super::schema::{UNPUBLISHED, components, descend, flag, reference};

/// Which side of the conversation, or which part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uses {
    /// Parameters and request bodies.
    Requests,
    /// 2xx responses and webhook deliveries.
    Responses,
    /// Both, but those of operations that the published document lacks.
    Published,
}

impl Uses {
    fn has(self, used: &Root, document: &Value) -> bool {
        let is_sent = matches!(used.site, Site::Parameter | Site::Request);
        let is_received = matches!(used.site, Site::Response | Site::Webhook);
        match self {
            Self::Requests => is_sent,
            Self::Responses => is_received,
            Self::Published => (is_sent || is_received) && !is_unpublished(used, document),
        }
    }
}

/// Whether a body or parameter is that of an operation which the published document lacks. Webhooks are taken for
/// published: no feature keeps a server from sending them.
fn is_unpublished(used: &Root, document: &Value) -> bool {
    // `/paths/PATH/METHOD` and what is in it.
    let operation: Vec<&str> = used.pointer.split('/').take(4).collect();
    let operation = document.pointer(&operation.join("/"));
    used.site != Site::Webhook && operation.is_some_and(|operation| flag(operation, UNPUBLISHED))
}

/// The components that are used like this, directly or through others.
pub(crate) fn reachable(root: &Value, uses: Uses) -> BTreeSet<String> {
    let used = roots(root).into_iter().filter(|used| uses.has(used, root));
    let mut waiting: Vec<&Value> = used
        .filter_map(|used| root.pointer(&used.pointer))
        .collect();
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
