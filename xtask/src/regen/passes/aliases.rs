//! Writes out components that are neither objects nor enums, a list of codes say: a name for
//! them would only hide what they are.
//!
//! A list of itself has no end when it is written out, and Rust has no name for it without a type of
//! its own. It is a list of free JSON, which holds all that a server can send of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Context;
use crate::regen::places::{Site, each_schema, each_schema_mut};
use crate::regen::schema::{
    components, components_mut, is_struct, object_mut, reference, vocabulary,
};

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
    let mut found = Found::default();
    each_schema_mut(root, &mut |node| {
        if reference(node).is_some_and(|target| aliases.contains_key(target)) {
            changes += 1;
            write_out(node, &aliases, &mut Vec::new(), &mut found);
        }
    });
    for name in &found.only_references {
        context.problem(
            name,
            format!("`{name}` only refers to itself"),
            "say what it is",
        );
    }
    for name in &found.hold_themselves {
        context.choice(
            name,
            format!("`{name}` is a list or map of itself; what is in it is taken as any JSON"),
            "give it a property, so that it is an object with a name, or say in the overlay what is in it",
        );
    }
    changes
}

/// The aliases that cannot be written out to their end.
#[derive(Default)]
struct Found {
    /// Those that lead back to themselves before they say anything.
    only_references: BTreeSet<String>,
    /// Those that hold themselves as items or values.
    hold_themselves: BTreeSet<String>,
}

/// An alias around a node.
struct Around {
    name: String,
    /// Whether the node is in a list or map that the alias is.
    within: bool,
}

fn write_out(
    node: &mut Value,
    aliases: &Map<String, Value>,
    around: &mut Vec<Around>,
    found: &mut Found,
) {
    let before = around.len();
    while let Some(name) = reference(node).filter(|name| aliases.contains_key(*name)) {
        let name = name.to_owned();
        // What stands beside the reference speaks of this use.
        let siblings = object_mut(node);
        siblings.shift_remove("$ref");
        if let Some(again) = around.iter().position(|outer| outer.name == name) {
            let found = match around[again..].iter().any(|outer| outer.within) {
                true => &mut found.hold_themselves,
                false => &mut found.only_references,
            };
            found.insert(name);
            break;
        }
        let mut written = aliases[&name].clone();
        object_mut(&mut written).extend(std::mem::take(siblings));
        *node = written;
        around.push(Around {
            name,
            within: false,
        });
    }
    let new = before..around.len();
    for alias in &mut around[new.clone()] {
        alias.within = true;
    }
    crate::regen::schema::each_child_mut(node, &mut |child| {
        write_out(child, aliases, around, found);
    });
    around.truncate(new.start);
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |place, node| {
        let is_component = place.site == Site::Component && place.is_root(root, node);
        !is_component || is_struct(node) || vocabulary(node).is_some()
    })
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

    #[test]
    fn what_holds_itself_is_free_json_inside_and_what_only_refers_to_itself_is_a_problem() {
        let mut root = json!({"components": {"schemas": {
            "Tree": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Tree"}},
            "Nest": {"type": "array", "items": {"$ref": "#/components/schemas/Other"}},
            "Other": {"type": "array", "items": {"$ref": "#/components/schemas/Nest"}},
            "Loop": {"$ref": "#/components/schemas/Back"},
            "Back": {"$ref": "#/components/schemas/Loop"},
            "Plan": {"type": "object", "properties": {
                "tree": {"$ref": "#/components/schemas/Tree"},
                "nest": {"$ref": "#/components/schemas/Nest"},
                "loop": {"$ref": "#/components/schemas/Loop"},
            }},
        }}});
        let addresses = crate::regen::address::annotate(&mut root);
        let names = crate::regen::names::Names::parse("names.yaml", "").unwrap();
        let mut context = Context::new(&names, &addresses, false);
        assert_eq!(run(&mut root, &mut context), 3);
        let fields = &components(&root).unwrap()["Plan"]["properties"];
        assert_eq!(
            fields["tree"]["additionalProperties"],
            json!({"x-origin": "Tree{}"})
        );
        assert_eq!(
            fields["nest"]["items"]["items"],
            json!({"x-origin": "Other[]"})
        );
        let addresses = |problems: &[super::super::Problem]| -> Vec<String> {
            problems
                .iter()
                .map(|problem| problem.address.clone())
                .collect()
        };
        assert_eq!(addresses(&context.reports), ["Nest", "Tree"]);
        assert_eq!(addresses(&context.problems), ["Loop"]);
    }
}
