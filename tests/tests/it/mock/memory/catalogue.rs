//! What is sold, and to whom: create, get, list, update, delete.

use lago_client::types::*;
use serde_json::{Value, json};

use super::{Outcome, plan, remembering, said};

#[tokio::test]
async fn a_plan_lives_with_its_charges_and_filters() -> Outcome {
    let (_server, lago) = remembering().await?;
    let tax = lago.taxes().create(TaxInput::new("VAT", "vat", "20.0"));
    assert_eq!(tax.await?.code, "vat");
    let metric = BillableMetricInput::new("Calls", "calls", AggregationType::CountAgg);
    let metric = lago.billable_metrics().create(metric).await?;
    let price = ChargePropertiesInput::new().amount("0.5");
    let charge = PlanChargeInput::new(metric.lago_id, ChargeModel::Standard)
        .code("std")
        .properties(price.clone());
    let made = lago
        .plans()
        .create(plan("pro", 2_900).charges([charge]).tax_codes(["vat"]))
        .await?;
    assert_eq!(made.amount_cents, Some(2_900));
    let there = made.charges.as_deref().unwrap_or_default();
    assert_eq!(there.len(), 1);
    assert_eq!(there[0].billable_metric_code, "calls");
    assert_eq!(lago.plans().get("pro").await?, made);

    let charges = lago.plans().charges();
    let filter = ChargeFilterInput::new(price, [("region", vec!["eu".to_owned()])]);
    let filter = charges.filters().create("pro", "std", filter).await?;
    let id = filter.lago_id.ok_or("a filter has an id")?;
    assert_eq!(charges.filters().list("pro", "std").await?.len(), 1);
    assert_eq!(charges.get("pro", "std").await?.filters.len(), 1);
    charges.filters().delete("pro", "std", id).await?;
    let gone = said(charges.filters().get("pro", "std", id).await)?;
    assert_eq!((gone.0, gone.1.as_str()), (404, "charge_filter_not_found"));

    let second = ChargeInput::new(metric.lago_id, ChargeModel::Standard).code("second");
    charges.create("pro", second.clone()).await?;
    let taken = said(charges.create("pro", second).await)?;
    assert_eq!(taken.2, json!({ "code": ["value_already_exist"] }));
    let now = lago.plans().get("pro").await?.charges;
    assert_eq!(now.map(|charges| charges.len()), Some(2));
    // An update that does not send the name loses it.
    let price = ChargePropertiesInput::new().amount("2");
    let named = ChargeUpdate::new(ChargeModel::Standard, price).invoice_display_name("Shown");
    let updated = charges.update("pro", "std", named).await?;
    assert_eq!(updated.invoice_display_name.as_deref(), Some("Shown"));
    let price = ChargePropertiesInput::new().amount("3");
    let nameless = ChargeUpdate::new(ChargeModel::Standard, price);
    let updated = charges.update("pro", "std", nameless).await?;
    assert_eq!(updated.invoice_display_name, None);
    charges.delete("pro", "second").await?;
    assert_eq!(charges.list("pro").await?.len(), 1);

    let changed = lago
        .plans()
        .update("pro", PlanUpdate::new().description("For some."));
    let changed = changed.await?;
    assert_eq!(changed.description.as_deref(), Some("For some."));
    assert_eq!(changed.amount_cents, Some(2_900));
    lago.plans().delete("pro").await?;
    let gone = said(lago.plans().get("pro").await)?;
    assert_eq!((gone.0, gone.1.as_str()), (404, "plan_not_found"));
    Ok(())
}

#[tokio::test]
async fn fixed_charges_name_their_add_on() -> Outcome {
    let (_server, lago) = remembering().await?;
    let add_on = AddOnInput::new(AddOnInputRequired {
        name: "Setup".into(),
        code: "setup".into(),
        amount_cents: 5_000,
        amount_currency: Currency::Eur,
    });
    let add_on = lago.add_ons().create(add_on).await?;
    lago.plans().create(plan("pro", 100)).await?;
    let fixed = lago.plans().fixed_charges();
    let body = json!({ "add_on_code": "setup", "charge_model": "standard", "units": 3 });
    let input: FixedChargeInput = serde_json::from_value(body)?;
    let made = fixed.create("pro", input).await?;
    assert_eq!(made.lago_add_on_id, add_on.lago_id);
    assert_eq!(
        (made.code.as_deref(), made.units.to_string().as_str()),
        (Some("setup"), "3.0")
    );
    fixed.delete("pro", "setup").await?;
    let gone = said(fixed.get("pro", "setup").await)?;
    assert_eq!(gone.1, "fixed_charge_not_found");
    Ok(())
}

#[tokio::test]
async fn what_has_a_code_has_it_alone() -> Outcome {
    let (_server, lago) = remembering().await?;
    let taken = json!({ "code": ["value_already_exist"] });
    lago.features().create(FeatureInput::new("seats")).await?;
    let again = said(lago.features().create(FeatureInput::new("seats")).await)?;
    assert_eq!((again.0, &again.2), (422, &taken));
    lago.features().delete("seats").await?;
    lago.features().create(FeatureInput::new("seats")).await?;

    let entity = || BillingEntityInput::new("eu", "Europe");
    lago.billing_entities().create(entity()).await?;
    let again = said(lago.billing_entities().create(entity()).await)?;
    assert_eq!(again.2, taken);
    let endpoint = || WebhookEndpointInput::new("http://127.0.0.1:9/lago");
    let made = lago.webhook_endpoints().create(endpoint()).await?;
    let again = said(lago.webhook_endpoints().create(endpoint()).await)?;
    assert_eq!(again.2, json!({ "webhook_url": ["value_already_exist"] }));
    let found = lago.webhook_endpoints().get(made.lago_id).await?;
    assert_eq!(found, made);
    lago.webhook_endpoints().delete(made.lago_id).await?;
    let gone = said(lago.webhook_endpoints().get(made.lago_id).await)?;
    assert_eq!(gone.1, "webhook_endpoint_not_found");
    Ok(())
}

#[tokio::test]
async fn a_customer_is_created_or_updated_and_goes_with_what_it_has() -> Outcome {
    let (_server, lago) = remembering().await?;
    let made = lago
        .customers()
        .create(CustomerInput::new("acme").name("Acme"))
        .await?;
    let same = lago
        .customers()
        .create(CustomerInput::new("acme").email("a@acme.test"))
        .await?;
    assert_eq!(same.lago_id, made.lago_id);
    assert_eq!(same.name.as_deref(), Some("Acme"));
    assert_eq!(same.email.as_deref(), Some("a@acme.test"));
    lago.plans().create(plan("pro", 100)).await?;
    lago.subscriptions()
        .create(SubscriptionInput::new("acme", "pro", "sub"))
        .await?;
    lago.customers().delete("acme").await?;
    for gone in [
        said(lago.customers().get("acme").await)?,
        said(lago.customers().subscriptions().list("acme").await)?,
        said(lago.customers().delete("acme").await)?,
    ] {
        assert_eq!((gone.0, gone.1.as_str()), (404, "customer_not_found"));
    }
    let ended = lago
        .subscriptions()
        .get("sub")
        .status(SubscriptionStatus::Terminated);
    assert!(ended.await?.terminated_at.is_some());
    Ok(())
}

#[tokio::test]
async fn lists_have_pages_and_filters() -> Outcome {
    let (_server, lago) = remembering().await?;
    let empty = lago.plans().list().await?;
    let meta = empty.meta.ok_or("a list says where it is")?;
    assert_eq!((meta.current_page, meta.total_pages), (0, 0));
    assert_eq!((meta.next_page, meta.prev_page), (None, None));
    for number in 1..=5 {
        lago.plans()
            .create(plan(&format!("p{number}"), 100))
            .await?;
    }
    let page = lago.plans().list().page(2).per_page(2).await?;
    let codes: Vec<&str> = page.iter().map(|plan| plan.code.as_str()).collect();
    assert_eq!(codes, ["p3", "p2"]);
    let meta = page.meta.as_ref().ok_or("a list says where it is")?;
    assert_eq!(
        (meta.current_page, meta.next_page, meta.prev_page),
        (2, Some(3), Some(1))
    );
    assert_eq!((meta.total_pages, meta.total_count), (3, 5));
    for name in ["a", "b"] {
        lago.customers().create(CustomerInput::new(name)).await?;
        let subscription = SubscriptionInput::new(name, "p1", format!("sub-{name}"));
        lago.subscriptions().create(subscription).await?;
    }
    let of_b = lago
        .subscriptions()
        .list()
        .external_customer_id("b")
        .await?;
    assert_eq!(of_b.len(), 1);
    assert_eq!(of_b[0].external_id, "sub-b");
    assert_eq!(lago.subscriptions().list().plan_code("p2").await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn metadata_and_privileges_change_by_themselves() -> Outcome {
    let (_server, lago) = remembering().await?;
    lago.plans().create(plan("pro", 100)).await?;
    let metadata = lago.plans().metadata();
    let map = metadata.replace("pro", [("a", "1"), ("b", "2")]).await?;
    assert_eq!(map.map(|map| map.len()), Some(2));
    let map = metadata.merge("pro", [("c", "3")]).await?;
    assert_eq!(map.map(|map| map.len()), Some(3));
    let map = metadata.delete("pro", "a").await?;
    assert_eq!(map.map(|map| map.len()), Some(2));
    let kept = serde_json::to_value(lago.plans().get("pro").await?)?;
    assert_eq!(kept["metadata"], json!({ "b": "2", "c": "3" }));
    assert_eq!(metadata.delete_all("pro").await?, None);
    let kept = serde_json::to_value(lago.plans().get("pro").await?)?;
    assert_eq!(kept.get("metadata").unwrap_or(&Value::Null), &Value::Null);

    let privilege = FeaturePrivilegeInput::new("max");
    lago.features()
        .create(FeatureInput::new("seats").privileges([privilege]))
        .await?;
    assert_eq!(lago.features().get("seats").await?.privileges.len(), 1);
    let left = lago.features().privileges().delete("seats", "max").await?;
    assert!(left.privileges.is_empty());
    let gone = said(lago.features().privileges().delete("seats", "max").await)?;
    assert_eq!(gone.1, "privilege_not_found");
    Ok(())
}
