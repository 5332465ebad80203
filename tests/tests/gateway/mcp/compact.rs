//! Four tools in place of one for each operation.

use lago_client::mock::MockServer;
use serde_json::{Value, json};

use super::{Mcp, Outcome, came};

#[tokio::test]
async fn an_operation_is_found_described_and_called() -> Outcome {
    let server = MockServer::start().await?;
    let options = ["--compact", "--toolsets", "all"];
    let mcp = Mcp::start(&server.url(), &options).await?;
    assert_eq!(
        mcp.names().await?,
        ["find_operation", "describe_operation", "read"]
    );
    for (query, first) in [
        ("list all plans", "plans_list"),
        ("get an invoice", "invoices_get"),
        ("current usage of a customer", "customers_current_usage"),
        ("void invoice", "invoices_"),
    ] {
        let found = mcp.call("find_operation", json!({"query": query})).await?;
        let name = found.json()?[0]["operation"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(name.starts_with(first), "{query}: {found:?}");
        assert_eq!(
            found,
            mcp.call("find_operation", json!({"query": query})).await?
        );
    }
    let nothing = mcp
        .call("find_operation", json!({"query": "zebra"}))
        .await?;
    assert!(nothing.note.contains("Its groups are: ") && nothing.data.is_none());

    let described = mcp
        .call("describe_operation", json!({"operation": "plans_get"}))
        .await?
        .json()?;
    assert_eq!(described["call_with"], "read");
    assert_eq!(described["arguments"]["required"], json!(["code"]));
    assert_eq!(described["arguments"]["properties"]["fields"], Value::Null);

    let arguments =
        json!({"operation": "plans_get", "arguments": {"code": "pro"}, "fields": ["code"]});
    let read = mcp.call("read", arguments).await?;
    assert!(
        !read.is_error
            && read.json()?["plan"]
                .as_object()
                .is_some_and(|plan| plan.len() == 1)
    );
    assert_eq!(came(&server), ["GET /api/v1/plans/pro"]);
    Ok(())
}

#[tokio::test]
async fn writing_is_a_tool_of_its_own_with_the_same_rules() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &["--compact", "--allow-writes"]).await?;
    assert_eq!(mcp.names().await?.len(), 4);
    let delete = json!({"operation": "plans_delete", "arguments": {"code": "pro"}});
    for (tool, arguments, words) in [
        (
            "read",
            delete.clone(),
            "plans_delete is called with write: nothing was done.",
        ),
        (
            "write",
            json!({"operation": "plans_get", "arguments": {"code": "pro"}}),
            "is called with read",
        ),
        ("write", delete.clone(), "cannot ask one"),
        (
            "read",
            json!({"operation": "plans_gte"}),
            "There is no operation `plans_gte`. Did you mean plans_get",
        ),
        (
            "read",
            json!({"operation": "taxes_list"}),
            "is not offered here",
        ),
        (
            "read",
            json!({"operation": "plans_list", "arguments": 1}),
            "`arguments` is an object",
        ),
        (
            "read",
            json!({"operation": "plans_list", "page": 1}),
            "read has no argument `page`",
        ),
        ("read", json!({}), "read needs `operation`"),
    ] {
        let called = mcp.call(tool, arguments).await?;
        assert!(called.is_error && called.note.contains(words), "{called:?}");
    }
    let reading = Mcp::start(&server.url(), &["--compact"]).await?;
    let called = reading.call("write", delete.clone()).await?;
    assert!(
        called.is_error && called.note.contains("read-only: nothing was done"),
        "{called:?}"
    );
    let called = reading.call("read", delete).await?;
    assert!(
        called.is_error && called.note.contains("read-only: nothing was done"),
        "{called:?}"
    );
    assert_eq!(came(&server), [""; 0]);
    Ok(())
}
