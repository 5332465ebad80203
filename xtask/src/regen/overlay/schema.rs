//! Changes of one schema.

use serde_json::{Map, Value, json};

use super::change::Change;
use super::{Refusal, other, same, stated};
use crate::regen::schema::{
    LEFT_OUT, NULL_AS_EMPTY, components_mut, flag, list, list_mut, object_mut, properties,
    reference,
};

/// The type of null in JSON Schema.
const NULL: &str = "null";

/// The schema after a change.
pub(super) fn changed(
    root: &Value,
    before: &Value,
    change: &Change,
    why: &str,
) -> Result<Value, Refusal> {
    Ok(match change {
        Change::Nullable => nullable(root, before)?,
        Change::Note => {
            let mut after = before.clone();
            describe(&mut after, why);
            after
        }
        Change::LeftOut(how) => {
            let mut after = before.clone();
            after[LEFT_OUT] = json!(how.word());
            describe(&mut after, &format!("{} {why}", how.sentence()));
            after
        }
        Change::NullAsEmpty => {
            if !allows_null(root, before) {
                return Err(other("nothing is null there"));
            }
            let mut after = before.clone();
            after[NULL_AS_EMPTY] = json!(true);
            describe(&mut after, why);
            after
        }
        Change::Values(values) => with_values(before, values)?,
        Change::Add(more) => with_properties(root, before, more, why)?,
        Change::Wrap(key) => {
            if properties(resolve(root, before)).any(|(name, _)| name == key) {
                return Err(stated("the document has this root already"));
            }
            json!({ "type": "object", "required": [key], "properties": { key: before } })
        }
        Change::Unwrap(key) => resolve(root, before)
            .pointer(&format!("/properties/{key}"))
            .cloned()
            .ok_or_else(|| stated("the document has no such root there"))?,
        Change::Replace(schema) => {
            let mut after = schema.clone();
            if let Some(said) = before.get("description") {
                object_mut(&mut after)
                    .entry("description")
                    .or_insert_with(|| said.clone());
            }
            after
        }
        Change::Merge(patch) => {
            let mut after = before.clone();
            merge(&mut after, patch);
            after
        }
        _ => return Err(other("a schema cannot be changed like this")),
    })
}

/// Adds a component schema.
pub(super) fn create(root: &mut Value, name: &str, schema: &Value) -> Result<(), Refusal> {
    let components = components_mut(root);
    if components.contains_key(name) {
        return Err(stated("the document has a schema of this name"));
    }
    components.insert(name.to_owned(), schema.clone());
    Ok(())
}

/// Tells readers something more.
pub(super) fn describe(schema: &mut Value, more: &str) {
    let description = object_mut(schema)
        .entry("description")
        .or_insert_with(|| json!(""));
    let said = description.as_str().unwrap_or_default().trim_end();
    let sentence = format!("{}.", more.trim_end_matches('.'));
    *description = match said {
        "" => json!(sentence),
        said => json!(format!("{said}\n\n{sentence}")),
    };
}

/// Requires a property that the object declares.
pub(super) fn require(object: &mut Value, name: &str) -> Result<(), Refusal> {
    if holders(object).any(|holder| requires(holder, name)) {
        return Err(same());
    }
    let holder = holder_mut(object, |holder| declares(holder, name)).ok_or(Refusal::Missing)?;
    add_required(holder, json!(name));
    Ok(())
}

/// Requires a property no longer, wherever the object does.
pub(super) fn make_optional(object: &mut Value, name: &str) -> Result<(), Refusal> {
    let mut changed = false;
    while let Some(holder) = holder_mut(object, |holder| requires(holder, name)) {
        if let Some(Value::Array(names)) = holder.get_mut("required") {
            names.retain(|known| known != name);
        }
        changed = true;
    }
    changed.then_some(()).ok_or_else(same)
}

/// Removes a property.
pub(super) fn remove(object: &mut Value, name: &str) -> Result<(), Refusal> {
    let mut changed = make_optional(object, name).is_ok();
    while let Some(holder) = holder_mut(object, |holder| declares(holder, name)) {
        object_mut(&mut holder["properties"]).shift_remove(name);
        changed = true;
    }
    changed.then_some(()).ok_or(Refusal::Missing)
}

/// An object and the members of its `allOf`.
fn holders(object: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(object).chain(list(object, "allOf"))
}

/// The first holder of which something is true.
fn holder_mut(object: &mut Value, is: impl Fn(&Value) -> bool) -> Option<&mut Value> {
    if is(object) {
        return Some(object);
    }
    list_mut(object, "allOf").find(|member| is(member))
}

fn declares(holder: &Value, name: &str) -> bool {
    properties(holder).any(|(known, _)| known == name)
}

fn add_required(holder: &mut Value, name: Value) {
    match object_mut(holder)
        .entry("required")
        .or_insert_with(|| json!([]))
    {
        Value::Array(names) => names.push(name),
        other => *other = json!([name]),
    }
}

fn requires(holder: &Value, name: &str) -> bool {
    list(holder, "required").any(|known| known == name)
}

/// The schema with null beside its values, in the forms of JSON Schema.
fn nullable(root: &Value, before: &Value) -> Result<Value, Refusal> {
    if allows_null(root, before) {
        return Err(same());
    }
    let mut after = before.clone();
    let map = object_mut(&mut after);
    if let Some(Value::Array(values)) = map.get_mut("enum") {
        values.push(Value::Null);
    }
    if let Some(Value::Array(members)) = map.get_mut("oneOf") {
        members.push(json!({ "type": NULL }));
    } else if let Some(Value::Array(members)) = map.get_mut("anyOf") {
        members.push(json!({ "type": NULL }));
    } else if let Some(Value::Array(types)) = map.get_mut("type") {
        types.push(json!(NULL));
    } else if let Some(one) = map.get_mut("type") {
        *one = json!([one, NULL]);
    } else if map.contains_key("properties") {
        map.insert("type".to_owned(), json!(["object", NULL]));
    } else if map.contains_key("$ref") || map.contains_key("allOf") {
        let description = map.shift_remove("description");
        after = json!({ "anyOf": [after, { "type": NULL }] });
        if let Some(said) = description {
            after["description"] = said;
        }
    } else {
        return Err(stated("the document allows anything there, also null"));
    }
    Ok(after)
}

pub(super) fn allows_null(root: &Value, node: &Value) -> bool {
    let node = resolve(root, node);
    flag(node, "nullable")
        || node["type"] == "null"
        || list(node, "type").any(|one| one == "null")
        || ["oneOf", "anyOf"]
            .into_iter()
            .flat_map(|key| list(node, key))
            .any(|member| allows_null(root, member))
}

fn with_values(before: &Value, values: &[String]) -> Result<Value, Refusal> {
    let known: Vec<&Value> = list(before, "enum").collect();
    if known.is_empty() {
        return Err(other("its target is no enum"));
    }
    if let Some(value) = values.iter().find(|value| known.contains(&&json!(value))) {
        return Err(stated(&format!(
            "the document has the value `{value}` already"
        )));
    }
    let mut after = before.clone();
    if let Some(Value::Array(known)) = after.get_mut("enum") {
        known.extend(values.iter().map(|value| json!(value)));
    }
    Ok(after)
}

fn with_properties(
    root: &Value,
    before: &Value,
    more: &Value,
    why: &str,
) -> Result<Value, Refusal> {
    if reference(before).is_some() {
        return Err(other("its target is a reference; aim at the schema"));
    }
    let mut members = holders(before).map(|holder| resolve(root, holder));
    if let Some((name, _)) = members.find_map(|member| {
        properties(more).find(|(name, _)| member["properties"].get(name).is_some())
    }) {
        return Err(stated(&format!(
            "the document has the property `{name}` already"
        )));
    }
    let mut after = before.clone();
    let own = holder_mut(&mut after, |holder| holder.get("properties").is_some())
        .ok_or_else(|| other("its target is no object with properties of its own"))?;
    for (name, schema) in properties(more) {
        let mut schema = schema.clone();
        if schema.get("description").is_none() {
            describe(&mut schema, why);
        }
        own["properties"][name] = schema;
    }
    for name in list(more, "required") {
        add_required(own, name.clone());
    }
    Ok(after)
}

pub(super) fn resolve<'v>(root: &'v Value, node: &'v Value) -> &'v Value {
    match reference(node) {
        Some(name) => &root["components"]["schemas"][name],
        None => node,
    }
}

fn merge(node: &mut Value, patch: &Value) {
    let map: &mut Map<String, Value> = object_mut(node);
    for (key, value) in patch.as_object().into_iter().flatten() {
        match value {
            Value::Null => {
                map.shift_remove(key);
            }
            Value::Object(_) => merge(map.entry(key).or_insert(Value::Null), value),
            other => {
                map.insert(key.clone(), other.clone());
            }
        }
    }
}
