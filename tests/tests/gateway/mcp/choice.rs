//! Which tools agents are told of, and what is known of each.

use lago_client::mock::MockServer;
use lago_client::{Effect, Idempotency, OPERATIONS};
use serde_json::json;

use super::{Mcp, Outcome, came};

#[tokio::test]
async fn without_options_agents_read_the_default_toolsets() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &[]).await?;
    let names = mcp.names().await?;
    for name in [
        "customers_list",
        "invoices_get",
        "plans_list",
        "analytics_mrr",
        "wallets_list",
    ] {
        assert!(names.iter().any(|listed| listed == name), "{name}");
    }
    for tool in mcp.tools().await? {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
    }
    assert!(
        !names
            .iter()
            .any(|name| name.contains("portal_url") || name.starts_with("events"))
    );
    assert_eq!(names, mcp.names().await?, "it is the same each time");
    Ok(())
}

#[tokio::test]
async fn options_choose_groups_and_single_tools() -> Outcome {
    let server = MockServer::start().await?;
    let url = server.url();
    for (options, expected) in [
        (
            &["--toolsets", "add_ons"][..],
            &["add_ons_list", "add_ons_get"][..],
        ),
        (
            &["--toolsets", "add_ons", "--exclude", "add_ons_list"],
            &["add_ons_get"],
        ),
        (
            &[
                "--toolsets",
                "add_ons",
                "--tools",
                "findplan",
                "--exclude",
                "findaddon",
            ],
            &["add_ons_list", "plans_get"],
        ),
        (
            &["--toolsets", "add_ons", "--allow-writes"],
            &[
                "add_ons_list",
                "add_ons_create",
                "add_ons_delete",
                "add_ons_get",
                "add_ons_update",
            ],
        ),
        (
            &["--toolsets", "add_ons", "--allow-writes", "--read-only"],
            &["add_ons_list", "add_ons_get"],
        ),
        (
            &[
                "--toolsets",
                "add_ons",
                "--tools",
                "plans_create",
                "--read-only",
            ],
            &["add_ons_list", "add_ons_get"],
        ),
    ] {
        let mcp = Mcp::start(&url, options).await?;
        let mut names = mcp.names().await?;
        names.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(names, expected, "{options:?}");
    }
    for (options, why) in [
        (
            &["--toolsets", "plan"][..],
            "there is no toolset `plan`. Did you mean plans?",
        ),
        (
            &["--tools", "plans_gte"],
            "there is no tool `plans_gte`. Did you mean plans_get",
        ),
        (
            &["--exclude", "walets"],
            "there is no tool or toolset `walets`. Did you mean wallets? The toolsets are ",
        ),
        (
            &["--toolsets", "bogus"],
            "there is no toolset `bogus`. The toolsets are activity_logs, add_ons, analytics, ",
        ),
        (
            &["--tools", "bogus"],
            "there is no tool `bogus`. The toolsets are activity_logs, ",
        ),
        (
            &["--tools", "fetch_overdue_balance"],
            "there is no tool `fetch_overdue_balance`. Did you mean analytics_overdue_balance",
        ),
        (
            &["--exclude", "bogus"],
            "there is no tool or toolset `bogus`. The toolsets are activity_logs, ",
        ),
        (
            &["--tools", "plans_create"],
            "the tool plans_create changes something, which is not allowed",
        ),
        (
            &["--toolsets", "all,bogus"],
            "there is no toolset `bogus`. The toolsets are activity_logs, ",
        ),
        // A server without tools would look like one that works.
        (
            &["--toolsets", "add_ons", "--exclude", "add_ons"],
            "no tool is left to offer: of 5 in `--toolsets` and `--tools` are left out 5 by `--exclude`; change one of these",
        ),
        (
            &[
                "--toolsets",
                "add_ons",
                "--exclude",
                "add_ons_get,add_ons_list",
                "--compact",
            ],
            "no tool is left to offer: of 5 in `--toolsets` and `--tools` are left out 2 by `--exclude`, 3 because they change \
             something, without `--allow-writes`; change one of these",
        ),
        (
            &["--toolsets", "links", "--read-only"],
            "no tool is left to offer: of ",
        ),
    ] {
        let Err(error) = Mcp::start(&url, options).await else {
            return Err(format!("{options:?} is taken").into());
        };
        assert!(error.to_string().starts_with(why), "{error}");
    }
    Ok(())
}

/// Whoever has such a link or token can do more than read.
#[tokio::test]
async fn a_server_that_is_read_only_hands_out_no_links() -> Outcome {
    let server = MockServer::start().await?;
    let who = json!({"external_customer_id": "acme"});
    let mcp = Mcp::start(&server.url(), &["--toolsets", "links"]).await?;
    let called = mcp.call("customers_portal_url", who.clone()).await?;
    assert!(!called.is_error, "{called:?}");
    assert_eq!(came(&server).len(), 1);
    server.clear();
    for options in [
        &["--toolsets", "all", "--read-only"][..],
        &["--tools", "customers_portal_url", "--read-only"],
    ] {
        let mcp = Mcp::start(&server.url(), options).await?;
        let called = mcp.call("customers_portal_url", who.clone()).await?;
        let is_refused = called.note.contains("hands out a link or token")
            && called.note.contains("nothing was done");
        assert!(called.is_error && is_refused, "{called:?}");
    }
    assert_eq!(came(&server), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn what_is_known_of_each_tool_is_what_the_table_says() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &["--toolsets", "all", "--allow-writes"]).await?;
    let tools = mcp.tools().await?;
    assert_eq!(tools.len(), OPERATIONS.len());
    for operation in OPERATIONS {
        let name = operation.resource.replace('.', "_");
        let tool = tools
            .iter()
            .find(|tool| tool["name"] == *name)
            .ok_or(name)?;
        let is = |hint: &str| tool["annotations"][hint].as_bool();
        let reads = operation.effect == Effect::Reads;
        let adds = operation.effect == Effect::Adds;
        assert_eq!(is("readOnlyHint"), Some(reads), "{tool}");
        assert_eq!(is("destructiveHint"), Some(!reads && !adds), "{tool}");
        let repeatable = operation.idempotency != Idempotency::NotIdempotent;
        assert_eq!(is("idempotentHint"), Some(repeatable), "{tool}");
        assert_eq!(is("openWorldHint"), Some(operation.outside), "{tool}");
        let properties = tool["inputSchema"]["properties"].as_object();
        let has_fields = properties.is_some_and(|properties| properties.contains_key("fields"));
        assert_eq!(has_fields, reads, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object");
        assert!(
            tool["title"].is_string() && tool["description"].is_string(),
            "{tool}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_only_reads_changes_nothing_by_any_name() -> Outcome {
    let server = MockServer::start().await?;
    for options in [
        &["--toolsets", "all"][..],
        &["--toolsets", "all", "--allow-writes", "--read-only"],
    ] {
        let mcp = Mcp::start(&server.url(), options).await?;
        for name in ["plans_delete", "destroyplan"] {
            let called = mcp.call(name, json!({"code": "pro"})).await?;
            assert!(
                called.is_error && called.note.contains("read-only: nothing was done"),
                "{called:?}"
            );
        }
    }
    let mcp = Mcp::start(&server.url(), &[]).await?;
    let called = mcp.call("taxes_list", json!({})).await?;
    assert!(
        called.is_error && called.note.contains("--toolsets taxes"),
        "{called:?}"
    );
    assert_eq!(came(&server), [""; 0]);
    let called = mcp.call("findplan", json!({"code": "pro"})).await?;
    assert!(
        !called.is_error,
        "another name of what is offered: {called:?}"
    );
    Ok(())
}

/// The arguments of a tool that are all wrong are told at once, and nothing is sent.
#[tokio::test]
async fn arguments_are_looked_at_before_anything_is_sent() -> Outcome {
    let server = MockServer::start().await?;
    let options = ["--toolsets", "all", "--allow-writes", "--unconfirmed"];
    let mcp = Mcp::start(&server.url(), &options).await?;
    let event = json!({"code": "calls", "external_subscription_id": "sub"});
    for (tool, arguments, words) in [
        ("plans_get", json!({}), &["code", "missing"][..]),
        (
            "plans_get",
            json!({"code": "pro", "cod": 1}),
            &["cod", "not known"],
        ),
        ("plans_list", json!({"fields": "code"}), &["fields", "list"]),
        (
            "events_create",
            event,
            &["transaction_id", "timestamp", "missing"],
        ),
        (
            "plans_delete",
            json!({"code": "pro", "confirm": true}),
            &["confirm", "not known"],
        ),
    ] {
        let called = mcp.call(tool, arguments).await?;
        assert!(called.is_error, "{called:?}");
        assert!(
            words.iter().all(|word| called.note.contains(word)),
            "{called:?}"
        );
        assert_eq!(called.data, None);
    }
    assert_eq!(came(&server), [""; 0]);
    Ok(())
}
