//! Gives inline enums a component of their own and unites the ones that names.yaml binds.
//!
//! The values of a bound enum are the union over its sites: enums are open, so a wider list
//! takes nothing away. Unbound sites are one enum only when property and values agree; equal
//! values alone prove nothing. A single value tells variants apart and is no enum. Numbers are no
//! enum either: what a list of them allows stands in the docs of a plain number.

mod described;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Context;
use crate::regen::names::words::{noun_of, singular};
use crate::regen::names::{ident, types};
use crate::regen::places::{Site, each_root_mut, each_schema, each_schema_mut};
use crate::regen::schema::{
    ORIGIN, VALUE_WORDS, components, components_mut, descend_mut, each_choice_mut, explain_values,
    is_type, object_mut, origin, redirect, refer_to, reference, strings, text, value_words,
    vocabulary,
};

/// Where the values of an enum stand: `[{origin, values}]`, for the docs of its variants.
pub(crate) const SITES: &str = "x-sites";

/// One place that lists values.
#[derive(Debug)]
struct Listed {
    address: String,
    property: String,
    /// What the enum would be called if this were its only place.
    own_name: String,
    values: Vec<String>,
    /// What they mean, by value.
    words: Map<String, Value>,
    /// What is said first of the place.
    said: Option<String>,
}

/// After this pass enums stand only in components.
pub(super) fn run(root: &mut Value, context: &mut Context<'_>) -> usize {
    let sites = collect(root);
    let named = name_components(root, context);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut groups: BTreeMap<(String, BTreeSet<String>), BTreeSet<String>> = BTreeMap::new();
    for site in &sites {
        let mut seen = BTreeSet::new();
        if let Some(twice) = site.values.iter().find(|value| !seen.insert(*value)) {
            context.problem(
                &site.address,
                format!("the value `{twice}` is listed twice"),
                "remove one of the two",
            );
        }
        match context.names.enumeration(&site.address) {
            Some(name) => {
                names.insert(site.address.clone(), name.to_owned());
            }
            None if site.values.len() > 1 => {
                let key = (site.property.clone(), site.values.iter().cloned().collect());
                groups.entry(key).or_default().insert(site.own_name.clone());
            }
            None => {}
        }
    }
    for site in &sites {
        let key = (site.property.clone(), site.values.iter().cloned().collect());
        if let Some(candidates) = groups.get(&key)
            && let Some(name) = candidates.iter().min_by_key(|name| name.len())
        {
            names
                .entry(site.address.clone())
                .or_insert_with(|| name.clone());
        }
    }
    if !context.strict {
        step_aside(root, &mut names, context);
    }
    for site in &sites {
        if let Some(name) = names.get(&site.address) {
            add(root, name, site, named.contains(name), context);
        }
    }
    described::describe(root, &sites, &names);
    let mut changes = 0;
    walk(root, &mut |node, _, _| {
        if node.get("enum").is_none() {
            return;
        }
        changes += 1;
        let name = names.get(origin(node)).cloned();
        let is_text = vocabulary(node).is_some();
        let map = object_mut(node);
        map.shift_remove(VALUE_WORDS);
        if is_text {
            map.entry("type").or_insert_with(|| json!("string"));
        }
        if let Some(Value::Array(values)) = map.shift_remove("enum").filter(|_| name.is_none()) {
            describe_numbers(map, &values);
        }
        if let Some(name) = name {
            map.shift_remove("type");
            map.extend(object_mut(&mut refer_to(&name)).clone());
        }
    });
    changes
}

/// Gives way where an object of this document has the name of an enum.
fn step_aside(root: &Value, names: &mut BTreeMap<String, String>, context: &mut Context<'_>) {
    let all = components(root);
    for (address, name) in names {
        let other = all.and_then(|all| all.get(name.as_str()));
        if let Some(other) = other.filter(|other| other.get("enum").is_none()) {
            let other = context.pointer(origin(other));
            let aside = types::beside(name);
            context.choice(
                address,
                format!(
                    "`{name}` is also the name of {other}, which is no enum; this becomes `{aside}`"
                ),
                "bind the values to another name in names.yaml, section enums",
            );
            *name = aside;
        }
    }
}

/// Says what numbers a schema lists.
fn describe_numbers(schema: &mut Map<String, Value>, values: &[Value]) {
    let numbers: Vec<String> = values
        .iter()
        .filter(|value| value.is_number())
        .map(|number| format!("`{number}`"))
        .collect();
    if numbers.is_empty() || numbers.len() < values.len() {
        return;
    }
    let all = numbers.join(", ");
    let said = schema.get("description").and_then(Value::as_str);
    let said = match said.map(str::trim_end).filter(|said| !said.is_empty()) {
        Some(said) => format!("{said}\n\nOne of {all}."),
        None => format!("One of {all}."),
    };
    schema.insert("description".into(), json!(said));
}

/// Components that are enums take the name that names.yaml binds them to.
fn name_components(root: &mut Value, context: &Context<'_>) -> BTreeSet<String> {
    let mut bound: BTreeMap<String, String> = BTreeMap::new();
    let mut named = BTreeSet::new();
    for (key, schema) in components(root).into_iter().flatten() {
        if vocabulary(schema).is_some() {
            let other = |name: &&str| components(root).is_some_and(|all| all.contains_key(*name));
            let name = context.names.enumeration(origin(schema));
            let name = name.filter(|name| !other(name)).unwrap_or(key);
            bound.insert(key.clone(), name.to_owned());
            named.insert(name.to_owned());
        }
    }
    for (key, name) in &bound {
        if let Some(mut schema) = components_mut(root).shift_remove(key) {
            let values = schema["enum"].clone();
            let place = origin(&schema).to_owned();
            schema[SITES] = json!([{ "origin": place, "values": values }]);
            components_mut(root).insert(name.clone(), schema);
        }
    }
    each_schema_mut(root, &mut |node| {
        if let Some(name) = reference(node).and_then(|target| bound.get(target)) {
            redirect(node, name);
        }
    });
    named
}

/// Adds a site to the enum of that name.
fn add(root: &mut Value, name: &str, site: &Listed, open: bool, context: &mut Context<'_>) {
    let schema = components_mut(root).entry(name).or_insert_with(
        || json!({ "type": "string", "enum": [], ORIGIN: site.address, SITES: [] }),
    );
    let bound = open || context.names.enumeration(&site.address).is_some();
    let known: Vec<String> = strings(&schema["enum"]);
    let same = known.iter().collect::<BTreeSet<_>>() == site.values.iter().collect();
    let other = origin(schema).to_owned();
    if schema.get("enum").is_none() {
        let other = context.pointer(&other);
        context.problem(
            &site.address,
            format!("`{name}` is also the name of {other}, which is no enum"),
            "bind the values to another name in names.yaml, section enums",
        );
        return;
    }
    if !bound && !known.is_empty() && !same {
        let other = context.pointer(&other);
        context.choice(
            &site.address,
            format!("`{name}` is also the name of {other}, which has other values"),
            "bind both to one name, or each to its own, in names.yaml, section enums",
        );
        if context.strict {
            return;
        }
    }
    let Some(schema) = components_mut(root).get_mut(name) else {
        return;
    };
    let new: Vec<&String> = site
        .values
        .iter()
        .filter(|value| !known.contains(value))
        .collect();
    if let Some(values) = schema["enum"].as_array_mut() {
        values.extend(new.into_iter().map(|value| json!(value)));
    }
    // One place is enough to say what a value means.
    explain_values(schema, &site.words);
    if let Some(sites) = schema[SITES].as_array_mut() {
        let entry = json!({ "origin": site.address, "values": site.values });
        if !sites.contains(&entry) {
            sites.push(entry);
        }
    }
}

fn collect(root: &mut Value) -> Vec<Listed> {
    let mut sites = Vec::new();
    walk(root, &mut |node, holder, property| {
        if let Some(values) = vocabulary(node) {
            sites.push(Listed {
                address: origin(node).to_owned(),
                property: property.to_owned(),
                own_name: types::of_enum(holder, property),
                values,
                words: value_words(node),
                said: text(node, "description").and_then(described::meaning),
            });
        }
    });
    sites
}

/// Visits every inline schema with the name of its holder and the property it stands in.
fn walk(root: &mut Value, visit: &mut dyn FnMut(&mut Value, &str, &str)) {
    each_root_mut(root, &mut |place, schema| {
        let holder = ident::pascal(&noun_of(&place.path));
        match place.site {
            Site::Component => visit_below(schema, &place.name, visit),
            Site::Parameter => {
                visit_property(schema, &holder, place.name.trim_end_matches("[]"), visit);
            }
            // Envelopes may carry an option beside their noun.
            Site::Request | Site::Response => each_choice_mut(schema, &mut |body| {
                visit_below(body, &holder, visit);
                if body.get("enum").is_some() {
                    visit(body, &holder, "value");
                }
            }),
            _ => {}
        }
    });
}

fn visit_below(schema: &mut Value, holder: &str, visit: &mut dyn FnMut(&mut Value, &str, &str)) {
    let fields = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (property, field) in fields.into_iter().flatten() {
        visit_property(field, holder, property, visit);
    }
    for (below, name) in [("items", "item"), ("additionalProperties", "value")] {
        if let Some(field @ Value::Object(_)) = schema.get_mut(below) {
            visit_property(field, holder, name, visit);
        }
    }
}

fn visit_property(
    field: &mut Value,
    holder: &str,
    property: &str,
    visit: &mut dyn FnMut(&mut Value, &str, &str),
) {
    let one = singular(property);
    let listed = is_type(field, "array") || field.get("additionalProperties").is_some();
    let property = if listed { one.as_str() } else { property };
    descend_mut(field, &mut |node| visit(node, holder, property));
}

/// What later steps rely on.
pub(super) fn holds(root: &Value, _: &Context<'_>) -> Result<(), String> {
    each_schema(root, |place, node| {
        let is_component = place.site == Site::Component && place.is_root(root, node);
        // A delivery says of which type it is by the one value that it lists.
        is_component || place.site == Site::Webhook || node.get("enum").is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::super::run_with;
    use super::*;

    #[test]
    fn bound_sites_are_united_and_single_values_are_text() {
        let mut root = json!({"components": {"schemas": {
            "Invoice": {"type": "object", "properties": {
                "status": {"type": "string", "enum": ["draft", "final"]},
                "kind": {"type": "string", "enum": ["invoice"]},
            }},
            "Fee": {"type": "object", "properties": {"state": {"type": "string", "enum": ["final", "void"]}}},
        }}});
        let names = "enums:\n  Status: [Invoice.status, Fee.state]\n";
        assert_eq!(run_with(run, &mut root, names), 3);
        let all = components(&root).unwrap();
        assert_eq!(all["Status"]["enum"], json!(["draft", "final", "void"]));
        assert_eq!(
            reference(&all["Fee"]["properties"]["state"]),
            Some("Status")
        );
        assert_eq!(all["Invoice"]["properties"]["kind"].get("enum"), None);
        assert!(is_type(&all["Invoice"]["properties"]["kind"], "string"));
    }

    #[test]
    fn numbers_are_numbers_and_their_list_is_prose() {
        let size = json!({"type": "integer", "enum": [512, 2048], "description": "Bytes."});
        let mut root = json!({"components": {"schemas": {
            "Image": {"type": "object", "properties": {"size": size, "mixed": {"enum": [1, "a"]}}},
        }}});
        run_with(run, &mut root, "");
        let all = components(&root).unwrap();
        let size = &all["Image"]["properties"]["size"];
        assert!(is_type(size, "integer") && size.get("enum").is_none());
        assert_eq!(size["description"], "Bytes.\n\nOne of `512`, `2048`.");
        assert_eq!(all["Image"]["properties"]["mixed"].get("enum"), None);
        assert_eq!(all.len(), 1);
    }

    #[test]
    fn unbound_sites_are_one_only_when_property_and_values_agree() {
        let list = |values: Value| json!({"type": "string", "enum": values});
        let mut root = json!({"components": {"schemas": {
            "Plan": {"type": "object", "properties": {"interval": list(json!(["a", "b"]))}},
            "Commitment": {"type": "object", "properties": {"interval": list(json!(["b", "a"]))}},
            "Other": {"type": "object", "properties": {"period": list(json!(["a", "b"]))}},
        }}});
        run_with(run, &mut root, "");
        let names: Vec<&String> = components(&root).unwrap().keys().collect();
        assert!(
            names.contains(&&"PlanInterval".to_owned())
                && names.contains(&&"OtherPeriod".to_owned())
        );
        assert!(!names.contains(&&"CommitmentInterval".to_owned()));
    }

    #[test]
    fn a_body_may_be_a_list_of_words() {
        let words = json!({"type": "string", "enum": ["new", "old"]});
        let response =
            |schema: Value| json!({"200": {"content": {"application/json": {"schema": schema}}}});
        let list = response(json!({"type": "array", "items": words}));
        let mut root = json!({
            "components": {"schemas": {}},
            "paths": {
                "/states": {"get": {"responses": list}},
                "/moods": {"get": {"responses": response(words)}},
            },
        });
        assert_eq!(run_with(run, &mut root, ""), 2);
        let body = |path: &str| {
            let response = &root["paths"][path]["get"]["responses"]["200"];
            &response["content"]["application/json"]["schema"]
        };
        assert_eq!(reference(&body("/states")["items"]), Some("StateItem"));
        assert_eq!(reference(body("/moods")), Some("MoodValue"));
    }
}
