//! What is sent as the name of another object, and responded as that object.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::store::{Fields, Store};

/// The names that the sender of a noun gives to other objects.
pub(super) fn relate(
    noun: &str,
    fields: &mut Fields,
    example: &Fields,
    sent: &Fields,
    store: &mut Store,
) -> Result<(), Refusal> {
    if let Some(Value::Array(codes)) = sent.get("tax_codes")
        && example.contains_key("taxes")
    {
        let taxes = codes.iter().filter_map(Value::as_str).map(|code| {
            let tax = store.find("taxes", "code", code);
            tax.map(|tax| Value::Object(tax.fields.clone()))
        });
        let taxes: Option<Vec<Value>> = taxes.collect();
        let taxes = taxes.ok_or_else(|| Refusal::missing("tax"))?;
        fields.insert("taxes".into(), Value::Array(taxes));
    }
    if let Some(code) = sent.get("billing_entity_code").and_then(Value::as_str)
        && !store.has("billing_entities", "code", code)
    {
        return Err(Refusal::missing("billing_entity"));
    }
    match noun {
        "charge" => charge(fields, sent, store),
        "fixed_charge" => fixed_charge(fields, sent, store),
        "plan" => {
            plan(fields, sent);
            Ok(())
        }
        "coupon" => coupon(fields, sent, store),
        _ => Ok(()),
    }
}

/// Copies properties of another object: from, to.
fn copy(from: &Fields, fields: &mut Fields, pairs: &[(&str, &str)]) {
    for (theirs, ours) in pairs {
        if let Some(value) = from.get(*theirs) {
            fields.insert((*ours).to_owned(), value.clone());
        }
    }
}

fn charge(fields: &mut Fields, sent: &Fields, store: &Store) -> Result<(), Refusal> {
    if let Some(id) = sent.get("billable_metric_id").and_then(Value::as_str) {
        let metric = store
            .find("billable_metrics", "lago_id", id)
            // This code is a guess.
            .ok_or_else(|| Refusal::missing("billable_metrics"))?;
        let pairs = [
            ("lago_id", "lago_billable_metric_id"),
            ("code", "billable_metric_code"),
        ];
        copy(&metric.fields, fields, &pairs);
        if !sent.contains_key("code") {
            copy(&metric.fields, fields, &[("code", "code")]);
        }
    }
    let code = fields.get("code").cloned().unwrap_or_default();
    if let Some(Value::Array(filters)) = fields.get_mut("filters") {
        for filter in filters.iter_mut().filter_map(Value::as_object_mut) {
            filter.insert("charge_code".into(), code.clone());
        }
    }
    Ok(())
}

fn fixed_charge(fields: &mut Fields, sent: &Fields, store: &Store) -> Result<(), Refusal> {
    let named = [("add_on_id", "lago_id"), ("add_on_code", "code")];
    let named = named
        .iter()
        .find_map(|(name, property)| Some((*property, sent.get(*name)?.as_str()?)));
    let Some((property, value)) = named else {
        return Ok(());
    };
    let add_on = store
        .find("add_ons", property, value)
        .ok_or_else(|| Refusal::missing("add_on"))?;
    let pairs = [("lago_id", "lago_add_on_id"), ("code", "add_on_code")];
    copy(&add_on.fields, fields, &pairs);
    if !sent.contains_key("code") {
        copy(&add_on.fields, fields, &[("code", "code")]);
    }
    Ok(())
}

/// A commitment says again which plan it belongs to; one that is sent with nothing in it takes it away.
fn plan(fields: &mut Fields, sent: &Fields) {
    let is_empty = |value: &Value| value.as_object().is_some_and(Fields::is_empty);
    if sent.get("minimum_commitment").is_some_and(is_empty) {
        fields.remove("minimum_commitment");
    }
    let code = fields.get("code").cloned().unwrap_or_default();
    let interval = fields.get("interval").cloned().unwrap_or_default();
    if let Some(Value::Object(commitment)) = fields.get_mut("minimum_commitment") {
        commitment.insert("plan_code".into(), code);
        commitment.insert("interval".into(), interval);
    }
}

/// A coupon is limited to plans or to billable metrics, and these are there.
fn coupon(fields: &mut Fields, sent: &Fields, store: &Store) -> Result<(), Refusal> {
    let Some(Value::Object(applies)) = sent.get("applies_to") else {
        return Ok(());
    };
    let codes = |name: &str| applies.get(name).and_then(Value::as_array);
    let is_some = |name| codes(name).is_some_and(|codes| !codes.is_empty());
    if is_some("plan_codes") && is_some("billable_metric_codes") {
        return Err(Refusal::NotAllowed(
            "only_one_limitation_type_per_coupon_allowed",
        ));
    }
    for (name, limited, collection) in [
        ("plan_codes", "limited_plans", "plans"),
        (
            "billable_metric_codes",
            "limited_billable_metrics",
            "billable_metrics",
        ),
    ] {
        let mut named = codes(name).into_iter().flatten().filter_map(Value::as_str);
        if !named.all(|code| store.has(collection, "code", code)) {
            return Err(Refusal::missing(collection));
        }
        if let Some(codes) = codes(name) {
            fields.insert(name.to_owned(), Value::Array(codes.clone()));
            fields.insert(limited.to_owned(), json!(!codes.is_empty()));
        }
    }
    Ok(())
}
