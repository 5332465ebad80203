//! Every operation from the client to the stand-in and back: each status that the document has, each parameter alone,
//! each value of each enum, null where it may be, and bodies full, minimal and by chance. Nothing is lost on the way.
//!
//! What went through is compared with what the document has, and is a table: `it__coverage__coverage.snap`.

mod facts;
mod inputs;
mod others;
mod referee;
mod responses;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;

use facts::{Fact, seen, wanted};
use inputs::{Input, inputs};
use lago_client::mock::{MockResponse, MockServer, Mode};
use lago_client::{Client, RetryPolicy};
use lago_tests::conform::compare::{differences, without_nulls};
use lago_tests::conform::extent::is_whole;
use lago_tests::generated::calls::CALLS;
use lago_tests::support::calling::{Call, CallError};
use lago_tests::support::document::{Document, Operation};
use lago_tests::support::instance::{Filled, Instances};
use serde_json::{Value, json};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The client, and the stand-in at the other end.
struct World {
    document: Document,
    server: MockServer,
    lago: Client,
}

/// What became of an operation.
#[derive(Default)]
struct Row {
    id: String,
    wanted: BTreeSet<Fact>,
    seen: BTreeSet<Fact>,
    calls: usize,
    wrong: Vec<String>,
}

/// A client that says what came of its first attempt.
fn once(url: String) -> Result<Client, lago_client::Error> {
    let builder = Client::builder().api_key("key").base_url(url);
    builder.retry(RetryPolicy::never()).build()
}

#[tokio::test]
async fn everything_that_the_document_has_goes_there_and_back() -> Outcome {
    let document = Document::read()?;
    // Lago refuses an update that changes nothing, which is the smallest that the document has.
    let server = MockServer::builder().mode(Mode::Off).start().await?;
    let lago = once(server.url())?;
    let world = World {
        document,
        server,
        lago,
    };
    let mut rows = Vec::new();
    for operation in world.document.operations() {
        rows.push(world.cover(&operation).await?);
    }
    let wrong: Vec<String> = rows.iter().flat_map(Row::faults).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let table = table(&rows);
    match is_whole() {
        // With all currencies and time zones.
        true => println!("{table}"),
        false => insta::assert_snapshot!("coverage", table),
    }
    Ok(())
}

impl World {
    async fn cover(&self, operation: &Operation) -> Outcome<Row> {
        let call = CALLS.iter().find(|call| call.id == operation.id);
        let call = call.ok_or_else(|| format!("the client has no {}", operation.id))?;
        let mut row = Row {
            id: operation.id.clone(),
            wanted: wanted(&self.document, operation),
            ..Row::default()
        };
        let inputs = inputs(&self.document, operation);
        for input in &inputs {
            self.send(operation, call, input, &mut row).await?;
        }
        let first = inputs.first().ok_or("an operation without an input")?;
        for (status, schema) in &operation.statuses {
            self.refuse(call, first, (status, schema), &mut row).await?;
        }
        Ok(row)
    }

    /// Makes a call that works.
    async fn send(
        &self,
        operation: &Operation,
        call: &Call,
        input: &Input,
        row: &mut Row,
    ) -> Outcome {
        let response = MockResponse::new(200);
        let response = match serde_json::from_slice::<Value>(&input.response) {
            Ok(body) => response.json(body),
            Err(_) => response.text(String::from_utf8_lossy(&input.response)),
        };
        self.server.respond_next(&operation.id, response)?;
        let outcome = (call.call)(&self.lago, &input.args).await;
        row.calls += 1;
        let requests = self.server.requests();
        self.server.reset();
        let (response, request) = match (outcome, requests.as_slice()) {
            (Ok(response), [request]) => (response, request),
            (Ok(_), requests) => {
                row.wrong
                    .push(format!("{}: {} requests", input.what, requests.len()));
                return Ok(());
            }
            (Err(error), _) => {
                row.wrong.push(format!("{}: {error}", input.what));
                return Ok(());
            }
        };
        if request
            .operation
            .is_none_or(|found| found.id != operation.id)
        {
            let found = request.operation.map(|found| found.id);
            row.wrong
                .push(format!("{}: arrived as {found:?}", input.what));
        }
        row.seen.extend(seen(request));
        row.seen.insert(Fact::Status("200".to_owned()));
        let sent = input.args.body.clone().unwrap_or_default();
        let arrived = request.json().unwrap_or_default();
        let lost = differences(&sent, &inputs::without_fixed_time(&sent, arrived));
        let there = format!("{} on the way there", input.what);
        row.wrong.extend(
            lost.iter()
                .map(|fault| format!("{there}: {fault} in {sent}")),
        );
        let lost = differences(
            &without_nulls(input.value.clone()),
            &without_nulls(response.value),
        );
        let back = format!("{} on the way back", input.what);
        row.wrong
            .extend(lost.iter().map(|fault| format!("{back}: {fault}")));
        Ok(())
    }

    /// Makes a call that is refused with a status.
    async fn refuse(
        &self,
        call: &Call,
        input: &Input,
        (status, schema): (&String, &Value),
        row: &mut Row,
    ) -> Outcome {
        let number: u16 = status.parse()?;
        if number < 300 {
            return Ok(());
        }
        let instances = Instances {
            document: &self.document,
            filled: Filled::Everything,
        };
        let mut body = instances.of(schema, "error");
        if body.get("status").is_some() {
            body["status"] = json!(number);
        }
        let response = MockResponse::new(number).json(body.clone());
        self.server.respond_next(call.id, response)?;
        let outcome = (call.call)(&self.lago, &input.args).await;
        row.calls += 1;
        self.server.reset();
        let error = match outcome {
            Err(CallError::Client(error)) => error,
            other => {
                row.wrong.push(format!("{status} came back as {other:?}"));
                return Ok(());
            }
        };
        let code = body["code"].as_str().map(str::to_owned);
        let details = body
            .get("error_details")
            .filter(|details| !details.is_null());
        let is_told = error.status().map(|status| status.as_u16()) == Some(number)
            && error.code().map(str::to_owned) == code
            && error.details() == details
            && serde_json::from_slice::<Value>(error.body()).ok().as_ref() == Some(&body);
        match is_told {
            true => row.seen.extend([Fact::Status(status.clone())]),
            false => row
                .wrong
                .push(format!("{status} with {body} came back as {error:?}")),
        }
        Ok(())
    }
}

impl Row {
    fn faults(&self) -> Vec<String> {
        let missing = self.wanted.difference(&self.seen);
        let missing = missing.map(|fact| format!("never seen: {fact:?}"));
        let all = self.wrong.iter().cloned().chain(missing);
        all.map(|fault| format!("{}: {fault}", self.id)).collect()
    }

    fn count(&self, is_kind: impl Fn(&Fact) -> bool) -> usize {
        let seen = self.wanted.intersection(&self.seen);
        seen.filter(|fact| is_kind(fact)).count()
    }
}

/// A line for each operation: the statuses, and how many of each kind there are.
fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "operation | statuses | parameters | their values | properties | their values | nulls\n",
    );
    for row in rows {
        let statuses: Vec<&str> = row
            .seen
            .iter()
            .filter_map(|fact| match fact {
                Fact::Status(status) => Some(status.as_str()),
                _ => None,
            })
            .collect();
        let counts = [
            row.count(|fact| matches!(fact, Fact::Parameter(_))),
            row.count(|fact| matches!(fact, Fact::ParameterValue(..))),
            row.count(|fact| matches!(fact, Fact::Property(_))),
            row.count(|fact| matches!(fact, Fact::Value(..))),
            row.count(|fact| matches!(fact, Fact::Null(_))),
        ];
        let counts: Vec<String> = counts.iter().map(usize::to_string).collect();
        let _ = writeln!(
            table,
            "{} | {} | {}",
            row.id,
            statuses.join(" "),
            counts.join(" | ")
        );
    }
    let calls: usize = rows.iter().map(|row| row.calls).sum();
    let facts: usize = rows.iter().map(|row| row.wanted.len()).sum();
    println!(
        "{} operations, {facts} facts of the document, all seen in {calls} calls",
        rows.len()
    );
    table
}
