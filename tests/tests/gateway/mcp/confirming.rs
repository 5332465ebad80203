//! A person agrees, or does not, to what an agent is about to do.

use std::time::Duration;

use lago_client::mock::MockServer;
use serde_json::{Value, json};

use super::{Called, Mcp, Outcome, came};

const WRITES: [&str; 1] = ["--allow-writes"];

/// A server with a customer, whom agents can delete.
async fn with_a_customer(options: &[&str]) -> Outcome<(MockServer, Mcp)> {
    let customers = json!({"customers": [{"external_id": "acme"}, {"external_id": "other"}]});
    let server = MockServer::builder().seed(customers).start().await?;
    let mcp = Mcp::start(&server.url(), options).await?;
    Ok((server, mcp))
}

/// Calls a tool by the new protocol, as a client that can ask a person.
async fn call(mcp: &Mcp, tool: &str, arguments: Value, more: Value) -> Outcome<Value> {
    let mut params = json!({"name": tool, "arguments": arguments});
    for (name, value) in more.as_object().into_iter().flatten() {
        params[name] = value.clone();
    }
    let can_ask = json!({"elicitation": {"form": {}}});
    let answer = mcp.new_with(&[], can_ask, "tools/call", params).await?;
    Ok(answer["result"].clone())
}

fn acme() -> Value {
    json!({"external_customer_id": "acme"})
}

/// Has a person asked, and gives what the answer has to bring.
async fn asked(mcp: &Mcp) -> Outcome<Value> {
    let result = call(mcp, "customers_delete", acme(), json!({})).await?;
    assert_eq!(result["resultType"], "input_required", "{result}");
    Ok(result["requestState"].clone())
}

/// Answers a question.
fn answer(state: &Value, action: &str, content: Value) -> Value {
    let response = json!({"action": action, "content": content});
    json!({"requestState": state, "inputResponses": {"confirm": response}})
}

fn yes(state: &Value) -> Value {
    answer(state, "accept", json!({"confirm": true}))
}

fn refusal(result: &Value) -> Outcome<String> {
    let called = Called::of(result).ok_or_else(|| result.to_string())?;
    assert!(called.is_error, "{called:?}");
    assert!(called.note.contains("Nothing was done"), "{called:?}");
    Ok(called.note)
}

#[tokio::test]
async fn it_is_done_once_after_a_person_agreed() -> Outcome {
    let (server, mcp) = with_a_customer(&WRITES).await?;
    let result = call(&mcp, "customers_delete", acme(), json!({})).await?;
    let request = &result["inputRequests"]["confirm"];
    assert_eq!(request["method"], "elicitation/create");
    let question = request["params"]["message"].as_str().ok_or("no question")?;
    for words in [
        "customers_delete",
        "removes something",
        "beyond Lago",
        "\"external_customer_id\":\"acme\"",
    ] {
        assert!(question.contains(words), "{question}");
    }
    let schema = &request["params"]["requestedSchema"];
    assert_eq!(
        (
            &schema["required"],
            &schema["properties"]["confirm"]["type"]
        ),
        (&json!(["confirm"]), &json!("boolean"))
    );
    assert_eq!(came(&server), [""; 0]);

    let state = &result["requestState"];
    let result = call(&mcp, "customers_delete", acme(), yes(state)).await?;
    assert_eq!(result["isError"], false, "{result}");
    let again = call(&mcp, "customers_delete", acme(), yes(state)).await?;
    assert!(refusal(&again)?.contains("it has been used"));
    assert_eq!(came(&server), ["DELETE /api/v1/customers/acme"]);
    Ok(())
}

#[tokio::test]
async fn what_is_not_this_agreement_does_nothing() -> Outcome {
    let (server, mcp) = with_a_customer(&WRITES).await?;
    let state = asked(&mcp).await?;
    for (forged, why) in [
        (json!("1"), "none that this server has asked"),
        (
            json!("1a901a90-1a90-4a90-9a90-1a901a901a90"),
            "none that this server has asked",
        ),
    ] {
        let result = call(&mcp, "customers_delete", acme(), yes(&forged)).await?;
        assert!(refusal(&result)?.contains(why));
    }
    let other = json!({"external_customer_id": "other"});
    let result = call(&mcp, "customers_delete", other, yes(&state)).await?;
    assert!(refusal(&result)?.contains("other arguments or another tool"));

    let state = asked(&mcp).await?;
    let plan = json!({"code": "acme"});
    let result = call(&mcp, "plans_delete", plan, yes(&state)).await?;
    assert!(refusal(&result)?.contains("other arguments or another tool"));

    // An answer without a question is a call without an answer.
    let result = call(&mcp, "customers_delete", acme(), yes(&Value::Null)).await?;
    assert_eq!(result["resultType"], "input_required");
    assert_eq!(came(&server), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn anything_but_yes_is_no() -> Outcome {
    let (server, mcp) = with_a_customer(&WRITES).await?;
    for (action, content) in [
        ("decline", json!({"confirm": true})),
        ("cancel", Value::Null),
        ("accept", Value::Null),
        ("accept", json!({"confirm": false})),
        ("accept", json!({"confirm": "true"})),
    ] {
        let state = asked(&mcp).await?;
        let no = answer(&state, action, content);
        let result = call(&mcp, "customers_delete", acme(), no).await?;
        assert!(refusal(&result)?.contains("did not agree"));
        let result = call(&mcp, "customers_delete", acme(), yes(&state)).await?;
        assert!(refusal(&result)?.contains("it has been used"));
    }
    let state = asked(&mcp).await?;
    let result = call(
        &mcp,
        "customers_delete",
        acme(),
        json!({"requestState": state}),
    )
    .await?;
    assert!(refusal(&result)?.contains("did not agree"));
    assert_eq!(came(&server), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn an_agreement_expires() -> Outcome {
    let (server, mcp) = with_a_customer(&WRITES).await?;
    let state = asked(&mcp).await?;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(301)).await;
    tokio::time::resume();
    let result = call(&mcp, "customers_delete", acme(), yes(&state)).await?;
    assert!(refusal(&result)?.contains("it has expired"));
    assert_eq!(came(&server), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn where_nobody_can_be_asked_it_is_refused_unless_that_was_allowed() -> Outcome {
    let (server, mcp) = with_a_customer(&WRITES).await?;
    let called = mcp.call("customers_delete", acme()).await?;
    assert!(
        called.is_error && called.note.contains("cannot ask one"),
        "{called:?}"
    );
    // The newer protocol has an error of its own for it. A client that only opens pages has no forms.
    for capabilities in [json!({}), json!({"elicitation": {"url": {}}})] {
        let params = json!({"name": "customers_delete", "arguments": acme()});
        let (status, answer) = mcp.new_raw(&[], capabilities, "tools/call", params).await?;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(-32021)));
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("cannot ask one") && message.contains("Nothing was done"));
        assert!(answer["error"]["data"]["requiredCapabilities"]["elicitation"].is_object());
    }
    assert_eq!(came(&server), [""; 0]);

    let open = Mcp::start(&server.url(), &["--allow-writes", "--unconfirmed"]).await?;
    // Whoever can be asked is asked all the same.
    asked(&open).await?;
    assert_eq!(came(&server), [""; 0]);
    let called = open.call("customers_delete", acme()).await?;
    assert!(!called.is_error, "{called:?}");
    assert_eq!(came(&server), ["DELETE /api/v1/customers/acme"]);
    Ok(())
}

/// What only adds and may be repeated needs nobody.
#[tokio::test]
async fn an_event_needs_no_agreement() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &["--allow-writes", "--toolsets", "events"]).await?;
    let event = json!({
        "transaction_id": "t1",
        "external_subscription_id": "sub",
        "code": "calls",
        "timestamp": "1767225600",
    });
    let schema = mcp.tools().await?;
    let schema = schema
        .iter()
        .find(|tool| tool["name"] == "events_create")
        .ok_or("no tool")?;
    let timestamp = &schema["inputSchema"]["properties"]["timestamp"]["type"];
    let mut event = event;
    if *timestamp == "integer" || *timestamp == "number" {
        event["timestamp"] = json!(1_767_225_600);
    }
    let called = mcp.call("events_create", event).await?;
    assert!(!called.is_error, "{called:?}");
    assert_eq!(came(&server), ["POST /api/v1/events"]);
    Ok(())
}

/// Nobody can agree to what they do not see.
#[tokio::test]
async fn what_is_too_long_to_be_read_is_not_asked_about() -> Outcome {
    let (server, mcp) = with_a_customer(&WRITES).await?;
    let arguments = json!({"external_id": "hidden", "name": "x".repeat(9_000)});
    let result = call(&mcp, "customers_create", arguments, json!({})).await?;
    let said = refusal(&result)?;
    assert!(said.contains("Send less at a time"), "{said}");
    assert!(came(&server).is_empty());
    Ok(())
}
