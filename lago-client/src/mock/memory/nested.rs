//! Objects within an object: the charges of a plan, and their filters; those of a subscription are those of its plan.

use serde_json::{Value, json};

use super::ask::{Ask, view};
use super::crud::made;
use super::object::lay;
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store};
use super::subscribed;

/// A list of elements in an object.
pub(super) struct Nested {
    /// What stands before the verb in the name of an operation.
    pub(super) prefix: &'static str,
    owner: Owner,
    pub(super) levels: &'static [Level],
}

/// Whose list it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Plan,
    /// The plan as a subscription has it.
    Subscription,
}

/// A list, and how the path names one of its elements.
pub(super) struct Level {
    list: &'static str,
    parameter: &'static str,
    property: &'static str,
    noun: &'static str,
}

const CHARGES: Level = Level {
    list: "charges",
    parameter: "charge_code",
    property: "code",
    noun: "charge",
};

const FIXED_CHARGES: Level = Level {
    list: "fixed_charges",
    parameter: "fixed_charge_code",
    property: "code",
    noun: "fixed_charge",
};

const FILTERS: Level = Level {
    list: "filters",
    parameter: "filter_id",
    property: "lago_id",
    noun: "charge_filter",
};

pub(super) static NESTED: [Nested; 6] = [
    nested("plans.charges", Owner::Plan, &[CHARGES]),
    nested("plans.charges.filters", Owner::Plan, &[CHARGES, FILTERS]),
    nested("plans.fixed_charges", Owner::Plan, &[FIXED_CHARGES]),
    nested("subscriptions.charges", Owner::Subscription, &[CHARGES]),
    nested(
        "subscriptions.charges.filters",
        Owner::Subscription,
        &[CHARGES, FILTERS],
    ),
    nested(
        "subscriptions.fixed_charges",
        Owner::Subscription,
        &[FIXED_CHARGES],
    ),
];

const fn nested(prefix: &'static str, owner: Owner, levels: &'static [Level]) -> Nested {
    Nested {
        prefix,
        owner,
        levels,
    }
}

/// The object that owns the elements of the path. What only reads gets a copy.
fn owner(store: &Store, ask: &Ask, nested: &Nested) -> Result<Fields, Refusal> {
    let plan = match nested.owner {
        Owner::Plan => store.find("plans", "code", ask.parameter("code").unwrap_or_default()),
        Owner::Subscription => {
            let index = subscribed::current(store, ask)?;
            subscribed::plan(store, subscribed::at(store, index))
        }
    };
    let plan = plan.ok_or_else(|| Refusal::missing("plan"))?;
    Ok(plan.fields.clone())
}

fn owner_mut<'s>(
    store: &'s mut Store,
    ask: &Ask,
    nested: &Nested,
) -> Result<&'s mut Fields, Refusal> {
    let plan = match nested.owner {
        Owner::Plan => {
            let code = ask.parameter("code").unwrap_or_default();
            let entry = store.find_mut("plans", "code", code);
            entry.map(|entry| &mut entry.fields)
        }
        Owner::Subscription => {
            let index = subscribed::current(store, ask)?;
            let subscription = subscribed::at(store, index).clone();
            subscribed::plan_mut(store, &subscription)
        }
    };
    plan.ok_or_else(|| Refusal::missing("plan"))
}

/// The last list of these levels, and what its elements are.
fn elements<'f>(
    mut owner: &'f mut Fields,
    levels: &'static [Level],
    ask: &Ask,
) -> Result<(&'f mut Vec<Value>, &'static Level), Refusal> {
    let missing = || Refusal::missing("plan");
    let (last, above) = levels.split_last().ok_or_else(missing)?;
    for level in above {
        let list = list(owner, level.list).ok_or_else(|| Refusal::missing(level.noun))?;
        let index = index(list, level, ask)?;
        let element = list.get_mut(index).and_then(Value::as_object_mut);
        owner = element.ok_or_else(|| Refusal::missing(level.noun))?;
    }
    let list = list(owner, last.list).ok_or_else(missing)?;
    Ok((list, last))
}

fn list<'f>(owner: &'f mut Fields, name: &str) -> Option<&'f mut Vec<Value>> {
    let list = owner.entry(name).or_insert_with(|| json!([]));
    list.as_array_mut()
}

fn index(list: &[Value], level: &Level, ask: &Ask) -> Result<usize, Refusal> {
    let named = ask.parameter(level.parameter);
    let found = list
        .iter()
        .position(|element| named.is_some() && element[level.property].as_str() == named);
    found.ok_or_else(|| Refusal::missing(level.noun))
}

pub(super) fn create(store: &mut Store, ask: &Ask, nested: &Nested) -> Outcome {
    let mut plan = owner(store, ask, nested)?;
    let (list, level) = elements(&mut plan, nested.levels, ask)?;
    let sent = ask.object();
    let named = sent.get(level.property).filter(|value| !value.is_null());
    let is_taken = list
        .iter()
        .any(|element| named.is_some_and(|named| element[level.property] == *named));
    if is_taken {
        return Err(Refusal::taken(level.property));
    }
    let fields = made(store, ask, level.noun, &sent)?;
    let (list, _) = elements(owner_mut(store, ask, nested)?, nested.levels, ask)?;
    list.push(Value::Object(fields.clone()));
    Ok(ask.shown(&fields))
}

pub(super) fn get(store: &mut Store, ask: &Ask, nested: &Nested) -> Outcome {
    let mut plan = owner(store, ask, nested)?;
    let (list, level) = elements(&mut plan, nested.levels, ask)?;
    let index = index(list, level, ask)?;
    Ok(ask.shown(list[index].as_object().unwrap_or(&Fields::new())))
}

pub(super) fn all(store: &mut Store, ask: &Ask, nested: &Nested) -> Outcome {
    let mut plan = owner(store, ask, nested)?;
    let (list, _) = elements(&mut plan, nested.levels, ask)?;
    let entries: Vec<_> = list
        .iter()
        .filter_map(Value::as_object)
        .map(|fields| super::store::Entry {
            fields: fields.clone(),
            ..Default::default()
        })
        .collect();
    Ok(super::list::page(ask, entries.iter()))
}

pub(super) fn update(store: &mut Store, ask: &Ask, nested: &Nested) -> Outcome {
    // What is refused makes no copy of a plan.
    let mut plan = owner(store, ask, nested)?;
    let (list, level) = elements(&mut plan, nested.levels, ask)?;
    let index = index(list, level, ask)?;
    let mut fields = list[index].as_object().cloned().unwrap_or_default();
    let sent = ask.object();
    // What a subscription has of its own keeps what is not sent.
    if nested.owner == Owner::Plan {
        forget(level, &mut fields, &sent);
    }
    lay(&mut fields, &ask.example(), level.noun, &sent, store)?;
    let (list, _) = elements(owner_mut(store, ask, nested)?, nested.levels, ask)?;
    if let Some(element) = list.get_mut(index) {
        for name in ["lago_id", "lago_parent_id"] {
            if let Some(of_the_copy) = element.get(name) {
                fields.insert(name.into(), of_the_copy.clone());
            }
        }
        *element = Value::Object(fields.clone());
    }
    Ok(ask.shown(&fields))
}

/// What an update of a charge loses when it does not send it: a name, and prices, which become nothing.
fn forget(level: &Level, fields: &mut Fields, sent: &Fields) {
    if level.noun != CHARGES.noun {
        return;
    }
    if !sent.contains_key("invoice_display_name") {
        fields.insert("invoice_display_name".into(), Value::Null);
    }
    let is_standard = fields.get("charge_model") == Some(&json!("standard"));
    if !sent.contains_key("properties") && is_standard {
        fields.insert("properties".into(), json!({ "amount": "0" }));
    }
}

pub(super) fn delete(store: &mut Store, ask: &Ask, nested: &Nested) -> Outcome {
    let mut plan = owner(store, ask, nested)?;
    let (list, level) = elements(&mut plan, nested.levels, ask)?;
    let index = index(list, level, ask)?;
    let (list, _) = elements(owner_mut(store, ask, nested)?, nested.levels, ask)?;
    let gone = list.remove(index);
    let gone = gone.as_object().cloned().unwrap_or_default();
    Ok(ask.said(view(&ask.example(), &gone)))
}

/// Takes a privilege from a feature, and says what is left of the feature.
pub(super) fn delete_privilege(store: &mut Store, ask: &Ask) -> Outcome {
    let code = ask.parameter("code").unwrap_or_default();
    let feature = store.find_mut("features", "code", code);
    let feature = feature.ok_or_else(|| Refusal::missing("feature"))?;
    let named = ask.last_parameter();
    let privileges =
        list(&mut feature.fields, "privileges").ok_or_else(|| Refusal::missing("feature"))?;
    let there = privileges.len();
    privileges.retain(|privilege| privilege["code"] != named);
    if privileges.len() == there {
        return Err(Refusal::missing("privilege"));
    }
    Ok(ask.shown(&feature.fields))
}
