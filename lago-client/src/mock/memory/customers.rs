//! Customers: creating one that exists updates it, and one that goes takes others along.

use serde_json::json;

use super::ask::Ask;
use super::crud::{made, position, touch};
use super::object::lay;
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store, text};

const CUSTOMERS: &str = "customers";

/// The customer of this id of the caller's.
pub(super) fn known(store: &Store, external_id: &str) -> Result<Fields, Refusal> {
    let entry = store.find(CUSTOMERS, "external_id", external_id);
    entry
        .map(|entry| entry.fields.clone())
        .ok_or_else(|| Refusal::missing("customer"))
}

pub(super) fn upsert(store: &mut Store, ask: &Ask) -> Outcome {
    let sent = ask.object();
    let external_id = text(&sent, "external_id");
    if external_id.is_empty() {
        return Err(Refusal::field("external_id", "value_is_mandatory"));
    }
    let there = store
        .all(CUSTOMERS)
        .iter()
        .position(|entry| entry.text("external_id") == external_id);
    let Some(index) = there else {
        let mut fields = made(store, ask, "customer", &sent)?;
        let number = store.all(CUSTOMERS).len() + 1;
        fields.insert("sequential_id".into(), json!(number));
        fields.insert("slug".into(), json!(format!("LAG-MOCK-{number:03}")));
        store.push(CUSTOMERS, fields.clone());
        store.tell("customer.created", &fields);
        return Ok(ask.shown(&fields));
    };
    let mut fields = store.all(CUSTOMERS)[index].fields.clone();
    lay(&mut fields, &ask.example(), "customer", &sent, store)?;
    touch(&mut fields, store);
    store.all_mut(CUSTOMERS)[index].fields.clone_from(&fields);
    store.tell("customer.updated", &fields);
    Ok(ask.shown(&fields))
}

/// With a customer its subscriptions, wallets and coupons end; invoices stay.
pub(super) fn delete(store: &mut Store, ask: &Ask) -> Outcome {
    let index = position(store, ask, CUSTOMERS, "customer")?;
    let gone = store.all_mut(CUSTOMERS).remove(index).fields;
    let (external_id, now) = (text(&gone, "external_id").to_owned(), store.stamp());
    for collection in ["subscriptions", "wallets", "applied_coupons"] {
        for entry in store.all_mut(collection) {
            let ends = match entry.text("status") {
                "active" => "terminated",
                "pending" => "canceled",
                _ => continue,
            };
            if entry.text("external_customer_id") == external_id {
                let at = format!("{ends}_at");
                entry.fields.insert("status".into(), json!(ends));
                entry.fields.insert(at, json!(now));
            }
        }
    }
    Ok(ask.shown(&gone))
}
