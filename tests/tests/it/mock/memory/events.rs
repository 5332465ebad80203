//! Events, under the rules of both stores, and the usage that they come to.

use lago_client::Client;
use lago_client::mock::{EventStore, MockServer, Mode};
use lago_client::types::*;
use serde_json::json;

use super::super::{Caller, read};
use super::{Outcome, plan, remembering, said};

fn event(id: &str) -> EventInput {
    EventInput::new("calls", "sub")
        .transaction_id(id)
        .timestamp(1_767_300_000)
}

/// How many events the server has.
async fn count(lago: &Client) -> Outcome<i64> {
    Ok(lago
        .events()
        .list()
        .await?
        .total_count()
        .unwrap_or_default())
}

#[tokio::test]
async fn in_postgres_a_batch_is_all_or_nothing() -> Outcome {
    let (_server, lago) = remembering().await?;
    lago.events().create(event("t1")).await?;
    let again = said(lago.events().create(event("t1").timestamp(5)).await)?;
    assert_eq!(
        again.2,
        json!({ "transaction_id": ["value_already_exist"] })
    );
    let batch = [event("t2"), event("t1"), event("t2")];
    let refused = said(lago.events().create_batch(batch).await)?;
    let taken = json!({ "transaction_id": ["value_already_exist"] });
    assert_eq!(refused.0, 422);
    assert_eq!(refused.2, json!({ "1": taken, "2": taken }));
    assert_eq!(count(&lago).await?, 1);
    // The same id of another subscription is another event.
    let other = EventInput::new("calls", "other").transaction_id("t1");
    lago.events().create_batch([event("t2"), other]).await?;
    assert_eq!(count(&lago).await?, 3);
    assert_eq!(lago.events().get("t2").await?.code, "calls");
    assert_eq!(said(lago.events().get("t9").await)?.1, "event_not_found");
    Ok(())
}

#[tokio::test]
async fn what_is_invalid_is_said_before_what_is_there() -> Outcome {
    let (_server, lago) = remembering().await?;
    lago.events().create(event("t1")).await?;
    let batch = [event("t1"), event("t3").code("")];
    let refused = said(lago.events().create_batch(batch).await)?;
    assert_eq!(
        refused.2,
        json!({ "1": { "code": ["value_is_mandatory"] } })
    );
    Ok(())
}

#[tokio::test]
async fn a_batch_has_up_to_a_hundred_events() -> Outcome {
    let (_server, lago) = remembering().await?;
    let batch = |count: usize| (0..count).map(|number| event(&format!("t{number}")));
    let none = said(lago.events().create_batch(batch(0)).await)?;
    assert_eq!(none.2, json!({ "events": ["no_events"] }));
    let many = said(lago.events().create_batch(batch(101)).await)?;
    assert_eq!(many.2, json!({ "events": ["too_many_events"] }));
    assert_eq!(lago.events().create_batch(batch(100)).await?.len(), 100);
    Ok(())
}

#[tokio::test]
async fn in_clickhouse_everything_is_taken_and_the_same_is_counted_once() -> Outcome {
    let builder = MockServer::builder().event_store(EventStore::ClickHouse);
    let server = builder.start().await?;
    let lago = server.client()?;
    let made = lago.events().create(event("t1")).await?;
    assert_eq!((made.lago_id, made.created_at), (None, None));
    lago.events()
        .create_batch([event("t1"), event("t1").timestamp(5)])
        .await?;
    // Another time makes another event.
    assert_eq!(count(&lago).await?, 2);
    Ok(())
}

/// Whoever judges a request, the store or what looks into it before: they say the same.
#[tokio::test]
async fn each_store_demands_its_own_of_an_event() -> Outcome {
    let no_code = json!({ "transaction_id": "t", "external_subscription_id": "sub" });
    let nothing = json!({ "properties": {} });
    let date = json!({ "transaction_id": "d", "code": "calls", "external_subscription_id": "sub", "timestamp": "2026-01-01T00:00:00Z" });
    let mandatory = ["value_is_mandatory"];
    let both = json!({ "transaction_id": mandatory, "code": mandatory });
    for mode in [Mode::Faithful, Mode::Off] {
        for (store, path, event, expected) in [
            (
                EventStore::Postgres,
                "/events",
                &no_code,
                json!({ "code": mandatory }),
            ),
            (EventStore::Postgres, "/events", &nothing, both.clone()),
            (
                EventStore::Postgres,
                "/events/batch",
                &nothing,
                json!({ "0": both.clone() }),
            ),
            (
                EventStore::Postgres,
                "/events",
                &date,
                json!({ "timestamp": ["invalid_format"] }),
            ),
            (EventStore::ClickHouse, "/events", &no_code, json!(null)),
            (EventStore::ClickHouse, "/events", &nothing, json!(null)),
            (
                EventStore::ClickHouse,
                "/events/batch",
                &no_code,
                json!(null),
            ),
            (
                EventStore::ClickHouse,
                "/events/batch",
                &nothing,
                json!({ "0": { "transaction_id": mandatory } }),
            ),
            (
                EventStore::ClickHouse,
                "/events",
                &date,
                json!({ "timestamp": ["invalid_format"] }),
            ),
        ] {
            let server = MockServer::builder().mode(mode).event_store(store);
            let caller = Caller::of(server.start().await?)?;
            let body = match path {
                "/events" => json!({ "event": event }),
                _ => json!({ "events": [event] }),
            };
            let request = caller.request("POST", path)?;
            let request = request.header("content-type", "application/json");
            let (status, said) = read(request.body(body.to_string())).await?;
            let case = format!("{mode:?} {store:?} {path} {event}: {said}");
            assert_eq!(said["error_details"], expected, "{case}");
            assert_eq!(status, if expected.is_null() { 200 } else { 422 }, "{case}");
            let kept = match path {
                "/events" => &said["event"],
                _ => &said["events"][0],
            };
            if status == 200 {
                assert_eq!(kept["code"], event["code"], "{case}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn usage_counts_events_as_the_metrics_say() -> Outcome {
    let (_server, lago) = remembering().await?;
    let mut charges = Vec::new();
    for (code, aggregation) in [
        ("counted", AggregationType::CountAgg),
        ("summed", AggregationType::SumAgg),
        ("highest", AggregationType::MaxAgg),
        ("different", AggregationType::UniqueCountAgg),
    ] {
        let metric = BillableMetricInput::new(code, code, aggregation).field_name("n");
        let metric = lago.billable_metrics().create(metric).await?;
        let price = ChargePropertiesInput::new().amount("0.02");
        charges.push(PlanChargeInput::new(metric.lago_id, ChargeModel::Standard).properties(price));
    }
    lago.plans().create(plan("pro", 0).charges(charges)).await?;
    lago.customers().create(CustomerInput::new("acme")).await?;
    let usage = || lago.customers().current_usage("acme", "sub");
    assert_eq!(said(usage().await)?.1, "subscription_not_found");
    lago.subscriptions()
        .create(SubscriptionInput::new("acme", "pro", "sub"))
        .await?;
    for code in ["counted", "summed", "highest", "different"] {
        let events =
            ["1.5", "40", "1.5"].map(|n| EventInput::new(code, "sub").properties([("n", n)]));
        lago.events().create_batch(events).await?;
    }
    let usage_now = usage().await?;
    let seen: Vec<(String, String, String)> = usage_now
        .charges_usage
        .iter()
        .map(|charge| {
            let metric = charge.billable_metric.code.clone();
            (
                metric,
                charge.units.to_string(),
                charge.amount_cents.to_string(),
            )
        })
        .collect();
    let expected = [
        ("counted", "3.0", "6"),
        ("summed", "43.0", "86"),
        ("highest", "40.0", "80"),
        ("different", "2.0", "4"),
    ];
    let expected =
        expected.map(|(code, units, cents)| (code.to_owned(), units.to_owned(), cents.to_owned()));
    assert_eq!(seen, expected);
    assert_eq!(usage_now.amount_cents.to_string(), "176");
    lago.subscriptions().delete("sub").await?;
    let ended = said(usage().await)?;
    assert_eq!((ended.0, ended.1.as_str()), (405, "no_active_subscription"));
    Ok(())
}
