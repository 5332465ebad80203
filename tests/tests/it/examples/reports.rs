//! Programs that report on what was used and billed.

use std::fs;

use chrono::{DateTime, Utc};
use lago_client::mock::{MockResponse, MockServer, example};
use lago_client::types::*;
use lago_client::{Client, Error};
use serde_json::json;

use super::{Outcome, metering, program, session};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn usage_table_shows_what_was_used() -> Outcome {
    let server = metering().await?;
    let lago = server.client()?;
    let event = || EventInput::new("api_requests", "sub_1");
    lago.events()
        .create_batch([event(), event(), event()])
        .await?;
    let subscription = SubscriptionInput::new("acme", "pro", "sub_2");
    lago.subscriptions().create(subscription).await?;
    lago.customers().create(CustomerInput::new("new")).await?;
    let run = |arguments: &[&str], status| {
        let command = program(env!("CARGO_BIN_EXE_usage_table"), Some(&server));
        session(command, arguments, status)
    };
    let mut all = run(&["acme"], 0)?;
    all += &run(&["acme", "sub_1"], 0)?;
    all += &run(&["new"], 1)?;
    all += &run(&["unknown"], 1)?;

    // What the stand-in does not compute: filters, groups, and a currency without cents.
    let mut usage = example("customers.current_usage")?;
    let charge = &mut usage["customer_usage"]["charges_usage"][0];
    charge["amount_currency"] = json!("JPY");
    let part = |cents: u32, rest: serde_json::Value| {
        let mut part = json!({"units": "1.5", "events_count": 2, "amount_cents": cents});
        for (name, value) in rest.as_object().into_iter().flatten() {
            part[name] = value.clone();
        }
        part
    };
    let filters = json!([
        part(
            100,
            json!({"values": {"region": ["eu", "us"], "tier": ["gold"]}})
        ),
        part(20, json!({"values": {}})),
        part(
            3,
            json!({"values": {"tier": ["tin"]}, "invoice_display_name": "Tin"})
        ),
    ]);
    charge["grouped_usage"] = json!([part(
        77,
        json!({"grouped_by": {"city": "Lyon", "team": null}, "filters": filters.clone()})
    ),]);
    charge["filters"] = filters;
    usage["customer_usage"]["currency"] = json!("JPY");
    server.respond_next(
        "customers.current_usage",
        MockResponse::new(200).json(usage),
    )?;
    all += &run(&["acme", "sub_1"], 0)?;
    insta::assert_snapshot!("usage_table", all);
    Ok(())
}

/// Three invoices in January, in two currencies, and one in February.
async fn billed(server: &MockServer) -> Result<(), Error> {
    let lago: Client = server.client()?;
    lago.customers().create(CustomerInput::new("acme")).await?;
    lago.taxes().create(TaxInput::new("VAT", "vat", 20)).await?;
    for (code, cents, currency) in [
        ("setup", 5_000, Currency::Eur),
        ("visit", 400, Currency::Jpy),
    ] {
        let add_on = AddOnInput::new(AddOnInputRequired {
            name: "Work on site".into(),
            code: code.into(),
            amount_cents: cents,
            amount_currency: currency,
        });
        lago.add_ons().create(add_on).await?;
    }
    let fee = OneOffInvoiceFeeInput::new;
    for (month, currency, fees) in [
        (
            1,
            Currency::Eur,
            vec![fee("setup").tax_codes(["vat"]), fee("setup").units("0.125")],
        ),
        (1, Currency::Jpy, vec![fee("visit")]),
        (1, Currency::Eur, vec![fee("setup")]),
        (2, Currency::Eur, vec![fee("setup")]),
    ] {
        let time = format!("2026-{month:02}-28T12:00:00Z").parse::<DateTime<Utc>>();
        server.set_time(time.unwrap_or_default());
        let invoice = OneOffInvoiceInput::new("acme", fees).currency(currency);
        lago.invoices().create(invoice).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn month_end_closes_a_month() -> Outcome {
    let server = MockServer::builder().stateful().start().await?;
    billed(&server).await?;
    let directory = tempfile::tempdir()?;
    let run = |arguments: &[&str], status| {
        let mut command = program(env!("CARGO_BIN_EXE_month_end"), Some(&server));
        command.current_dir(directory.path());
        session(command, arguments, status)
    };
    let mut all = run(&["January"], 1)?;
    all += &run(&["2025-12"], 0)?;
    for _ in 0..3 {
        let refused = MockResponse::error(403, "feature_unavailable");
        server.respond_next("invoices.download", refused)?;
    }
    all += &run(&["2026-01"], 2)?;
    all += &run(&["2026-01"], 0)?;
    server.clear();
    all += &run(&["2026-01"], 0)?;
    let is_download = |request: &lago_client::mock::ReceivedRequest| request.method == "POST";
    assert!(!server.requests().iter().any(is_download));
    let month = directory.path().join("2026-01");
    all += &fs::read_to_string(month.join("fees.csv"))?;
    insta::assert_snapshot!("month_end", all);

    let mut names = Vec::new();
    for entry in fs::read_dir(&month)? {
        let path = entry?.path();
        let is_pdf = fs::read(&path)?.starts_with(b"%PDF");
        let name = path.file_name().and_then(|name| name.to_str());
        names.push((name.unwrap_or_default().to_owned(), is_pdf));
    }
    names.sort();
    let pdf = |number: u32| (format!("LAG-MOCK-{number:03}.pdf"), true);
    let csv = ("fees.csv".to_owned(), false);
    assert_eq!(names, [pdf(1), pdf(2), pdf(3), csv]);
    Ok(())
}
