//! A command-line tool that needs no async runtime:
//!
//! ```console
//! $ alias customers='cargo run -p lago-client --features blocking --example blocking_cli -- customers'
//! $ customers create acme --name Acme --currency EUR
//! $ customers list --search acme
//! $ customers show acme
//! ```
//!
//! The key is in `LAGO_API_KEY`. Ends with 0 when it is done, and with 1 and a sentence when it is not.

use std::error::Error as StdError;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lago_client::{Client, Error, types::*};

#[derive(Parser)]
enum Command {
    /// Looks at customers, and creates them.
    #[command(subcommand)]
    Customers(Customers),
}

#[derive(Subcommand)]
enum Customers {
    /// Lists customers, the newest first.
    List {
        /// Only those with this in their name, email address or id.
        #[arg(long)]
        search: Option<String>,
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Shows a customer.
    Show {
        /// The id that you gave it.
        id: String,
    },
    /// Creates a customer; of one that there is, changes what is named here.
    Create {
        /// The id that you give it.
        id: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        email: Option<String>,
        /// The ISO 4217 code of the currency in which it is billed.
        #[arg(long)]
        currency: Option<Currency>,
    },
}

fn main() -> ExitCode {
    let Command::Customers(command) = Command::parse();
    let Err(error) = run(command) else {
        return ExitCode::SUCCESS;
    };
    let is_enough = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    if error.downcast_ref().is_some_and(is_enough) {
        // Whoever reads has seen enough: `| head`.
        return ExitCode::SUCCESS;
    }
    match error.downcast_ref::<Error>() {
        Some(error) if error.is_not_found() => eprintln!("error: there is no such customer"),
        Some(error) if error.is_unauthorized() => eprintln!("error: LAGO_API_KEY is not valid"),
        _ => eprintln!("error: {error}"),
    }
    ExitCode::FAILURE
}

fn run(command: Customers) -> Result<(), Box<dyn StdError>> {
    let lago = Client::from_env()?;
    let mut out = io::stdout().lock();
    match command {
        Customers::List { search, limit } => {
            let mut list = lago.customers().list();
            if let Some(search) = search {
                list = list.search_term(search);
            }
            // A page is fetched when its first customer is asked for.
            for customer in list.items().wait().take(limit) {
                let customer = customer?;
                let name = customer.name.as_deref().unwrap_or("-");
                writeln!(out, "{:<20}  {name}", customer.external_id)?;
            }
        }
        Customers::Show { id } => show(&mut out, lago.customers().get(id).wait()?)?,
        Customers::Create {
            id,
            name,
            email,
            currency,
        } => {
            // What is not named is not sent, so that it stays as it is.
            let customer = CustomerInput::new(id)
                .name(name.map_or(Patch::Absent, Patch::Value))
                .email(email.map_or(Patch::Absent, Patch::Value))
                .currency(currency.map_or(Patch::Absent, Patch::Value));
            show(&mut out, lago.customers().create(customer).wait()?)?;
        }
    }
    Ok(())
}

fn show(out: &mut impl Write, customer: Customer) -> io::Result<()> {
    let currency = customer.currency.map(|currency| currency.to_string());
    writeln!(out, "customer  {}", customer.external_id)?;
    for (name, value) in [
        ("name", customer.name),
        ("email", customer.email),
        ("currency", currency),
    ] {
        writeln!(out, "{name:<8}  {}", value.as_deref().unwrap_or("-"))?;
    }
    Ok(())
}
