//! What a server sends that is newer than the crate: counted, and told once.

use std::error::Error;

use lago_client::types::PlanInterval;
use lago_client::{Client, Drift};
use lago_tests::generated::calls::CALLS;
use lago_tests::support::bodies::page;
use lago_tests::support::document::Document;
use lago_tests::support::instance::Filled;
use lago_tests::support::sample::samples;
use lago_tests::support::server::{Capturing, Scripted, ScriptedResponse};
use serde_json::{Value, json};

use crate::traced;

type Outcome = Result<(), Box<dyn Error>>;

/// A plan of a server that is newer than the crate in one value, and in these fields.
fn plan(interval: &str, news: &[(&str, Value)]) -> Value {
    let mut plan = json!({
        "lago_id": "1a901a90-1a90-1a90-1a90-1a901a901a90", "name": "Pro", "code": "pro",
        "interval": interval, "amount_cents": 100, "amount_currency": "EUR",
        "created_at": "2023-07-06T14:35:58Z",
    });
    for (field, value) in news {
        plan[field] = value.clone();
    }
    plan
}

async fn client(body: Value) -> Result<Client, Box<dyn Error>> {
    let response = ScriptedResponse::json("200 OK", body);
    Ok(Scripted::always(response).await?.client()?)
}

/// Values, then fields.
fn counts(drift: Drift) -> (u64, u64) {
    (drift.unknown_values, drift.unknown_fields)
}

#[tokio::test]
async fn values_and_fields_are_counted_by_all_clones_and_told_once() -> Outcome {
    let news = [
        ("a_field_of_tomorrow", json!({"x": [1, 2]})),
        ("jane@secret.example", json!(1)),
    ];
    let lago = client(json!({"plan": plan("fortnightly", &news), "beside": 1})).await?;
    traced::begin();
    let read = lago.plans().get("pro").await?;
    assert_eq!(read.interval, Some(PlanInterval::from("fortnightly")));
    assert_eq!(counts(lago.drift()), (1, 3));
    let mut events = traced::take("lago_client::drift");
    events.sort();
    let field = "the server sent a field that this version of the crate does not know";
    let value = "the server sent an enum value that this version of the crate does not know";
    let expected = [
        format!("WARN lago.operation_id=findPlan path=beside: {field}"),
        format!("WARN lago.operation_id=findPlan path=plan.?: {field}"),
        format!("WARN lago.operation_id=findPlan path=plan.a_field_of_tomorrow: {field}"),
        format!("WARN lago.operation_id=findPlan path=plan.interval value=fortnightly: {value}"),
    ];
    assert_eq!(events, expected);

    lago.clone().plans().get("pro").await?;
    assert_eq!(counts(lago.drift()), (2, 6));
    lago.plans().delete("pro").await?;
    assert_eq!(counts(lago.drift()), (3, 9));
    assert_eq!(
        traced::take("lago_client::drift").len(),
        4,
        "only those of the other operation"
    );
    Ok(())
}

#[tokio::test]
async fn elements_of_a_list_are_one_place() -> Outcome {
    let intervals = ["fortnightly", "monthly", "fortnightly", "daily"];
    let plans = intervals.map(|interval| plan(interval, &[("tomorrow", json!(null))]));
    let lago = client(page("plans", plans.to_vec(), None)).await?;
    traced::begin();
    lago.plans().list().await?;
    assert_eq!(counts(lago.drift()), (3, 4));
    let events = traced::take("lago_client::drift");
    let places = [
        "path=plans[].interval value=daily:",
        "path=plans[].interval value=fortnightly:",
        "path=plans[].tomorrow:",
    ];
    assert_eq!(events.len(), places.len());
    for (event, place) in events.iter().zip(places) {
        assert!(event.contains(place), "{event}");
    }
    Ok(())
}

#[tokio::test]
async fn an_event_holds_no_data() -> Outcome {
    let interval = "jane@secret.example";
    let news = [
        ("Jane Secret", json!("secret")),
        ("metadata", json!({"secret x": null})),
        ("code", json!("secret")),
    ];
    let lago = client(json!({"plan": plan(interval, &news)})).await?;
    traced::begin();
    lago.plans().get("secret").await?;
    assert_eq!(counts(lago.drift()), (1, 1));
    let events = traced::take("lago_client::drift");
    assert_eq!(events.len(), 2);
    assert!(!events.concat().contains("ecret"), "{events:?}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_no_drift() -> Outcome {
    let mut plan = plan("fortnightly", &[("tomorrow", json!(1))]);
    plan["pay_in_advance"] = json!("yes");
    let lago = client(json!({"plan": plan})).await?;
    traced::begin();
    let error = lago.plans().get("pro").await.err().ok_or("a success")?;
    assert!(
        error.is_decode() && error.to_string().contains("plan.pay_in_advance"),
        "{error}"
    );
    assert_eq!(lago.drift(), Drift::default());
    assert_eq!(traced::take("lago_client::drift"), Vec::<String>::new());
    Ok(())
}

/// A wrong alarm would be worse than none.
#[tokio::test]
async fn what_is_documented_is_no_drift() -> Outcome {
    let document = Document::read()?;
    let server = Capturing::start().await?;
    let lago = Client::builder()
        .api_key("key")
        .base_url(server.base_url())
        .build()?;
    traced::begin();
    let mut read = 0;
    for operation in document.operations() {
        let call = CALLS.iter().find(|call| call.id == operation.id);
        let call = call.ok_or_else(|| operation.id.clone())?;
        for sample in samples(&document, &operation, Filled::Everything) {
            server.respond(sample.response);
            // That all can be read is another test.
            read += usize::from((call.call)(&lago, &sample.args).await.is_ok());
        }
    }
    assert!(read > 150, "{read}");
    let mut events = traced::take("lago_client::drift");
    // A sample has a made-up text where the enum stands in another member of an `allOf`.
    events.retain(|event| !event.contains(" value="));
    assert_eq!(events, Vec::<String>::new());
    assert_eq!(lago.drift().unknown_fields, 0);
    Ok(())
}
