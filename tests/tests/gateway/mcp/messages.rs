//! What comes in as messages: numbers of any length, and what is no message.

use lago_client::mock::MockServer;
use serde_json::{Value, json};

use super::program::Program;
use super::{Called, Mcp, NEW, OLD, Outcome};

pub(super) const OF_OLD: [(&str, &str); 1] = [("mcp-protocol-version", OLD)];
pub(super) const EVENTS: [&str; 3] = ["--toolsets", "events,plans", "--allow-writes"];

/// The text of a call that sends an event with this property.
pub(super) fn event(property: &str) -> String {
    call(&format!(
        r#"{{"name":"events_create","arguments":{{"code":"tokens","external_subscription_id":"s",
           "transaction_id":"t","timestamp":1700000000.5,"properties":{{"units":{property}}}}}}}"#
    ))
}

pub(super) fn call(params: &str) -> String {
    let text = format!(r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{params}}}"#);
    text.replace('\n', " ")
}

/// What an agent reads.
pub(super) fn read(answer: &Value) -> Outcome<Called> {
    assert_eq!(answer["id"], 7, "{answer}");
    Called::of(&answer["result"]).ok_or_else(|| answer.to_string().into())
}

/// The property that came to a server in its last request, as it was written.
fn came(server: &MockServer) -> Outcome<String> {
    let requests = server.requests();
    let request = requests.last().ok_or("nothing came")?;
    let body = std::str::from_utf8(&request.body)?;
    let (_, property) = body.split_once("\"units\":").ok_or("no property")?;
    Ok(property.trim_end_matches('}').to_owned())
}

/// Some numbers that floating point and whole numbers of 64 bits do not hold.
const LONG: [&str; 4] = [
    "123456789012345678901",
    "0.1234567890123456789",
    "-9007199254740993.5",
    "1e-400",
];

/// How numbers that keep their value are written, and how they arrive.
const KEPT: [(&str, &str); 7] = [
    ("9007199254740993", "9007199254740993"),
    ("18446744073709551615", "18446744073709551615"),
    ("1.50", "1.5"),
    ("1e2", "100.0"),
    ("-0.0", "-0.0"),
    ("0.10000000000000000000", "0.1"),
    ("0.1", "0.1"),
];

#[tokio::test]
async fn a_number_arrives_with_its_value_or_the_call_is_refused() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &EVENTS).await?;
    for number in LONG {
        let (status, answer) = mcp.post_text(&OF_OLD, event(number)).await?;
        assert_eq!(status, 200, "{answer}");
        let called = read(&answer)?;
        let problem = format!(
            "`/properties/units` is {number}, of which digits would be lost: give it as text, in quotes"
        );
        assert!(
            called.is_error && called.note.starts_with("Nothing was done"),
            "{called:?}"
        );
        assert!(called.note.contains(&problem), "{called:?}");
        assert!(server.requests().is_empty());
    }
    for (number, written) in KEPT {
        let called = read(&mcp.post_text(&OF_OLD, event(number)).await?.1)?;
        assert!(!called.is_error, "{number}: {called:?}");
        assert_eq!(came(&server)?, written);
    }
    // What an agent is told to do works.
    for number in LONG {
        let text = format!("\"{number}\"");
        let called = read(&mcp.post_text(&OF_OLD, event(&text)).await?.1)?;
        assert!(!called.is_error, "{called:?}");
        assert_eq!(came(&server)?, text);
    }
    Ok(())
}

#[tokio::test]
async fn the_words_fit_the_place_of_a_number_and_the_way_it_came() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &EVENTS).await?;
    // Where text is not taken, nobody is told to give it.
    let plan = call(
        r#"{"name":"plans_create","arguments":{"name":"Pro","code":"pro","interval":"monthly",
        "amount_cents":123456789012345678901,"amount_currency":"EUR","pay_in_advance":false,"trial":[]}}"#,
    );
    let called = read(&mcp.post_text(&OF_OLD, plan).await?.1)?;
    let problem = "`/amount_cents` is 123456789012345678901, of which digits would be lost: give a number of fewer digits";
    assert!(called.note.contains(problem), "{called:?}");
    assert!(
        called.note.contains("`/trial`"),
        "all is told at once: {called:?}"
    );

    // The newer protocol.
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": NEW,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let headers = [
        ("mcp-protocol-version", NEW),
        ("mcp-method", "tools/call"),
        ("mcp-name", "events_create"),
    ];
    let body = event(LONG[0]).replacen(
        r#""params":{"#,
        &format!(r#""params":{{"_meta":{meta},"#),
        1,
    );
    let called = read(&mcp.post_text(&headers, body).await?.1)?;
    assert!(
        called.is_error && called.note.contains(LONG[0]),
        "{called:?}"
    );

    // Four tools in place of all: the place is that among the arguments of the operation.
    let compact = Mcp::start(&server.url(), &[&EVENTS[..], &["--compact"]].concat()).await?;
    let body = event(LONG[0]).replacen(
        r#""name":"events_create","arguments":{"#,
        r#""name":"write","arguments":{"operation":"events_create","arguments":{"#,
        1,
    ) + "}";
    let called = read(&compact.post_text(&OF_OLD, body).await?.1)?;
    assert!(
        called.note.contains("`/properties/units` is 123"),
        "{called:?}"
    );
    assert!(server.requests().is_empty());
    Ok(())
}

/// A body, and what is said of it: status, code and id.
fn malformed() -> Vec<(Vec<u8>, i32, Value)> {
    let cases: [(&str, i32, Value); 16] = [
        ("", -32700, json!(null)),
        ("secret-word", -32700, json!(null)),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list""#,
            -32700,
            json!(null),
        ),
        ("[]", -32600, json!(null)),
        (
            r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
            -32600,
            json!(null),
        ),
        ("\"secret-word\"", -32600, json!(null)),
        (r#"{"id":1,"method":"tools/list"}"#, -32600, json!(1)),
        (
            r#"{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}"#,
            -32600,
            json!(null),
        ),
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"tools/list"}"#,
            -32600,
            json!(null),
        ),
        (
            r#"{"jsonrpc":"2.0","id":"a","method":"tools/list","params":[1]}"#,
            -32602,
            json!("a"),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","_meta":{"n":1e999}}}"#,
            -32602,
            json!(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","name":"plans_list"}}"#,
            -32602,
            json!(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"plans_list","arguments":{},"arguments":{}}}"#,
            -32602,
            json!(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":1}}"#,
            -32602,
            json!(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"prompts/list","params":{"cursor":"plans_list"}}"#,
            -32602,
            json!(1),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"n":"\ud800"}}}"#,
            -32602,
            json!(1),
        ),
    ];
    let bytes = (b"{\"jsonrpc\":\"\xff\"}".to_vec(), -32700, json!(null));
    let cases = cases.into_iter();
    cases
        .map(|(text, code, id)| (text.as_bytes().to_vec(), code, id))
        .chain([bytes])
        .collect()
}

/// Checks an answer that is an error; its words.
fn refusal(answer: &Value, code: i32, id: &Value) -> String {
    assert_eq!(answer["jsonrpc"], "2.0", "{answer}");
    assert_eq!(answer.get("id"), Some(id), "{answer}");
    assert_eq!(answer["error"]["code"], code, "{answer}");
    let words = answer["error"]["message"].as_str().unwrap_or_default();
    assert!(!words.is_empty(), "{answer}");
    words.to_owned()
}

#[tokio::test]
async fn what_is_no_message_is_said_as_json_rpc_does() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &[]).await?;
    for (body, code, id) in malformed() {
        let sent = String::from_utf8_lossy(&body).into_owned();
        for headers in [&OF_OLD[..], &[("mcp-protocol-version", NEW)], &[]] {
            let (status, answer) = mcp.post_text(headers, body.clone()).await?;
            assert_eq!(status, 400, "{sent}: {answer}");
            refusal(&answer, code, &id);
        }
        let lines = mcp.lines.lock().unwrap();
        let line = lines.last().ok_or("no line")?;
        assert!(line.ends_with(&format!("malformed{code}")), "{line}");
        assert!(!line.contains("secret-word"), "{line}");
    }
    // What is wrong with the request and not with the message is said as HTTP does.
    let url = format!("http://{}/mcp", mcp.running.address());
    let both = "application/json, text/event-stream";
    for (content_type, accept, status) in [
        ("text/plain", both, 415),
        ("application/json", "application/json", 406),
        ("application/json; charset=utf-8", both, 400),
    ] {
        let request = mcp.http.post(&url).header("content-type", content_type);
        let response = request
            .header("accept", accept)
            .body("secret-word")
            .send()
            .await?;
        assert_eq!(response.status(), status, "{content_type} {accept}");
    }
    Ok(())
}

#[tokio::test]
async fn parameters_that_are_wrong_are_not_taken_for_an_unknown_method() -> Outcome {
    let server = MockServer::start().await?;
    let mcp = Mcp::start(&server.url(), &[]).await?;
    for (method, params, code, words) in [
        ("tools/call", json!({}), -32602, "missing field `name`"),
        ("tools/call", json!({"name": 1}), -32602, "a string"),
        (
            "tools/call",
            json!({"name": "plans_list", "arguments": [1]}),
            -32602,
            "a map",
        ),
        (
            "initialize",
            json!({"capabilities": {}}),
            -32602,
            "missing field",
        ),
        (
            "tools/cal",
            json!({}),
            -32601,
            "there is no method `tools/cal`",
        ),
        ("plans_list", json!({}), -32601, "plans_list"),
    ] {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let (status, answer) = mcp.post(&OF_OLD, &body).await?;
        assert_eq!(status, 200, "{answer}");
        let said = refusal(&answer, code, &json!(1));
        assert!(said.contains(words), "{method}: {said}");
        // The newer protocol begins with no message of its own.
        let code = if method == "initialize" { -32601 } else { code };
        let (status, answer) = mcp.new_raw(&[], json!({}), method, params).await?;
        refusal(&answer, code, &json!(1));
        // The newer protocol tells by the status that there is no such method.
        assert_eq!(status == 404, code == -32601, "{method}: {status} {answer}");
    }
    let without = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call"});
    refusal(&mcp.post(&OF_OLD, &without).await?.1, -32602, &json!(1));
    assert!(server.requests().is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_refused_over_the_standard_streams_as_well() -> Outcome {
    let server = MockServer::start().await?;
    let mut program = Program::begun(&server.url(), &EVENTS, json!({}))?;
    for number in LONG {
        program.say_text(&event(number))?;
        let called = read(&program.hear()?)?;
        assert!(
            called.is_error && called.note.contains(number),
            "{called:?}"
        );
    }
    assert!(server.requests().is_empty());
    for (number, written) in KEPT {
        program.say_text(&event(number))?;
        let called = read(&program.hear()?)?;
        assert!(!called.is_error, "{number}: {called:?}");
        assert_eq!(came(&server)?, written);
    }
    assert!(program.end()?.0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_no_message_is_answered_and_the_next_one_read() -> Outcome {
    let server = MockServer::start().await?;
    // A blank line is nothing.
    let is_line = |(body, ..): &(Vec<u8>, i32, Value)| !body.is_empty();
    let cases = || malformed().into_iter().filter(is_line);
    // Before it has begun.
    let mut program = Program::start(&server.url(), &[])?;
    for (body, code, id) in cases() {
        program.say_bytes(&body)?;
        refusal(&program.hear()?, code, &id);
    }
    program.begin(json!({}))?;
    for (body, code, id) in cases() {
        program.say_bytes(b"\r")?;
        program.say_bytes(&body)?;
        refusal(&program.hear()?, code, &id);
    }
    // Too long to be kept, and then of one byte less than that.
    let long = format!("\"{}\"", "x".repeat(10 << 20));
    program.say_text(&long)?;
    let words = refusal(&program.hear()?, -32600, &json!(null));
    assert!(words.contains("10485760 bytes"), "{words}");
    program.say_text(&long[..10 << 20])?;
    refusal(&program.hear()?, -32700, &json!(null));
    // Nobody waits for an answer to these.
    program.say_text(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[1]}"#)?;
    program.say_text(r#"{"jsonrpc":"2.0","method":"secret-word/notification"}"#)?;
    let call = json!({"name": "plans_get", "arguments": {"code": "pro"}});
    let answer = program.ask(7, "tools/call", call)?;
    assert!(!read(&answer)?.is_error);
    let (is_well, said) = program.end()?;
    assert!(is_well, "{said}");
    assert!(
        said.contains("malformed-32700") && !said.contains("secret-word"),
        "{said}"
    );
    Ok(())
}

/// A program may close its end right behind what it wrote.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_line_needs_no_end() -> Outcome {
    let server = MockServer::start().await?;
    let mut program = Program::begun(&server.url(), &[], json!({}))?;
    program.say_last(r#"{"jsonrpc":"2.0","id":7,"method":"tools/call"}"#)?;
    refusal(&program.hear()?, -32602, &json!(7));
    assert!(program.end()?.0);
    let mut program = Program::begun(&server.url(), &[], json!({}))?;
    program.say_last(r#"{"jsonrpc":"2.0","id":7,"meth"#)?;
    refusal(&program.hear()?, -32700, &json!(null));
    assert!(program.end()?.0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_began_with_is_not_in_the_log() -> Outcome {
    let server = MockServer::start().await?;
    let mut program = Program::start(&server.url(), &[])?;
    program
        .say_text(r#"{"jsonrpc":"2.0","method":"notifications/x","params":{"a":"secret-word"}}"#)?;
    let (is_well, said) = program.end()?;
    assert!(
        !is_well && said.contains("it does not begin with a request"),
        "{said}"
    );
    assert!(!said.contains("secret-word"), "{said}");
    Ok(())
}
