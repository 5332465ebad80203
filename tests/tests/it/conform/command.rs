//! The command: its arguments, what it prints, and the status it ends with.

use std::process::{Command, Output};

use lago_client::mock::{MockResponse, MockServer, example};
use lago_tests::support::clients::API_KEY;
use serde_json::{Value, json};

use super::Outcome;

/// Runs the command to its end, while servers of this test go on.
async fn run(arguments: &[&str], key: Option<&str>) -> Outcome<(i32, String, String)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conform"));
    command.args(arguments).env_remove("LAGO_API_KEY");
    if let Some(key) = key {
        command.env("LAGO_API_KEY", key);
    }
    let Output {
        status,
        stdout,
        stderr,
    } = tokio::task::spawn_blocking(move || command.output()).await??;
    let said = (String::from_utf8(stdout)?, String::from_utf8(stderr)?);
    assert!(
        !said.0.contains(API_KEY) && !said.1.contains(API_KEY),
        "{said:?}"
    );
    Ok((status.code().ok_or("no status")?, said.0, said.1))
}

#[tokio::test]
async fn arguments_that_make_no_sense_are_refused() -> Outcome {
    for (arguments, key, expected) in [
        (&[][..], None, "--url"),
        (
            &["--url", "http://127.0.0.1:1", "--replay", "x"],
            None,
            "--replay",
        ),
        (&["--write"], None, "--url"),
        (&["--replay", "x", "--write"], None, "--write"),
        (
            &["--url", "http://127.0.0.1:1", "--yes-on-cloud"],
            None,
            "--write",
        ),
        (
            &["--url", "http://127.0.0.1:1", "--format", "xml"],
            None,
            "junit",
        ),
        (
            &["--url", "http://127.0.0.1:1"],
            None,
            "LAGO_API_KEY is not set",
        ),
        (
            &["--url", "http://127.0.0.1:1"],
            Some(" "),
            "LAGO_API_KEY is not set",
        ),
        (&["--url", API_KEY], Some(API_KEY), "--url is no address"),
        (
            &["--url", "https://api.getlago.com", "--write"],
            Some(API_KEY),
            "--yes-on-cloud",
        ),
        (
            &["--url", "https://API.eu.getlago.com/api/v1", "--write"],
            Some(API_KEY),
            "--yes-on-cloud",
        ),
    ] {
        let (status, stdout, stderr) = run(arguments, key).await?;
        assert_eq!((status, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
    Ok(())
}

#[tokio::test]
async fn the_status_says_whether_there_is_drift() -> Outcome {
    let server = MockServer::start().await?;
    let url = server.url();
    let (status, stdout, stderr) = run(&["--url", &url], Some(API_KEY)).await?;
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.contains("0 drift"), "{stdout}");
    assert!(
        server
            .requests()
            .iter()
            .all(|one| one.header("authorization") == Some(&format!("Bearer {API_KEY}")))
    );

    let mut body = example("findAllPlans")?;
    body["plans"][0]["interval"] = json!("fortnightly");
    body["plans"][0]["name"] = json!(format!("{API_KEY} in a name"));
    server.respond("findAllPlans", MockResponse::new(200).json(body))?;
    let (status, stdout, _) = run(&["--url", &url, "--format", "json"], Some(API_KEY)).await?;
    let said: Value = serde_json::from_str(&stdout)?;
    assert_eq!(
        (status, &said["status"], &said["drifts"][0]["pointer"]),
        (1, &json!(1), &json!("/plans/0/interval"))
    );
    let (status, stdout, _) = run(&["--url", &url, "--format", "junit"], Some(API_KEY)).await?;
    assert_eq!(status, 1);
    assert!(
        stdout.starts_with("<?xml") && stdout.contains("<failure"),
        "{stdout}"
    );

    let strict = MockServer::builder().api_key("another").start().await?;
    let (status, stdout, stderr) = run(&["--url", &strict.url()], Some(API_KEY)).await?;
    assert_eq!((status, stdout.as_str()), (2, ""));
    assert!(
        stderr.contains("401") && stderr.contains("LAGO_API_KEY"),
        "{stderr}"
    );
    Ok(())
}
