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
        ("plans_update", json!({ "code": "pro" })),
        (
            "plans_update",
            json!({ "code": "pro", "plan": { "nmae": "Pro", "charges": [{ "properties": 1 }] } }),
        ),
        (
            "events_create",
            json!({ "code": "calls", "external_subscription_id": "s1" }),
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
        text += &format!("{tool} {arguments}\n{refusal}\n\n");
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
