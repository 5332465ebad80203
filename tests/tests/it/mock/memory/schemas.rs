//! Responses from memory are what the document says.

use lago_client::mock::MockServer;
use lago_tests::support::document::Document;
use serde_json::{Value, json};

use super::super::{Caller, conforms, read};
use super::Outcome;

/// Sends a request, and checks the response against the schema of its operation.
async fn exchanged(
    caller: &Caller,
    document: &Document,
    (method, path, body): (&str, &str, Value),
) -> Outcome<Value> {
    let mut request = caller.request(method, path)?;
    if !body.is_null() {
        request = request.body(body.to_string());
    }
    let (status, response) = read(request).await?;
    assert_eq!(status, 200, "{method} {path}: {response}");
    let last = caller
        .server
        .requests()
        .pop()
        .ok_or("the request was not kept")?;
    let id = last.operation.ok_or("no operation")?.id;
    let operations = document.operations();
    let operation = operations.iter().find(|operation| operation.id == id);
    let schema = operation.and_then(|operation| operation.response.clone());
    let schema = schema.ok_or("an operation without a response")?;
    // Optional properties may be missing; that required ones are there is what decoding checks. Enums of the document
    // lack the null that its types allow.
    let found = conforms::faults(document, &schema, &response);
    let found: Vec<String> = found
        .into_iter()
        .filter(|fault| !fault.ends_with("is missing") && !fault.ends_with("of the enum: null"))
        .collect();
    assert_eq!(found, Vec::<String>::new(), "{method} {path}");
    Ok(response)
}

#[tokio::test]
async fn responses_are_what_the_document_says() -> Outcome {
    let document = Document::read()?;
    let caller = Caller {
        server: MockServer::builder().stateful().start().await?,
        http: reqwest::Client::new(),
    };
    let metric = json!({ "billable_metric": { "name": "Calls", "code": "calls", "aggregation_type": "count_agg" } });
    let metric = exchanged(&caller, &document, ("POST", "/billable_metrics", metric)).await?;
    let id = metric["billable_metric"]["lago_id"].clone();
    let charge = json!({ "billable_metric_id": id, "charge_model": "standard", "properties": { "amount": "1" } });
    for exchange in [
        (
            "POST",
            "/taxes",
            json!({ "tax": { "name": "VAT", "code": "vat", "rate": "20" } }),
        ),
        (
            "POST",
            "/add_ons",
            json!({ "add_on": { "name": "Setup", "code": "setup", "amount_cents": 500, "amount_currency": "EUR", "tax_codes": ["vat"] } }),
        ),
        (
            "POST",
            "/coupons",
            json!({ "coupon": { "name": "C", "code": "c", "coupon_type": "fixed_amount", "amount_cents": 100, "amount_currency": "EUR", "frequency": "once", "expiration": "no_expiration" } }),
        ),
        (
            "POST",
            "/features",
            json!({ "feature": { "code": "seats", "privileges": [{ "code": "max", "value_type": "integer" }] } }),
        ),
        (
            "POST",
            "/plans",
            json!({ "plan": { "name": "Pro", "code": "pro", "interval": "monthly", "amount_cents": 100, "amount_currency": "EUR", "charges": [charge], "minimum_commitment": { "amount_cents": 1000 } } }),
        ),
        (
            "POST",
            "/plans/pro/charges/calls/filters",
            json!({ "filter": { "properties": { "amount": "2" }, "values": { "region": ["eu"] } } }),
        ),
        ("GET", "/plans/pro", Value::Null),
        ("GET", "/plans", Value::Null),
        (
            "POST",
            "/customers",
            json!({ "customer": { "external_id": "acme", "name": "Acme", "currency": "EUR", "tax_codes": ["vat"], "metadata": [{ "key": "k", "value": "v", "display_in_invoice": true }], "billing_configuration": { "invoice_grace_period": 3 } } }),
        ),
        ("GET", "/customers/acme", Value::Null),
        ("GET", "/customers", Value::Null),
        (
            "POST",
            "/subscriptions",
            json!({ "subscription": { "external_customer_id": "acme", "plan_code": "pro", "external_id": "sub" } }),
        ),
        ("GET", "/subscriptions", Value::Null),
        (
            "POST",
            "/events",
            json!({ "event": { "transaction_id": "t", "code": "calls", "external_subscription_id": "sub", "properties": {} } }),
        ),
        ("GET", "/events", Value::Null),
        (
            "GET",
            "/customers/acme/current_usage?external_subscription_id=sub",
            Value::Null,
        ),
        (
            "POST",
            "/webhook_endpoints",
            json!({ "webhook_endpoint": { "webhook_url": "http://127.0.0.1:9" } }),
        ),
        (
            "POST",
            "/billing_entities",
            json!({ "billing_entity": { "name": "Two", "code": "two" } }),
        ),
    ] {
        exchanged(&caller, &document, exchange).await?;
    }
    Ok(())
}
