//! From nothing to usage that will be billed: a metric, a plan, a customer, a subscription, events.
//!
//! ```console
//! $ cargo run -p lago-client --features mock --example quickstart
//! ```
//!
//! It talks to a stand-in server in the same process. With `LAGO_API_URL` and `LAGO_API_KEY` set it
//! talks to that server. There it can run again and again: everything it makes has a fixed code,
//! and what is there already is used. Only the events are new each time.

use std::error::Error as StdError;
use std::future::IntoFuture;

use futures::TryStreamExt;
use lago_client::mock::MockServer;
use lago_client::{Client, Error, types::*};

const METRIC: &str = "quickstart_requests";
const PLAN: &str = "quickstart_plan";
const CUSTOMER: &str = "quickstart_customer";
const SUBSCRIPTION: &str = "quickstart_subscription";

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    // The stand-in runs as long as it is held.
    let (lago, _stand_in) = connect().await?;

    println!("\n1. What is measured");
    let metric = BillableMetricInput::new("API requests", METRIC, AggregationType::SumAgg)
        .field_name("requests");
    let (metric, how) = create_or_get(
        lago.billable_metrics().create(metric),
        lago.billable_metrics().get(METRIC),
    )
    .await?;
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
    // A plan of the product catalog has no price of its own.
    if let (Some(cents), Some(interval)) = (plan.amount_cents, plan.interval) {
        let base = money(cents, &plan.amount_currency);
        println!("   {base} {interval}, and 0.02 for each request");
    }

    println!("\n3. Who pays");
    // Customers and subscriptions need no second way: creating one that exists updates it.
    let customer = CustomerInput::new(CUSTOMER)
        .name("Acme")
        .currency(Currency::Eur);
    let customer = lago.customers().create(customer).await?;
    println!("   customer {}", customer.external_id);
    let subscription = SubscriptionInput::new(CUSTOMER, PLAN, SUBSCRIPTION);
    let subscription = lago.subscriptions().create(subscription).await?;
    println!(
        "   subscription {} to {}, {}",
        subscription.external_id, subscription.plan_code, subscription.status
    );

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
        println!(
            "   {} {}: {amount}",
            charge.units, charge.billable_metric.name
        );
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
        Err(error) if is_taken(&error) => Ok((get.await?, "there already")),
        Err(error) => Err(error),
    }
}

/// Whether the server refuses a code because something has it: `{"code": ["value_already_exist"]}`.
fn is_taken(error: &Error) -> bool {
    let code = error
        .details()
        .and_then(|details| details["code"][0].as_str());
    code == Some("value_already_exist")
}

/// Cents are integers; those of usage are decimals, because the server computes them without a bound.
fn money(cents: impl Into<Decimal>, currency: &Currency) -> String {
    let amount = cents.into() * decimal!("0.01");
    format!("{} {currency}", amount.round(2))
}

async fn connect() -> Result<(Client, Option<MockServer>), Box<dyn StdError>> {
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
