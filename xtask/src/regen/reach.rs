//! Which components are sent and which are received.

use std::collections::BTreeSet;

use serde_json::Value;

use super::places::{Site, roots};
use super::schema::{components, descend, reference};

/// Which side of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uses {
    /// Parameters and request bodies.
    Requests,
    /// 2xx answers and webhook deliveries.
    Answers,
}

impl Uses {
    fn has(self, site: Site) -> bool {
        match self {
            Self::Requests => matches!(site, Site::Parameter | Site::Request),
            Self::Answers => matches!(site, Site::Response | Site::Webhook),
        }
    }
}

/// The components that one side uses, directly or through others.
pub(crate) fn reachable(root: &Value, uses: Uses) -> BTreeSet<String> {
    let used = roots(root).into_iter().filter(|used| uses.has(used.site));
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
