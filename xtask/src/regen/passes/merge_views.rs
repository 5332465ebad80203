//! Merges the schemas that are views of one noun into one type.
//!
//! `CustomerBaseObject`, `CustomerObject` and `CustomerObjectExtended` are one customer, seen
//! with more or less of its surroundings. A field is required only if every view requires it.
//! In another document than openapi.yaml the same names may be different things: those stay apart.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Context;
use super::rename::facts;
use crate::regen::places::each_schema_mut;
use crate::regen::schema::{
    components, components_mut, descend_mut, flag, object_mut, origin, properties, redirect,
    reference, required,
};

/// After this pass the first view of each noun has the fields of all, and the others are gone.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let mut nouns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in components_mut(root).keys() {
        if let Some(noun) = context.names.view(key) {
            nouns.entry(noun.to_owned()).or_default().push(key.clone());
        }
    }
    let mut merged: Vec<(Vec<String>, Value)> = Vec::new();
    for keys in nouns.into_values() {
        let views: Vec<&Value> = keys
            .iter()
            .filter_map(|key| components(root)?.get(key))
            .collect();
        match merge(&views, &keys[0], context) {
            Some(mut one) => {
                describe(&mut one, root, &keys, context);
                merged.push((keys, one));
            }
            None => context.apart.extend(keys),
        }
    }
    let mut kept: BTreeMap<String, String> = BTreeMap::new();
    for (keys, _) in &merged {
        for key in keys {
            kept.insert(key.clone(), keys[0].clone());
        }
    }
    each_schema_mut(root, &mut |node| {
        if let Some(first) = reference(node).and_then(|target| kept.get(target)) {
            redirect(node, first);
        }
    });
    let mut changes = 0;
    for (keys, mut one) in merged {
        descend_mut(&mut one, &mut |node| {
            if let Some(first) = reference(node).and_then(|target| kept.get(target)) {
                redirect(node, first);
            }
        });
        for key in &keys {
            components_mut(root).shift_remove(key);
        }
        changes += keys.len() - 1;
        components_mut(root).insert(keys[0].clone(), one);
    }
    changes
}

/// Lets the view that people listed first say what the noun is: the others tell what is seen of it where.
fn describe(one: &mut Value, root: &Value, keys: &[String], context: &Context<'_>) {
    let mut keys: Vec<&String> = keys.iter().collect();
    keys.sort_by_key(|key| context.names.view_rank(key));
    let views = keys
        .iter()
        .filter_map(|key| components(root)?.get(key.as_str()));
    let mut said = views.filter_map(|view| view.get("description"));
    if let Some(about) = said.next() {
        object_mut(one).insert("description".to_owned(), about.clone());
    }
}

/// One schema for all views; none when they contradict each other.
fn merge(views: &[&Value], address: &str, context: &mut Context<'_>) -> Option<Value> {
    let fullest = views.iter().max_by_key(|view| properties(view).count());
    let mut merged = fullest.map_or(Value::Null, |view| (*view).clone());
    let mut fields: Map<String, Value> = Map::new();
    let mut agree = true;
    for (name, schema) in views.iter().flat_map(|view| properties(view)) {
        match fields.get_mut(name) {
            None => {
                fields.insert(name.clone(), schema.clone());
            }
            Some(known) => {
                if !join(known, schema) {
                    agree = false;
                    context.choice(
                        &format!("{address}.{name}"),
                        "the views of this noun declare the property differently",
                        "correct one of them in the overlay, or do not merge them in names.yaml",
                    );
                }
            }
        }
    }
    let everywhere: Vec<Value> = fields
        .keys()
        .filter(|name| {
            views
                .iter()
                .all(|view| required(view).any(|known| known == *name))
        })
        .map(|name| json!(name))
        .collect();
    let map = object_mut(&mut merged);
    map.insert("properties".into(), Value::Object(fields));
    map.insert("required".into(), Value::Array(everywhere));
    agree.then_some(merged)
}

/// Makes `known` allow what either view allows; false when they are different types.
fn join(known: &mut Value, other: &Value) -> bool {
    if flag(other, "nullable") {
        object_mut(known).insert("nullable".into(), json!(true));
    }
    if known.get("description").is_none()
        && let Some(said) = other.get("description")
    {
        object_mut(known).insert("description".into(), said.clone());
    }
    if let (Some(Value::Array(values)), Some(Value::Array(more))) =
        (known.get("enum").cloned(), other.get("enum"))
    {
        let new: Vec<Value> = more
            .iter()
            .filter(|value| !values.contains(value))
            .cloned()
            .collect();
        known["enum"] = Value::Array(values.into_iter().chain(new).collect());
        return true;
    }
    let bare = |schema: &Value| {
        let mut bare = facts(schema);
        object_mut(&mut bare).shift_remove("nullable");
        bare
    };
    bare(known) == bare(other)
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, context: &Context<'_>) -> Result<(), String> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for (_, schema) in components(root).into_iter().flatten() {
        let place = origin(schema);
        let view = context.names.view(place);
        if let Some(noun) = view.filter(|_| !context.apart.contains(place))
            // What is sent and what is received may be two by now; both come from one place.
            && *first.entry(noun).or_insert(place) != place
        {
            return Err(place.to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::run_with;
    use super::*;
    use crate::regen::{address, names::Names};

    #[test]
    fn a_field_is_required_only_if_every_view_requires_it() {
        let mut root = json!({"components": {"schemas": {
            "Base": {"type": "object", "required": ["a", "b"], "properties": {"a": {}, "b": {}}},
            "Full": {"type": "object", "required": ["a"], "properties": {"a": {"nullable": true}, "b": {}, "c": {}}},
            "User": {"type": "object", "properties": {"x": {"$ref": "#/components/schemas/Full"}}},
        }}});
        assert_eq!(
            run_with(run, &mut root, "merge:\n  Noun: [Base, Full]\n"),
            1
        );
        let all = components(&root).unwrap();
        assert_eq!(all["Base"]["required"], json!(["a"]));
        assert_eq!(all["Base"]["properties"]["a"]["nullable"], true);
        assert!(all["Base"]["properties"].get("c").is_some());
        assert_eq!(reference(&all["User"]["properties"]["x"]), Some("Base"));
    }

    #[test]
    fn the_view_that_is_listed_first_says_what_the_noun_is() {
        let view = |fields: Value, said: &str| json!({"type": "object", "properties": fields, "description": said});
        let mut root = json!({"components": {"schemas": {
            "Full": view(json!({"a": {}, "b": {}}), "As it is read alone."),
            "Base": view(json!({"a": {}}), "What it is."),
        }}});
        run_with(run, &mut root, "merge:\n  Noun: [Unsaid, Base, Full]\n");
        let all = components(&root).unwrap();
        assert_eq!(all["Full"]["description"], "What it is.");
    }

    #[test]
    fn views_that_contradict_each_other_stay_apart_in_another_document() {
        let view = |ty: &str| json!({"type": "object", "properties": {"a": {"type": ty}}});
        let mut root =
            json!({"components": {"schemas": {"Base": view("string"), "Full": view("integer")}}});
        let before = root.clone();
        let addresses = address::annotate(&mut root);
        let names = Names::parse("names.yaml", "merge:\n  Noun: [Base, Full]\n").unwrap();
        let mut context = Context::new(&names, &addresses, false);
        assert_eq!(run(&mut root, &mut context), 0);
        assert_eq!(
            super::super::rename::facts(&root["components"]["schemas"]["Full"]),
            before["components"]["schemas"]["Full"]
        );
        assert_eq!(context.apart.iter().collect::<Vec<_>>(), ["Base", "Full"]);
        assert_eq!(context.reports[0].address, "Base.a");
        let mut strict = Context::new(&names, &addresses, true);
        run(&mut root, &mut strict);
        assert_eq!(strict.problems.len(), 1);
    }
}
