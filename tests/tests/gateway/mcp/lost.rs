//! Arguments of which something would be lost once they are read: they are refused, with the place, before anything is done.

use lago_client::mock::MockServer;
use serde_json::json;

use super::messages::{EVENTS, OF_OLD, call, event, read};
use super::program::Program;
use super::{Called, Mcp, NEW, Outcome};

/// Calls that say one thing twice, and where.
fn repeated() -> [(String, &'static str); 3] {
    let units = |more: &str| event(&format!("1{more}"));
    [
        (
            units(r#","units":2"#),
            "`/properties/units` is given more than once",
        ),
        (
            units(r#","un\u0069ts":1"#),
            "`/properties/units` is given more than once",
        ),
        (
            event("[0,{\"a\":1,\"a\":1}]"),
            "`/properties/units/1/a` is given more than once",
        ),
    ]
}

fn is_refused(called: &Called, problem: &str) {
    let nothing = "Nothing was done: `events_create` was not called, because of its arguments:";
    assert!(
        called.is_error && called.note.starts_with(nothing),
        "{called:?}"
    );
    assert!(called.note.contains(problem), "{problem}: {called:?}");
}

#[tokio::test]
async fn of_two_values_with_one_name_none_is_sent() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &EVENTS).await?;
    for (message, problem) in repeated() {
        is_refused(&read(&mcp.post_text(&OF_OLD, message).await?.1)?, problem);
    }
    // At the top, beside another problem; the newer protocol.
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": NEW,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let headers = [
        ("mcp-protocol-version", NEW),
        ("mcp-method", "tools/call"),
        ("mcp-name", "plans_get"),
    ];
    let twice = r#"{"code":"a","code":"b","cod":1}"#;
    let message = call(&format!(
        r#"{{"_meta":{meta},"name":"plans_get","arguments":{twice}}}"#
    ));
    let called = read(&mcp.post_text(&headers, message).await?.1)?;
    for problem in [
        "`/code` is given more than once: give one value",
        "`/cod` is not known",
    ] {
        assert!(
            called.is_error && called.note.contains(problem),
            "{called:?}"
        );
    }
    // Four tools in place of all: within the arguments of the operation, and beside them.
    let compact = Mcp::start(&server.url(), &["--compact"]).await?;
    for (arguments, place) in [
        (
            format!(r#"{{"operation":"plans_get","arguments":{twice}}}"#),
            "`/code`",
        ),
        (
            r#"{"operation":"plans_list","operation":"plans_get","arguments":{"code":"a"}}"#
                .to_owned(),
            "`/operation`",
        ),
        (
            r#"{"operation":"plans_get","arguments":{"code":"a"},"arguments":{"code":"b"}}"#
                .to_owned(),
            "`/arguments`",
        ),
    ] {
        let message = call(&format!(r#"{{"name":"read","arguments":{arguments}}}"#));
        let called = read(&compact.post_text(&OF_OLD, message).await?.1)?;
        let problem = format!("{place} is given more than once");
        assert!(
            called.is_error && called.note.contains(&problem),
            "{called:?}"
        );
    }
    assert!(server.requests().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_the_same_over_the_standard_streams() -> Outcome {
    let server = MockServer::start().await?;
    let mut program = Program::begun(&server.url(), &EVENTS, json!({}))?;
    for (message, problem) in repeated().into_iter().chain([far()]) {
        program.say_text(&message)?;
        is_refused(&read(&program.hear()?)?, problem);
    }
    assert!(server.requests().is_empty());
    program.say_text(&event("2"))?;
    assert!(!read(&program.hear()?)?.is_error);
    assert!(program.end()?.0);
    Ok(())
}

/// A call with a number that nothing here can read.
fn far() -> (String, &'static str) {
    let problem = "`/properties/units` is 1e400, which is further from zero than a number can be: give it as text, in quotes";
    (event("1e400"), problem)
}

/// What is said of a number works for the field in which it stands.
#[tokio::test]
async fn nobody_is_told_to_give_text_where_it_is_not_taken() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &EVENTS).await?;
    let (message, problem) = far();
    is_refused(&read(&mcp.post_text(&OF_OLD, message).await?.1)?, problem);
    let long = "9".repeat(400);
    for (number, shown) in [("1e400", "1e400,"), ("-1e400", "-1e400,"), (&long, "9999")] {
        let plan = call(&format!(
            r#"{{"name":"plans_create","arguments":{{"name":"Pro","code":"pro","interval":{number},
            "amount_cents":{number},"amount_currency":"EUR","pay_in_advance":false,
            "charges":[{{"billable_metric_id":"1a901a90-1a90-1a90-1a90-1a901a901a90","charge_model":"standard",
            "min_amount_cents":{number}}}]}}}}"#
        ));
        let called = read(&mcp.post_text(&OF_OLD, plan).await?.1)?;
        let lines: Vec<&str> = called
            .note
            .lines()
            .filter(|line| line.starts_with("- "))
            .collect();
        let about = |place: &str| {
            let start = format!("- `{place}` ");
            lines
                .iter()
                .find_map(|line| line.strip_prefix(start.as_str()))
        };
        let amount = about("/amount_cents").ok_or("nothing is said")?;
        assert!(!called.note.contains("as text, in quotes"), "{called:?}");
        assert!(
            amount.starts_with(&format!("is {shown}"))
                && amount.ends_with("give one that is nearer to zero"),
            "{amount}"
        );
        // Where a number is not taken at all.
        assert!(
            about("/interval").is_some_and(|it| it.contains("text")),
            "{called:?}"
        );
    }
    assert!(server.requests().is_empty());
    Ok(())
}
