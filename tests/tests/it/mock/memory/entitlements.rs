//! What plans and subscriptions entitle to, and prices that a subscription has for itself.

use lago_client::Client;
use lago_client::types::*;
use serde_json::{Value, json};

use super::super::Caller;
use super::{Outcome, remembering, said};

/// Two features, a plan with a price, and a subscription to it.
async fn subscribed(lago: &Client) -> Outcome {
    let metric = BillableMetricInput::new("Calls", "calls", AggregationType::CountAgg);
    let metric = lago.billable_metrics().create(metric).await?;
    for (code, privileges) in [("seats", &["max", "sso"][..]), ("reports", &[])] {
        let privileges: Vec<Value> = privileges
            .iter()
            .map(|code| json!({ "code": code, "value_type": "string" }))
            .collect();
        let feature = json!({ "code": code, "privileges": privileges });
        lago.features()
            .create(typed::<FeatureInput>(feature)?)
            .await?;
    }
    let charge = json!({ "billable_metric_id": metric.lago_id, "charge_model": "standard", "properties": { "amount": "1" } });
    let plan = json!({
        "name": "Pro", "code": "pro", "interval": "monthly", "amount_cents": 100, "amount_currency": "EUR",
        "pay_in_advance": false, "charges": [charge],
    });
    lago.plans().create(typed::<PlanInput>(plan)?).await?;
    lago.customers().create(CustomerInput::new("acme")).await?;
    for id in ["sub", "other"] {
        let subscription = SubscriptionInput::new("acme", "pro", id);
        lago.subscriptions().create(subscription).await?;
    }
    Ok(())
}

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> Outcome<T> {
    Ok(serde_json::from_str(&value.to_string())?)
}

/// Codes of features, each with its privileges and values.
fn listed(said: &Value) -> Value {
    let all = said["entitlements"].as_array().into_iter().flatten();
    let all = all.map(|one| {
        let privileges = one["privileges"].as_array().into_iter().flatten();
        let values = privileges.map(|one| {
            let code = one["code"].as_str().unwrap_or_default();
            (code.to_owned(), one["value"].clone())
        });
        let code = one["code"].as_str().unwrap_or_default();
        (code.to_owned(), values.collect::<Value>())
    });
    all.collect()
}

#[tokio::test]
async fn a_subscription_entitles_to_what_its_plan_does_but_for_what_it_changes() -> Outcome {
    let (server, lago) = remembering().await?;
    subscribed(&lago).await?;
    let caller = Caller::of(server)?;
    let call = async |method: &str, path: &str, body: Value| -> Outcome<(u16, Value)> {
        let request = caller.request(method, path)?;
        let request = match body {
            Value::Null => request,
            body => request
                .header("content-type", "application/json")
                .body(json!({ "entitlements": body }).to_string()),
        };
        super::super::read(request).await
    };
    let plan = "/plans/pro/entitlements";
    let sub = "/subscriptions/sub/entitlements";
    for (method, path, body, expected) in [
        (
            "POST",
            plan,
            json!({ "seats": { "max": "10", "sso": "okta" } }),
            json!({ "seats": { "max": "10", "sso": "okta" } }),
        ),
        (
            "PATCH",
            plan,
            json!({ "seats": { "max": "20" }, "reports": {} }),
            json!({ "seats": { "max": "20", "sso": "okta" }, "reports": {} }),
        ),
        (
            "GET",
            sub,
            Value::Null,
            json!({ "seats": { "max": "20", "sso": "okta" }, "reports": {} }),
        ),
        (
            "PATCH",
            sub,
            json!({ "seats": { "max": "99" } }),
            json!({ "seats": { "max": "99", "sso": "okta" }, "reports": {} }),
        ),
        (
            "DELETE",
            "/subscriptions/sub/entitlements/seats/privileges/sso",
            Value::Null,
            json!({ "seats": { "max": "99" }, "reports": {} }),
        ),
        (
            "DELETE",
            "/subscriptions/sub/entitlements/reports",
            Value::Null,
            json!({ "seats": { "max": "99" } }),
        ),
        // It comes back when it is said again.
        (
            "PATCH",
            sub,
            json!({ "reports": {} }),
            json!({ "seats": { "max": "99" }, "reports": {} }),
        ),
        // What one changes is not the plan's, nor another's.
        (
            "GET",
            "/subscriptions/other/entitlements",
            Value::Null,
            json!({ "seats": { "max": "20", "sso": "okta" }, "reports": {} }),
        ),
        (
            "POST",
            plan,
            json!({ "reports": {} }),
            json!({ "reports": {} }),
        ),
        // What was changed of a feature that the plan lost is still there.
        (
            "GET",
            sub,
            Value::Null,
            json!({ "reports": {}, "seats": { "max": "99" } }),
        ),
    ] {
        let (status, said) = call(method, path, body).await?;
        assert_eq!(status, 200, "{method} {path}: {said}");
        assert_eq!(listed(&said), expected, "{method} {path}");
    }
    let (_, said) = call("GET", sub, Value::Null).await?;
    let changed = &said["entitlements"][1];
    assert_eq!(changed["overrides"], json!({ "max": "99" }));
    assert_eq!(changed["privileges"][0]["plan_value"], Value::Null);
    for (method, path, body, code) in [
        ("POST", plan, json!({ "cars": {} }), "feature_not_found"),
        (
            "PATCH",
            sub,
            json!({ "seats": { "min": "1" } }),
            "privilege_not_found",
        ),
        (
            "DELETE",
            "/subscriptions/sub/entitlements/cars",
            Value::Null,
            "feature_not_found",
        ),
        (
            "DELETE",
            "/plans/pro/entitlements/seats",
            Value::Null,
            "entitlement_not_found",
        ),
        (
            "GET",
            "/plans/basic/entitlements",
            Value::Null,
            "plan_not_found",
        ),
    ] {
        let (status, said) = call(method, path, body).await?;
        assert_eq!((status, said["code"].as_str()), (404, Some(code)), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn prices_of_a_subscription_are_its_own_from_the_first_change_on() -> Outcome {
    let (_server, lago) = remembering().await?;
    subscribed(&lago).await?;
    for id in ["sub", "other"] {
        lago.events().create(EventInput::new("calls", id)).await?;
    }
    let charges = lago.subscriptions();
    let charges = charges.charges();
    let before = charges.get("sub", "calls").await?;
    // What is refused changes nothing.
    let nothing = || typed::<ChargeOverride>(json!({ "min_amount_cents": 9 }));
    let gone = said(charges.update("sub", "storage", nothing()?).await)?;
    assert_eq!(gone.1, "charge_not_found");
    let unknown = charges.filters().delete("sub", "calls", uuid::Uuid::nil());
    assert_eq!(said(unknown.await)?.1, "charge_filter_not_found");
    assert_eq!(charges.get("sub", "calls").await?, before);
    let change = json!({ "properties": { "amount": "3" }, "invoice_display_name": "Ours" });
    let after = charges
        .update("sub", "calls", typed::<ChargeOverride>(change)?)
        .await?;
    assert_eq!(after.lago_parent_id, before.lago_id.into());
    assert_ne!(after.lago_id, before.lago_id);
    // What is not sent stays.
    let named = charges
        .update(
            "sub",
            "calls",
            typed::<ChargeOverride>(json!({ "min_amount_cents": 5 }))?,
        )
        .await?;
    assert_eq!(
        (named.lago_id, named.properties),
        (after.lago_id, after.properties)
    );
    let filter = json!({ "properties": { "amount": "4" }, "values": {} });
    charges
        .filters()
        .create("sub", "calls", typed::<ChargeFilterInput>(filter)?)
        .await?;
    assert_eq!(charges.filters().list("other", "calls").await?.len(), 0);
    let filters = charges.filters().list("sub", "calls").await?;
    let id = filters[0].lago_id;
    charges
        .filters()
        .delete("sub", "calls", id.ok_or("no id")?)
        .await?;
    let used = async |id: &str| lago.customers().current_usage("acme", id).await;
    assert_eq!(used("sub").await?.amount_cents, Decimal::from(300));
    assert_eq!(used("other").await?.amount_cents, Decimal::from(100));
    let plans = lago.plans();
    assert_eq!(plans.charges().get("pro", "calls").await?, before);
    let gone = said(charges.get("sub", "storage").await)?;
    assert_eq!(gone.1, "charge_not_found");
    let usage = lago.subscriptions();
    let usage = usage.lifetime_usage();
    let historical = json!({ "external_historical_usage_amount_cents": 70 });
    usage
        .update("sub", typed::<LifetimeUsageInput>(historical)?)
        .await?;
    let usage = usage.get("sub").await?;
    let cents = [
        usage.external_historical_usage_amount_cents,
        usage.current_usage_amount_cents,
    ];
    assert_eq!(cents, [70, 300]);
    Ok(())
}
