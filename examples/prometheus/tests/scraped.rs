//! What Prometheus reads, of a pipeline that delivers to the stand-in for Lago: over sockets, both of them.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use lago_client::mock::{MockResponse, MockServer};
use lago_client::types::EventInput;
use lago_prometheus::IngestMetrics;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// So that a test that would hang fails.
const LONG: Duration = Duration::from_secs(60);

/// The lines about the pipeline, without comments, sorted.
async fn scrape(address: SocketAddr) -> Result<Vec<String>, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    let mut lines: Vec<String> = response
        .lines()
        .filter(|line| line.starts_with("lago_ingest_"))
        .map(str::to_owned)
        .collect();
    lines.sort();
    Ok(lines)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prometheus_reads_what_became_of_events() -> Result<(), Box<dyn Error>> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    PrometheusBuilder::new()
        .with_http_listener(address)
        .install()?;
    let server = MockServer::builder().stateful().start().await?;
    let metrics = IngestMetrics::new();
    let events = server
        .client()?
        .ingest()
        .linger(Duration::ZERO)
        .metrics(metrics)
        .start()
        .await?;

    server.respond_next(
        "events.create_batch",
        MockResponse::error(503, "unavailable"),
    )?;
    for _ in 0..3 {
        events.send(EventInput::new("api_calls", "sub_1")).await?;
    }
    tokio::time::timeout(LONG, events.flush()).await?;
    let refused = MockResponse::validation_errors(json!({"0": {"code": ["value_is_mandatory"]}}));
    server.respond_next("events.create_batch", refused)?;
    events.send(EventInput::new("unknown", "sub_1")).await?;
    let report = events.shutdown(LONG).await;
    assert_eq!((report.delivered, report.rejected, report.lost), (3, 1, 0));

    let lines = scrape(address).await?;
    let has = |line: &str| {
        assert!(
            lines.iter().any(|other| other == line),
            "{line} in {lines:#?}"
        )
    };
    has(r#"lago_ingest_events_total{outcome="delivered"} 3"#);
    has(r#"lago_ingest_events_total{outcome="rejected"} 1"#);
    has(r#"lago_ingest_events_total{outcome="lost"} 0"#);
    has("lago_ingest_queued_events 0");
    has("lago_ingest_batches_in_flight 0");
    has("lago_ingest_oldest_event_seconds 0");
    let retries = lines
        .iter()
        .find_map(|line| line.strip_prefix("lago_ingest_retries_total "));
    assert!(
        (1..=3).contains(&retries.ok_or("no retries")?.parse::<u32>()?),
        "{lines:#?}"
    );
    Ok(())
}
