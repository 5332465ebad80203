//! What agents read of failures.

use lago_client::mock::{MockResponse, MockServer};
use serde_json::{Value, json};

use super::{Mcp, Outcome, came};

/// What a server does, and what comes of a call that reads and of two that write.
#[tokio::test]
async fn a_failure_says_what_is_wrong_and_whether_something_was_done() -> Outcome {
    let options = [
        "--toolsets",
        "all",
        "--allow-writes",
        "--unconfirmed",
        "--timeout",
        "1",
    ];
    let get = ("plans.get", "plans_get", json!({"code": "pro"}));
    let delete = ("plans.delete", "plans_delete", json!({"code": "pro"}));
    // It may not happen twice, so it is tried once.
    let charge = (
        "wallet_transactions.create",
        "wallet_transactions_create",
        json!({"wallet_id": "1a901a90-1a90-1a90-1a90-1a901a901a90", "paid_credits": "10"}),
    );
    let limited = MockResponse::error(429, "too_many_requests").header("retry-after", "0");
    let invalid = MockResponse::validation_errors(json!({"code": ["value_is_invalid"]}));
    let cases: [(&str, MockResponse); 14] = [
        (
            "401",
            MockResponse::new(401).json(json!({"status": 401, "error": "Unauthorized"})),
        ),
        ("403", MockResponse::error(403, "feature_unavailable")),
        (
            "404",
            MockResponse::error(404, "plan_not_found").header("x-request-id", "req-1"),
        ),
        ("422", invalid),
        (
            "409",
            MockResponse::new(409).json(json!({"status": 409, "error": "Conflict"})),
        ),
        (
            "422 of a lock",
            MockResponse::error(422, "lock_acquisition_failed"),
        ),
        (
            "422 of a lost lock",
            MockResponse::validation_errors(json!({"base": ["concurrency_conflict"]})),
        ),
        (
            "422 of a provider",
            MockResponse::error(422, "third_party_error"),
        ),
        ("429", limited),
        (
            "503",
            MockResponse::new(503).text("<html>at home soon</html>"),
        ),
        ("no response", MockResponse::hang_up()),
        (
            "200 of a page",
            MockResponse::new(200).text("<html>log in</html>"),
        ),
        ("200 of nothing", MockResponse::new(200)),
        (
            "200 without the root",
            MockResponse::new(200).json(json!({"status": 500, "error": "Internal"})),
        ),
    ];
    let mut table = String::new();
    for (case, response) in cases {
        for (operation, tool, arguments) in [&get, &delete, &charge] {
            let server = MockServer::start().await?;
            server.respond(operation, response.clone())?;
            let mcp = Mcp::start(&server.url(), &options).await?;
            let called = mcp.call(tool, arguments.clone()).await?;
            assert!(called.is_error, "{case} {tool}");
            let data = called.json()?;
            let said = data["may_have_been_done"].as_bool().ok_or("nothing said")?;
            assert_eq!(
                said,
                called.note.contains("It may have been done"),
                "{called:?}"
            );
            assert_eq!(
                !said,
                called.note.contains("Nothing was done"),
                "{called:?}"
            );
            assert_eq!(data["attempts"], came(&server).len(), "{case} {tool}");
            let data = Value::Object(data.as_object().cloned().unwrap_or_default());
            table += &format!("{case}, {tool}\n  {}\n  {data}\n", called.note);
        }
    }
    insta::assert_snapshot!("failures", table);
    Ok(())
}

#[tokio::test]
async fn a_server_that_says_nothing_in_time_is_told_as_that() -> Outcome {
    let server = MockServer::start().await?;
    server.respond("wallet_transactions.create", MockResponse::silence())?;
    let options = [
        "--toolsets",
        "wallets",
        "--allow-writes",
        "--unconfirmed",
        "--timeout",
        "1",
    ];
    let mcp = Mcp::start(&server.url(), &options).await?;
    let arguments =
        json!({"wallet_id": "1a901a90-1a90-1a90-1a90-1a901a901a90", "paid_credits": "10"});
    let called = mcp.call("wallet_transactions_create", arguments).await?;
    assert!(
        called.note.contains("no response within the time limit"),
        "{called:?}"
    );
    assert!(
        called.note.contains("It may have been done: look with"),
        "{called:?}"
    );
    assert_eq!(came(&server).len(), 1);
    let lines = mcp.lines.lock().unwrap().join("\n");
    assert!(
        lines.contains("wallet_transactions_create no-response ambiguous"),
        "{lines}"
    );
    Ok(())
}

/// The tool that shows what was done may be one that this server does not offer.
#[tokio::test]
async fn where_the_tool_to_look_with_is_not_offered_a_person_is_asked_to() -> Outcome {
    let server = MockServer::start().await?;
    server.respond("plans.create", MockResponse::new(503))?;
    let options = [
        "--toolsets",
        "taxes",
        "--tools",
        "plans_create",
        "--allow-writes",
        "--unconfirmed",
    ];
    let mcp = Mcp::start(&server.url(), &options).await?;
    let plan = json!({
        "name": "Pro", "code": "pro", "interval": "monthly", "amount_cents": 100, "amount_currency": "EUR",
        "pay_in_advance": false,
    });
    let called = mcp.call("plans_create", plan).await?;
    let look = "look with plans_list (not offered here: ask a person to look) before repeating it.";
    assert!(called.note.contains(look), "{called:?}");
    Ok(())
}
