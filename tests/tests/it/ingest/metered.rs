//! The example that meters an axum server, run as a program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use lago_client::mock::MockServer;
use serde_json::Value;

use super::*;

/// The program; it is killed when a test ends early.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended by itself where the test got to its end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first line that it prints, and what comes after it.
type Output = (String, BufReader<std::process::ChildStdout>);

fn start(server: &MockServer) -> Result<(Program, Output), Box<dyn Error>> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_meter_requests"));
    program
        .arg("127.0.0.1:0")
        .env("LAGO_API_URL", server.url())
        .env("LAGO_API_KEY", "not-a-key")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut program = Program(program.spawn()?);
    let mut output = BufReader::new(program.0.stdout.take().ok_or("no output")?);
    let mut line = String::new();
    output.read_line(&mut line)?;
    Ok((program, (line, output)))
}

/// How many events of each subscription the server got, of requests with this method.
fn metered(server: &MockServer) -> Result<BTreeMap<(String, String), usize>, Box<dyn Error>> {
    let (mut counts, mut ids) = (BTreeMap::new(), std::collections::BTreeSet::new());
    for request in server.requests() {
        assert_eq!(request.target, "/api/v1/events/batch");
        let body: Value = serde_json::from_slice(&request.body)?;
        for event in body["events"].as_array().ok_or("no events")? {
            let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
            assert_eq!(event["code"], "api_requests");
            assert!(event["timestamp"].is_number(), "{event}");
            let is_new = ids.insert(text(&event["transaction_id"]));
            assert!(is_new, "{event}");
            let key = (
                text(&event["external_subscription_id"]),
                text(&event["properties"]["method"]),
            );
            *counts.entry(key).or_default() += 1;
        }
    }
    Ok(counts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_metered_by_key_and_the_last_ones_before_it_ends() -> Outcome {
    let server = MockServer::start().await?;
    let (mut program, (line, mut output)) = start(&server)?;
    let address = line
        .strip_prefix("Metering ")
        .and_then(|rest| rest.split(',').next());
    let url = address.ok_or("no address")?;
    let http = reqwest::Client::new();
    let request = |path: &str, key: Option<&'static str>| {
        let request = http.get(format!("{url}{path}"));
        match key {
            Some(key) => request.header("x-subscription", key),
            None => request,
        }
    };
    for (key, count) in [(Some("sub_1"), 7), (Some("sub_2"), 130), (None, 5)] {
        for _ in 0..count {
            assert_eq!(request("/", key).send().await?.status(), 200);
        }
    }
    let head = http
        .head(format!("{url}/"))
        .header("x-subscription", "sub_1");
    assert_eq!(head.send().await?.status(), 200);
    // What fails is not metered.
    for _ in 0..3 {
        assert_eq!(
            request("/missing", Some("sub_1")).send().await?.status(),
            404
        );
    }
    // The end of its input, as the key Enter.
    drop(program.0.stdin.take());
    let (status, said) = tokio::task::spawn_blocking(move || {
        let mut said = String::new();
        output.read_to_string(&mut said)?;
        program.0.wait().map(|status| (status, said))
    })
    .await??;
    assert!(status.success(), "{said}");
    assert!(said.contains("Report { delivered: 138, duplicates: 0, rejected: 0, in_doubt: 0, spooled: 0, lost: 0 }"), "{said}");
    let of = |subscription: &str, method: &str, count| {
        ((subscription.to_owned(), method.to_owned()), count)
    };
    let expected = [
        of("sub_1", "GET", 7),
        of("sub_1", "HEAD", 1),
        of("sub_2", "GET", 130),
    ];
    assert_eq!(metered(&server)?, expected.into());
    Ok(())
}
