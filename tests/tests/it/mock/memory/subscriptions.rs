//! Subscriptions: when they begin and end, and on which plan.

use chrono::{DateTime, Utc};
use lago_client::Client;
use lago_client::types::*;
use serde_json::json;

use super::{Outcome, plan, remembering, said};

fn time(text: &str) -> Outcome<DateTime<Utc>> {
    Ok(DateTime::parse_from_rfc3339(text)?.to_utc())
}

async fn customer_and_plans(lago: &Client) -> Outcome {
    lago.customers().create(CustomerInput::new("acme")).await?;
    for (code, cents) in [("small", 100), ("big", 900)] {
        lago.plans().create(plan(code, cents)).await?;
    }
    Ok(())
}

fn on(plan: &str) -> SubscriptionInput {
    SubscriptionInput::new("acme", plan, "sub")
}

#[tokio::test]
async fn it_needs_a_customer_and_a_plan() -> Outcome {
    let (_server, lago) = remembering().await?;
    let refused = said(lago.subscriptions().create(on("small")).await)?;
    assert_eq!((refused.0, refused.1.as_str()), (404, "customer_not_found"));
    lago.customers().create(CustomerInput::new("acme")).await?;
    let refused = said(lago.subscriptions().create(on("small")).await)?;
    assert_eq!((refused.0, refused.1.as_str()), (404, "plan_not_found"));
    Ok(())
}

#[tokio::test]
async fn one_that_begins_later_waits_for_its_time() -> Outcome {
    let (server, lago) = remembering().await?;
    customer_and_plans(&lago).await?;
    let later = time("2026-03-01T00:00:00Z")?;
    let made = lago
        .subscriptions()
        .create(
            on("small")
                .subscription_at(later)
                .ending_at(time("2026-05-01T00:00:00Z")?),
        )
        .await?;
    assert_eq!(made.status, SubscriptionStatus::Pending);
    assert_eq!(made.started_at, None);
    assert_eq!(
        said(lago.subscriptions().get("sub").await)?.1,
        "subscription_not_found"
    );
    server.set_time(time("2026-03-02T00:00:00Z")?);
    let active = lago.subscriptions().get("sub").await?;
    assert_eq!(active.started_at, Some(later));
    server.set_time(time("2026-05-01T00:00:00Z")?);
    let ended = lago
        .subscriptions()
        .get("sub")
        .status(SubscriptionStatus::Terminated);
    assert_eq!(ended.await?.lago_id, made.lago_id);
    Ok(())
}

#[tokio::test]
async fn a_dearer_plan_comes_at_once_and_a_cheaper_one_later() -> Outcome {
    let (server, lago) = remembering().await?;
    customer_and_plans(&lago).await?;
    let first = lago.subscriptions().create(on("small")).await?;
    let same = lago
        .subscriptions()
        .create(on("small").name("Again"))
        .await?;
    assert_eq!(same.lago_id, first.lago_id);
    assert_eq!(same.name.as_deref(), Some("Again"));

    let up = lago.subscriptions().create(on("big")).await?;
    assert_ne!(up.lago_id, first.lago_id);
    assert_eq!(up.previous_plan_code.as_deref(), Some("small"));
    let before = lago
        .subscriptions()
        .get("sub")
        .status(SubscriptionStatus::Terminated);
    assert_eq!(before.await?.next_plan_code.as_deref(), Some("big"));

    let down = lago.subscriptions().create(on("small")).await?;
    assert_eq!(down.lago_id, up.lago_id);
    assert_eq!(down.next_plan_code.as_deref(), Some("small"));
    let date = serde_json::to_value(&down)?["downgrade_plan_date"].clone();
    assert_eq!(date, json!("2026-02-01"));
    server.set_time(time("2026-02-01T00:00:00Z")?);
    assert_eq!(lago.subscriptions().get("sub").await?.plan_code, "small");
    Ok(())
}

#[tokio::test]
async fn one_that_is_terminated_is_found_by_its_status_alone() -> Outcome {
    let (_server, lago) = remembering().await?;
    customer_and_plans(&lago).await?;
    lago.subscriptions().create(on("small")).await?;
    let renamed = SubscriptionUpdate::new().name("Renamed");
    assert_eq!(
        lago.subscriptions()
            .update("sub", renamed)
            .await?
            .name
            .as_deref(),
        Some("Renamed")
    );
    let gone = lago.subscriptions().delete("sub").await?;
    assert_eq!(gone.status, SubscriptionStatus::Terminated);
    assert_eq!(
        said(lago.subscriptions().delete("sub").await)?.1,
        "subscription_not_found"
    );
    assert_eq!(lago.subscriptions().list().await?.len(), 0);
    let ended = lago
        .subscriptions()
        .list()
        .status([SubscriptionStatus::Terminated]);
    assert_eq!(ended.await?.len(), 1);
    // The external id is free again.
    let next = lago.subscriptions().create(on("small")).await?;
    assert_ne!(next.lago_id, gone.lago_id);
    Ok(())
}

#[tokio::test]
async fn alerts_belong_to_their_subscription() -> Outcome {
    let (_server, lago) = remembering().await?;
    customer_and_plans(&lago).await?;
    lago.subscriptions().create(on("small")).await?;
    let alert = || {
        let threshold = AlertThresholdInput::new("10.0");
        AlertInput::new("a1", [threshold], AlertType::CurrentUsageAmount)
    };
    let alerts = lago.subscriptions().alerts();
    let made = alerts.create("sub", alert()).await?;
    assert_eq!(alerts.get("sub", "a1").await?, made);
    let taken = said(alerts.create("sub", alert()).await)?;
    assert_eq!(taken.2, json!({ "code": ["value_already_exist"] }));
    assert_eq!(
        said(alerts.get("other", "a1").await)?.1,
        "subscription_not_found"
    );
    alerts.delete_all("sub").await?;
    assert_eq!(said(alerts.get("sub", "a1").await)?.1, "alert_not_found");
    Ok(())
}
