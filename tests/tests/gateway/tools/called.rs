//! A tool's request over a socket: what is sent, and how often.

use std::time::Duration;

use lago_client::RetryPolicy;
use lago_client::gateway::tools;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::{Value, json};

use super::Outcome;

fn request(tool: &str, arguments: Value) -> Outcome<tools::ToolRequest> {
    let tool = tools::find(tool).ok_or("there is no such tool")?;
    let Value::Object(arguments) = arguments else {
        return Err("arguments are an object".into());
    };
    Ok(tool.request(arguments)?)
}

#[tokio::test]
async fn it_is_sent_as_the_operation_has_it() -> Outcome {
    let server = Scripted::always(ScriptedResponse::json("200 OK", "{}")).await?;
    let lago = server.client()?;
    let filter = json!({
        "code": "a.b/c d", "charge_code": "calls",
        "invoice_display_name": null, "properties": { "amount": "1" }, "values": { "k": ["v"] },
    });
    request("plans_charges_filters_create", filter)?
        .on(&lago)
        .await?;
    let list =
        json!({ "per_page": 5, "statuses": ["draft", "voided"], "metadata": { "k": "a&b" } });
    request("findallinvoices", list)?.on(&lago).await?;

    let sent = server.requests();
    assert_eq!(sent[0].method, "POST");
    assert_eq!(
        sent[0].target,
        "/api/v1/plans/a%2Eb%2Fc%20d/charges/calls/filters"
    );
    let body: Value = serde_json::from_slice(&sent[0].body)?;
    assert_eq!(
        body,
        json!({ "filter": { "properties": { "amount": "1" }, "values": { "k": ["v"] } } }),
        "where nothing is taken away, null is left out"
    );
    assert_eq!(sent[1].method, "GET");
    assert_eq!(
        sent[1].target,
        "/api/v1/invoices?per_page=5&statuses%5B%5D=draft&statuses%5B%5D=voided&metadata%5Bk%5D=a%26b"
    );
    assert!(sent[1].body.is_empty());
    Ok(())
}

/// As the table says, and not as the method looks.
#[tokio::test]
async fn it_is_repeated_as_its_operation_may_be() -> Outcome {
    let server = Scripted::always(ScriptedResponse::new("502 Bad Gateway", &[], "")).await?;
    let hasty = RetryPolicy::new()
        .initial_backoff(Duration::ZERO)
        .max_attempts(2);
    let lago = server.builder().retry(hasty).build()?;
    let event = json!({ "code": "calls", "external_subscription_id": "s", "transaction_id": "t", "timestamp": 1.5 });
    let id = "1a901a90-1a90-4a90-9a90-1a901a901a90";
    for (tool, arguments, attempts) in [
        ("plans_get", json!({ "code": "pro" }), 2),
        (
            "plans_create",
            json!({ "name": "Pro", "code": "pro", "amount_currency": "EUR" }),
            1,
        ),
        ("customers_create", json!({ "external_id": "c" }), 2),
        ("events_create", event, 2),
        ("invoices_finalize", json!({ "lago_id": id }), 1),
        ("invoices_download", json!({ "lago_id": id }), 2),
    ] {
        let request = request(tool, arguments)?;
        let operation = request.operation;
        let error = request.on(&lago).await.err().ok_or(tool)?;
        assert_eq!(error.attempts(), attempts, "{tool}: {error}");
        assert!(
            error
                .operation()
                .is_some_and(|known| std::ptr::eq(known, operation)),
            "{tool}"
        );
    }
    Ok(())
}
