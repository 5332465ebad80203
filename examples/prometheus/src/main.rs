//! Sends an event a second, and shows the figures to whoever scrapes them, until Ctrl-C.
//!
//! ```console
//! $ export LAGO_API_URL=http://127.0.0.1:3000 LAGO_API_KEY=your-api-key
//! $ cargo run --manifest-path examples/prometheus/Cargo.toml &
//! $ curl http://127.0.0.1:9464/metrics
//! ```

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use lago_client::{Client, types::EventInput};
use lago_prometheus::IngestMetrics;
use metrics_exporter_prometheus::PrometheusBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 9464));
    PrometheusBuilder::new()
        .with_http_listener(address)
        .install()?;
    let events = Client::from_env()?
        .ingest()
        .metrics(IngestMetrics::new())
        .start()
        .await?;

    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let mut end = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            _ = seconds.tick() => events.send(EventInput::new("api_calls", "sub_1")).await?,
            ended = &mut end => break ended?,
        }
    }
    println!("{:?}", events.shutdown(Duration::from_secs(20)).await);
    Ok(())
}
