//! Callers with keys of their own.

use futures::future::try_join_all;
use lago_client::mock::MockServer;
use serde_json::{Value, json};

use super::{Mcp, OLD, Outcome, came, client};

const PER_REQUEST: [&str; 3] = ["--key-mode", "per-request", "--allow-writes"];

#[tokio::test]
async fn without_a_key_there_is_nothing_for_a_caller() -> Outcome {
    let server = MockServer::start().await?;
    // The key of the process is there, and not used.
    let mcp = Mcp::with(
        client().api_key("of-the-process"),
        &server.url(),
        &PER_REQUEST,
    )
    .await?;
    let params = json!({"name": "plans_get", "arguments": {"code": "pro"}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    for headers in [
        &[("mcp-protocol-version", OLD)][..],
        &[("mcp-protocol-version", OLD), ("x-lago-api-key", " ")],
        // A bearer is the gateway's own affair here.
        &[
            ("mcp-protocol-version", OLD),
            ("authorization", "Bearer abc"),
        ],
    ] {
        let (status, answer) = mcp.post(headers, &body).await?;
        assert_eq!(
            (status, &answer["code"]),
            (401, &json!("gateway_no_api_key"))
        );
    }
    assert_eq!(came(&server), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn keys_of_callers_are_never_mixed() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::with(client(), &server.url(), &PER_REQUEST).await?;
    let calls = (0..60).map(|turn| {
        let mcp = &mcp;
        async move {
            let key = format!("key-{}", turn % 5);
            let headers = [("mcp-protocol-version", OLD), ("x-lago-api-key", &*key)];
            let params = json!({"name": "plans_get", "arguments": {"code": key}});
            let body =
                json!({"jsonrpc": "2.0", "id": turn, "method": "tools/call", "params": params});
            let (status, answer) = mcp.post(&headers, &body).await?;
            assert_eq!((status, &answer["id"]), (200, &json!(turn)));
            Outcome::Ok(())
        }
    });
    try_join_all(calls).await?;
    let requests = server.requests();
    assert_eq!(requests.len(), 60);
    for request in requests {
        let [(_, code)] = &request.path_parameters[..] else {
            return Err("another path".into());
        };
        assert_eq!(
            request.header("authorization"),
            Some(&*format!("Bearer {code}"))
        );
    }
    Ok(())
}

/// A question of one caller cannot be answered by another one, and stays for the first.
#[tokio::test]
async fn an_agreement_is_of_the_caller_who_was_asked() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::with(client(), &server.url(), &PER_REQUEST).await?;
    let call = async |key: &str, more: Value| -> Outcome<Value> {
        let mut params = json!({"name": "plans_delete", "arguments": {"code": "pro"}});
        if let Some(state) = more.get("state") {
            params["requestState"] = state.clone();
            params["inputResponses"] =
                json!({"confirm": {"action": "accept", "content": {"confirm": true}}});
        }
        let headers = [("x-lago-api-key", key)];
        let can_ask = json!({"elicitation": {}});
        let answer = mcp
            .new_with(&headers, can_ask, "tools/call", params)
            .await?;
        Ok(answer["result"].clone())
    };
    let asked = call("anna", Value::Null).await?;
    let answer = json!({"state": asked["requestState"]});
    let of_other = call("ben", answer.clone()).await?;
    assert_eq!(of_other["isError"], true, "{of_other}");
    assert_eq!(came(&server), [""; 0]);
    let of_first = call("anna", answer).await?;
    assert_eq!(of_first["isError"], false, "{of_first}");
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("authorization"), Some("Bearer anna"));
    Ok(())
}
