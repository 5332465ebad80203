//! Queries and bodies as they leave, and responses that are no object in JSON.

use std::error::Error;

use lago_client::types::{
    AlertInput, AlertThresholdInput, AlertType, CustomerInput, EventInput, InvoicePaymentStatus,
    InvoiceStatus, InvoiceVoidInput, Patch, PaymentMethodReferenceInput, PlanUpdate,
    SubscriptionStatus, SubscriptionUpdate,
};
use lago_tests::support::bodies::page;
use lago_tests::support::server::{Captured, Scripted, ScriptedResponse};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

const INVOICE: &str = "1a901a90-1a90-1a90-1a90-1a901a901a90";

/// What a call that needs no particular response leaves at the server.
async fn sent<C: lago_client::Call>(
    call: impl FnOnce(&lago_client::Client) -> lago_client::Request<C>,
) -> Result<Captured, Box<dyn Error>> {
    let server = Scripted::always(ScriptedResponse::json(
        "404 Not Found",
        json!({"error": "Not Found"}),
    ))
    .await?;
    let outcome = call(&server.client()?).await;
    assert!(outcome.is_err_and(|error| error.is_not_found()));
    Ok(server.requests().remove(0))
}

/// The query of a request, decoded.
fn query(request: &Captured) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let url = reqwest::Url::parse(&format!("http://lago.test{}", request.target))?;
    Ok(url.query_pairs().into_owned().collect())
}

fn json_body(request: &Captured) -> Result<Value, Box<dyn Error>> {
    assert_eq!(request.header("content-type"), "application/json");
    Ok(serde_json::from_slice(&request.body)?)
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

#[tokio::test]
async fn a_map_in_a_query_has_a_parameter_for_each_key() -> Outcome {
    let request = sent(|lago| {
        let metadata = [("region", "eu & us"), ("a&b=c;d e", ""), ("é%5B", "+%")];
        lago.invoices().list().metadata(metadata)
    })
    .await?;
    let expected = [
        ("metadata[region]", "eu & us"),
        ("metadata[a&b=c;d e]", ""),
        ("metadata[é%5B]", "+%"),
    ];
    assert_eq!(query(&request)?, pairs(expected));

    let request = sent(|lago| {
        let usage = lago.customers().current_usage("acme", "sub_1");
        usage.group([("cloud", "aws")]).apply_taxes(false)
    })
    .await?;
    let mut usage = query(&request)?;
    usage.sort();
    let expected = [
        ("apply_taxes", "false"),
        ("external_subscription_id", "sub_1"),
        ("group[cloud]", "aws"),
    ];
    assert_eq!(usage, pairs(expected));
    Ok(())
}

#[tokio::test]
async fn a_key_that_the_server_reads_as_another_is_refused_and_nothing_is_sent() -> Outcome {
    let server = Scripted::always(ScriptedResponse::json("200 OK", "{}")).await?;
    let lago = server.client()?;
    for key in ["a[b]", "a[", "]", ""] {
        let invoices = lago
            .invoices()
            .list()
            .metadata([("region", "eu"), (key, "")]);
        let error = invoices.await.err().ok_or("a success")?;
        assert!(error.is_usage() && !error.is_ambiguous(), "{error}");
        assert!(
            error.to_string().contains("a key of `metadata` "),
            "{error}"
        );
        let usage = lago.customers().current_usage("acme", "sub_1");
        let error = usage.group([(key, "aws")]).await.err().ok_or("a success")?;
        assert!(error.to_string().contains("`group`"), "{error}");
    }
    assert_eq!(server.requests(), []);
    Ok(())
}

#[tokio::test]
async fn an_option_of_the_query_and_one_of_the_body_are_two() -> Outcome {
    let update = |lago: &lago_client::Client| {
        let subscription = SubscriptionUpdate::new().name("Pro");
        lago.subscriptions().update("sub_1", subscription)
    };
    let in_query = sent(|lago| update(lago).status(SubscriptionStatus::Pending)).await?;
    assert_eq!(query(&in_query)?, pairs([("status", "pending")]));
    let subscription = json!({"name": "Pro"});
    assert_eq!(json_body(&in_query)?, json!({"subscription": subscription}));

    let in_body = sent(|lago| update(lago).body_status(SubscriptionStatus::Pending)).await?;
    assert_eq!(query(&in_body)?, []);
    let expected = json!({"status": "pending", "subscription": subscription});
    assert_eq!(json_body(&in_body)?, expected);
    Ok(())
}

#[tokio::test]
async fn a_list_in_a_query_repeats_its_name_with_brackets() -> Outcome {
    let request = sent(|lago| {
        lago.invoices()
            .list()
            .statuses([InvoiceStatus::Draft, InvoiceStatus::from("new & odd")])
            .payment_statuses([InvoicePaymentStatus::Failed])
            .billing_entity_codes(["eu", "us"])
    })
    .await?;
    let mut lists = query(&request)?;
    lists.sort();
    let expected = [
        ("billing_entity_codes[]", "eu"),
        ("billing_entity_codes[]", "us"),
        ("payment_statuses[]", "failed"),
        ("statuses[]", "draft"),
        ("statuses[]", "new & odd"),
    ];
    assert_eq!(lists, pairs(expected));
    Ok(())
}

#[tokio::test]
async fn empty_maps_and_lists_say_nothing() -> Outcome {
    let request = sent(|lago| {
        let invoices = lago.invoices().list().metadata([("", ""); 0]);
        invoices.statuses([InvoiceStatus::Draft; 0])
    })
    .await?;
    assert_eq!(query(&request)?, []);
    Ok(())
}

#[tokio::test]
async fn a_path_value_is_one_segment_whatever_it_is() -> Outcome {
    let request = sent(|lago| lago.taxes().get("a/b?c#d%e \\é..")).await?;
    assert_eq!(
        request.target,
        "/api/v1/taxes/a%2Fb%3Fc%23d%25e%20%5C%C3%A9%2E%2E"
    );
    Ok(())
}

#[tokio::test]
async fn a_body_that_was_left_out_is_no_body() -> Outcome {
    for request in [
        sent(|lago| lago.invoices().void(INVOICE)).await?,
        sent(|lago| lago.invoices().retry_payment(INVOICE)).await?,
        sent(|lago| lago.plans().charges().delete("pro", "seats")).await?,
    ] {
        assert_eq!(request.body, b"");
        assert_eq!(request.header("content-type"), "");
        assert_eq!(request.header("transfer-encoding"), "");
        assert!(matches!(
            request.header("content-length").as_str(),
            "" | "0"
        ));
    }
    Ok(())
}

#[tokio::test]
async fn an_optional_body_that_is_given_is_json() -> Outcome {
    let input = InvoiceVoidInput::new().generate_credit_note(true);
    let request = sent(|lago| lago.invoices().void(INVOICE).input(input)).await?;
    assert_eq!(json_body(&request)?, json!({"generate_credit_note": true}));
    // Given and empty is not left out.
    let request = sent(|lago| lago.invoices().void(INVOICE).input(InvoiceVoidInput::new())).await?;
    assert_eq!(json_body(&request)?, json!({}));
    let request = sent(|lago| {
        let retry = lago.invoices().retry_payment(INVOICE);
        retry.payment_method(PaymentMethodReferenceInput::new())
    })
    .await?;
    assert_eq!(json_body(&request)?, json!({"payment_method": {}}));
    Ok(())
}

#[tokio::test]
async fn a_body_holds_what_was_set_under_its_root_and_nothing_else() -> Outcome {
    let customer = CustomerInput::new("acme").name("Acme é");
    let request = sent(|lago| lago.customers().create(customer)).await?;
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/api/v1/customers")
    );
    let expected = json!({"customer": {"external_id": "acme", "name": "Acme é"}});
    assert_eq!(json_body(&request)?, expected);

    let update = PlanUpdate::new()
        .description(Patch::Null)
        .tax_codes([""; 0]);
    let request = sent(|lago| lago.plans().update("pro", update)).await?;
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("PUT", "/api/v1/plans/pro")
    );
    assert_eq!(
        json_body(&request)?,
        json!({"plan": {"description": null, "tax_codes": []}})
    );
    Ok(())
}

#[tokio::test]
async fn a_batch_of_events_leaves_in_its_order_with_keys_of_its_own() -> Outcome {
    let event = |id: &str| {
        json!({
            "transaction_id": id, "code": "api_calls", "external_subscription_id": "sub_1",
            "timestamp": "2024-03-25T12:31:13Z", "lago_id": null, "created_at": null,
        })
    };
    let body = page("events", vec![event("t1"), event("t2")], None);
    let server = Scripted::always(ScriptedResponse::json("200 OK", body)).await?;
    let events = ["t1", "t2"].map(|id| EventInput::new("api_calls", "sub_1").transaction_id(id));
    let answered = server.client()?.events().create_batch(events).await?;
    assert_eq!(answered.len(), 2);
    let requests = server.requests();
    assert_eq!(requests[0].target, "/api/v1/events/batch");
    let sent = json_body(&requests[0])?;
    let ids = [
        &sent["events"][0]["transaction_id"],
        &sent["events"][1]["transaction_id"],
    ];
    assert_eq!(ids, ["t1", "t2"]);
    assert!(!sent["events"][0]["timestamp"].is_null());
    Ok(())
}

#[tokio::test]
async fn one_alert_and_several_are_two_methods_of_one_operation() -> Outcome {
    let input = |code| {
        AlertInput::new(
            code,
            [AlertThresholdInput::new(99)],
            AlertType::LifetimeUsageAmount,
        )
    };
    let thresholds = json!([{"value": "99"}]);
    let alert = |code| json!({"code": code, "alert_type": "lifetime_usage_amount", "thresholds": thresholds});

    let one = sent(|lago| lago.subscriptions().alerts().create("sub_1", input("a"))).await?;
    let both = [input("a"), input("b")];
    let several = sent(|lago| lago.subscriptions().alerts().create_batch("sub_1", both)).await?;
    for request in [&one, &several] {
        assert_eq!(request.method, "POST");
        assert_eq!(request.target, "/api/v1/subscriptions/sub_1/alerts");
    }
    assert_eq!(json_body(&one)?, json!({"alert": alert("a")}));
    assert_eq!(
        json_body(&several)?,
        json!({"alerts": [alert("a"), alert("b")]})
    );

    // What comes back stands under the root that was sent.
    let server = Scripted::always(ScriptedResponse::json("200 OK", json!({"alerts": []}))).await?;
    let alerts = server.client()?.subscriptions().alerts();
    assert_eq!(alerts.create_batch("sub_1", [input("a")]).await?, []);
    Ok(())
}

#[tokio::test]
#[expect(deprecated, reason = "servers before 1.49.0 have no other")]
async fn the_public_key_is_text_as_it_came() -> Outcome {
    let key = "LS0tLS1CRUdJTiBQVUJMSUM\nS0VZLS0tLS0=\n";
    let response = ScriptedResponse::new("200 OK", &[("content-type", "text/plain")], key);
    let server = Scripted::always(response).await?;
    assert_eq!(server.client()?.webhooks().public_key().await?, key);
    assert_eq!(server.targets(), ["/api/v1/webhooks/public_key"]);
    Ok(())
}

#[tokio::test]
async fn a_response_of_which_only_the_status_counts_may_be_empty() -> Outcome {
    for response in [
        ScriptedResponse::new("200 OK", &[], ""),
        ScriptedResponse::new("204 No Content", &[], ""),
        ScriptedResponse::json("200 OK", "{}"),
    ] {
        let server = Scripted::always(response).await?;
        let lago = server.client()?;
        let () = lago.subscriptions().alerts().delete_all("sub_1").await?;
        let () = lago
            .customers()
            .wallets()
            .alerts()
            .delete_all("acme", "main")
            .await?;
        let () = lago.invoices().retry_payment(INVOICE).await?;
        let methods: Vec<_> = server
            .requests()
            .into_iter()
            .map(|request| request.method)
            .collect();
        assert_eq!(methods, ["DELETE", "DELETE", "POST"]);
    }
    Ok(())
}
