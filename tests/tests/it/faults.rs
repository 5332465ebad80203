//! What becomes of calls when servers, gateways and networks break: how often a request is sent, how
//! often it arrives, and what the caller sees.

mod connecting;
mod endless;
mod events;
mod large;
mod limits;
mod redirects;
mod torn;

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use futures::future::LocalBoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use lago_client::types::{CustomerInput, WalletTransactionInput};
use lago_client::{Client, ClientBuilder, Error, RetryPolicy};
use lago_tests::support::clients::{client_for, plain_http};
use lago_tests::support::faults::{Fault, faults, good_body};
use lago_tests::support::server::Faulty;
use uuid::Uuid;

type Outcome = Result<(), Box<dyn StdError>>;

/// A cell of the table in the making.
type Cell = LocalBoxFuture<'static, Result<String, String>>;

/// A `POST` that may be repeated, and one that buys credits.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Operation {
    Upsert,
    TopUp,
}

/// When a fault is met.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    /// At the first attempt; then all is well.
    First,
    /// At the second, after nobody took the first, which harms no call.
    Later,
    /// At every attempt.
    Always,
}

const OPERATIONS: [Operation; 2] = [Operation::Upsert, Operation::TopUp];
const WHENS: [When; 3] = [When::First, When::Later, When::Always];

/// Makes a call, and says how many attempts it took and what came of it.
async fn call(lago: &Client, operation: Operation) -> (u32, Result<(), Error>) {
    let outcome = match operation {
        Operation::Upsert => {
            let call = lago.customers().create(CustomerInput::new("acme"));
            call.response().await.map(|response| response.attempts)
        }
        Operation::TopUp => {
            let input = WalletTransactionInput::new(Uuid::nil());
            let call = lago.wallet_transactions().create(input);
            call.response().await.map(|response| response.attempts)
        }
    };
    match outcome {
        Ok(attempts) => (attempts, Ok(())),
        Err(error) => (error.attempts(), Err(error)),
    }
}

/// A client that does not wait long between attempts.
fn hasty(builder: ClientBuilder) -> ClientBuilder {
    builder.retry(RetryPolicy::new().max_backoff(Duration::from_millis(1)))
}

/// What the caller sees, in short.
fn seen(outcome: &Result<(), Error>) -> String {
    let Err(error) = outcome else {
        return "ok".to_owned();
    };
    let kinds = [
        (error.is_connect(), "no connection"),
        (error.is_timeout() && !error.is_connect(), "timeout"),
        (error.is_transport(), "connection lost"),
        (error.is_decode(), "unreadable"),
        (error.is_too_large(), "too large"),
    ];
    let kind = kinds.iter().find(|(is, _)| *is).map(|(_, kind)| *kind);
    let status = error.status().map(|status| status.as_u16().to_string());
    let known = [
        kind.map(str::to_owned),
        status,
        error.code().map(str::to_owned),
    ];
    let mut words: Vec<String> = known.into_iter().flatten().collect();
    if error.is_ambiguous() {
        words.push("ambiguous".to_owned());
    }
    words.join(" ")
}

/// A cell of the table.
async fn cell(fault: Arc<Fault>, operation: Operation, when: When) -> Result<String, String> {
    let acts = fault.acts(when != When::Always).map_err(in_words)?;
    let settings = {
        let fault = Arc::clone(&fault);
        move |builder: ClientBuilder| fault.set_up(builder)
    };
    let (arrived, seen) = match when {
        When::Later => connecting::after_refusals(1, acts, operation, settings).await?,
        When::First | When::Always => {
            let server = Faulty::start(acts).await.map_err(in_words)?;
            let http = plain_http().map_err(in_words)?;
            let builder = hasty(client_for(server.address()).http_client(http));
            let lago = settings(builder).build().map_err(in_words)?;
            let (attempts, outcome) = call(&lago, operation).await;
            let seen = format!("{} {attempts}", seen(&outcome));
            (server.arrived().len(), seen)
        }
    };
    if operation == Operation::TopUp {
        assert!(arrived <= 1, "{} arrived {arrived} times", fault.name);
    }
    Ok(format!("{seen}/{arrived}"))
}

/// An error that may go to another thread.
fn in_words(error: impl ToString) -> String {
    error.to_string()
}

/// The table is read by people: a row for each fault and operation, a column for when it is met.
/// `2/1` means sent twice, arrived as a whole once.
#[tokio::test]
async fn every_fault_is_met_as_the_operation_allows() -> Outcome {
    let cells = |of: &mut dyn FnMut(Operation, When) -> Cell| -> Vec<Cell> {
        let every = OPERATIONS
            .into_iter()
            .flat_map(|operation| WHENS.map(|when| (operation, when)));
        every.map(|(operation, when)| of(operation, when)).collect()
    };
    let mut rows: Vec<(&str, Vec<Cell>)> = Vec::new();
    let of = &mut |operation, when| connecting::refused(operation, when).boxed_local();
    rows.push(("the connection is refused", cells(of)));
    for (name, meaning) in connecting::OF_OTHERS {
        let of = &mut |operation, when| connecting::cell(meaning, operation, when).boxed_local();
        rows.push((name, cells(of)));
    }
    for fault in faults()? {
        let (name, fault) = (fault.name, Arc::new(fault));
        let of = &mut |operation, when| cell(Arc::clone(&fault), operation, when).boxed_local();
        rows.push((name, cells(of)));
    }
    let (names, cells): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    // Some of them wait, and some have a thread of their own.
    let cells = stream::iter(cells.into_iter().flatten()).buffered(48);
    let cells: Vec<String> = cells.try_collect().await?;
    let mut cells = cells.chunks(WHENS.len());
    let mut table = String::new();
    for fault in names {
        let _ = writeln!(table, "{fault}");
        for name in ["idempotent", "not idempotent"] {
            let cells = cells.next().ok_or("no cells")?;
            let row: String = cells.iter().map(|cell| format!("{cell:48}")).collect();
            let _ = writeln!(table, "  {name:16}{}", row.trim_end());
        }
    }
    let head = format!("{:18}{:48}{:48}{}\n", "", "first", "later", "always");
    insta::assert_snapshot!("faults", format!("{head}{table}"));
    Ok(())
}
