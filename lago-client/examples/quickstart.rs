//! From nothing to usage that will be billed: a metric, a plan, a customer, a subscription, events.
//!
//! ```console
//! $ cargo run -p lago-client --features mock --example quickstart
//! ```
//!
//! It talks to a stand-in in the same process, or with `LAGO_API_URL` and `LAGO_API_KEY` set to that server. There it
//! can run again: what it makes has fixed codes, and what is there already is used. Only the events are new.

use std::future::IntoFuture;

use futures::TryStreamExt;
use lago_client::{Client, Error, mock::MockServer, types::*};

const METRIC: &str = "quickstart_requests";
const PLAN: &str = "quickstart_plan";
const CUSTOMER: &str = "quickstart_customer";
const SUBSCRIPTION: &str = "quickstart_subscription";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The stand-in runs as long as it is held.
    let (lago, _stand_in) = connect().await?;

    println!("\n1. What is measured");
    let metric = BillableMetricInput::new("API requests", METRIC, AggregationType::SumAgg);
    let (metric, metrics) = (metric.field_name("requests"), lago.billable_metrics());
    let (metric, how) = create_or_get(metrics.create(metric), metrics.get(METRIC)).await?;
    println!("   billable metric {} ({how})", metric.code);

    println!("\n2. What it costs");
    let price = ChargePropertiesInput::new().amount("0.02");
    let charge = PlanChargeInput::new(metric.lago_id, ChargeModel::Standard).properties(price);
    let plan = PlanInput::new(PlanInputRequired {
        name: "Quickstart".into(),
        code: PLAN.into(),
        interval: Some(PlanInterval::Monthly),
        amount_cents: Some(2_900),
        amount_currency: Currency::Eur,
        pay_in_advance: Some(false),
    })
    .charges([charge]);
    let (plan, how) = create_or_get(lago.plans().create(plan), lago.plans().get(PLAN)).await?;
    println!("   plan {} ({how})", plan.code);
    let base = money(plan.amount_cents.unwrap_or_default(), &plan.amount_currency);
    println!("   {base} monthly, and 0.02 for each request");

    println!("\n3. Who pays");
    // Customers and subscriptions need no second way: creating one that exists updates it.
    let customer = CustomerInput::new(CUSTOMER).currency(Currency::Eur);
    let customer = lago.customers().create(customer).await?;
    println!("   customer {}", customer.external_id);
    let subscription = SubscriptionInput::new(CUSTOMER, PLAN, SUBSCRIPTION);
    let subscription = lago.subscriptions().create(subscription).await?;
    let status = subscription.status;
    println!("   subscription {SUBSCRIPTION} to {PLAN}, {status}");

    println!("\n4. What happened");
    lago.events().create(requests(12)).await?;
    println!("   an event of 12 requests");
    let events = [30, 8, 50].map(requests);
    let events = lago.events().create_batch(events).await?;
    println!("   {} more events in one call", events.len());

    println!("\n5. What it comes to");
    let usage = lago.customers().current_usage(CUSTOMER, SUBSCRIPTION);
    for charge in usage.await?.charges_usage {
        let amount = money(charge.amount_cents, &charge.amount_currency);
        let name = charge.billable_metric.name;
        println!("   {} {name}: {amount}", charge.units);
    }
    println!("   (a server may take a moment to count new events)");

    println!("\n6. What was billed");
    let invoices = lago.invoices().list().external_customer_id(CUSTOMER);
    let invoices: Vec<Invoice> = invoices.items().try_collect().await?;
    for invoice in &invoices {
        let total = money(invoice.total_amount_cents, &invoice.currency);
        println!("   {} {total}, {}", invoice.number, invoice.status);
    }
    println!("   invoices so far: {}", invoices.len());

    println!("\nMade or used: {METRIC}, {PLAN}, {CUSTOMER}, {SUBSCRIPTION}.");
    Ok(())
}

/// Usage to be billed. The event gets its transaction id here, so sending it twice bills once.
fn requests(count: u32) -> EventInput {
    EventInput::new(METRIC, SUBSCRIPTION).properties([("requests", count)])
}

/// Creates something, or gets what is there under its code.
async fn create_or_get<T>(
    create: impl IntoFuture<Output = Result<T, Error>>,
    get: impl IntoFuture<Output = Result<T, Error>>,
) -> Result<(T, &'static str), Error> {
    match create.await {
        Ok(value) => Ok((value, "created")),
        Err(e) if e.has("code", "value_already_exist") => Ok((get.await?, "there already")),
        Err(error) => Err(error),
    }
}

/// Cents are integers; those of usage are decimals, because the server computes them without a bound.
fn money(cents: impl Into<Decimal>, currency: &Currency) -> String {
    format!("{} {currency}", (cents.into() * decimal!("0.01")).round(2))
}

async fn connect() -> Result<(Client, Option<MockServer>), Box<dyn std::error::Error>> {
    let is_set = |name| std::env::var_os(name).is_some();
    if is_set("LAGO_API_URL") && is_set("LAGO_API_KEY") {
        println!("Talking to the server of LAGO_API_URL.");
        return Ok((Client::from_env()?, None));
    }
    println!("Talking to a stand-in, which remembers what it is sent and bills nothing.");
    println!("Set LAGO_API_URL and LAGO_API_KEY to talk to a server.");
    let server = MockServer::builder().stateful().start().await?;
    Ok((server.client()?, Some(server)))
}
