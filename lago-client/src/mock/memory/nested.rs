//! Objects within an object: the charges of a plan, and their filters.

use serde_json::{Value, json};

use super::ask::{Ask, view};
use super::crud::made;
use super::object::lay;
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store};

/// A list of elements in an object.
pub(super) struct Nested {
    /// What stands before the verb in the name of an operation.
    pub(super) prefix: &'static str,
    pub(super) levels: &'static [Level],
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

/// All of them are in plans.
const OWNER: &str = "plans";

pub(super) static NESTED: [Nested; 3] = [
    Nested {
        prefix: "plans.charges",
        levels: &[CHARGES],
    },
    Nested {
        prefix: "plans.charges.filters",
        levels: &[CHARGES, FILTERS],
    },
    Nested {
        prefix: "plans.fixed_charges",
        levels: &[FIXED_CHARGES],
    },
];

/// The object that owns the elements of the path.
fn plan<'s>(store: &'s mut Store, ask: &Ask) -> Result<&'s mut Fields, Refusal> {
    let code = ask.parameter("code").unwrap_or_default();
    let entry = store.find_mut(OWNER, "code", code);
    entry
        .map(|entry| &mut entry.fields)
        .ok_or_else(|| Refusal::missing("plan"))
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
    let (list, level) = elements(plan(store, ask)?, nested.levels, ask)?;
    let sent = ask.object();
    let named = sent.get(level.property).filter(|value| !value.is_null());
    let is_taken = list
        .iter()
        .any(|element| named.is_some_and(|named| element[level.property] == *named));
    if is_taken {
        return Err(Refusal::taken(level.property));
    }
    let fields = made(store, ask, level.noun, &sent)?;
    let (list, _) = elements(plan(store, ask)?, nested.levels, ask)?;
    list.push(Value::Object(fields.clone()));
    Ok(ask.shown(&fields))
}

pub(super) fn get(store: &mut Store, ask: &Ask, nested: &Nested) -> Outcome {
    let (list, level) = elements(plan(store, ask)?, nested.levels, ask)?;
    let index = index(list, level, ask)?;
    Ok(ask.shown(list[index].as_object().unwrap_or(&Fields::new())))
}

pub(super) fn all(store: &mut Store, ask: &Ask, nested: &Nested) -> Outcome {
    let (list, _) = elements(plan(store, ask)?, nested.levels, ask)?;
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
    let (list, level) = elements(plan(store, ask)?, nested.levels, ask)?;
    let index = index(list, level, ask)?;
    let mut fields = list[index].as_object().cloned().unwrap_or_default();
    let sent = ask.object();
    forget(level, &mut fields, &sent);
    lay(&mut fields, &ask.example(), level.noun, &sent, store)?;
    let (list, _) = elements(plan(store, ask)?, nested.levels, ask)?;
    if let Some(element) = list.get_mut(index) {
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
    let (list, level) = elements(plan(store, ask)?, nested.levels, ask)?;
    let index = index(list, level, ask)?;
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
