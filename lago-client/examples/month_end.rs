//! Closes a month: its invoices as PDFs and their fees as CSV in a folder, and totals by currency:
//!
//! ```console
//! $ LAGO_API_KEY=your-api-key cargo run -p lago-client --example month_end -- 2026-01
//! ```
//!
//! It takes what is finalized and was issued in that month. A PDF that is there is not fetched again, so run it until all
//! are. Ends with 0 when they are, 2 when some are not, and 1 when it could not go on.

use std::collections::{BTreeMap, BTreeSet};
use std::future::ready;
use std::{error::Error, fs, path::Path, process::ExitCode};

use chrono::{Months, NaiveDate};
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use lago_client::{Client, types::*};

/// How many invoices are fetched at a time.
const AT_ONCE: usize = 4;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&std::env::args().nth(1).unwrap_or_default()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all PDFs are there.
async fn run(month: &str) -> Result<bool, Box<dyn Error>> {
    let first = format!("{month}-01").parse::<NaiveDate>();
    let first = first.map_err(|_| format!("`{month}` is no month: write it like 2026-01"))?;
    let next = first.checked_add_months(Months::new(1));
    let last = next.and_then(|next| next.pred_opt()).unwrap_or(first);
    let lago = &Client::from_env()?;
    let list = lago.invoices().list().statuses([InvoiceStatus::Finalized]);
    let list = list.issuing_date_from(first).issuing_date_to(last).items();
    // A server ignores filters that it does not know.
    let of_month = list.try_filter(|invoice| {
        let is_issued = invoice.status == InvoiceStatus::Finalized;
        ready(is_issued && (first..=last).contains(&invoice.issuing_date))
    });
    let invoices = of_month.map_ok(|invoice| (invoice.number, invoice.lago_id));
    let invoices: BTreeSet<_> = invoices.try_collect().await?;

    let folder = Path::new(month);
    fs::create_dir_all(folder).map_err(|error| format!("folder {month}: {error}"))?;
    let mut csv = csv::Writer::from_path(folder.join("fees.csv"))?;
    csv.write_record("invoice issued customer fee units net taxes currency".split(' '))?;
    // Nothing is drawn where there is no terminal.
    let bar = ProgressBar::new(invoices.len() as u64);
    // Those of a list have no fees.
    let fetch = |(_, id)| async move {
        let invoice = lago.invoices().get(id).await?;
        Ok::<_, Box<dyn Error>>((save_pdf(lago, folder, &invoice).await, invoice))
    };
    let mut fetched = stream::iter(invoices).map(fetch).buffered(AT_ONCE);
    let (mut totals, mut missing) = (BTreeMap::<Currency, [Decimal; 3]>::new(), 0);
    while let Some((saved, invoice)) = fetched.try_next().await? {
        let (number, date, currency) = (&invoice.number, invoice.issuing_date, &invoice.currency);
        let iso = currency.as_str();
        if let Err(error) = saved {
            bar.suspend(|| eprintln!("no PDF of {number}: {error}"));
            missing += 1;
        }
        let customer = invoice.customer.as_ref().map(|known| &known.external_id);
        for fee in invoice.fees.iter().flatten() {
            let cents = [fee.amount_cents, fee.taxes_amount_cents];
            let [net, taxes] = cents.map(|cents| amount(&cents.into(), currency));
            let (fee, units) = (&fee.item.name, fee.units.to_string());
            csv.serialize((number, date, customer, fee, units, net, taxes, iso))?;
        }
        let [net, taxes, total] = totals.entry(currency.clone()).or_default();
        *net += invoice.sub_total_excluding_taxes_amount_cents;
        *taxes += invoice.taxes_amount_cents;
        *total += invoice.total_amount_cents;
        bar.inc(1);
    }
    bar.finish_and_clear();
    csv.flush()?;
    println!("currency           net         taxes         total");
    for (currency, sums) in &totals {
        let [net, taxes, total] = sums.each_ref().map(|cents| amount(cents, currency));
        println!("{currency:<8}  {net:>12}  {taxes:>12}  {total:>12}");
    }
    println!("{month}/fees.csv is written, and {missing} PDFs are missing");
    Ok(missing == 0)
}

/// Sees to it that the PDF of an invoice is in the folder.
async fn save_pdf(lago: &Client, folder: &Path, invoice: &Invoice) -> Result<(), Box<dyn Error>> {
    // A number is what the organization makes of it, and may hold what no file name can.
    let name = invoice.number.replace(['/', '\\', ':', '\0'], "_");
    let path = folder.join(format!("{name}.pdf"));
    if !path.exists() {
        let pdf = lago.invoices().fetch_pdf(invoice.lago_id).await?;
        // It gets its name when it is whole.
        let part = path.with_extension("part");
        fs::write(&part, pdf)?;
        fs::rename(&part, &path)?;
    }
    Ok(())
}

/// An amount in units of its currency, as the guide on money has it.
fn amount(minor_units: &Decimal, currency: &Currency) -> String {
    let unit = match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => decimal!("1"),
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => decimal!("0.001"),
        _ => decimal!("0.01"),
    };
    (minor_units * unit).to_string()
}
