//! Writes out components that are neither objects nor enums, a list of codes say: a name for
//! them would only hide what they are.

use serde_json::{Map, Value};

use super::Context;
use crate::regen::schema::{
    components, components_mut, each_schema_mut, is_struct, object_mut, origin, reference,
    vocabulary,
};

/// How long a chain of aliases may be before it must be a cycle.
const LONGEST: usize = 16;

/// After this pass every component is an object with properties or an enum.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let aliases: Map<String, Value> = components(root)
        .into_iter()
        .flatten()
        .filter(|(_, schema)| !is_struct(schema) && vocabulary(schema).is_none())
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    components_mut(root).retain(|name, _| !aliases.contains_key(name));
    let mut changes = 0;
    let mut cycles = Vec::new();
    each_schema_mut(root, &mut |node| {
        if reference(node).is_some_and(|target| aliases.contains_key(target)) {
            changes += 1;
            if write_out(node, &aliases, 0).is_none() {
                cycles.push(origin(node).to_owned());
            }
        }
    });
    for address in cycles {
        context.problem(
            &address,
            "this schema only refers to itself",
            "say what it is",
        );
    }
    changes
}

fn write_out(node: &mut Value, aliases: &Map<String, Value>, depth: usize) -> Option<()> {
    if depth > LONGEST {
        return None;
    }
    if let Some(target) = reference(node).and_then(|target| aliases.get(target)) {
        let mut written = target.clone();
        // What stands beside the reference speaks of this use.
        let siblings = object_mut(node);
        siblings.shift_remove("$ref");
        object_mut(&mut written).extend(siblings.clone());
        *node = written;
        write_out(node, aliases, depth + 1)?;
    }
    let mut whole = Some(());
    crate::regen::schema::each_child_mut(node, &mut |child| {
        if write_out(child, aliases, depth + 1).is_none() {
            whole = None;
        }
    });
    whole
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::run_alone;
    use super::*;

    #[test]
    fn a_list_is_written_out_where_it_is_used() {
        let mut root = json!({"components": {"schemas": {
            "Codes": {"type": "array", "items": {"type": "string"}},
            "Plan": {"type": "object", "properties": {"codes": {"$ref": "#/components/schemas/Codes", "nullable": true}}},
        }}});
        assert_eq!(run_alone(run, &mut root), 1);
        let codes = &components(&root).unwrap()["Plan"]["properties"]["codes"];
        assert_eq!(
            (&codes["type"], &codes["nullable"]),
            (&json!("array"), &json!(true))
        );
        assert!(!components(&root).unwrap().contains_key("Codes"));
    }
}
