//! A service that receives webhooks and prints what they say:
//!
//! ```console
//! $ LAGO_WEBHOOK_HMAC_KEY=your-hmac-key cargo run -p lago-client --features axum --example webhook_receiver
//! Deliver to http://127.0.0.1:4000/lago
//! ```
//!
//! The key is in Lago under *Developers*. Without it the service trusts JWT signatures of the
//! server of `LAGO_API_URL`, whose key it asks for with `LAGO_API_KEY`. It listens at the address
//! that is its argument, 127.0.0.1:4000 unless given.

use std::collections::HashSet;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::post;
use lago_client::Client;
use lago_client::webhooks::{Delivery, Verifier, WebhookEvent};

const ADDRESS: &str = "127.0.0.1:4000";

/// What the handlers share.
#[derive(Clone)]
struct App {
    verifier: Verifier,
    seen: Seen,
}

/// The ids of the deliveries so far. A service keeps them in its database, in the transaction that
/// stores the event.
type Seen = Arc<Mutex<HashSet<String>>>;

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

impl FromRef<App> for Seen {
    fn from_ref(app: &App) -> Self {
        Arc::clone(&app.seen)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let verifier = verifier()?;
    // What cannot work is told now, and not by the first delivery.
    verifier.warm_up().await?;
    let app = App {
        verifier,
        seen: Seen::default(),
    };
    let router = Router::new().route("/lago", post(receive)).with_state(app);
    let address = std::env::args().nth(1);
    let listener = tokio::net::TcpListener::bind(address.as_deref().unwrap_or(ADDRESS)).await?;
    println!("Deliver to http://{}/lago", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

/// What to trust, from the environment.
fn verifier() -> Result<Verifier, Box<dyn Error>> {
    if let Ok(key) = std::env::var("LAGO_WEBHOOK_HMAC_KEY") {
        return Ok(Verifier::hmac(key));
    }
    let lago = Client::from_env()
        .map_err(|error| format!("set LAGO_WEBHOOK_HMAC_KEY, or let it ask a server: {error}"))?;
    Ok(Verifier::fetch(&lago))
}

/// Called for genuine deliveries only.
async fn receive(State(seen): State<Seen>, delivery: Delivery) -> StatusCode {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    match seen.insert(delivery.id.clone()) {
        true => println!(
            "{} {}: {}",
            delivery.id,
            delivery.webhook_type,
            in_words(&delivery)
        ),
        false => println!("{} again", delivery.id),
    }
    StatusCode::NO_CONTENT
}

/// What happened, in a line: what this service cares for, and the name of the rest.
fn in_words(delivery: &Delivery) -> String {
    match &delivery.event {
        WebhookEvent::InvoiceCreated(invoice) => format!(
            "invoice {} of {} cents in {}, {}",
            invoice.number, invoice.total_amount_cents, invoice.currency, invoice.status
        ),
        WebhookEvent::CustomerCreated(customer) | WebhookEvent::CustomerUpdated(customer) => {
            format!("customer {}", customer.external_id)
        }
        WebhookEvent::SubscriptionStarted(subscription) => format!(
            "subscription {} of customer {} to plan {}",
            subscription.external_id, subscription.external_customer_id, subscription.plan_code
        ),
        // A server that is newer than this program, or an object that is not as it should be.
        WebhookEvent::Unknown { object_type, .. } => match &delivery.malformed {
            Some(malformed) => format!("{object_type} that cannot be read at {}", malformed.path),
            None => format!("something unheard-of with {object_type}"),
        },
        _ => "nothing that matters here".to_owned(),
    }
}
