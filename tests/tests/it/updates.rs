//! Updates that are no patches: what the server does to what they leave out, and how to say all that is there.

use std::path::Path;

use lago_client::types::{
    ChargeModel, ChargePropertiesInput, ChargeUpdate, Currency, Customer, CustomerMetadataInput,
    Decimal, FixedChargeModel, FixedChargePropertiesInput, FixedChargeUpdate, Invoice,
    InvoiceMetadataUpdate, MinimumCommitmentInput, Patch, Plan, PlanChargeInput, PlanChargeUpdate,
    PlanFixedChargeInput, PlanFixedChargeUpdate, PlanInput, PlanInputRequired, PlanOverrides,
    PlanUpdate, TaxInput,
};
use lago_tests::conform::recording::Recordings;
use lago_tests::support::document::Document;
use lago_tests::support::places::places;
use serde_json::{Value, json};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/recorded");

fn sent(request: &impl serde::Serialize) -> Value {
    serde_json::to_value(request).unwrap()
}

/// The value under a root key of every recorded response that has it.
fn recorded(root: &str) -> Vec<(String, Value)> {
    let recordings = Recordings::read(Path::new(FIXTURES)).unwrap();
    let found = recordings.exchanges.into_iter().filter_map(|exchange| {
        let value = exchange.response_body.get(root)?.clone();
        (exchange.status == 200).then_some((exchange.file, value))
    });
    found.collect()
}

/// What the server takes for the same: no nulls, and numbers as text.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.to_string()),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), plain(value)))
            .collect(),
        other => other.clone(),
    }
}

#[test]
fn what_does_not_stay_as_it_is_when_an_update_leaves_it_out() {
    let document = Document::read().unwrap();
    let marked = places(&document).into_iter().filter_map(|place| {
        let how = place.schema.get("x-left-out")?.as_str()?.to_owned();
        let needed = if place.required {
            ", so it is needed"
        } else {
            ""
        };
        Some(format!("{}: {how}{needed}", place.address))
    });
    insta::assert_snapshot!(marked.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_charge_is_changed_with_its_model_and_its_price() {
    let price = ChargePropertiesInput::new().amount(Decimal::from(2));
    let update = ChargeUpdate::new(ChargeModel::Standard, price.clone()).min_amount_cents(5);
    let properties = json!({ "amount": "2" });
    assert_eq!(
        sent(&update),
        json!({ "charge_model": "standard", "properties": properties, "min_amount_cents": 5 })
    );
    let update = PlanChargeUpdate::new(ChargeModel::Standard, price);
    assert_eq!(
        sent(&update),
        json!({ "charge_model": "standard", "properties": properties })
    );
    let price = FixedChargePropertiesInput::new().amount(Decimal::from(2));
    let update = FixedChargeUpdate::new(FixedChargeModel::Standard, price, Decimal::from(3));
    assert_eq!(
        sent(&update),
        json!({ "charge_model": "standard", "properties": properties, "units": "3" })
    );
}

#[test]
fn a_plan_that_was_got_is_put_back_with_its_prices() {
    let plans = recorded("plan");
    let mut charges_seen = 0;
    for (file, plan) in &plans {
        let received: Plan = serde_json::from_value(plan.clone()).unwrap();
        let update = sent(&PlanUpdate::from(received).description("changed"));
        assert_eq!(update["description"], "changed", "{file}");
        for same in [
            "code",
            "name",
            "amount_cents",
            "amount_currency",
            "interval",
        ] {
            assert_eq!(plain(&update[same]), plain(&plan[same]), "{file}: {same}");
        }
        for list in ["charges", "fixed_charges"] {
            let (Some(before), after) = (plan[list].as_array(), &update[list]) else {
                assert_eq!(update.get(list), None, "{file}: {list}");
                continue;
            };
            assert_eq!(
                after.as_array().map(Vec::len),
                Some(before.len()),
                "{file}: {list}"
            );
            for (before, after) in before.iter().zip(after.as_array().unwrap()) {
                charges_seen += 1;
                assert_eq!(after["id"], before["lago_id"], "{file}");
                for same in [
                    "charge_model",
                    "code",
                    "invoice_display_name",
                    "min_amount_cents",
                    "properties",
                ] {
                    assert_eq!(
                        plain(&after[same]),
                        plain(&before[same]),
                        "{file}: {list}.{same}"
                    );
                }
                let filters = |charge: &Value| -> Vec<Value> {
                    let filters = charge["filters"].as_array().into_iter().flatten();
                    filters
                        .map(|filter| plain(&json!([filter["values"], filter["properties"]])))
                        .collect()
                };
                assert_eq!(filters(after), filters(before), "{file}: {list}");
            }
        }
        let codes = |taxes: &Value| -> Value {
            let taxes = taxes.as_array().into_iter().flatten();
            taxes.map(|tax| tax["code"].clone()).collect()
        };
        assert_eq!(update["tax_codes"], codes(&plan["taxes"]), "{file}");
    }
    assert!(charges_seen > 20, "{charges_seen} in {} plans", plans.len());
}

#[test]
fn a_charge_of_a_new_plan_goes_into_an_update_with_its_price_or_not_at_all() {
    let metric = uuid::Uuid::from_u128(7);
    let price = ChargePropertiesInput::new().amount(Decimal::from(2));
    let free = PlanChargeInput::new(metric, ChargeModel::Standard);
    let new = free.clone().properties(price);
    let update = PlanChargeUpdate::try_from(new.clone()).unwrap();
    assert_eq!(sent(&update), sent(&new));
    // An update without a price, or with an empty one, sets the price to 0.
    let missing = "`properties` is missing, and nothing can stand in for it: set it first";
    let error = PlanChargeUpdate::try_from(free.clone()).unwrap_err();
    assert_eq!(error.to_string(), missing);
    // Some models have no price; that has to be said.
    let none = free.properties(ChargePropertiesInput::new());
    let update = PlanChargeUpdate::try_from(none).unwrap();
    assert_eq!(sent(&update)["properties"], json!({}));

    let free = PlanFixedChargeInput::new(metric, FixedChargeModel::Standard);
    let error = PlanFixedChargeUpdate::try_from(free.clone()).unwrap_err();
    assert_eq!(error.to_string(), missing);
    let price = FixedChargePropertiesInput::new().amount("2");
    let update = PlanFixedChargeUpdate::try_from(free.properties(price)).unwrap();
    assert_eq!(sent(&update)["properties"], json!({ "amount": "2" }));
}

#[test]
fn what_is_needed_can_be_changed_in_what_was_converted_or_refused() {
    let plans = recorded("plan").into_iter();
    let charge = plans
        .filter_map(|(_, plan)| serde_json::from_value::<Plan>(plan).ok())
        .flat_map(|plan| plan.charges.unwrap_or_default())
        .next()
        .unwrap();
    let price = ChargePropertiesInput::new().amount("7.5");
    let update = ChargeUpdate::from(charge).properties(price);
    assert_eq!(sent(&update)["properties"], json!({ "amount": "7.5" }));
    let plan = plan_of_the_catalogue().code("pro_2");
    assert_eq!(sent(&plan)["code"], "pro_2");
    let tax = TaxInput::new("VAT", "vat", "20,5");
    assert!(serde_json::to_string(&tax).is_err());
    assert_eq!(sent(&tax.rate("20.5"))["rate"], "20.5");
    // The last value counts, also when it is refused.
    let tax = TaxInput::new("VAT", "vat", "20.5").rate("20,5");
    assert!(serde_json::to_string(&tax).is_err());
}

#[test]
fn a_commitment_is_taken_away_by_an_empty_object() {
    let take_away = PlanUpdate::new().minimum_commitment(Patch::Null);
    assert_eq!(sent(&take_away), json!({ "minimum_commitment": {} }));
    let take_away = PlanOverrides::new().minimum_commitment(Patch::Null);
    assert_eq!(sent(&take_away), json!({ "minimum_commitment": {} }));
    let set = PlanUpdate::new().minimum_commitment(MinimumCommitmentInput::new(500));
    assert_eq!(
        sent(&set),
        json!({ "minimum_commitment": { "amount_cents": 500 } })
    );
    assert_eq!(sent(&PlanUpdate::new()), json!({}));
}

fn plan_of_the_catalogue() -> PlanInput {
    PlanInput::new(PlanInputRequired {
        name: "Pro".into(),
        code: "pro".into(),
        interval: None,
        amount_cents: None,
        amount_currency: Currency::Eur,
        pay_in_advance: None,
    })
}

#[test]
fn a_plan_of_the_catalogue_has_neither_interval_nor_price() {
    assert_eq!(
        sent(&plan_of_the_catalogue()),
        json!({ "name": "Pro", "code": "pro", "amount_currency": "EUR" })
    );
}

#[test]
fn metadata_is_sent_again_with_the_ids_that_it_has() {
    let mut seen = 0;
    for (file, customer) in recorded("customer") {
        let Ok(received) = serde_json::from_value::<Customer>(customer) else {
            continue;
        };
        for known in received.metadata.iter().flatten() {
            seen += 1;
            let mut again = CustomerMetadataInput::from(known.clone());
            again.value = "changed".to_owned();
            let changed = json!({
                "id": known.lago_id, "key": known.key, "value": "changed", "display_in_invoice": known.display_in_invoice,
            });
            assert_eq!(sent(&again), changed, "{file}");
            let entries = received.metadata.as_deref().unwrap_or_default();
            let by_key = CustomerMetadataInput::new(known.key.clone(), "x").id_among(entries);
            assert_eq!(by_key.id, Some(known.lago_id), "{file}");
            let new = CustomerMetadataInput::new("a key of tomorrow", "x").id_among(entries);
            assert_eq!(new.id, None, "{file}");
        }
    }
    assert!(seen > 2, "{seen}");
    let invoices = recorded("invoice").into_iter();
    let known = invoices
        .filter_map(|(_, invoice)| serde_json::from_value::<Invoice>(invoice).ok())
        .find_map(|invoice| invoice.metadata.filter(|entries| !entries.is_empty()))
        .unwrap();
    let again = InvoiceMetadataUpdate::new()
        .key(known[0].key.clone().unwrap())
        .value("x")
        .id_among(&known);
    assert_eq!(again.id, known[0].lago_id);
}
