//! The check of a live server: over sockets, against the stand-in and against servers that are wrong.

mod command;
mod formats;
mod hostile;
mod interrupted;
mod masked;
mod memory;
mod recorded;
mod written;

use std::error::Error;
use std::time::Duration;

use lago_client::RetryPolicy;
use lago_client::mock::MockServer;
use lago_tests::conform::live::{Findings, LiveError, Row, Settings, Stop, check, url};
use lago_tests::support::clients::API_KEY;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Settings for a server on the loopback.
fn settings(server: &MockServer) -> Outcome<Settings> {
    Ok(Settings {
        url: url(&server.url())?,
        key: API_KEY.to_owned(),
        write: None,
        record: None,
        timeout: Duration::from_secs(30),
        retry: RetryPolicy::never(),
    })
}

/// Checks a server without repeating anything.
async fn checked(settings: &Settings) -> Result<Findings, LiveError> {
    check(settings, &Stop::default(), &mut |_| {}).await
}

/// What is said of an operation.
fn row<'f>(findings: &'f Findings, id: &str) -> Outcome<&'f Row> {
    let mut rows = findings.rows.iter();
    let found = rows.find(|row| row.id == id);
    Ok(found.ok_or_else(|| format!("no row of {id}"))?)
}
