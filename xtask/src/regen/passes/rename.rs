//! Gives every component its final name, the best of those that `names/types.rs` finds for it.
//!
//! Two components under one name must be the same, or views that names.yaml merges.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Context;
use super::envelopes::NAME_HINT;
use crate::regen::names::types::TypeNames;
use crate::regen::names::{ident, reserved};
use crate::regen::pagination;
use crate::regen::places::{Site, each_schema, each_schema_mut};
use crate::regen::schema::{
    ORIGIN, VALUE_WORDS, components_mut, descend_mut, is_format, object_mut, origin, redirect,
    reference, required, text,
};

/// After this pass components have the names of Rust types.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let all = std::mem::take(components_mut(root));
    let freed = all
        .iter()
        .filter_map(|(key, schema)| Some((key.as_str(), text(schema, NAME_HINT)?)));
    let type_names = TypeNames {
        preferred: context.names,
        freed: freed.collect(),
        apart: &context.apart,
    };
    let mut candidates: BTreeMap<String, Vec<String>> = all
        .keys()
        .map(|key| (key.clone(), type_names.candidates(key)))
        .collect();
    let names = loop {
        let names: BTreeMap<String, String> = candidates
            .iter()
            .filter_map(|(key, names)| Some((key.clone(), names.first()?.clone())))
            .collect();
        let mut renamed = false;
        for Clash {
            key,
            message,
            advice,
        } in clashes(&all, &names, context)
        {
            let left = candidates.get_mut(&key).filter(|left| left.len() > 1);
            match left.filter(|_| !context.strict) {
                Some(left) => {
                    left.remove(0);
                    renamed = true;
                    let message = format!("{message}; it becomes `{}`", left[0]);
                    context.choice(&key, message, advice);
                }
                None => context.problem(&key, message, advice),
            }
        }
        if !renamed || !context.problems.is_empty() {
            break names;
        }
    };
    let mut renamed: Map<String, Value> = Map::new();
    for (key, schema) in all {
        let schema = as_named(&schema, &names);
        renamed.entry(names[&key].clone()).or_insert(schema);
    }
    // The components are away meanwhile. Their references follow already, and a new name of one can be the old name
    // of another.
    each_schema_mut(root, &mut |node| point_one_at_new_name(node, &names));
    *components_mut(root) = renamed;
    names.iter().filter(|(key, name)| key != name).count()
}

/// The components that cannot have their names.
fn clashes(
    all: &Map<String, Value>,
    names: &BTreeMap<String, String>,
    context: &Context<'_>,
) -> Vec<Clash> {
    let mut clashes = Vec::new();
    let mut clash = |key: &String, message: String, advice| {
        let key = key.clone();
        clashes.push(Clash {
            key,
            message,
            advice,
        });
    };
    let mut known: BTreeMap<&str, Value> = BTreeMap::new();
    for (key, schema) in all {
        let name = names[key].as_str();
        // The client knows this one, as Lago has it.
        let taken = name == pagination::TYPE && !pagination::says_where(schema);
        if taken || reserved::type_name(name) {
            let message = format!("the name `{name}` is reserved");
            clash(key, message, "choose another in names.yaml, section types");
            continue;
        }
        let schema = as_named(schema, names);
        match known.get(name) {
            Some(other) if facts(other) != facts(&schema) => {
                let other = context.pointer(origin(other));
                let message = format!("`{name}` is also the name of {other}, which is different");
                let advice =
                    "name one of them in names.yaml, section types, or merge them, section merge";
                clash(key, message, advice);
            }
            Some(_) => {}
            None => {
                known.insert(name, schema);
            }
        }
    }
    clashes
}

/// A component that cannot have the name that it should.
struct Clash {
    key: String,
    message: String,
    advice: &'static str,
}

/// A component with the references and without the hint that it will have.
fn as_named(schema: &Value, names: &BTreeMap<String, String>) -> Value {
    let mut schema = schema.clone();
    object_mut(&mut schema).shift_remove(NAME_HINT);
    point_at_new_names(&mut schema, names);
    schema
}

fn point_at_new_names(schema: &mut Value, names: &BTreeMap<String, String>) {
    descend_mut(schema, &mut |node| point_one_at_new_name(node, names));
}

fn point_one_at_new_name(node: &mut Value, names: &BTreeMap<String, String>) {
    if let Some(name) = reference(node).and_then(|target| names.get(target)) {
        redirect(node, name);
    }
}

/// What makes two schemas the same type: all but where they stand, what is said of them, and what is
/// required without being declared.
pub(super) fn facts(schema: &Value) -> Value {
    let mut bare = schema.clone();
    descend_mut(&mut bare, &mut |node| {
        let needed: Vec<Value> = required(node).map(Value::from).collect();
        let is_note = !text(node, "format").is_some_and(is_format);
        let Some(map) = node.as_object_mut() else {
            return;
        };
        for note in [
            ORIGIN,
            NAME_HINT,
            VALUE_WORDS,
            "description",
            "example",
            "pattern",
        ] {
            map.shift_remove(note);
        }
        if is_note {
            map.shift_remove("format");
        }
        match needed.is_empty() {
            true => map.shift_remove("required"),
            false => map.insert("required".into(), Value::Array(needed)),
        };
    });
    bare
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |place, node| {
        let is_component = place.site == Site::Component && place.is_root(root, node);
        let name = &place.name;
        node.get(NAME_HINT).is_none()
            && (!is_component || (ident::pascal(name) == *name && !reserved::type_name(name)))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{run_alone, run_with};
    use super::*;
    use crate::regen::schema::components;

    fn component(field: &str) -> Value {
        json!({"type": "object", "properties": {field: {"type": "string"}}})
    }

    #[test]
    fn notes_are_no_facts() {
        let one = json!({
            "required": ["a", "gone"], "description": "One.",
            "properties": {"a": {"type": "string", "format": "free", "pattern": "^a"}},
        });
        let other = json!({"required": ["a"], "properties": {"a": {"type": "string"}}});
        assert_eq!(facts(&one), facts(&other));
        let date = json!({"type": "string", "format": "date"});
        assert_ne!(facts(&date), facts(&json!({"type": "string"})));
        let none = json!({"required": ["gone"], "properties": {"a": {}}});
        assert_eq!(facts(&none), json!({"properties": {"a": {}}}));
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
    fn a_name_that_another_gave_up_leads_to_who_has_it_now() {
        let holder = |target: &str| {
            let target = format!("#/components/schemas/{target}");
            json!({"type": "object", "properties": {"fee": {"$ref": target}}})
        };
        let mut root = json!({"components": {"schemas": {
            "FeeObject": component("code"),
            "FeeObject_": component("twin"),
            "One": holder("FeeObject"),
            "Other": holder("FeeObject_"),
        }}});
        assert_eq!(run_alone(run, &mut root), 2);
        let all = components(&root).unwrap();
        for (holder, property) in [("One", "code"), ("Other", "twin")] {
            let target = reference(&all[holder]["properties"]["fee"]).unwrap();
            assert!(
                all[target]["properties"].get(property).is_some(),
                "{target}"
            );
        }
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

    #[test]
    fn in_another_document_what_cannot_have_its_name_takes_the_next() {
        let mut root = json!({"components": {"schemas": {
            "Fee": component("x"), "FeeObject": component("y"), "String": component("z"),
            "PageObject": component("x"), "PaginationMeta": component("next"),
        }}});
        let addresses = crate::regen::address::annotate(&mut root);
        let names = crate::regen::names::Names::parse("names.yaml", "").unwrap();
        let mut context = Context::new(&names, &addresses, false);
        run(&mut root, &mut context);
        assert!(context.problems.is_empty(), "{:?}", context.problems);
        let all: Vec<&String> = components(&root).unwrap().keys().collect();
        assert_eq!(
            all,
            [
                "Fee",
                "FeeObject",
                "StringObject",
                "PageObject",
                "PaginationMetaObject"
            ]
        );
        assert_eq!(context.reports.len(), 4);
        assert_eq!(
            context.reports[1].message,
            "the name `String` is reserved; it becomes `StringObject`"
        );
    }
}
