//! The examples, run as programs: against a stand-in that remembers they print what they print against a server.

#[cfg(test)]
mod reports;
#[cfg(test)]
mod tools;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use lago_client::mock::{EventStore, MockServer};
use lago_client::types::*;
use serde_json::{Value, json};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const README: &str = include_str!("../../../README.md");

/// A program that talks to a server; to none without one.
fn program(path: &str, server: Option<&MockServer>) -> Command {
    let mut command = Command::new(path);
    command
        .env_remove("LAGO_API_URL")
        .env_remove("LAGO_API_KEY");
    if let Some(server) = server {
        command
            .env("LAGO_API_URL", server.url())
            .env("LAGO_API_KEY", "any");
    }
    command.stdin(Stdio::null());
    command
}

/// What a program prints until it ends, which it does with this status.
fn printed(mut command: Command, status: i32) -> Outcome<String> {
    let output = command.output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout)?;
    assert_eq!(output.status.code(), Some(status), "{text}{errors}");
    Ok(text)
}

/// A program and what it prints, also of errors, as a terminal shows it.
fn session(mut command: Command, arguments: &[&str], status: i32) -> Outcome<String> {
    let output = command.args(arguments).output()?;
    let [text, errors] = [output.stdout, output.stderr].map(String::from_utf8);
    let text = text? + &errors?;
    assert_eq!(output.status.code(), Some(status), "{text}");
    let name = Path::new(command.get_program()).file_stem();
    let name = name.unwrap_or_default().to_string_lossy();
    let mut session = format!("$ {name} {}\n", arguments.join(" "));
    for line in text.lines() {
        // Requests that run at a time may have either id.
        let (before, rest) = line.split_once(", request ").unwrap_or((line, ""));
        let rest =
            rest.trim_start_matches(|letter: char| letter == '-' || letter.is_ascii_hexdigit());
        writeln!(session, "{before}{rest}")?;
    }
    session.push('\n');
    Ok(session)
}

/// A program that runs until it is told to end, and what it prints.
struct Service {
    program: Child,
    output: BufReader<ChildStdout>,
}

impl Service {
    fn start(mut command: Command) -> Outcome<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = command.spawn()?;
        let output = BufReader::new(program.stdout.take().ok_or("no output")?);
        Ok(Self { program, output })
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }

    /// The rest that it prints, after the end of its input.
    fn end(mut self) -> Outcome<String> {
        drop(self.program.stdin.take());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest)?;
        assert!(self.program.wait()?.success(), "{rest}");
        Ok(rest)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended by itself where a test got to its end.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn quickstart(server: Option<&MockServer>) -> Outcome<String> {
    printed(program(env!("CARGO_BIN_EXE_quickstart"), server), 0)
}

#[test]
fn quickstart_prints_what_the_readme_says() -> Outcome {
    let (_, said) = README
        .split_once("--example quickstart\n")
        .ok_or("the README shows no quickstart")?;
    let said = said.split_once("```").map(|(said, _)| said);
    assert_eq!(Some(quickstart(None)?.as_str()), said);
    Ok(())
}

/// What is recorded of the usage of a server is what it said to the second run of the example.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn quickstart_prints_the_same_again_with_what_is_there() -> Outcome {
    let recorded = "fixtures/recorded/live-2/exchanges/1209_unnamed.json";
    let recorded = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(recorded))?;
    let recorded: Value = serde_json::from_slice(&recorded)?;
    let usage = &recorded["response_body"]["customer_usage"]["charges_usage"][0];
    for store in [EventStore::Postgres, EventStore::ClickHouse] {
        let server = MockServer::builder().event_store(store).start().await?;
        let first = quickstart(Some(&server))?;
        let alone = quickstart(None)?;
        let steps = |text: &str| text.split_once("\n\n").map(|(_, steps)| steps.to_owned());
        assert_eq!(steps(&first), steps(&alone));
        let second = quickstart(Some(&server))?;
        insta::assert_snapshot!("quickstart_again", second);
        let units = usage["units"].as_str().ok_or("no units")?;
        let amount = usage["amount_cents"].as_f64().ok_or("no amount")? / 100.0;
        let line = format!("{units} API requests: {amount:.2} EUR");
        assert!(second.contains(&line), "{line}");
        let state = server.state();
        assert_eq!(usage["events_count"], state.events().len());
        let one_each = [
            state.plans().len(),
            state.customers().len(),
            state.subscriptions().len(),
        ];
        assert_eq!(one_each, [1; 3]);
    }
    Ok(())
}

fn plan() -> Outcome<PlanInput> {
    Ok(serde_json::from_value(json!({
        "name": "Pro", "code": "pro", "interval": "monthly", "amount_cents": 0, "amount_currency": "EUR",
        "pay_in_advance": false,
    }))?)
}

/// What a server has that meters requests: a metric, a plan with a price for it, and a subscription.
async fn metering() -> Outcome<MockServer> {
    let server = MockServer::builder().stateful().start().await?;
    let lago = server.client()?;
    let metric = BillableMetricInput::new("Requests", "api_requests", AggregationType::CountAgg);
    let metric = lago.billable_metrics().create(metric).await?;
    let price = ChargePropertiesInput::new().amount("0.5");
    let charge = PlanChargeInput::new(metric.lago_id, ChargeModel::Standard).properties(price);
    let plan = plan()?.charges([charge]);
    lago.plans().create(plan).await?;
    lago.customers().create(CustomerInput::new("acme")).await?;
    let subscription = SubscriptionInput::new("acme", "pro", "sub_1");
    lago.subscriptions().create(subscription).await?;
    Ok(server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn meter_requests_meters_what_is_then_billed() -> Outcome {
    let server = metering().await?;
    let mut command = program(env!("CARGO_BIN_EXE_meter_requests"), Some(&server));
    command.arg("127.0.0.1:0");
    let mut service = Service::start(command)?;
    let line = service.line()?;
    let url = line
        .strip_prefix("Metering ")
        .and_then(|rest| rest.split(',').next())
        .ok_or("no address")?;
    for _ in 0..7 {
        let request = reqwest::Client::new()
            .get(url)
            .header("x-subscription", "sub_1");
        assert_eq!(request.send().await?.text().await?, "hello");
    }
    insta::assert_snapshot!("meter_requests", service.end()?);
    let usage = server
        .client()?
        .customers()
        .current_usage("acme", "sub_1")
        .await?;
    let used = &usage.charges_usage[0];
    assert_eq!(
        (used.units.to_string(), used.events_count),
        ("7.0".into(), 7)
    );
    assert_eq!(usage.amount_cents, Decimal::from(350));
    Ok(())
}

/// A file, what is left of it in the second run, and what a server says when it is asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn backfill_sends_a_file_once() -> Outcome {
    let directory = tempfile::tempdir()?;
    let event = |number: u32| {
        let code = if number % 40 == 39 {
            ""
        } else {
            "api_requests"
        };
        json!({
            "transaction_id": format!("event-{number}"), "external_subscription_id": "sub_1", "code": code,
            "timestamp": 1_700_000_000 + number, "properties": {"number": number},
        })
    };
    let lines: String = (0..250)
        .map(|number| format!("{}\n", event(number)))
        .collect();
    let file = directory.path().join("events.jsonl");
    fs::write(&file, lines)?;
    let server = metering().await?;
    let run = |arguments: &[&str], status| {
        let mut command = program(env!("CARGO_BIN_EXE_backfill"), Some(&server));
        command.current_dir(directory.path()).args(arguments);
        printed(command, status)
    };
    let mut all = String::new();
    for (arguments, status) in [
        (&["events.jsonl", "--dry-run"][..], 2),
        (&["events.jsonl", "--reconcile"], 2),
        (&["events.jsonl"], 2),
        (&["events.jsonl"], 2),
        (&["events.jsonl", "--checkpoint", "another"], 2),
        (&["events.jsonl", "--reconcile"], 2),
    ] {
        let text = run(arguments, status)?;
        // How fast it was says nothing.
        let text: String = text
            .lines()
            .map(|line| line.split(" in this run, in ").next().unwrap_or_default())
            .map(|line| format!("{line}\n"))
            .collect();
        writeln!(all, "$ backfill {}\n{text}", arguments.join(" "))?;
    }
    insta::assert_snapshot!("backfill", all);
    assert_eq!(server.state().events().len(), 244);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn webhook_receiver_prints_what_is_delivered() -> Outcome {
    let mut command = program(env!("CARGO_BIN_EXE_webhook_receiver"), None);
    command
        .arg("127.0.0.1:0")
        .env("LAGO_WEBHOOK_HMAC_KEY", "key");
    let mut service = Service::start(command)?;
    let line = service.line()?;
    let url = line
        .trim_end()
        .strip_prefix("Deliver to ")
        .ok_or("no address")?;
    let server = MockServer::builder()
        .id_seed(7)
        .seed(json!({"add_ons": [{"code": "setup", "amount_cents": 5_000, "amount_currency": "EUR"}]}))
        .webhooks_to(url, "key")
        .start()
        .await?;
    let lago = server.client()?;
    let customer = CustomerInput::new("acme").currency(Currency::Eur);
    lago.customers().create(customer).await?;
    lago.plans().create(plan()?).await?;
    let subscription = SubscriptionInput::new("acme", "pro", "sub_1");
    lago.subscriptions().create(subscription).await?;
    let fees = [OneOffInvoiceFeeInput::new("setup")];
    lago.invoices()
        .create(OneOffInvoiceInput::new("acme", fees).currency(Currency::Eur))
        .await?;
    let mut lines = String::new();
    for _ in 0..4 {
        lines += &service.line()?;
    }
    insta::assert_snapshot!("webhook_receiver", lines);
    Ok(())
}

/// Fewer calls than by itself. Which of them fail is a matter of chance.
#[test]
fn load_finds_no_call_that_is_lost_or_repeated() -> Outcome {
    let mut command = program(env!("CARGO_BIN_EXE_load"), None);
    command.args(["600", "20"]);
    let text = printed(command, 0)?;
    let number = |words: &str| {
        let line = text.lines().find(|line| line.ends_with(words));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.and_then(|number| number.parse::<u32>().ok())
    };
    let calls = [
        " ok",
        " failed and not executed",
        " failed, perhaps executed",
    ]
    .map(number);
    assert_eq!(calls.iter().flatten().sum::<u32>(), 600, "{text}");
    // There was something to withstand.
    assert!(number("hung up after it was executed") > Some(0), "{text}");
    for words in [
        " without an outcome",
        " other calls executed more than once",
        " calls ok and never executed",
        " calls executed, and the error says they were not",
    ] {
        assert_eq!(number(words), Some(0), "{text}");
    }
    Ok(())
}

#[test]
fn every_example_is_run() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lago-client/examples");
    let paths = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let stem = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    let names: BTreeSet<String> = paths
        .iter()
        .filter_map(|entry| stem(entry.path()))
        .collect();
    let here = [
        include_str!("examples.rs"),
        include_str!("examples/reports.rs"),
        include_str!("examples/tools.rs"),
    ];
    let run: BTreeSet<String> = here
        .iter()
        .flat_map(|text| text.split("CARGO_BIN_EXE_").skip(1))
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(names, run);
    Ok(())
}
