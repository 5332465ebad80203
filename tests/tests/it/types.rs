//! What the generated types promise to people who send and read them.

mod memory;
mod numbers;
mod refused;
mod round_trip;
mod schemas;
mod setters;
mod unwritable;

use lago_client::types::{
    Currency, CustomerInput, Decimal, EventInput, Invoice, Patch, Plan, PlanInput,
    PlanInputRequired, PlanInterval, PlanUpdate, SubscriptionInput, Tax, TaxInput, WalletInput,
};
use serde_json::{Value, json};

fn sent(request: &impl serde::Serialize) -> Value {
    serde_json::to_value(request).unwrap()
}

#[test]
fn only_what_was_set_is_sent() {
    assert_eq!(sent(&PlanUpdate::new()), json!({}));
    let input = CustomerInput::new("acme")
        .name("Acme")
        .currency(Currency::Eur);
    assert_eq!(
        sent(&input),
        json!({"external_id": "acme", "name": "Acme", "currency": "EUR"})
    );
}

#[test]
fn absent_null_and_value_are_three_things() {
    let update = |description: Patch<String>| sent(&PlanUpdate::new().description(description));
    assert_eq!(update(Patch::Absent), json!({}));
    assert_eq!(update(Patch::Null), json!({"description": null}));
    assert_eq!(update("new".into()), json!({"description": "new"}));
}

#[test]
fn empty_lists_and_maps_can_be_sent() {
    let update = PlanUpdate::new().tax_codes(Vec::<String>::new());
    assert_eq!(sent(&update), json!({"tax_codes": []}));
    let event = EventInput::new("api", "sub").properties(serde_json::Map::new());
    assert_eq!(sent(&event)["properties"], json!({}));
}

#[test]
fn what_is_required_is_taken_by_name_in_any_order() {
    let plan = PlanInput::new(PlanInputRequired {
        pay_in_advance: Some(true),
        amount_currency: Currency::Usd,
        code: "pro".into(),
        name: "Pro".into(),
        amount_cents: Some(4900),
        interval: Some(PlanInterval::Monthly),
    });
    let plan = plan.trial_period(Decimal::parse("14.0").unwrap());
    let expected = json!({
        "name": "Pro", "code": "pro", "interval": "monthly", "amount_cents": 4900,
        "amount_currency": "USD", "pay_in_advance": true, "trial_period": 14.0,
    });
    assert_eq!(sent(&plan), expected);
}

#[test]
fn a_decimal_is_sent_as_its_schema_says() {
    let tax = TaxInput::new("VAT", "vat", "20.5");
    assert_eq!(
        sent(&tax),
        json!({"name": "VAT", "code": "vat", "rate": "20.5"})
    );
    let wallet = sent(&WalletInput::new(
        "1.5".parse::<Decimal>().unwrap(),
        Currency::Eur,
        "acme",
    ));
    assert_eq!(wallet["rate_amount"], "1.5");
}

#[test]
fn an_event_carries_its_key_and_time() {
    let event = EventInput::new("api_calls", "sub_1");
    let (first, again) = (sent(&event), sent(&event));
    assert_eq!(first, again);
    assert_eq!(
        (&first["code"], &first["external_subscription_id"]),
        (&json!("api_calls"), &json!("sub_1"))
    );
    assert!(first["timestamp"].as_f64().unwrap() > 1.7e9);
    let other = sent(&EventInput::new("api_calls", "sub_1"));
    assert_ne!(first["transaction_id"], other["transaction_id"]);
    let own = EventInput::new("api_calls", "sub_1")
        .transaction_id("mine")
        .timestamp(1_700_000_000);
    assert_eq!(sent(&own)["transaction_id"], "mine");
    assert_eq!(sent(&own)["timestamp"], 1_700_000_000);
}

#[test]
fn unknown_values_and_fields_survive_or_pass() {
    let tax: Tax = serde_json::from_value(json!({
        "lago_id": "1a901a90-1a90-1a90-1a90-1a901a901a90", "name": "VAT", "code": "vat", "rate": 20.0,
        "description": null, "applied_to_organization": false, "created_at": "2026-01-02T03:04:05Z",
        "a_field_of_tomorrow": {"x": 1},
    }))
    .unwrap();
    assert_eq!(tax.rate, Decimal::from(20));
    let interval: PlanInterval = serde_json::from_value(json!("fortnightly")).unwrap();
    assert_eq!(interval, PlanInterval::Unknown("fortnightly".into()));
    assert_eq!(sent(&interval), json!("fortnightly"));
}

#[test]
fn cents_are_integers_however_they_are_written() {
    let field = |cents: Value| {
        serde_json::from_value::<lago_client::types::MinimumCommitment>(json!({
            "lago_id": "1a901a90-1a90-1a90-1a90-1a901a901a90", "plan_code": "pro", "amount_cents": cents,
            "interval": "monthly", "invoice_display_name": null, "taxes": [],
            "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z",
        }))
    };
    for written in [
        json!(68880),
        json!(68880.0),
        json!("68880"),
        json!("68880.0"),
    ] {
        assert_eq!(field(written).unwrap().amount_cents, 68880);
    }
    assert!(field(json!(0.5)).is_err());
}

#[test]
fn responses_can_be_compared_cloned_and_sent_between_threads() {
    fn holds<T: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static>() {}
    holds::<Invoice>();
    holds::<Plan>();
    holds::<SubscriptionInput>();
}

#[test]
fn entries_of_different_types_are_added_one_by_one() {
    let event = EventInput::new("api_calls", "sub_1")
        .property("tokens", 12)
        .property("region", "eu");
    assert_eq!(
        sent(&event)["properties"],
        json!({"tokens": 12, "region": "eu"})
    );
    let both = EventInput::new("api_calls", "sub_1")
        .properties([("a", 1)])
        .property("b", true);
    assert_eq!(sent(&both)["properties"], json!({"a": 1, "b": true}));
}
