//! Gives every component its final name.
//!
//! names.yaml decides first, then the name that an envelope freed, then the rules: `Object` is
//! stripped, roles become `Input` and `Update`, what was inline is called after its parent.
//! Two components under one name must be the same, or views that names.yaml merges.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Context;
use super::envelopes::NAME_HINT;
use crate::regen::names::{camel, nested_name, plain_name, singular};
use crate::regen::schema::{
    ORIGIN, components_mut, descend_mut, each_schema_mut, object_mut, origin, redirect, reference,
    text,
};

/// Names of hand-written types: those of lago-types, and those of the client that people use
/// beside all types.
const RESERVED: [&str; 14] = [
    "ApiError",
    "Decimal",
    "InexactDecimalError",
    "Keyed",
    "Malformed",
    "ParseDecimalError",
    "Patch",
    "Webhook",
    "WebhookError",
    "WebhookEvent",
    "WebhookType",
    "Client",
    "Error",
    "Page",
];

/// After this pass components have the names of Rust types.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let all = std::mem::take(components_mut(root));
    let hints: BTreeMap<&String, &str> = all
        .iter()
        .filter_map(|(key, schema)| Some((key, text(schema, NAME_HINT)?)))
        .collect();
    let names: BTreeMap<String, String> = all
        .keys()
        .map(|key| (key.clone(), name_of(key, &hints, context)))
        .collect();
    let mut renamed: Map<String, Value> = Map::new();
    for (key, mut schema) in all {
        let name = &names[&key];
        object_mut(&mut schema).shift_remove(NAME_HINT);
        point_at_new_names(&mut schema, &names);
        if RESERVED.contains(&name.as_str()) {
            context.problem(
                &key,
                format!("the name `{name}` is reserved"),
                "choose another in names.yaml, section types",
            );
        }
        match renamed.get(name) {
            None => {
                renamed.insert(name.clone(), schema);
            }
            Some(known) if facts(known) == facts(&schema) => {}
            Some(known) => {
                let other = context.pointer(origin(known));
                context.problem(
                    &key,
                    format!("`{name}` is also the name of {other}, which is different"),
                    "name one of them in names.yaml, section types, or merge them, section merge",
                );
            }
        }
    }
    *components_mut(root) = renamed;
    each_schema_mut(root, &mut |node| point_one_at_new_name(node, &names));
    names.iter().filter(|(key, name)| key != name).count()
}

fn point_at_new_names(schema: &mut Value, names: &BTreeMap<String, String>) {
    descend_mut(schema, &mut |node| point_one_at_new_name(node, names));
}

fn point_one_at_new_name(node: &mut Value, names: &BTreeMap<String, String>) {
    if let Some(name) = reference(node).and_then(|target| names.get(target)) {
        redirect(node, name);
    }
}

/// The final name of what stands at an address.
fn name_of(address: &str, hints: &BTreeMap<&String, &str>, context: &Context<'_>) -> String {
    if let Some(name) = context.names.type_name(address) {
        return name.to_owned();
    }
    if let Some(name) = hints.get(&address.to_owned()) {
        return (*name).to_owned();
    }
    let place = address.trim_end_matches("[]").trim_end_matches("{}");
    let repeated = place != address;
    match place.rsplit_once('.') {
        Some((parent, property)) => {
            let property = if repeated {
                singular(property)
            } else {
                property.to_owned()
            };
            nested_name(&name_of(parent, hints, context), &property)
        }
        None if place.contains(' ') => camel(place),
        None if repeated => plain_name(&singular(&plain_name(place))),
        None => plain_name(place),
    }
}

/// What makes two schemas the same type: all but where they stand and what is said of them.
pub(super) fn facts(schema: &Value) -> Value {
    let mut bare = schema.clone();
    descend_mut(&mut bare, &mut |node| {
        if let Some(map) = node.as_object_mut() {
            for note in [ORIGIN, NAME_HINT, "description", "example"] {
                map.shift_remove(note);
            }
        }
    });
    bare
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use syn::{Item, UseTree, Visibility};

    use super::super::{run_alone, run_with};
    use super::*;
    use crate::regen::schema::components;

    fn component(field: &str) -> Value {
        json!({"type": "object", "properties": {field: {"type": "string"}}})
    }

    #[test]
    fn object_goes_and_references_follow() {
        let mut root = json!({"components": {"schemas": {
            "FeeObject": component("code"),
            "InvoiceObject": {"type": "object", "properties": {"fee": {"$ref": "#/components/schemas/FeeObject"}}},
        }}});
        assert_eq!(run_alone(run, &mut root), 2);
        let all = components(&root).unwrap();
        assert_eq!(reference(&all["Invoice"]["properties"]["fee"]), Some("Fee"));
        assert!(all.contains_key("Fee"));
    }

    #[test]
    fn equal_components_share_a_chosen_name() {
        let mut root =
            json!({"components": {"schemas": {"A": component("x"), "B": component("x")}}});
        assert_eq!(run_with(run, &mut root, "types:\n  Both: [A, B]\n"), 2);
        assert_eq!(
            components(&root).unwrap().keys().collect::<Vec<_>>(),
            ["Both"]
        );
    }

    #[test]
    fn a_clash_names_both_places() {
        let mut root = json!({"components": {"schemas": {"Fee": component("x"), "FeeObject": component("y")}}});
        let addresses = crate::regen::address::annotate(&mut root);
        let names = crate::regen::names::Names::parse("names.yaml", "").unwrap();
        let mut context = Context::new(&names, &addresses, true);
        run(&mut root, &mut context);
        assert_eq!(context.problems[0].address, "FeeObject");
        assert!(
            context.problems[0]
                .message
                .contains("/components/schemas/Fee,")
        );
    }

    /// The names that a `use` brings, but for what it brings all of.
    fn names(tree: &UseTree) -> Vec<String> {
        match tree {
            UseTree::Path(path) => names(&path.tree),
            UseTree::Group(group) => group.items.iter().flat_map(names).collect(),
            UseTree::Name(name) => vec![name.ident.to_string()],
            UseTree::Rename(rename) => vec![rename.rename.to_string()],
            UseTree::Glob(_) => Vec::new(),
        }
    }

    #[test]
    fn every_type_that_lago_types_has_of_its_own_is_reserved() {
        let read = |file: &str| {
            let file = crate::workspace().join("lago-types/src").join(file);
            std::fs::read_to_string(file).unwrap()
        };
        let mut own = Vec::new();
        for item in syn::parse_file(&read("lib.rs")).unwrap().items {
            if let Item::Use(item) = item
                && matches!(item.vis, Visibility::Public(_))
            {
                own.extend(names(&item.tree));
            }
        }
        // A macro has them, which generated code calls.
        for enumeration in read("webhook.rs").split("pub enum ").skip(1) {
            own.extend(enumeration.split_whitespace().next().map(str::to_owned));
        }
        own.retain(|name| name.starts_with(char::is_uppercase));
        assert!(own.len() >= 9, "{own:?}");
        for name in own {
            assert!(RESERVED.contains(&name.as_str()), "{name}");
        }
    }

    #[test]
    fn a_reserved_name_is_refused() {
        let mut root = json!({"components": {"schemas": {"WebhookObject": component("x")}}});
        let addresses = crate::regen::address::annotate(&mut root);
        let names = crate::regen::names::Names::parse("names.yaml", "").unwrap();
        let mut context = Context::new(&names, &addresses, true);
        run(&mut root, &mut context);
        assert_eq!(
            context.problems[0].message,
            "the name `Webhook` is reserved"
        );
    }
}
