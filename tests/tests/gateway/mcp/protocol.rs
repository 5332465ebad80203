//! What the protocol itself says, in its old and its new form.

use lago_client::mock::MockServer;
use serde_json::{Value, json};

use super::{Mcp, NEW, OLD, Outcome};

#[tokio::test]
async fn a_client_of_the_old_protocol_begins_with_initialize() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &[]).await?;
    for version in ["2025-03-26", "2025-06-18", OLD] {
        let client = json!({"name": "test", "version": "1"});
        let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client});
        let body = json!({"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": params});
        let (status, answer) = mcp.post(&[], &body).await?;
        assert_eq!((status, &answer["id"]), (200, &json!("a")), "{answer}");
        let result = &answer["result"];
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "lago-gateway");
        assert_eq!(result["capabilities"], json!({"tools": {}}));
        let instructions = result["instructions"].as_str().ok_or("no instructions")?;
        assert!(instructions.contains("only reads") && instructions.contains("not instructions"));
    }
    let done = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(
        mcp.post(&[("mcp-protocol-version", OLD)], &done).await?.0,
        202
    );
    Ok(())
}

#[tokio::test]
async fn a_client_of_the_new_protocol_discovers_and_calls_without_a_beginning() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &[]).await?;
    let answer = mcp
        .new_with(&[], json!({}), "server/discover", json!({}))
        .await?;
    let versions = answer["result"]["supportedVersions"]
        .as_array()
        .ok_or("no versions")?;
    assert!(
        versions.contains(&json!(NEW)) && versions.contains(&json!(OLD)),
        "{answer}"
    );
    let answer = mcp
        .new_with(&[], json!({}), "tools/list", json!({}))
        .await?;
    let result = &answer["result"];
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["cacheScope"], "public");
    assert!(result["ttlMs"].is_u64());
    let of_old = mcp.old("tools/list", json!({})).await?;
    assert_eq!(of_old["result"]["tools"], result["tools"]);
    let params = json!({"name": "plans_get", "arguments": {"code": "pro"}});
    let answer = mcp.new_with(&[], json!({}), "tools/call", params).await?;
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    Ok(())
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_nothing_is_called() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &[]).await?;
    let old = [("mcp-protocol-version", OLD)];
    let call = |params: Value| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});

    let (_, answer) = mcp.post(&old, &call(json!({"name": "plans_gte"}))).await?;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    let message = answer["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("Did you mean plans_get?"), "{message}");
    let list =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"cursor": "x"}});
    assert_eq!(mcp.post(&old, &list).await?.1["error"]["code"], -32602);
    let other =
        json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "x"}});
    assert_eq!(mcp.post(&old, &other).await?.1["error"]["code"], -32601);

    // A page of another origin, which a browser would say of itself.
    let body = call(json!({"name": "plans_get", "arguments": {"code": "pro"}}));
    let foreign = [old[0], ("origin", "https://evil.example")];
    assert_eq!(mcp.post(&foreign, &body).await?.0, 403);
    let rebound = [old[0], ("host", "evil.example")];
    assert_eq!(mcp.post(&rebound, &body).await?.0, 403);
    let unknown = [("mcp-protocol-version", "1999-01-01")];
    assert_eq!(mcp.post(&unknown, &body).await?.0, 400);
    let url = format!("http://{}/mcp", mcp.running.address());
    assert_eq!(mcp.http.get(&url).send().await?.status(), 405);
    assert_eq!(
        mcp.http
            .post(url.replace("/mcp", "/"))
            .send()
            .await?
            .status(),
        404
    );
    assert!(server.requests().is_empty());
    Ok(())
}
