//! Faults before anything is sent: names, ports, TLS. Every operation may be tried again.

use std::collections::VecDeque;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lago_client::types::{CustomerInput, WalletTransactionInput};
use lago_client::{Client, ClientBuilder};
use lago_tests::support::clients::{client_for, plain_http};
use lago_tests::support::faults::response;
use lago_tests::support::server::{Act, Faulty, Reads, Then};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use uuid::Uuid;

use super::{OPERATIONS, Operation, Outcome, When, call, good_body, hasty, in_words, seen};
use crate::traced;

/// What a name means each time that it is asked for: an address, or nothing. Then the server's.
#[derive(Debug)]
struct Names(Mutex<VecDeque<Option<Ipv4Addr>>>);

/// Where nobody listens.
const NOBODY: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

impl Resolve for Names {
    fn resolve(&self, _: Name) -> Resolving {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let address = names.pop_front().unwrap_or(Some(Ipv4Addr::LOCALHOST));
        Box::pin(std::future::ready(match address {
            Some(address) => Ok(Box::new([SocketAddr::from((address, 0))].into_iter()) as Addrs),
            None => Err("no such host".into()),
        }))
    }
}

/// A client of the server at this port, whose name has these meanings to an HTTP client that is brought.
fn client(
    port: &str,
    meanings: impl IntoIterator<Item = Option<Ipv4Addr>>,
) -> Result<Client, Box<dyn Error>> {
    let http = reqwest::Client::builder()
        .dns_resolver(Arc::new(Names(Mutex::new(meanings.into_iter().collect()))))
        .retry(reqwest::retry::never())
        .build()?;
    let builder = client_for(&format!("lago.test:{port}")).http_client(http);
    Ok(hasty(builder).build()?)
}

/// Faults of names and ports that an HTTP client of the caller's meets, as rows of the table.
pub(super) const OF_OTHERS: [(&str, Option<Ipv4Addr>); 2] = [
    (
        "the name does not resolve, to an HTTP client of the caller's",
        None,
    ),
    (
        "the connection is refused, to an HTTP client of the caller's",
        Some(NOBODY),
    ),
];

/// A cell of these rows.
pub(super) async fn cell(
    meaning: Option<Ipv4Addr>,
    operation: Operation,
    when: When,
) -> Result<String, String> {
    let meanings = match when {
        When::First => vec![meaning],
        When::Later => vec![Some(NOBODY), meaning],
        When::Always => vec![meaning; 9],
    };
    let good = good_body().map_err(in_words)?;
    let server = Faulty::start(vec![Act::says(response("200 OK", &[], good))]).await;
    let server = server.map_err(in_words)?;
    let port = server.address().rsplit(':').next().ok_or("no port")?;
    let lago = client(port, meanings).map_err(in_words)?;
    let (attempts, outcome) = call(&lago, operation).await;
    let arrived = server.arrived().len();
    Ok(format!("{} {attempts}/{arrived}", seen(&outcome)))
}

/// Makes a call to a server that refuses so many connections before it listens: how many requests arrived,
/// and what the caller sees after how many attempts.
///
/// The server begins to listen when the call tells that it is tried again, which it does on the thread of the
/// call. So each has one of its own.
pub(super) async fn after_refusals(
    mut refusals: u32,
    acts: Vec<Act>,
    operation: Operation,
    settings: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static,
) -> Result<(usize, String), String> {
    let work = async move {
        let (server, late) = Faulty::late(acts).map_err(in_words)?;
        let mut late = Some(late);
        traced::upon_retry(move || {
            refusals = refusals.saturating_sub(1);
            if let Some(late) = late.take_if(|_| refusals == 0) {
                late.listen().unwrap();
            }
        });
        let builder = settings(hasty(client_for(server.address())));
        let lago = builder.build().map_err(in_words)?;
        let (attempts, outcome) = call(&lago, operation).await;
        traced::begin();
        let seen = format!("{} {attempts}", seen(&outcome));
        Ok((server.arrived().len(), seen))
    };
    let alone = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().map_err(in_words)?;
        runtime.block_on(work)
    };
    tokio::task::spawn_blocking(alone).await.map_err(in_words)?
}

/// A cell of the row of refused connections.
pub(super) async fn refused(operation: Operation, when: When) -> Result<String, String> {
    let refusals = match when {
        When::First => 1,
        When::Later => 2,
        When::Always => u32::MAX,
    };
    let good = vec![Act::says(response(
        "200 OK",
        &[],
        good_body().map_err(in_words)?,
    ))];
    let (arrived, seen) = after_refusals(refusals, good, operation, |builder| builder).await?;
    Ok(format!("{seen}/{arrived}"))
}

/// No name has a label of so many letters.
#[tokio::test]
async fn a_name_that_means_nothing_was_not_called() -> Outcome {
    let lago = hasty(client_for(&format!("{}.test:9", "x".repeat(64)))).build()?;
    for operation in OPERATIONS {
        let (attempts, outcome) = call(&lago, operation).await;
        assert_eq!((attempts, seen(&outcome).as_str()), (4, "no connection"));
    }
    Ok(())
}

#[tokio::test]
async fn a_server_without_tls_is_no_server() -> Outcome {
    for act in [
        Act::silent(Reads::Begin, Then::Close),
        Act {
            reads: Reads::Begin,
            ..Act::says(response("400 Bad Request", &[], ""))
        },
    ] {
        for operation in OPERATIONS {
            let server = Faulty::start(vec![act.clone()]).await?;
            let builder = client_for("x").base_url(format!("https://{}", server.address()));
            let (attempts, outcome) = call(&hasty(builder).build()?, operation).await;
            assert_eq!((attempts, seen(&outcome).as_str()), (4, "no connection"));
            assert_eq!(server.connections(), 4);
            assert!(server.arrived().is_empty());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_takes_too_long_was_not_used() -> Outcome {
    // Says nothing, so that TLS never begins.
    let server = Faulty::start(vec![Act::silent(Reads::Begin, Then::Hang)]).await?;
    let builder = || client_for("x").base_url(format!("https://{}", server.address()));
    let http = reqwest::Client::builder()
        .connect_timeout(Duration::from_millis(200))
        .build()?;
    // A third of the time is for connecting.
    let ours = hasty(builder().timeout(Duration::from_millis(600))).build()?;
    let theirs = hasty(builder()).http_client(http).build()?;
    for (lago, is_ours) in [(ours, true), (theirs, false)] {
        for operation in OPERATIONS {
            let (attempts, outcome) = call(&lago, operation).await;
            let error = outcome.err().ok_or("a success")?;
            assert!(error.is_connect() && error.is_timeout(), "{error:?}");
            assert_eq!(error.is_ambiguous(), !is_ours, "{error:?}");
            let is_repeated = is_ours || operation == Operation::Upsert;
            assert_eq!(attempts, if is_repeated { 4 } else { 1 });
        }
    }
    Ok(())
}

/// Calls with a time limit of their own, of a server that says nothing when TLS begins.
async fn stalled(
    settings: impl Fn(ClientBuilder) -> Result<ClientBuilder, Box<dyn Error>>,
) -> Result<Vec<(Operation, lago_client::Error)>, Box<dyn Error>> {
    let limit = Duration::from_millis(200);
    let server = Faulty::start(vec![Act::silent(Reads::Begin, Then::Hang)]).await?;
    let builder = client_for("x").base_url(format!("https://{}", server.address()));
    let lago = settings(hasty(builder))?.build()?;
    let customer = lago.customers().create(CustomerInput::new("acme"));
    let credits = WalletTransactionInput::new(Uuid::nil());
    let credits = lago.wallet_transactions().create(credits);
    let (customer, credits) = (customer.timeout(limit), credits.timeout(limit));
    let upsert = customer.await.err().ok_or("a success")?;
    let top_up = credits.await.err().ok_or("a success")?;
    Ok(vec![
        (Operation::Upsert, upsert),
        (Operation::TopUp, top_up),
    ])
}

#[tokio::test]
async fn a_time_limit_of_a_call_that_ends_while_connecting_sent_nothing() -> Outcome {
    for (operation, error) in stalled(Ok).await? {
        assert!(
            error.is_connect() && error.is_timeout() && !error.is_ambiguous(),
            "{operation:?}: {error:?}"
        );
        assert_eq!(error.attempts(), 4);
    }
    Ok(())
}

/// What an HTTP client of the caller's was doing is not known.
#[tokio::test]
async fn a_time_limit_of_a_foreign_http_client_leaves_a_doubt() -> Outcome {
    for (operation, error) in stalled(|builder| Ok(builder.http_client(plain_http()?))).await? {
        assert!(
            error.is_timeout() && !error.is_connect() && error.is_ambiguous(),
            "{operation:?}: {error:?}"
        );
        let attempts = match operation {
            Operation::Upsert => 4,
            Operation::TopUp => 1,
        };
        assert_eq!(error.attempts(), attempts);
    }
    Ok(())
}

/// A connection that was kept open is closed by the server as the next request arrives, which nobody
/// can tell from one that is closed after it was executed.
#[tokio::test]
async fn a_kept_connection_that_is_closed_leaves_a_doubt() -> Outcome {
    for (operation, expected) in OPERATIONS
        .into_iter()
        .zip(["ok", "connection lost ambiguous"])
    {
        let kept = String::from_utf8(response("200 OK", &[], good_body()?))?;
        let kept = Act::says(kept.replace("connection: close\r\n", "")).then(Then::Keep);
        let server = Faulty::start(vec![
            kept.clone(),
            Act::silent(Reads::Begin, Then::Close),
            kept,
        ]);
        let server = server.await?;
        let lago = hasty(client_for(server.address())).build()?;
        let (_, outcome) = call(&lago, operation).await;
        assert!(outcome.is_ok(), "{outcome:?}");
        let (attempts, outcome) = call(&lago, operation).await;
        assert_eq!(seen(&outcome), expected);
        let again = u32::from(outcome.is_ok());
        assert_eq!((attempts, server.connections()), (1 + again, 1 + again));
    }
    Ok(())
}
