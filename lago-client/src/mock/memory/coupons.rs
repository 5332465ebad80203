//! Coupons that are applied to customers.

use serde_json::{Value, json};

use super::ask::Ask;
use super::crud::made;
use super::customers;
use super::object::lay;
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store, text};

/// What is copied from the coupon: its property, and that of the applied one.
const COPIED: [(&str, &str); 9] = [
    ("lago_id", "lago_coupon_id"),
    ("name", "coupon_name"),
    ("description", "coupon_description"),
    ("amount_cents", "amount_cents"),
    ("amount_currency", "amount_currency"),
    ("percentage_rate", "percentage_rate"),
    ("frequency", "frequency"),
    ("frequency_duration", "frequency_duration"),
    ("expiration_at", "expiration_at"),
];

pub(super) fn apply(store: &mut Store, ask: &Ask) -> Outcome {
    let sent = ask.object();
    let customer = customers::known(store, text(&sent, "external_customer_id"))?;
    let coupon = store.find("coupons", "code", text(&sent, "coupon_code"));
    let coupon = coupon
        .ok_or_else(|| Refusal::missing("coupon"))?
        .fields
        .clone();
    let mut fields = made(store, ask, "applied_coupon", &sent)?;
    for (theirs, ours) in COPIED {
        let value = coupon.get(theirs).cloned().unwrap_or_default();
        fields.insert(ours.into(), value);
    }
    // What was sent goes before what the coupon says.
    let own: Fields = sent
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    lay(&mut fields, &ask.example(), "applied_coupon", &own, store)?;
    let is_percentage = fields
        .get("percentage_rate")
        .is_some_and(|rate| !rate.is_null());
    let is_recurring = text(&fields, "frequency") == "recurring";
    let left = |name: &str, is_left: bool| match fields.get(name) {
        Some(value) if is_left => value.clone(),
        _ => Value::Null,
    };
    let amount = left("amount_cents", !is_percentage && !is_recurring);
    let duration = left("frequency_duration", is_recurring);
    fields.insert("amount_cents_remaining".into(), amount);
    fields.insert("frequency_duration_remaining".into(), duration);
    fields.insert("lago_customer_id".into(), json!(customer["lago_id"]));
    store.push("applied_coupons", fields.clone());
    Ok(ask.shown(&fields))
}
