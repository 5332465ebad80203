//! What all collections have in common: create, get, list, update and delete.

use serde_json::{Value, json};
use uuid::Uuid;

use super::ask::Ask;
use super::collection::{Collection, Deleted, OWNERS};
use super::list::{self, Filter};
use super::object::{fresh, lay};
use super::refusal::{Outcome, Refusal};
use super::store::{Entry, Fields, Store};

/// Refuses a path whose owner is not there.
pub(super) fn owned(store: &Store, ask: &Ask) -> Result<(), Refusal> {
    for owner in &OWNERS {
        if ask.operation.resource.starts_with(owner.prefix)
            && let Some(value) = ask.parameter(owner.parameter)
            && store
                .find(owner.collection, owner.property, value)
                .is_none()
        {
            return Err(Refusal::missing(owner.noun));
        }
    }
    Ok(())
}

/// Whether an object is the one, or one of those, that the path names.
pub(super) fn is_named(ask: &Ask, entry: &Entry) -> bool {
    let states = ask.operation.identity.iter().all(|(parameter, property)| {
        let (Some(named), Some(stated)) = (
            ask.parameter(parameter),
            list::at(&entry.fields, property).and_then(Value::as_str),
        ) else {
            return false;
        };
        // Ids are compared as UUIDs, the rest as it is.
        match (Uuid::parse_str(named), property.contains("lago_")) {
            (Ok(id), true) => Uuid::parse_str(stated) == Ok(id),
            _ => named == stated,
        }
    });
    let belongs = entry
        .scope
        .iter()
        .all(|(name, value)| ask.parameter(name).is_none_or(|named| named == value));
    states && belongs
}

/// Where the object is that the path names; the latest, when it names several.
pub(super) fn position(store: &Store, ask: &Ask, name: &str, noun: &str) -> Result<usize, Refusal> {
    let found = store
        .all(name)
        .iter()
        .rposition(|entry| is_named(ask, entry));
    found.ok_or_else(|| Refusal::missing(noun))
}

/// Refuses a value that another object has already. An alert may have the code of one that belongs to others.
fn unique(
    store: &Store,
    ask: &Ask,
    collection: &Collection,
    sent: &Fields,
    itself: Option<usize>,
) -> Result<(), Refusal> {
    let Some(name) = collection.unique else {
        return Ok(());
    };
    let Some(value) = sent.get(name).filter(|value| !value.is_null()) else {
        return Ok(());
    };
    let scope: Vec<_> = ask.request.path_parameters.clone();
    let mut others = store.all(collection.name).iter().enumerate();
    let is_taken = others.any(|(index, entry)| {
        let is_beside = entry.scope.iter().all(|pair| scope.contains(pair));
        Some(index) != itself && entry.fields.get(name) == Some(value) && is_beside
    });
    match is_taken {
        true => Err(Refusal::taken(name)),
        false => Ok(()),
    }
}

/// Makes an object of what was sent, and the values of the path.
pub(super) fn made(
    store: &mut Store,
    ask: &Ask,
    noun: &str,
    sent: &Fields,
) -> Result<Fields, Refusal> {
    let example = ask.example();
    let mut fields = fresh(noun, &example, store);
    for (parameter, property) in ask.operation.identity {
        if let Some(value) = ask.parameter(parameter)
            && fields.contains_key(*property)
        {
            fields.insert((*property).to_owned(), json!(value));
        }
    }
    lay(&mut fields, &example, noun, sent, store)?;
    Ok(fields)
}

pub(super) fn create(store: &mut Store, ask: &Ask, collection: &Collection) -> Outcome {
    let root = ask.root();
    let several = ask.sent.and_then(|sent| sent.get(root)?.as_array());
    let Some(several) = several else {
        let sent = ask.object();
        let fields = created(store, ask, collection, &sent)?;
        return Ok(ask.shown(&fields));
    };
    let mut all = Vec::new();
    for sent in several.iter().filter_map(Value::as_object) {
        let fields = created(store, ask, collection, sent)?;
        all.push(super::ask::view(&ask.example(), &fields));
    }
    Ok(ask.said(all.into()))
}

fn created(
    store: &mut Store,
    ask: &Ask,
    collection: &Collection,
    sent: &Fields,
) -> Result<Fields, Refusal> {
    unique(store, ask, collection, sent, None)?;
    let fields = made(store, ask, collection.noun, sent)?;
    store.all_mut(collection.name).push(Entry {
        fields: fields.clone(),
        scope: ask.request.path_parameters.clone(),
        ..Entry::default()
    });
    if let Some(webhook_type) = collection.told[0] {
        store.tell(webhook_type, &fields);
    }
    Ok(fields)
}

pub(super) fn get(store: &mut Store, ask: &Ask, collection: &Collection) -> Outcome {
    let index = position(store, ask, collection.name, collection.noun)?;
    Ok(ask.shown(&store.all(collection.name)[index].fields))
}

pub(super) fn list(store: &mut Store, ask: &Ask, collection: &Collection) -> Outcome {
    let filter = Filter::of(store, ask, collection.usual_status)?;
    let found = store
        .all(collection.name)
        .iter()
        .filter(|entry| is_named(ask, entry) && filter.takes(&entry.fields));
    Ok(list::page(ask, found))
}

pub(super) fn update(store: &mut Store, ask: &Ask, collection: &Collection) -> Outcome {
    let index = position(store, ask, collection.name, collection.noun)?;
    unlocked(store, collection, index)?;
    let sent = ask.object();
    unique(store, ask, collection, &sent, Some(index))?;
    let mut fields = store.all(collection.name)[index].fields.clone();
    lay(&mut fields, &ask.example(), collection.noun, &sent, store)?;
    touch(&mut fields, store);
    store.all_mut(collection.name)[index]
        .fields
        .clone_from(&fields);
    if let Some(webhook_type) = collection.told[1] {
        store.tell(webhook_type, &fields);
    }
    Ok(ask.shown(&fields))
}

fn unlocked(store: &Store, collection: &Collection, index: usize) -> Result<(), Refusal> {
    let fields = &store.all(collection.name)[index].fields;
    match collection.locked {
        Some((name, code)) if fields.get(name).is_some_and(Value::is_string) => {
            Err(Refusal::NotAllowed(code))
        }
        _ => Ok(()),
    }
}

/// Writes down that an object has changed now.
pub(super) fn touch(fields: &mut Fields, store: &Store) {
    if fields.contains_key("updated_at") {
        fields.insert("updated_at".into(), json!(store.stamp()));
    }
}

pub(super) fn delete(store: &mut Store, ask: &Ask, collection: &Collection) -> Outcome {
    let index = position(store, ask, collection.name, collection.noun)?;
    unlocked(store, collection, index)?;
    let fields = match collection.deleted {
        Deleted::Nothing => store.all_mut(collection.name).remove(index).fields,
        Deleted::Status(status) => {
            let now = store.stamp();
            let fields = &mut store.all_mut(collection.name)[index].fields;
            fields.insert("status".into(), json!(status));
            fields.insert("terminated_at".into(), json!(now));
            fields.clone()
        }
    };
    if let Some(webhook_type) = collection.told[2] {
        store.tell(webhook_type, &fields);
    }
    Ok(ask.shown(&fields))
}

/// Takes away all that belongs to the path; the response is empty.
pub(super) fn delete_all(store: &mut Store, ask: &Ask, collection: &Collection) -> Outcome {
    let scope = &ask.request.path_parameters;
    store
        .all_mut(collection.name)
        .retain(|entry| entry.scope != *scope);
    Ok(Value::Null)
}
