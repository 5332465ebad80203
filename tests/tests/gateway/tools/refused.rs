//! What an agent says wrong, it is told before anything is sent.

use lago_client::gateway::tools;
use serde_json::{Map, Value, json};

use super::Outcome;

fn refusal(tool: &str, arguments: Value) -> Outcome<String> {
    let tool = tools::find(tool).ok_or("there is no such tool")?;
    let Value::Object(arguments) = arguments else {
        return Err("arguments are an object".into());
    };
    match tool.request(arguments) {
        Ok(request) => Err(format!("{request:?} was taken").into()),
        Err(error) => Ok(error.to_string()),
    }
}

#[test]
fn refusals_say_where_and_what_would_be_right() -> Outcome {
    let id = "1a901a90-1a90-4a90-9a90-1a901a901a90";
    let event = json!({
        "code": "calls", "external_subscription_id": "s1", "transaction_id": "t", "timestamp": 1.5,
    });
    let cases = [
        ("plans_get", json!({})),
        ("plans_get", json!({ "cod": "pro" })),
        ("plans_get", json!({ "code": null })),
        ("plans_get", json!({ "code": 7 })),
        ("plans_list", json!({ "page": "2", "per_page": 1.5 })),
        (
            "invoices_list",
            json!({ "status": "draft", "issuing_date_from": "yesterday" }),
        ),
        ("invoices_list", json!({ "metadata": { "a[b": "c" } })),
        ("plans_list", json!({ "page": 0, "per_page": 0 })),
        ("invoices_get", json!({ "lago_id": "INV-1" })),
        ("plans_update", json!({ "code": "pro" })),
        (
            "plans_update",
            json!({ "code": "pro", "plan": { "nmae": "Pro", "charges": [{ "properties": 1 }] } }),
        ),
        (
            "events_create",
            json!({ "code": "calls", "external_subscription_id": "s1" }),
        ),
        ("events_create_batch", json!({ "events": [] })),
        ("events_create_batch", json!({ "events": vec![event; 101] })),
        ("quotes_list", json!({ "number": ["QT-2026-0001", "17"] })),
        (
            "wallet_transactions_create",
            json!({ "wallet_id": id, "name": "", "priority": 51 }),
        ),
        (
            "features_create",
            json!({ "code": "c".repeat(256), "privileges": [{ "code": "seats" }] }),
        ),
        (
            "subscriptions_alerts_create",
            json!({ "external_id": "s1" }),
        ),
        (
            "wallets_create",
            json!({ "external_customer_id": "c", "currency": "EUR", "rate_amount": 1.5, "paid_credits": "ten" }),
        ),
    ];
    let mut text = String::new();
    for (tool, arguments) in cases {
        let refusal = refusal(tool, arguments.clone())?;
        let mut shown = arguments.to_string();
        if let Some((end, _)) = shown.char_indices().nth(150) {
            shown.replace_range(end.., "…");
        }
        text += &format!("{tool} {shown}\n{refusal}\n\n");
    }
    insta::assert_snapshot!("tool_refusals", text);
    Ok(())
}

/// What was said belongs to customers, and stands in no text that is kept.
#[test]
fn nothing_repeats_what_was_said() -> Outcome {
    let secret = "s3cret";
    for (tool, arguments) in [
        ("plans_get", json!({ "code": [secret] })),
        ("invoices_list", json!({ "issuing_date_from": secret })),
        ("wallets_create", json!({ "rate_amount": secret })),
    ] {
        assert!(!refusal(tool, arguments)?.contains(secret), "{tool}");
    }
    let tool = tools::find("plans_get").ok_or("there is no such tool")?;
    let request = tool.request(Map::from_iter([("code".to_owned(), json!(secret))]))?;
    assert_eq!(request.path, [("code", secret.to_owned())]);
    assert!(!format!("{request:?}").contains(secret));
    Ok(())
}

/// Programs that call tools write null for what their user leaves out. Where it could take something away it is sent, or
/// refused.
#[test]
fn null_is_left_out_where_it_means_nothing() -> Outcome {
    let request = |tool: &str, arguments: Value| -> Outcome<tools::ToolRequest> {
        let tool = tools::find(tool).ok_or("there is no such tool")?;
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        Ok(tool.request(arguments)?)
    };
    let list = json!({ "per_page": 5, "page": null, "statuses": null, "metadata": null });
    let listed = request("invoices_list", list)?;
    assert_eq!(listed.query, [("per_page".to_owned(), "5".to_owned())]);

    let coupon = json!({
        "name": "Ten", "code": "ten", "coupon_type": "fixed_amount", "frequency": "once", "expiration": "no_expiration",
        "expiration_at": null, "reusable": null, "applies_to": { "plan_codes": null },
    });
    let made = request("coupons_create", coupon)?.body.unwrap_or_default();
    let coupon = made["coupon"].as_object().ok_or("no coupon")?;
    assert!(!coupon.contains_key("expiration_at") && !coupon.contains_key("reusable"));
    assert_eq!(coupon["applies_to"], json!({}));

    // What events say is theirs.
    let event = json!({
        "code": "calls", "external_subscription_id": "s1", "transaction_id": "t", "timestamp": 1.5,
        "properties": { "region": null },
    });
    let event = request("events_create", event)?.body.unwrap_or_default();
    assert_eq!(event["event"]["properties"], json!({ "region": null }));

    let update = json!({ "external_id": "acme", "name": null });
    let update = request("customers_create", update)?
        .body
        .unwrap_or_default();
    assert_eq!(update["customer"]["name"], Value::Null);
    assert!(
        update["customer"]
            .as_object()
            .is_some_and(|it| it.contains_key("name"))
    );
    let refusal = refusal(
        "customers_create",
        json!({ "external_id": "acme", "tax_codes": [null] }),
    )?;
    assert!(
        refusal.contains("`/tax_codes/0` is null and has to be text"),
        "{refusal}"
    );
    Ok(())
}

#[test]
fn values_become_text_without_loss() -> Outcome {
    let tool = tools::find("invoices_list").ok_or("there is no such tool")?;
    let arguments = json!({
        "page": 2, "amount_from": 9_007_199_254_740_993_i64, "statuses": ["draft", "a&b"], "metadata": { "k": "v" },
        "payment_overdue": true, "search_term": "",
    });
    let Value::Object(arguments) = arguments else {
        return Err("arguments are an object".into());
    };
    let mut query = tool.request(arguments)?.query;
    query.sort();
    let expected = [
        ("amount_from", "9007199254740993"),
        ("metadata[k]", "v"),
        ("page", "2"),
        ("payment_overdue", "true"),
        ("search_term", ""),
        ("statuses[]", "a&b"),
        ("statuses[]", "draft"),
    ];
    assert_eq!(
        query,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    Ok(())
}
