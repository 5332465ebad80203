//! A service that stores each webhook once, responds, and then works on it:
//!
//! ```console
//! $ export LAGO_WEBHOOK_HMAC_KEY=your-hmac-key
//! $ cargo run --manifest-path examples/webhook-inbox/Cargo.toml -- inbox.sqlite 127.0.0.1:4000
//! ```
//!
//! A delivery is a row of an SQLite database by its id: one that comes again is there already, and is a success. A thread
//! works on what is not done yet; here it keeps a table of invoices. What fails is tried again after the next delivery,
//! and at the next start.

mod inbox;

use std::env;
use std::error::Error;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRef, State};
use axum::{Router, http::StatusCode, routing::post};
use inbox::Inbox;
use lago_client::webhooks::{Delivery, Verifier};
use tokio::{net::TcpListener, task::spawn_blocking};

/// What the handlers share.
#[derive(Clone)]
struct App {
    verifier: Verifier,
    inbox: Arc<Mutex<Inbox>>,
    /// Wakes the thread that works.
    bell: Sender<()>,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().unwrap_or("inbox.sqlite".into());
    let address = arguments.next().unwrap_or("127.0.0.1:4000".into());
    let key = env::var("LAGO_WEBHOOK_HMAC_KEY");
    let verifier = Verifier::hmac(key.map_err(|_| "set LAGO_WEBHOOK_HMAC_KEY")?);
    // What cannot work is told now, and not by the first delivery.
    verifier.warm_up().await?;
    let inbox = Arc::new(Mutex::new(Inbox::open(&path)?));
    let app = App {
        verifier,
        inbox,
        bell: work(Inbox::open(&path)?),
    };
    let router = Router::new().route("/lago", post(receive)).with_state(app);
    let listener = TcpListener::bind(address).await?;
    println!("Deliver to http://{}/lago", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}

/// Called for genuine deliveries only.
async fn receive(State(app): State<App>, delivery: Delivery) -> StatusCode {
    let stored = spawn_blocking(move || {
        let inbox = app.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.store(&delivery.id, &delivery.body)
    });
    match stored.await {
        Ok(Ok(())) => {
            // If there is no thread to hear it, it is done at the next start.
            let _ = app.bell.send(());
            StatusCode::NO_CONTENT
        }
        // Lago delivers it again.
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Starts the thread that works on what is not done: now, and whenever the bell rings.
fn work(mut inbox: Inbox) -> Sender<()> {
    let (bell, rings) = channel();
    std::thread::spawn(move || {
        loop {
            if let Err(error) = inbox.work() {
                eprintln!("nothing can be done: {error}");
            }
            match rings.recv() {
                // One round is enough for all that ring before it begins.
                Ok(()) => while rings.try_recv().is_ok() {},
                Err(_) => return,
            }
        }
    });
    bell
}
