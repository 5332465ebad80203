//! The command, with each of its options, as a program.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use lago_client::Client;
use lago_client::types::*;
use serde_json::{Value, json};

use super::Outcome;

/// The program, and what it prints.
struct StandIn {
    program: Child,
    output: BufReader<ChildStdout>,
    url: String,
}

impl StandIn {
    /// Starts it at a port that is free, unless the options name one.
    fn start(options: &[&str]) -> Outcome<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mock"));
        if !options.contains(&"--port") {
            command.args(["--port", "0"]);
        }
        let mut program = command.args(options).stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(program.stdout.take().ok_or("no output")?);
        let mut stand_in = Self {
            program,
            output,
            url: String::new(),
        };
        loop {
            let line = stand_in.line()?;
            if let Some(url) = line.strip_prefix("export LAGO_API_URL=") {
                stand_in.url = url.to_owned();
            }
            if line.starts_with("export LAGO_API_KEY=") {
                break;
            }
        }
        assert_eq!(stand_in.line()?, "");
        Ok(stand_in)
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err("it has ended".into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    fn client(&self) -> Outcome<Client> {
        Ok(Client::builder()
            .api_key("any")
            .base_url(&self.url)
            .build()?)
    }

    /// Sends what no client would; the status.
    async fn get(&self, target: &str) -> Outcome<u16> {
        let request = reqwest::Client::new().get(format!("{}{target}", self.url));
        Ok(request.bearer_auth("any").send().await?.status().as_u16())
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // It runs until somebody ends it.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// What it says when it cannot begin.
fn refused(options: &[&str]) -> Outcome<String> {
    let Output { status, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_mock"))
        .args(options)
        .output()?;
    assert!(!status.success(), "{options:?}");
    Ok(String::from_utf8(stderr)?)
}

const MISSPELT: &str = "/api/v1/plans?per_pag=1";

#[tokio::test]
async fn by_itself_it_takes_what_lago_takes_and_remembers_nothing() -> Outcome {
    let mut stand_in = StandIn::start(&[])?;
    let customers = stand_in.client()?;
    let customers = customers.customers();
    customers.create(CustomerInput::new("acme")).await?;
    assert_eq!(customers.get("nobody").await?.external_id, "nobody");
    assert_eq!(stand_in.get(MISSPELT).await?, 200);
    assert_eq!(stand_in.get("/api/v1/nothing").await?, 404);
    let lines = [(); 4].map(|()| stand_in.line().unwrap_or_default());
    let [created, got, misspelt, nothing] = lines;
    assert_eq!(created, "POST /api/v1/customers -> 200 customers.create");
    assert_eq!(got, "GET /api/v1/customers/nobody -> 200 customers.get");
    let noted = format!("GET {MISSPELT} -> 200 plans.list; noted at ?per_pag: ");
    assert!(misspelt.starts_with(&noted), "{misspelt}");
    assert_eq!(nothing, "GET /api/v1/nothing -> 404");
    Ok(())
}

#[tokio::test]
async fn strict_refuses_what_the_document_does_not_have() -> Outcome {
    let mut stand_in = StandIn::start(&["--strict"])?;
    assert_eq!(stand_in.get(MISSPELT).await?, 422);
    let line = stand_in.line()?;
    let refused =
        format!("GET {MISSPELT} -> 422 plans.list; refused by strict mode alone at ?per_pag: ");
    assert!(line.starts_with(&refused), "{line}");
    Ok(())
}

#[tokio::test]
async fn stateful_remembers() -> Outcome {
    let stand_in = StandIn::start(&["--stateful"])?;
    let lago = stand_in.client()?;
    lago.customers()
        .create(CustomerInput::new("acme").name("Acme"))
        .await?;
    assert_eq!(
        lago.customers().get("acme").await?.name.as_deref(),
        Some("Acme")
    );
    let error = lago.customers().get("nobody").await.unwrap_err();
    assert_eq!(error.code(), Some("customer_not_found"));
    Ok(())
}

#[tokio::test]
async fn the_store_decides_about_events_that_come_twice() -> Outcome {
    for (store, is_refused) in [("postgres", true), ("clickhouse", false)] {
        let stand_in = StandIn::start(&["--store", store])?;
        let events = stand_in.client()?;
        let event = EventInput::new("calls", "sub")
            .transaction_id("one")
            .timestamp(Decimal::from(1));
        events.events().create(event.clone()).await?;
        let again = events.events().create(event).await;
        assert_eq!(again.is_err(), is_refused, "{store}: {again:?}");
        let rows = events.events().list().await?;
        assert_eq!(rows.items.len(), 1, "{store}");
    }
    assert!(refused(&["--store", "mysql"])?.contains("postgres, clickhouse"));
    Ok(())
}

#[tokio::test]
async fn a_seed_is_there_from_the_start() -> Outcome {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("seed.json");
    fs::write(
        &file,
        json!({"plans": [{"code": "pro", "amount_cents": 7}]}).to_string(),
    )?;
    let path = file.to_str().ok_or("no text")?;
    let stand_in = StandIn::start(&["--seed", path])?;
    let plan = stand_in.client()?.plans().get("pro").await?;
    assert_eq!(plan.amount_cents, Some(7));
    for (text, why) in [
        ("{", "seed.json: EOF"),
        (r#"{"cats": []}"#, "the seed has `cats`"),
    ] {
        fs::write(&file, text)?;
        let said = refused(&["--port", "0", "--seed", path])?;
        assert!(said.starts_with("error: ") && said.contains(why), "{said}");
    }
    fs::remove_file(&file)?;
    assert!(refused(&["--port", "0", "--seed", path])?.contains("seed.json: "));
    Ok(())
}

#[tokio::test]
async fn a_port_is_taken_or_it_is_said_which_is_not_free() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port().to_string();
    let said = refused(&["--port", &port])?;
    assert!(said.contains(&port) && said.contains("--port 0"), "{said}");
    drop(listener);
    let stand_in = StandIn::start(&["--port", &port])?;
    assert_eq!(stand_in.url, format!("http://127.0.0.1:{port}"));
    Ok(())
}

/// Runs the check of servers to its end; what it prints.
async fn conform(arguments: &[&str]) -> Outcome<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conform"));
    command
        .args(arguments)
        .env("LAGO_API_KEY", "the-key-of-nobody");
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let said = String::from_utf8(output.stdout)?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}{errors}");
    Ok(said)
}

/// All files of a folder.
fn files(folder: &Path) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(folder)?;
    let texts = entries.map(|entry| fs::read_to_string(entry?.path()));
    Ok(texts.collect::<Result<_, _>>()?)
}

#[tokio::test]
async fn what_is_recorded_is_replayed_whole_and_without_personal_data() -> Outcome {
    let directory = tempfile::tempdir()?;
    let folder = directory.path().join("recorded");
    let path = folder.to_str().ok_or("no text")?;
    let mut stand_in = StandIn::start(&["--stateful", "--record", path])?;
    let lago = stand_in.client()?;
    let jo = CustomerInput::new("jo")
        .email("jo@acme.test")
        .legal_name("Jo Private");
    lago.customers().create(jo).await?;
    assert!(lago.plans().get("gone").await.is_err());
    // What the client would not send: a body that is no JSON, and no key.
    let plans = format!("{}/api/v1/plans", stand_in.url);
    let http = reqwest::Client::new();
    let broken = http
        .post(&plans)
        .bearer_auth("any")
        .body("{")
        .send()
        .await?;
    assert_eq!(broken.status(), 400);
    assert_eq!(http.get(&plans).send().await?.status(), 401);
    assert_eq!(stand_in.get("/api/v1/nothing").await?, 404);
    assert_eq!(stand_in.get("/api/v1/webhooks/public_key").await?, 200);
    conform(&["--url", &stand_in.url, "--write"]).await?;
    stand_in.program.kill()?;
    let mut log = String::new();
    stand_in.output.read_to_string(&mut log)?;
    let answered = log.lines().filter(|line| !line.contains("/nothing"));
    let files = files(&folder.join("exchanges"))?;
    assert_eq!(files.len(), answered.count());
    let all = files.concat();
    assert!(all.contains("@masked.test"));
    for private in ["jo@acme.test", "Jo Private", "the-key-of-nobody"] {
        assert!(!all.contains(private), "{private}");
    }
    let exchanges = files.iter().map(|file| serde_json::from_str(file));
    let exchanges: Vec<Value> = exchanges.collect::<Result<_, _>>()?;
    let succeeded = exchanges.iter().filter(|one| one["status"] == 200).count();
    assert!(succeeded > 100, "{succeeded}");
    let said = conform(&["--replay", path]).await?;
    assert!(
        said.contains(&format!("{succeeded} of {succeeded} ")),
        "{said}"
    );
    // A folder with recordings is not added to.
    assert!(refused(&["--port", "0", "--record", path])?.contains("already"));
    Ok(())
}
