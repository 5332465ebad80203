//! Looks after many organizations of Lago with a key for each, and prints a line on each:
//!
//! ```console
//! $ cat keys.json
//! {"de": "key-of-the-german-shop", "fr": "key-of-the-french-shop"}
//! $ cargo run -p lago-client --example tenants -- keys.json fr
//! ```
//!
//! Without names it is all of the file. A name that has no key there ends the program before anything is asked for, and so
//! does a key that two names share: never is one organization taken for another. `LAGO_API_KEY` is not looked at.
//! Ends with 0 when all of them responded, 2 when some did not, and 1 when nothing was asked for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, error, fs};

use clap::Parser;
use futures::{StreamExt, stream};
use lago_client::{Client, Error};

type Failure = Box<dyn error::Error>;

/// How many organizations are asked at a time.
const AT_ONCE: usize = 8;

/// Prints a line on each of many organizations.
#[derive(Parser)]
struct Arguments {
    /// The keys: a JSON object with the key of each organization by its name.
    keys: PathBuf,
    /// Which organizations; all in the file unless given.
    names: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let tenants = match tenants(Arguments::parse()) {
        Ok(tenants) => tenants,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let width = tenants.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or_default();
    let report = |(name, lago)| async move { (name, report(&lago).await) };
    let mut reports = stream::iter(tenants).map(report).buffered(AT_ONCE);
    let mut failed = 0;
    while let Some((name, report)) = reports.next().await {
        let line = report.unwrap_or_else(|error| {
            failed += 1;
            format!("failed: {error}")
        });
        println!("{name:width$}  {line}");
    }
    ExitCode::from(if failed == 0 { 0 } else { 2 })
}

/// The organizations that are meant, each with its client. They share connections, and nothing else.
fn tenants(arguments: Arguments) -> Result<Vec<(String, Client)>, Failure> {
    let file = arguments.keys.display();
    let text = fs::read_to_string(&arguments.keys).map_err(|error| format!("{file}: {error}"))?;
    // What is wrong is not quoted, because it may be a key.
    let keys: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("{file}:{line}:{column}: expected an object of names and keys")
    })?;
    let mut owners = BTreeMap::new();
    for (name, key) in &keys {
        if let Some(other) = owners.insert(key.trim(), name) {
            return Err(format!("{file}: {other} and {name} have the same key").into());
        }
    }
    let names = match arguments.names.is_empty() {
        true => keys.keys().cloned().collect(),
        false => arguments.names,
    };
    let mut base: Option<Client> = None;
    let mut tenants = Vec::new();
    for name in names {
        let key = keys.get(&name).filter(|key| !key.trim().is_empty());
        let key = key.ok_or_else(|| format!("{file}: there is no key of {name}"))?;
        let lago = match &base {
            Some(base) => base.with_api_key(key.as_str())?,
            None => first(key)?,
        };
        base.get_or_insert_with(|| lago.clone());
        tenants.push((name, lago));
    }
    Ok(tenants)
}

/// The client whose settings all others have.
fn first(key: &str) -> Result<Client, Error> {
    let settings = Client::builder().api_key(key).rate_limit_pacing(true);
    match env::var("LAGO_API_URL") {
        Ok(url) => settings.base_url(url).build(),
        Err(_) => settings.build(),
    }
}

async fn report(lago: &Client) -> Result<String, Error> {
    let organization = lago.organizations().get().await?;
    let customers = lago.customers().list().per_page(1).await?;
    let overdue = lago.invoices().list().payment_overdue(true).per_page(1);
    let overdue = overdue.await?.total_count().unwrap_or_default();
    let customers = customers.total_count().unwrap_or_default();
    Ok(format!(
        "{}: customers: {customers}, overdue invoices: {overdue}",
        organization.name
    ))
}
