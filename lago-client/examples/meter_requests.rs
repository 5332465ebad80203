//! Meters the requests of an axum server: one event for each that succeeds, and none of them waits for it.
//!
//! ```console
//! $ LAGO_API_KEY=your-api-key cargo run -p lago-client --example meter_requests
//! $ curl -H 'x-subscription: sub_1' http://127.0.0.1:8080/
//! ```

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use lago_client::{Client, ingest::Pipeline, types::EventInput};

async fn meter(State(events): State<Pipeline>, request: Request, next: Next) -> Response {
    // Where your server knows who calls: a header, the claims of a token.
    let caller = request.headers().get("x-subscription").cloned();
    let response = next.run(request).await;
    let subscription = caller.as_ref().and_then(|caller| caller.to_str().ok());
    if let Some(subscription) = subscription.filter(|_| response.status().is_success())
        && let Err(error) = events.try_send(EventInput::new("api_requests", subscription))
    {
        eprintln!("a request is not metered: {error}");
    }
    response
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let events = Client::from_env()?.ingest().start().await?;
    let metered = from_fn_with_state(events.clone(), meter);
    let app = Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(metered);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    println!(
        "Metering http://{}, until you press Enter",
        listener.local_addr()?
    );
    let enter = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    axum::serve(listener, app)
        .with_graceful_shutdown(async { drop(enter.await) })
        .await?;
    println!("{:?}", events.shutdown(Duration::from_secs(20)).await);
    Ok(())
}
