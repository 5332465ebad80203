//! Strips defaults: a generator that honours them sends them, and a field that the caller left
//! alone would overwrite what the server has stored.

use serde_json::Value;

use super::Context;
use crate::regen::places::each_schema_mut;

/// After this pass no schema has a default.
pub(super) fn run(root: &mut Value, _: &mut Context<'_>) -> usize {
    let mut changes = 0;
    each_schema_mut(root, &mut |node| {
        if let Some(map) = node.as_object_mut()
            && map.shift_remove("default").is_some()
        {
            changes += 1;
        }
    });
    changes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;

    #[test]
    fn a_default_is_not_sent() {
        let mut root = json!({"components": {"schemas": {"Plan": {"type": "object", "properties": {
            "prorated": {"type": "boolean", "default": false}, "code": {"type": "string"},
        }}}}});
        assert_eq!(run_alone(run, &mut root), 1);
        let plan = &root["components"]["schemas"]["Plan"]["properties"];
        assert_eq!(plan["prorated"].get("default"), None);
    }
}
