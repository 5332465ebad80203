//! How much memory a page of invoices keeps once it is read, beside the JSON that it was read from.
//!
//! `cargo bench -p lago-types --bench memory` prints it, and fails when it is more than a limit.

use std::alloc::System;
use std::process::ExitCode;

use cap::Cap;
use serde_json::Value;

#[global_allocator]
static ALLOCATED: Cap<System> = Cap::new(System, usize::MAX);

/// How many bytes may be kept for each byte of JSON.
const LIMIT: f64 = 1.2;

/// An invoice for a subscription with all that it holds, as a server sent it.
const RECORDED: &str = include_str!(
    "../../tests/fixtures/recorded/plain-plans/exchanges/208_invoice_subscription_show.json"
);

fn main() -> Result<ExitCode, serde_json::Error> {
    let recorded: Value = serde_json::from_str(RECORDED)?;
    let invoice = recorded["response_body"]["invoice"].to_string();
    drop(recorded);
    let page = format!("[{}]", vec![invoice; 100].join(","));

    let before = ALLOCATED.allocated();
    let mut invoices: Vec<lago_types::Invoice> = serde_json::from_str(&page)?;
    // As lists of the client are.
    invoices.shrink_to_fit();
    let kept = ALLOCATED.allocated() - before;
    drop(invoices);

    #[allow(clippy::cast_precision_loss, reason = "megabytes")]
    let ratio = kept as f64 / page.len() as f64;
    println!(
        "100 invoices: {kept} bytes of {} of JSON, {ratio:.2} (limit {LIMIT})",
        page.len()
    );
    Ok(match ratio <= LIMIT {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
