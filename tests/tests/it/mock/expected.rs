//! What is expected of calls, and bodies as types.

use lago_client::mock::{MockResponse, MockServer};
use lago_client::types::{CustomerInput, EventInput, SubscriptionInput};

use super::{Caller, Outcome, client};

#[tokio::test]
async fn calls_are_counted_also_when_none_is_kept() -> Outcome {
    let server = MockServer::builder().keep_requests(0).start().await?;
    let lago = client(&server)?;
    let limited = MockResponse::error(404, "plan_not_found");
    server.expect("findPlan")?.times(2).respond_next(limited);
    server.expect("plans.list")?;
    assert!(server.expect("plans.find").is_err());

    assert!(lago.plans().get("pro").await.is_err());
    assert!(lago.plans().get("pro").await.is_ok());
    let unmet = server.verify().unwrap_err().to_string();
    let expected = "plans.list: expected at least 1, called 0\ncalled in all: plans.get 2";
    assert_eq!(unmet, expected);

    lago.plans().list().send().await?;
    server.verify()?;
    lago.plans().get("pro").await?;
    let unmet = server.verify().unwrap_err().to_string();
    assert!(
        unmet.starts_with("plans.get: expected exactly 2, called 3\n"),
        "{unmet}"
    );
    server.reset();
    server.verify()?;
    Ok(())
}

#[tokio::test]
async fn what_was_sent_is_what_comes_out_as_a_type() -> Outcome {
    let caller = Caller::start().await?;
    let lago = client(&caller.server)?;
    lago.customers()
        .create(CustomerInput::new("acme").name("Acme"))
        .await?;
    lago.subscriptions()
        .create(SubscriptionInput::new("acme", "pro", "acme-1"))
        .await?;
    let events = ["a", "b"].map(|id| EventInput::new("calls", "acme-1").transaction_id(id));
    lago.events().create_batch(events).await?;

    let requests = caller.server.requests();
    let customer: CustomerInput = requests[0].body()?;
    assert_eq!(customer.external_id, "acme");
    let subscription: SubscriptionInput = requests[1].body()?;
    assert_eq!(subscription.plan_code, "pro");
    let events: Vec<EventInput> = requests[2].body()?;
    assert_eq!(events[1].transaction_id, "b");
    // The client sends nothing of which the description does not know.
    assert!(
        requests.iter().all(|request| request.notes.is_empty()),
        "{requests:?}"
    );

    let error = requests[2].body::<CustomerInput>().unwrap_err();
    assert_eq!(error.path(), "events");
    let error = requests[0].body::<SubscriptionInput>().unwrap_err();
    assert_eq!(error.path(), "customer");
    assert!(
        error.to_string().contains("external_customer_id"),
        "{error}"
    );
    Ok(())
}
