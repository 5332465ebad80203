//! What a customer has used in the current billing period, as a table:
//!
//! ```console
//! $ LAGO_API_KEY=your-api-key cargo run -p lago-client --example usage_table acme
//! ```
//!
//! A table for each active subscription, or for the one that is named behind the customer. Usage is split by the filters
//! and groups of a charge, where it has some. Amounts are before taxes, but for the total.

use std::error::Error;
use std::process::ExitCode;

use futures::TryStreamExt;
use lago_client::{Client, types::*};

const USAGE: &str = "usage: usage_table CUSTOMER [SUBSCRIPTION]";

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = run(arguments.next(), arguments.next()).await;
    if let Err(error) = &outcome {
        eprintln!("error: {error}");
    }
    ExitCode::from(u8::from(outcome.is_err()))
}

async fn run(customer: Option<String>, subscription: Option<String>) -> Result<(), Box<dyn Error>> {
    let customer = customer.ok_or(USAGE)?;
    let lago = Client::from_env()?;
    let (customers, mut subscriptions) = (lago.customers(), Vec::from_iter(subscription));
    if subscriptions.is_empty() {
        let list = customers.subscriptions().list(&customer);
        let active = list.status([SubscriptionStatus::Active]).items();
        let ids = active.map_ok(|known| known.external_id);
        subscriptions = ids.try_collect().await?;
    }
    if subscriptions.is_empty() {
        return Err(format!("{customer} has no active subscription").into());
    }
    for subscription in &subscriptions {
        let usage = customers.current_usage(&customer, subscription).await?;
        let [from, to] = [usage.from_datetime, usage.to_datetime].map(|time| time.date_naive());
        println!("{subscription}, {from} to {to}");
        print(&lines(&usage));
    }
    Ok(())
}

/// A line on anything that has units, events and an amount.
macro_rules! line {
    ($depth:literal, $name:expr, $used:expr, $currency:expr) => {
        [
            format!("{:1$}{name}", "", 2 * $depth, name = $name),
            $used.units.to_string(),
            $used.events_count.to_string(),
            money(&$used.amount_cents, $currency),
        ]
    };
}

/// The table: a head, what was used, and what it comes to.
fn lines(usage: &CustomerUsage) -> Vec<[String; 4]> {
    let mut lines = vec![["charge", "units", "events", "amount"].map(str::to_owned)];
    for used in &usage.charges_usage {
        let (name, currency) = (&used.charge.invoice_display_name, &used.amount_currency);
        let name = name.as_ref().unwrap_or(&used.billable_metric.name);
        lines.push(line!(0, name, used, currency));
        for part in used.filters.iter().flatten() {
            lines.push(line!(1, filter(part), part, currency));
        }
        for group in used.grouped_usage.iter().flatten() {
            let keys = group.grouped_by.iter();
            let keys = keys.map(|(key, value)| format!("{key}: {}", value.as_str().unwrap_or("-")));
            let name = keys.collect::<Vec<_>>().join(", ");
            lines.push(line!(1, name, group, currency));
            for part in &group.filters {
                lines.push(line!(2, filter(part), part, currency));
            }
        }
    }
    let (taxes, total) = (&usage.taxes_amount_cents, &usage.total_amount_cents);
    for (name, cents) in [("taxes", taxes), ("total", total)] {
        let amount = usage.currency.as_ref().map(|known| money(cents, known));
        lines.push([name, "", "", &amount.unwrap_or_default()].map(str::to_owned));
    }
    lines
}

/// What a filter is called on invoices, or the values that it takes.
fn filter(part: &ChargeFilterUsage) -> String {
    let values = part.values.iter().flatten();
    let values = values.map(|(key, values)| format!("{key}: {}", values.join(" or ")));
    let values: Vec<String> = values.collect();
    let name = part.invoice_display_name.clone();
    name.unwrap_or_else(|| match values.as_slice() {
        [] => "everything else".to_owned(),
        values => values.join(", "),
    })
}

fn print(lines: &[[String; 4]]) {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let [a, b, c, d] = [0, 1, 2, 3].map(|column| width(column).unwrap_or_default());
    for [name, units, events, amount] in lines {
        println!("{name:a$}  {units:>b$}  {events:>c$}  {amount:>d$}");
    }
}

/// An amount as people read it, as the guide on money has it; amounts of usage are not rounded yet.
fn money(minor_units: &Decimal, currency: &Currency) -> String {
    let (unit, places) = match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => (decimal!("1"), 0),
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => (decimal!("0.001"), 3),
        _ => (decimal!("0.01"), 2),
    };
    format!("{} {currency}", (minor_units * unit).round(places))
}
