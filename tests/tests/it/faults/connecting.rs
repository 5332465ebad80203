//! Faults before anything is sent: names, ports, TLS. Every operation may be tried again.

use std::collections::VecDeque;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lago_client::Client;
use lago_tests::faulty::{Act, Faulty, Reads, Then};
use lago_tests::script::client_for;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::cases::answer;
use super::{OPERATIONS, Operation, Outcome, When, call, good_body, hasty, seen};

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

/// A client of the server at this port, whose name has these meanings.
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

/// Faults of names and ports, as rows of the table.
pub(super) const UNSENT: [(&str, Option<Ipv4Addr>); 2] = [
    ("the name does not resolve", None),
    ("the connection is refused", Some(NOBODY)),
];

/// A cell of the table.
pub(super) async fn cell(
    meaning: Option<Ipv4Addr>,
    operation: Operation,
    when: When,
) -> Result<String, Box<dyn Error>> {
    let good = Act::says(answer("200 OK", &[], good_body()?));
    let busy = Act::says(answer("429 Too Many Requests", &[], ""));
    let server = Some(Ipv4Addr::LOCALHOST);
    let (meanings, acts) = match when {
        When::First => (vec![meaning], vec![good]),
        When::Later => (vec![server, meaning], vec![busy, good]),
        When::Always => (vec![meaning; 9], vec![good]),
    };
    let server = Faulty::start(acts).await?;
    let port = server.address().rsplit(':').next().ok_or("no port")?;
    let (attempts, outcome) = call(&client(port, meanings)?, operation).await;
    Ok(format!(
        "{} {attempts}/{}",
        seen(&outcome),
        server.arrived().len()
    ))
}

#[tokio::test]
async fn a_server_without_tls_is_no_server() -> Outcome {
    for act in [
        Act::silent(Reads::Begin, Then::Close),
        Act {
            reads: Reads::Begin,
            ..Act::says(answer("400 Bad Request", &[], ""))
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
    let builder = client_for("x").base_url(format!("https://{}", server.address()));
    let http = reqwest::Client::builder()
        .connect_timeout(Duration::from_millis(200))
        .build()?;
    let lago = hasty(builder).http_client(http).build()?;
    for operation in OPERATIONS {
        let (attempts, outcome) = call(&lago, operation).await;
        let error = outcome.err().ok_or("a success")?;
        assert!(
            error.is_connect() && error.is_timeout() && !error.is_ambiguous(),
            "{error:?}"
        );
        assert_eq!(attempts, 4);
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
        let kept = String::from_utf8(answer("200 OK", &[], good_body()?))?;
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
