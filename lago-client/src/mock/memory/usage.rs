//! What a subscription has used: its events, counted by the metrics of its plan.

use std::collections::BTreeSet;

use lago_types::Decimal;
use serde_json::{Value, json};

use super::ask::Ask;
use super::customers;
use super::object::decimal;
use super::refusal::{Outcome, Refusal};
use super::store::{Entry, Fields, Store, text};
use super::subscribed;

pub(super) fn current(store: &mut Store, ask: &Ask) -> Outcome {
    let customer = ask.parameter("external_customer_id").unwrap_or_default();
    let customer = customers::known(store, customer)?;
    let external_id = ask.query("external_subscription_id").unwrap_or_default();
    let mut same = store.all("subscriptions").iter().rev().filter(|entry| {
        entry.text("external_id") == external_id
            && entry.text("external_customer_id") == text(&customer, "external_id")
    });
    let known = same.clone().next();
    known.ok_or_else(|| Refusal::missing("subscription"))?;
    let subscription = same.find(|entry| entry.text("status") == "active");
    let subscription = subscription.ok_or(Refusal::NotAllowed("no_active_subscription"))?;
    let plan = subscribed::plan(store, subscription);
    let plan = plan.map(|plan| plan.fields.clone()).unwrap_or_default();
    let currency = plan.get("amount_currency").cloned().unwrap_or_default();

    let used = used(store, external_id, &plan);
    let total = total(&used);
    let charges: Vec<Value> = used.into_iter().map(|(usage, _)| usage).collect();
    let period = |end| {
        let time = subscription.fields.get(end).filter(|time| time.is_string());
        time.cloned().unwrap_or_else(|| json!(store.stamp()))
    };
    Ok(ask.said(json!({
        "from_datetime": period("current_billing_period_started_at"),
        "to_datetime": period("current_billing_period_ending_at"),
        "issuing_date": store.today(),
        "lago_invoice_id": null,
        "currency": currency,
        "amount_cents": total,
        "taxes_amount_cents": 0,
        "total_amount_cents": total,
        "charges_usage": charges,
    })))
}

/// What the charges of a plan come to, as a response says it, and in cents.
fn used(store: &Store, external_id: &str, plan: &Fields) -> Vec<(Value, i64)> {
    let currency = plan.get("amount_currency").cloned().unwrap_or_default();
    let charges = plan.get("charges").and_then(Value::as_array);
    let charges = charges.into_iter().flatten().filter_map(Value::as_object);
    charges
        .filter_map(|charge| charged(store, external_id, charge, &currency))
        .collect()
}

fn total(used: &[(Value, i64)]) -> i64 {
    let cents = used.iter().map(|(_, cents)| *cents);
    cents.fold(0, i64::saturating_add)
}

/// What of the lifetime of a subscription is kept: its id, and what was used before it came here.
const LIFETIME: &str = "lifetime_usage";
const HISTORICAL: &str = "external_historical_usage_amount_cents";

pub(super) fn lifetime(store: &mut Store, ask: &Ask) -> Outcome {
    let index = subscribed::current(store, ask)?;
    let id = store.id();
    let entry = subscribed::at_mut(store, index);
    let fresh = || json!({ "lago_id": id, HISTORICAL: 0 });
    let kept = entry.kept.entry(LIFETIME).or_insert_with(fresh);
    if let Some(cents) = ask.object().get(HISTORICAL).filter(|cents| cents.is_i64()) {
        kept[HISTORICAL] = cents.clone();
    }
    let entry = subscribed::at(store, index);
    let kept = &entry.kept[LIFETIME];
    let plan = subscribed::plan(store, entry).map(|plan| &plan.fields);
    let none = Fields::new();
    let used = used(store, entry.text("external_id"), plan.unwrap_or(&none));
    let since = ["started_at", "subscription_at"].map(|name| entry.text(name));
    let since = since.into_iter().find(|time| !time.is_empty());
    Ok(ask.said(json!({
        "lago_id": kept["lago_id"],
        "lago_subscription_id": entry.fields["lago_id"],
        "external_subscription_id": entry.fields["external_id"],
        HISTORICAL: kept[HISTORICAL],
        "invoiced_usage_amount_cents": 0,
        "current_usage_amount_cents": total(&used),
        "from_datetime": since,
        "to_datetime": store.stamp(),
    })))
}

/// What one charge comes to, as the response says it, and in cents.
fn charged(
    store: &Store,
    external_id: &str,
    charge: &Fields,
    currency: &Value,
) -> Option<(Value, i64)> {
    let id = text(charge, "lago_billable_metric_id");
    let metric = &store.find("billable_metrics", "lago_id", id)?.fields;
    let events: Vec<&Entry> = store
        .all("events")
        .iter()
        .filter(|event| event.text("external_subscription_id") == external_id)
        .filter(|event| event.text("code") == text(metric, "code"))
        .collect();
    let units = aggregated(metric, &events);
    let cents = priced(charge, &units);
    let units = decimal(&units.to_string());
    let usage = json!({
        "units": units,
        "total_aggregated_units": units,
        "events_count": events.len(),
        "amount_cents": cents,
        "amount_currency": currency,
        "pricing_unit_details": null,
        "charge": {
            "lago_id": charge.get("lago_id"),
            "code": charge.get("code"),
            "charge_model": charge.get("charge_model"),
            "invoice_display_name": charge.get("invoice_display_name"),
        },
        "billable_metric": {
            "lago_id": metric.get("lago_id"),
            "name": metric.get("name"),
            "code": metric.get("code"),
            "aggregation_type": metric.get("aggregation_type"),
        },
        "filters": [],
        "grouped_usage": [],
        "presentation_breakdowns": [],
    });
    Some((usage, cents))
}

/// The units of a metric; none of a way of counting that is not known here.
fn aggregated(metric: &Fields, events: &[&Entry]) -> Decimal {
    let field = text(metric, "field_name");
    let said = |event: &&Entry| event.fields.get("properties")?.get(field).cloned();
    let numbers = || {
        events
            .iter()
            .filter_map(said)
            .filter_map(|value| number(&value))
    };
    match text(metric, "aggregation_type") {
        "count_agg" => Decimal::from_i64(i64::try_from(events.len()).unwrap_or(i64::MAX)),
        "sum_agg" => numbers().sum(),
        "max_agg" => numbers().max().unwrap_or_default(),
        "latest_agg" => numbers().next_back().unwrap_or_default(),
        "unique_count_agg" => {
            let different: BTreeSet<String> = events
                .iter()
                .filter_map(said)
                .map(|value| value.to_string())
                .collect();
            Decimal::from_i64(i64::try_from(different.len()).unwrap_or(i64::MAX))
        }
        _ => Decimal::default(),
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Decimal::parse(&number.to_string()).ok(),
        Value::String(text) => Decimal::parse(text).ok(),
        _ => None,
    }
}

/// Cents of a standard charge without filters; nothing of any other, whose price is not computed here.
fn priced(charge: &Fields, units: &Decimal) -> i64 {
    let has_filters = charge
        .get("filters")
        .and_then(Value::as_array)
        .is_some_and(|filters| !filters.is_empty());
    if text(charge, "charge_model") != "standard" || has_filters {
        return 0;
    }
    let amount = charge
        .get("properties")
        .and_then(|properties| number(properties.get("amount")?));
    let Some(amount) = amount else {
        return 0;
    };
    let cents = amount * units.clone() * Decimal::from_i64(100);
    cents.round(0).to_i64().unwrap_or_default()
}
