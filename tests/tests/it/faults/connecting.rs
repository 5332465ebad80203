//! Faults before anything is sent: names, ports, TLS. Every operation may be tried again.

use std::collections::{HashSet, VecDeque};
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lago_client::types::{CustomerInput, WalletTransactionInput};
use lago_client::{Client, ClientBuilder};
use lago_tests::faulty::{Act, Faulty, Reads, Then};
use lago_tests::script::{Answer, Scripted, client_for, plain_http};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use uuid::Uuid;

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

/// Every name is nobody's when it is asked for the first time, and then the server's.
#[derive(Debug, Default)]
struct LateNames(Mutex<HashSet<String>>);

impl Resolve for LateNames {
    fn resolve(&self, name: Name) -> Resolving {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let address = match known.insert(name.as_str().to_owned()) {
            true => NOBODY,
            false => Ipv4Addr::LOCALHOST,
        };
        let addresses: Addrs = Box::new([SocketAddr::from((address, 0))].into_iter());
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

/// An HTTP client that finds nobody under a name when it looks for the first time.
pub(super) fn late_http() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .dns_resolver(Arc::new(LateNames::default()))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .build()
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
    let meanings = match when {
        When::First => vec![meaning],
        When::Later => vec![Some(NOBODY), meaning],
        When::Always => vec![meaning; 9],
    };
    let good = Act::says(answer("200 OK", &[], good_body()?));
    let server = Faulty::start(vec![good]).await?;
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

/// A refusal of the request to which a redirect led proves nothing of the one that was answered with it.
#[tokio::test]
async fn a_refusal_from_another_url_leaves_a_doubt() -> Outcome {
    let refusal = r#"{"status":404,"error":"Not Found","code":"wallet_not_found"}"#;
    let server = Scripted::start(move |request| match request.method.as_str() {
        "POST" => Answer::new("302 Found", &[("location", "/elsewhere")], ""),
        _ => Answer::json("404 Not Found", refusal),
    })
    .await?;
    let follows = reqwest::Client::builder().no_proxy().build()?;
    let lago = hasty(server.builder()).http_client(follows).build()?;
    let (_, outcome) = call(&lago, Operation::TopUp).await;
    let error = outcome.err().ok_or("a success")?;
    assert!(error.is_not_found() && error.is_ambiguous(), "{error:?}");
    assert_eq!((error.attempts(), server.requests().len()), (1, 2));
    Ok(())
}

#[tokio::test]
async fn what_the_http_client_refuses_to_send_was_not_sent() -> Outcome {
    let server = Faulty::start(vec![Act::says(answer("200 OK", &[], good_body()?))]).await?;
    let http = reqwest::Client::builder().https_only(true).build()?;
    let lago = hasty(client_for(server.address()).http_client(http)).build()?;
    for operation in OPERATIONS {
        let (_, outcome) = call(&lago, operation).await;
        let error = outcome.err().ok_or("a success")?;
        assert!(error.is_usage() && !error.is_ambiguous(), "{error:?}");
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(server.connections(), 0);
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
