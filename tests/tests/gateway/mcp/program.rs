//! The program, over its standard streams.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use lago_client::mock::MockServer;
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::{Prompted, ScriptedResponse};
use serde_json::{Value, json};

use super::{Called, OLD, Outcome, came};

/// The program as a client has it.
pub(super) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Program {
    pub(super) fn start(url: &str, options: &[&str]) -> Outcome<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gateway"))
            .args(["mcp", "--stdio", "--url", url])
            .args(options)
            .env("LAGO_API_KEY", API_KEY)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self {
            child,
            input,
            output,
        })
    }

    /// One that has begun as the old protocol does, for a client with these capabilities.
    pub(super) fn begun(url: &str, options: &[&str], capabilities: Value) -> Outcome<Self> {
        let mut program = Self::start(url, options)?;
        program.begin(capabilities)?;
        Ok(program)
    }

    pub(super) fn begin(&mut self, capabilities: Value) -> Outcome {
        let client = json!({"name": "test", "version": "1"});
        let params =
            json!({"protocolVersion": OLD, "capabilities": capabilities, "clientInfo": client});
        let answer = self.ask(1, "initialize", params)?;
        assert_eq!(answer["result"]["protocolVersion"], OLD, "{answer}");
        self.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
    }

    pub(super) fn say(&mut self, message: &Value) -> Outcome {
        self.say_text(&message.to_string())
    }

    pub(super) fn say_text(&mut self, line: &str) -> Outcome {
        self.say_bytes(line.as_bytes())
    }

    pub(super) fn say_bytes(&mut self, line: &[u8]) -> Outcome {
        let input = self.input.as_mut().ok_or("it is closed")?;
        input.write_all(&[line, b"\n"].concat())?;
        Ok(input.flush()?)
    }

    /// Says something without the end of the line, and nothing after that.
    pub(super) fn say_last(&mut self, text: &str) -> Outcome {
        let mut input = self.input.take().ok_or("it is closed")?;
        Ok(input.write_all(text.as_bytes())?)
    }

    pub(super) fn hear(&mut self) -> Outcome<Value> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err("it has ended".into()),
            _ => Ok(serde_json::from_str(&line)?),
        }
    }

    pub(super) fn ask(&mut self, id: u32, method: &str, params: Value) -> Outcome<Value> {
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))?;
        let answer = self.hear()?;
        assert_eq!(answer["id"], id, "{answer}");
        Ok(answer)
    }

    /// Closes its input; whether it ended well, and what it wrote to the standard error stream.
    pub(super) fn end(mut self) -> Outcome<(bool, String)> {
        self.input = None;
        let mut rest = String::new();
        self.output.read_to_string(&mut rest)?;
        assert_eq!(rest, "");
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .ok_or("no errors")?
            .read_to_string(&mut said)?;
        Ok((self.child.wait()?.success(), said))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn delete() -> Value {
    json!({"name": "plans_delete", "arguments": {"code": "pro"}})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_speaks_the_protocol_and_nothing_else_at_its_output() -> Outcome {
    let server = MockServer::start().await?;
    let mut program = Program::begun(&server.url(), &[], json!({}))?;
    let list = program.ask(2, "tools/list", json!({}))?;
    let names = list["result"]["tools"].as_array().ok_or("no list")?;
    assert!(names.iter().any(|tool| tool["name"] == "plans_get"));
    let call = json!({"name": "plans_get", "arguments": {"code": "pro"}});
    let answer = program.ask(3, "tools/call", call)?;
    let called = Called::of(&answer["result"]).ok_or("no result")?;
    assert!(
        !called.is_error && called.json()?["plan"]["code"].is_string(),
        "{called:?}"
    );
    let answer = program.ask(4, "tools/call", delete())?;
    assert!(
        answer.to_string().contains("read-only: nothing was done"),
        "{answer}"
    );
    assert_eq!(came(&server), ["GET /api/v1/plans/pro"]);
    assert_eq!(
        server.requests()[0].header("authorization"),
        Some(&*format!("Bearer {API_KEY}"))
    );

    let (is_well, said) = program.end()?;
    assert!(is_well, "{said}");
    assert!(
        said.contains("speaks MCP over the standard streams"),
        "{said}"
    );
    assert!(said.contains("plans_get 200"), "{said}");
    assert!(!said.contains(API_KEY) && !said.contains("pro "), "{said}");
    Ok(())
}

/// In the old protocol the question goes the other way while the call is open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_asked_while_the_call_is_open() -> Outcome {
    let server = MockServer::start().await?;
    let can_ask = json!({"elicitation": {}});
    let mut program = Program::begun(&server.url(), &["--allow-writes"], can_ask)?;
    for (id, content, is_done) in [
        (2, json!({"action": "decline"}), false),
        (
            3,
            json!({"action": "accept", "content": {"confirm": true}}),
            true,
        ),
    ] {
        let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": delete()});
        program.say(&call)?;
        let question = program.hear()?;
        assert_eq!(question["method"], "elicitation/create", "{question}");
        let message = question["params"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("\"code\":\"pro\""), "{message}");
        program.say(&json!({"jsonrpc": "2.0", "id": question["id"], "result": content}))?;
        let answer = program.hear()?;
        assert_eq!(
            (&answer["id"], &answer["result"]["isError"]),
            (&json!(id), &json!(!is_done)),
            "{answer}"
        );
        assert_eq!(came(&server).len(), usize::from(is_done));
    }
    assert!(program.end()?.0);
    Ok(())
}

/// What changes something goes on when the client gives up, and the log says what came of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_is_cancelled_goes_on_and_is_told() -> Outcome {
    let mut server = Prompted::start().await?;
    let options = ["--allow-writes", "--unconfirmed"];
    let mut program = Program::begun(&server.url(), &options, json!({}))?;
    program.say(&json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": delete()}))?;
    let waiting = server.next().await.ok_or("nothing came")?;
    let cancelled = json!({"requestId": 2, "reason": "too slow"});
    program.say(
        &json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled}),
    )?;
    // Its answer shows that what came before was read.
    program.ask(3, "tools/list", json!({}))?;
    waiting.respond(ScriptedResponse::new(
        "200 OK",
        &[],
        b"{\"plan\":{\"code\":\"pro\"}}",
    ));
    let (is_well, said) = program.end()?;
    assert!(is_well, "{said}");
    assert!(
        said.contains("plans_delete was cancelled while it ran; it ended with 200"),
        "{said}"
    );
    Ok(())
}

/// When there is no more time for a change, the log has its name, and the exit status says that something is in doubt.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_is_cut_off_is_told() -> Outcome {
    for (more, signals) in [(&["--stop-within", "1"][..], 0), (&[], 2)] {
        let mut server = Prompted::start().await?;
        let options = [&["--allow-writes", "--unconfirmed"][..], more].concat();
        let mut program = Program::begun(&server.url(), &options, json!({}))?;
        let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": delete()});
        program.say(&call)?;
        let waiting = server.next().await.ok_or("nothing came")?;
        let mut said = BufReader::new(program.child.stderr.take().ok_or("no errors")?);
        let mut told = String::new();
        if signals == 0 {
            program.input = None;
        }
        for signal in 0..signals {
            let id = program.child.id().to_string();
            assert!(Command::new("kill").arg(&id).status()?.success());
            while signal == 0 && !told.contains("stops: ") {
                assert!(said.read_line(&mut told)? > 0, "{told}");
            }
        }
        said.read_to_string(&mut told)?;
        assert_eq!(program.child.wait()?.code(), Some(3), "{told}");
        assert!(told.contains(" plans_delete cut-off ambiguous\n"), "{told}");
        assert!(
            told.contains("1 call: plans_delete; look in Lago"),
            "{told}"
        );
        drop(waiting);
    }
    Ok(())
}

/// A client ends it by a signal when closing its input has no effect.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_ends_it_while_its_input_is_open() -> Outcome {
    let server = MockServer::start().await?;
    let mut program = Program::begun(&server.url(), &[], json!({}))?;
    let id = program.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()?
            .success()
    );
    assert_eq!(program.child.wait()?.code(), Some(0));
    Ok(())
}

#[test]
fn what_cannot_work_is_said_at_once_and_nothing_else() -> Outcome {
    let key = Some(API_KEY);
    for (key, options, words) in [
        (key, &["--stdio", "--port", "1"][..], "--port"),
        (
            key,
            &["--stdio", "--key-mode", "per-request"],
            "error: over the standard streams there are no headers that could bring a key: leave out `--key-mode \
             per-request`, and give the key in LAGO_API_KEY\n",
        ),
        // Nobody is told to do what cannot work either.
        (
            None,
            &["--stdio"],
            "error: no API key: set LAGO_API_KEY to the key of your organization (a stand-in takes any)\n",
        ),
        (None, &["--port", "0"], "with `--key-mode per-request`\n"),
        (
            key,
            &["--stdio", "--toolsets", "walets"],
            "Did you mean wallets",
        ),
        (
            key,
            &["--listen", "0.0.0.0", "--port", "0"],
            "--bearer-file",
        ),
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_gateway"));
        program
            .arg("mcp")
            .args(options)
            .env_remove("LAGO_API_KEY")
            .env("LAGO_API_URL", "http://127.0.0.1:1");
        if let Some(key) = key {
            program.env("LAGO_API_KEY", key);
        }
        let output = program.stdin(Stdio::null()).output()?;
        assert_eq!(output.status.code(), Some(2), "{options:?}");
        let said = String::from_utf8(output.stderr)?;
        assert!(said.contains(words) && output.stdout.is_empty(), "{said}");
        // It does not say that it serves before that.
        assert!(said.starts_with("error: "), "{said}");
    }
    Ok(())
}
