//! The adapter as a program.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

use lago_client::mock::{MockResponse, MockServer};
use lago_tests::support::clients::{API_KEY, plain_http};
#[cfg(unix)]
use lago_tests::support::server::{Prompted, ScriptedResponse};
use serde_json::json;

use super::Outcome;
#[cfg(unix)]
use super::ending::send;
use super::spool::event;

/// The program, and what it says.
pub(super) struct Program {
    pub(super) child: Child,
    said: BufReader<ChildStderr>,
    url: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
    command.args(arguments).stderr(Stdio::piped());
    for name in ["LAGO_API_KEY", "LAGO_API_URL", "LAGO_GATEWAY_BEARER"] {
        command.env_remove(name);
    }
    command
}

impl Program {
    pub(super) fn start(url: &str, more: &[&str]) -> Outcome<Self> {
        let mut child = command(&["serve", "--port", "0", "--url", url])
            .args(more)
            .env("LAGO_API_KEY", API_KEY)
            .spawn()?;
        let said = BufReader::new(child.stderr.take().ok_or("no output")?);
        let url = String::new();
        let mut program = Self { child, said, url };
        // What a spool has to say comes before it.
        let line = program.hear("serves Lago's API at http://127.0.0.1:")?;
        let url = line.trim_end().rsplit(' ').next();
        program.url = url.unwrap_or_default().to_owned();
        Ok(program)
    }

    /// Gives it an event, and says with which status it was taken.
    pub(super) async fn take(&self, id: &str) -> Outcome<u16> {
        let event = json!({ "event": event(id) });
        let request = plain_http()?.post(format!("{}/events", self.url));
        Ok(request
            .body(event.to_string())
            .send()
            .await?
            .status()
            .into())
    }

    #[cfg(unix)]
    pub(super) fn ask_to_stop(&self) -> Outcome {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(&id).status()?.success());
        Ok(())
    }

    /// Reads until it says this, and gives the line.
    pub(super) fn hear(&mut self, words: &str) -> Outcome<String> {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            if self.said.read_line(&mut line)? == 0 {
                return Err("it has ended".into());
            }
        }
        Ok(line)
    }

    /// What it says until it ends, and how it ends.
    pub(super) fn end(mut self) -> Outcome<(String, ExitStatus)> {
        let mut rest = String::new();
        self.said.read_to_string(&mut rest)?;
        let status = self.child.wait()?;
        Ok((rest, status))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended unless a test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn it_serves_until_it_is_told_to_stop() -> Outcome {
    let server = MockServer::builder().api_key(API_KEY).start().await?;
    let program = Program::start(&server.url(), &[])?;
    let get = reqwest::get(format!("{}/customers/jane?secret=value", program.url)).await?;
    assert_eq!(get.status(), 200);
    program.ask_to_stop()?;
    let (said, status) =
        tokio::task::spawn_blocking(|| program.end().map_err(|error| error.to_string())).await??;
    assert!(status.success(), "{status}");
    assert!(
        said.contains("every request has the API key of LAGO_API_KEY"),
        "{said}"
    );
    assert!(
        said.contains(" GET /api/v1/customers/{external_customer_id} 200 "),
        "{said}"
    );
    for hidden in [API_KEY, "jane", "secret=value"] {
        assert!(!said.contains(hidden), "{said}");
    }
    Ok(())
}

/// Whoever is in a hurry is told as well what is left.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_says_what_is_left_in_the_spool() -> Outcome {
    let directory = tempfile::tempdir()?;
    let server = MockServer::start().await?;
    server.respond("events.create_batch", MockResponse::new(503))?;
    let spool = directory.path().display().to_string();
    let mut program = Program::start(&server.url(), &["--spool", &spool])?;
    let event = r#"{"event":{"transaction_id":"t","external_subscription_id":"s","code":"c","timestamp":1}}"#;
    let events = format!("{}/events", program.url);
    let taken = reqwest::Client::new()
        .post(events)
        .body(event)
        .send()
        .await?;
    assert_eq!(taken.status(), 202);
    program.ask_to_stop()?;
    program.hear("stops: ")?;
    program.ask_to_stop()?;
    let (said, status) =
        tokio::task::spawn_blocking(|| program.end().map_err(|error| error.to_string())).await??;
    assert!(
        said.contains("events: 0 delivered, 0 known already, 0 refused, 1 left in the spool"),
        "{said}"
    );
    assert!(status.success(), "{status}");
    Ok(())
}

/// What runs is finished after one signal, and cut off after two; only then the exit status says that something is in doubt.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_cuts_off_what_runs_and_says_what() -> Outcome {
    for (more, signals, code, last) in [
        (&[][..], 1, 0, " 200 "),
        (&[], 2, 3, "1 call: subscriptions.create"),
        (
            &["--stop-within", "1"],
            1,
            3,
            "1 call: subscriptions.create",
        ),
    ] {
        let mut server = Prompted::start().await?;
        let mut program = Program::start(&server.url(), more)?;
        let address = program.url.trim_start_matches("http://").to_owned();
        let write = send(&address, "POST /subscriptions").await?;
        let waiting = server.next().await.ok_or("nothing came")?;
        program.ask_to_stop()?;
        program.hear("stops: ")?;
        if signals == 2 {
            program.ask_to_stop()?;
        }
        let waiting = match code {
            0 => {
                waiting.respond(ScriptedResponse::json("200 OK", "{}"));
                None
            }
            _ => Some(waiting),
        };
        let (said, status) = program.end()?;
        assert_eq!(status.code(), Some(code), "{said}");
        let is_in_doubt = said.contains("ms subscriptions.create ambiguous\n");
        assert_eq!(is_in_doubt, code == 3, "{said}");
        let lines: Vec<&str> = said.lines().collect();
        assert!(
            lines.last().is_some_and(|line| line.contains(last)),
            "{said}"
        );
        drop((write, waiting));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_when_events_wait_for_another_key() -> Outcome {
    let server = MockServer::builder().api_key("another").start().await?;
    let said = said_of_an_event(&server, "events wait: ").await?;
    assert!(said.contains("401"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_when_events_do_not_get_through_and_why() -> Outcome {
    let page = "<html>the secret of a firewall</html>";
    for (status, advice) in [
        (400, "why it refuses the request"),
        (500, "look into the log of the server"),
        (200, "is the base URL that of Lago's API"),
    ] {
        let server = MockServer::start().await?;
        let response = MockResponse::new(status).text(page);
        server.respond("events.create_batch", response)?;
        let said = said_of_an_event(&server, "events do not get through: ").await?;
        for part in [&status.to_string(), advice, "Events that wait: 1"] {
            assert!(said.contains(part), "{said}");
        }
        assert!(!said.contains("firewall"), "{said}");
    }
    Ok(())
}

/// Whoever sent it was told 202.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_when_lago_had_an_event_already() -> Outcome {
    let server = MockServer::start().await?;
    let known = json!({"0": {"transaction_id": ["value_already_exist"]}});
    server.respond(
        "events.create_batch",
        MockResponse::validation_errors(known),
    )?;
    let said = said_of_an_event(&server, "Lago had events already: ").await?;
    assert!(
        said.contains(": 1 since") && said.contains("no dead letters"),
        "{said}"
    );
    Ok(())
}

/// What is no word of Lago's may be data, so the status has to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_the_status_where_lago_gives_a_sentence() -> Outcome {
    let server = MockServer::start().await?;
    let sentence = "BadRequest: param is missing or the value is empty: event";
    let response = MockResponse::new(400).json(json!({"status": 400, "error": sentence}));
    server.respond("events.create_batch", response)?;
    let said = said_of_an_event(&server, "an event will not be delivered: ").await?;
    assert!(said.contains("rejected: status 400;"), "{said}");
    assert!(!said.contains("param is missing"), "{said}");
    Ok(())
}

/// The line with this text that the program says after it took an event.
async fn said_of_an_event(server: &MockServer, text: &'static str) -> Outcome<String> {
    let directory = tempfile::tempdir()?;
    let spool = directory.path().display().to_string();
    let mut program = Program::start(&server.url(), &["--spool", &spool])?;
    let event = r#"{"event":{"transaction_id":"t","external_subscription_id":"s","code":"c","timestamp":1}}"#;
    let request = reqwest::Client::new()
        .post(format!("{}/events", program.url))
        .body(event);
    assert_eq!(request.send().await?.status(), 202);
    // A test that would hang fails when the program is killed by whoever runs it.
    let waits = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        while program
            .said
            .read_line(&mut line)
            .is_ok_and(|bytes| bytes > 0)
        {
            if line.contains(text) {
                return Some(line);
            }
            line.clear();
        }
        None
    });
    let said = waits.await?.ok_or("it ended, and did not say it")?;
    assert!(!said.contains(API_KEY), "{said}");
    Ok(said)
}

#[test]
fn its_help_says_what_exit_statuses_mean() -> Outcome {
    for arguments in [&["--help"][..], &["serve", "--help"], &["mcp", "--help"]] {
        let output = command(arguments).stdout(Stdio::piped()).output()?;
        let told = String::from_utf8(output.stdout)?;
        assert!(
            told.contains("Exit status: 0 ") && told.contains(" 3 when calls"),
            "{told}"
        );
    }
    Ok(())
}

#[test]
fn what_cannot_work_is_said_with_what_to_do() -> Outcome {
    for (arguments, said) in [
        (
            &["serve"][..],
            "set LAGO_API_KEY to the key of your organization",
        ),
        (&["serve", "--listen", "0.0.0.0"], "set LAGO_API_KEY"),
        (&["serve", "--timeout", "0"], "from 1 to 3600"),
        (&["serve", "--port", "x"], "--port"),
        (&["nothing"], "nothing"),
        (&[], "serve"),
    ] {
        let output = command(arguments).output()?;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = String::from_utf8(output.stderr)?;
        assert!(told.contains(said), "{told}");
    }
    Ok(())
}
