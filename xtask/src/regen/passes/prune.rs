//! Drops components that no operation and no webhook uses: the responses of errors, which share
//! one hand-written type, and what other passes made superfluous.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Context;
use crate::regen::places::{Site, each_schema};
use crate::regen::reach::{Uses, reachable};
use crate::regen::schema::components_mut;

/// After this pass every component is sent or received by something.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let used = used(root);
    let components = components_mut(root);
    let before = components.len();
    components.retain(|name, _| used.contains(name));
    before - components.len()
}

fn used(root: &Value) -> BTreeSet<String> {
    let received = reachable(root, Uses::Responses);
    reachable(root, Uses::Requests)
        .union(&received)
        .cloned()
        .collect()
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    let used = used(root);
    each_schema(root, |place, node| {
        !(place.site == Site::Component && place.is_root(root, node)) || used.contains(&place.name)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;

    #[test]
    fn only_what_is_used_stays() {
        let mut root = json!({
            "components": {"schemas": {
                "Fee": {"type": "object", "properties": {"tax": {"$ref": "#/components/schemas/Tax"}}},
                "Tax": {"type": "object", "properties": {}},
                "ApiError": {"type": "object", "properties": {}},
            }},
            "paths": {"/fees": {"get": {"responses": {
                "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Fee"}}}},
                "404": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ApiError"}}}},
            }}}},
        });
        assert_eq!(run_alone(run, &mut root), 1);
        assert_eq!(
            components_mut(&mut root).keys().collect::<Vec<_>>(),
            ["Fee", "Tax"]
        );
    }
}
