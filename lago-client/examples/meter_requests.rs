//! Meters the requests of an axum server: one event for each that succeeds, and none of them waits for it.
//!
//! ```console
//! $ LAGO_API_KEY=your-api-key cargo run -p lago-client --example meter_requests
//! $ curl -H 'x-subscription: sub_1' http://127.0.0.1:8080/
//! ```

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::{Router, response::Response, routing::get};
use lago_client::ingest::{DeadLetter, Pipeline};
use lago_client::{Client, types::EventInput};

async fn meter(State(events): State<Pipeline>, request: Request, next: Next) -> Response {
    // Where your server knows who calls: a header, the claims of a token.
    let caller = request.headers().get("x-subscription");
    let caller = caller.and_then(|name| name.to_str().ok().map(str::to_owned));
    let method = request.method().to_string();
    let response = next.run(request).await;
    if let Some(caller) = caller.filter(|_| response.status().is_success()) {
        let event = EventInput::new("api_requests", caller).property("method", method);
        let accepted = events.try_send(event);
        accepted.unwrap_or_else(|error| eprintln!("a request is not metered: {error}"));
    }
    response
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lago = Client::from_env()?;
    let print = |dead: DeadLetter| eprintln!("not delivered, {}", dead.outcome);
    let events = lago.ingest().dead_letters(print).start().await?;
    let app = Router::new().route("/", get(|| async { "hello" }));
    // A layer of tower, so that it goes around any part of the routes.
    let app = app.layer(from_fn_with_state(events.clone(), meter));
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:8080");
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("Metering http://{}, until Enter", listener.local_addr()?);
    // In a service a signal: `tokio::signal::ctrl_c()`.
    let enter = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    let end = async { drop(enter.await) };
    axum::serve(listener, app)
        .with_graceful_shutdown(end)
        .await?;
    // After the last request, and before the runtime ends.
    println!("{:?}", events.shutdown(Duration::from_secs(20)).await);
    Ok(())
}
