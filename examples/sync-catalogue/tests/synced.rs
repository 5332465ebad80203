//! The program, run against the stand-in for Lago: what it prints, sends and leaves alone.

use std::error::Error;
use std::process::Command;
use std::{fs, str};

use lago_client::mock::{MockResponse, MockServer, example};
use lago_client::types::*;
use serde_json::Value;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What the program prints, to both outputs, and its status.
fn sync(server: &MockServer, arguments: &[&str]) -> Outcome<(String, Option<i32>)> {
    let output = Command::new(env!("CARGO_BIN_EXE_sync-catalogue"))
        .args(arguments)
        .env("LAGO_API_URL", server.url())
        .env("LAGO_API_KEY", "any")
        .output()?;
    let texts = [&output.stdout, &output.stderr].map(|text| str::from_utf8(text));
    let [out, errors] = texts;
    Ok((format!("{}{}", out?, errors?), output.status.code()))
}

/// How many requests have changed something since this was asked last.
fn writes(server: &MockServer) -> usize {
    let requests = server.requests();
    server.clear();
    requests.iter().filter(|one| one.method != "GET").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_catalogue_is_told_then_made_then_left_alone() -> Outcome {
    let server = MockServer::builder().stateful().start().await?;
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue.yaml");

    let (dry, status) = sync(&server, &[sample, "--dry-run"])?;
    assert!(dry.ends_with("\n5 to be created or changed\n"), "{dry}");
    assert!(dry.contains("+ plan pro\n"), "{dry}");
    assert!(
        dry.contains("\n    charges[requests].properties.amount: \"0.02\"\n"),
        "{dry}"
    );
    assert_eq!((status, writes(&server)), (Some(2), 0));

    let (made, status) = sync(&server, &[sample])?;
    let told = dry.replace("5 to be created", "5 created");
    assert_eq!(
        (made.as_str(), status, writes(&server)),
        (told.as_str(), Some(0), 5)
    );

    let same = ("everything is as the file says\n".to_owned(), Some(0));
    assert_eq!(sync(&server, &[sample])?, same);
    assert_eq!(sync(&server, &[sample, "--dry-run"])?, same);
    assert_eq!(writes(&server), 0);

    // A price changes in the file, and what is not in it on the server.
    let lago = server.client()?;
    let before = lago.plans().get("pro").await?;
    let update = PlanUpdate::new().description("For teams");
    lago.plans().update("pro", update).await?;
    server.clear();
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("changed.yaml");
    fs::write(
        &file,
        fs::read_to_string(sample)?.replace("\"0.02\"", "\"0.03\""),
    )?;
    let file = file.to_str().ok_or("a path that is no text")?;
    let told = "~ plan pro\n    charges[requests].properties.amount: \"0.02\" -> \"0.03\"\n1 created or changed\n";
    assert_eq!(sync(&server, &[file])?, (told.to_owned(), Some(0)));
    assert_eq!(writes(&server), 1);
    let after = lago.plans().get("pro").await?;
    assert_eq!(after.description.as_deref(), Some("For teams"));
    let ids = |plan: Plan| -> Vec<_> {
        let charges = plan.charges.into_iter().flatten();
        charges.map(|charge| charge.lago_id).collect()
    };
    assert_eq!((ids(after), ids(before.clone()).len()), (ids(before), 2));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_cannot_be_is_said_and_where() -> Outcome {
    let server = MockServer::builder().stateful().start().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("catalogue.yaml");
    let run = |yaml: &str| -> Outcome<String> {
        fs::write(&file, yaml)?;
        let file = file.to_str().ok_or("a path that is no text")?;
        let (text, status) = sync(&server, &[file])?;
        assert_eq!(status, Some(1), "{text}");
        Ok(text)
    };
    for (yaml, said) in [
        ("plan: []", "unknown field `plan`"),
        (
            "add_ons: [{name: Setup}]",
            "error: add-on: its `code` is no text: ",
        ),
        (
            "add_ons: [{code: setup, name: Setup, amount_cent: 1, amount_cents: 1, amount_currency: EUR}]",
            "error: add-on setup: the API has no amount_cent: 1\n",
        ),
        (
            "plans: [{code: a, name: A, amount_currency: EUR, charges: [{code: b, billable_metric_code: c}]}]",
            "error: plan a: there is no metric \"c\"\n",
        ),
    ] {
        let text = run(yaml)?;
        assert!(text.contains(said), "{text}");
    }
    assert_eq!(writes(&server), 0);
    Ok(())
}

/// What could not be found again would be sold twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn charges_without_codes_are_left_alone() -> Outcome {
    let server = MockServer::builder().stateful().start().await?;
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue.yaml");
    sync(&server, &[sample])?;
    let mut old = example("plans.get")?;
    old["plan"]["code"] = "pro".into();
    old["plan"]["charges"][0]["code"] = Value::Null;
    server.respond("plans.get", MockResponse::new(200).json(old))?;
    server.clear();
    let (text, status) = sync(&server, &[sample])?;
    assert!(
        text.contains("error: plan pro: on the server is a charge without a code"),
        "{text}"
    );
    assert_eq!((status, writes(&server)), (Some(1), 0));
    Ok(())
}
