//! What plans and subscriptions entitle to: features, with values for their privileges.
//!
//! Those of a plan stand in the plan. A subscription has those of its plan, but for what was changed on it.

use serde_json::{Map, Value, json};

use super::ask::Ask;
use super::refusal::{Outcome, Refusal};
use super::store::{Entry, Fields, Store, text};
use super::subscribed;

const LIST: &str = "entitlements";

/// What a subscription changes: values by feature and privilege, and null for what it takes away, which can be a whole
/// feature.
const CHANGES: &str = "entitlement_changes";

/// The feature of a code.
fn feature(store: &Store, code: &str) -> Result<Fields, Refusal> {
    let entry = store.find("features", "code", code);
    entry
        .map(|entry| entry.fields.clone())
        .ok_or_else(|| Refusal::missing("feature"))
}

/// Copies what an entitlement repeats of its feature.
fn entitlement(feature: &Fields, privileges: Vec<Value>) -> Value {
    json!({
        "code": feature.get("code"),
        "name": feature.get("name"),
        "description": feature.get("description"),
        "privileges": privileges,
    })
}

/// A privilege of a feature with a value.
fn privilege(feature: &Fields, code: &str, value: &Value) -> Result<Value, Refusal> {
    let known = feature.get("privileges").and_then(Value::as_array);
    let mut known = known.into_iter().flatten();
    let known = known.find(|privilege| privilege["code"] == code);
    let known = known.ok_or_else(|| Refusal::missing("privilege"))?;
    Ok(json!({
        "code": code,
        "name": known["name"],
        "value_type": known["value_type"],
        "value": value,
        "config": known["config"],
    }))
}

fn list_of(fields: &Fields) -> Vec<Value> {
    let list = fields.get(LIST).and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}

fn position(list: &[Value], code: &str, noun: &str) -> Result<usize, Refusal> {
    let found = list.iter().position(|element| element["code"] == code);
    found.ok_or_else(|| Refusal::missing(noun))
}

fn privileges(entitlement: &mut Value) -> Option<&mut Vec<Value>> {
    entitlement["privileges"].as_array_mut()
}

/// What was sent: values by feature and privilege.
fn sent(store: &Store, ask: &Ask) -> Result<Vec<(Fields, Fields)>, Refusal> {
    let features = ask.object().into_iter().map(|(code, values)| {
        let values = values.as_object().cloned().unwrap_or_default();
        let feature = feature(store, &code)?;
        for (code, value) in &values {
            privilege(&feature, code, value)?;
        }
        Ok((feature, values))
    });
    features.collect()
}

/// The entitlements of the plan that the path names, to be changed. The codes of what is not there are guesses.
fn of_plan(
    store: &mut Store,
    ask: &Ask,
    change: impl FnOnce(&mut Vec<Value>) -> Result<Value, Refusal>,
) -> Outcome {
    let plan = store.find_mut("plans", "code", ask.parameter("code").unwrap_or_default());
    let plan = &mut plan.ok_or_else(|| Refusal::missing("plan"))?.fields;
    let mut list = list_of(plan);
    let said = change(&mut list)?;
    plan.insert(LIST.into(), Value::Array(list));
    Ok(ask.said(said))
}

pub(super) fn plan_list(store: &mut Store, ask: &Ask) -> Outcome {
    of_plan(store, ask, |list| Ok(Value::Array(list.clone())))
}

pub(super) fn plan_get(store: &mut Store, ask: &Ask) -> Outcome {
    let code = ask.parameter("feature_code").unwrap_or_default();
    of_plan(store, ask, |list| {
        let index = position(list, code, "entitlement")?;
        Ok(list[index].clone())
    })
}

/// What was sent is all that there is.
pub(super) fn plan_replace(store: &mut Store, ask: &Ask) -> Outcome {
    plan_write(store, ask, true)
}

/// What was not sent stays.
pub(super) fn plan_merge(store: &mut Store, ask: &Ask) -> Outcome {
    plan_write(store, ask, false)
}

fn plan_write(store: &mut Store, ask: &Ask, is_replaced: bool) -> Outcome {
    let sent = sent(store, ask)?;
    of_plan(store, ask, |list| {
        if is_replaced {
            list.clear();
        }
        for (feature, values) in &sent {
            let code = text(feature, "code");
            let index = position(list, code, "entitlement").unwrap_or(list.len());
            if index == list.len() {
                list.push(entitlement(feature, Vec::new()));
            }
            let Some(there) = privileges(&mut list[index]) else {
                continue;
            };
            for (code, value) in values {
                let privilege = privilege(feature, code, value)?;
                match position(there, code, "privilege") {
                    Ok(index) => there[index] = privilege,
                    Err(_) => there.push(privilege),
                }
            }
        }
        Ok(Value::Array(list.clone()))
    })
}

/// Says the entitlement that is gone.
pub(super) fn plan_delete(store: &mut Store, ask: &Ask) -> Outcome {
    let code = ask.parameter("feature_code").unwrap_or_default();
    of_plan(store, ask, |list| {
        let index = position(list, code, "entitlement")?;
        Ok(list.remove(index))
    })
}

/// Says what is left of the entitlement.
pub(super) fn plan_delete_privilege(store: &mut Store, ask: &Ask) -> Outcome {
    let code = ask.parameter("feature_code").unwrap_or_default();
    let named = ask.parameter("privilege_code").unwrap_or_default();
    of_plan(store, ask, |list| {
        let index = position(list, code, "entitlement")?;
        let missing = || Refusal::missing("privilege");
        let there = privileges(&mut list[index]).ok_or_else(missing)?;
        let privilege = position(there, named, "privilege")?;
        there.remove(privilege);
        Ok(list[index].clone())
    })
}

/// Everything that a subscription entitles to.
pub(super) fn of_subscription(store: &Store, subscription: &Entry) -> Value {
    let plan = store.find("plans", "code", subscription.text("plan_code"));
    let from_plan = plan.map(|plan| list_of(&plan.fields)).unwrap_or_default();
    let none = Map::new();
    let changes = subscription.kept.get(CHANGES).and_then(Value::as_object);
    let changes = changes.unwrap_or(&none);
    let mut all = Vec::new();
    for from_plan in from_plan {
        let change = changes.get(from_plan["code"].as_str().unwrap_or_default());
        if change != Some(&Value::Null) {
            all.push((from_plan, change.and_then(Value::as_object)));
        }
    }
    for (code, change) in changes {
        let is_there = all.iter().any(|(one, _)| one["code"] == *code);
        if let (false, Some(change), Ok(feature)) =
            (is_there, change.as_object(), feature(store, code))
        {
            all.push((entitlement(&feature, Vec::new()), Some(change)));
        }
    }
    let all = all
        .into_iter()
        .map(|(one, change)| changed(store, one, change.unwrap_or(&none)));
    all.collect()
}

/// An entitlement of a plan, as a subscription has it that changes these values.
fn changed(store: &Store, mut entitlement: Value, change: &Fields) -> Value {
    let code = entitlement["code"].as_str().unwrap_or_default();
    let feature = feature(store, code).unwrap_or_default();
    let Some(there) = privileges(&mut entitlement) else {
        return entitlement;
    };
    there.retain(|one| {
        let change = change.get(one["code"].as_str().unwrap_or_default());
        change != Some(&Value::Null)
    });
    for one in there.iter_mut() {
        one["plan_value"] = one["value"].clone();
        one["override_value"] = Value::Null;
    }
    let overrides: Fields = change
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(code, value)| (code.clone(), value.clone()))
        .collect();
    for (code, value) in &overrides {
        let index = position(there, code, "privilege").unwrap_or(there.len());
        if index == there.len() {
            let Ok(mut added) = privilege(&feature, code, value) else {
                continue;
            };
            added["plan_value"] = Value::Null;
            there.push(added);
        }
        there[index]["value"] = value.clone();
        there[index]["override_value"] = value.clone();
    }
    entitlement["overrides"] = Value::Object(overrides);
    entitlement
}

/// Changes what the subscription of the path changes, and says what it entitles to then.
fn change(
    store: &mut Store,
    ask: &Ask,
    change: impl FnOnce(&mut Fields, &Value) -> Result<(), Refusal>,
) -> Outcome {
    let index = subscribed::current(store, ask)?;
    let before = of_subscription(store, subscribed::at(store, index));
    let entry = subscribed::at_mut(store, index);
    let changes = entry.kept.entry(CHANGES).or_insert_with(|| json!({}));
    if let Some(changes) = changes.as_object_mut() {
        change(changes, &before)?;
    }
    let entry = subscribed::at(store, index);
    Ok(ask.said(of_subscription(store, entry)))
}

pub(super) fn list(store: &mut Store, ask: &Ask) -> Outcome {
    let index = subscribed::current(store, ask)?;
    let entry = subscribed::at(store, index);
    Ok(ask.said(of_subscription(store, entry)))
}

pub(super) fn merge(store: &mut Store, ask: &Ask) -> Outcome {
    let sent = sent(store, ask)?;
    change(store, ask, |changes, _| {
        for (feature, values) in sent {
            let there = changes
                .entry(text(&feature, "code"))
                .or_insert_with(|| json!({}));
            match there.as_object_mut() {
                Some(there) => there.extend(values),
                None => *there = Value::Object(values),
            }
        }
        Ok(())
    })
}

pub(super) fn delete(store: &mut Store, ask: &Ask) -> Outcome {
    let code = ask.parameter("feature_code").unwrap_or_default();
    change(store, ask, |changes, before| {
        position(
            before.as_array().map_or(&[], Vec::as_slice),
            code,
            "feature",
        )?;
        changes.insert(code.to_owned(), Value::Null);
        Ok(())
    })
}

pub(super) fn delete_privilege(store: &mut Store, ask: &Ask) -> Outcome {
    let code = ask.parameter("feature_code").unwrap_or_default();
    let named = ask.parameter("privilege_code").unwrap_or_default();
    change(store, ask, |changes, before| {
        let before = before.as_array().map_or(&[][..], Vec::as_slice);
        let there = &before[position(before, code, "feature")?];
        let there = there["privileges"].as_array();
        position(there.map_or(&[], Vec::as_slice), named, "privilege")?;
        let change = changes.entry(code).or_insert_with(|| json!({}));
        change[named] = Value::Null;
        Ok(())
    })
}
