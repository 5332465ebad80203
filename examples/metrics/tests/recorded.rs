//! What a recorder has, of calls to the stand-in for Lago.

use std::error::Error;

use lago_client::mock::{MockResponse, MockServer};
use lago_client::{Client, RetryPolicy};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

#[tokio::test]
async fn calls_are_counted_by_operation_and_status() -> Result<(), Box<dyn Error>> {
    let recorder = PrometheusBuilder::new().install_recorder()?;
    let plans = json!({ "plans": [{ "code": "pro" }] });
    let server = MockServer::builder().seed(plans).start().await?;
    let hasty = RetryPolicy::new().initial_backoff(std::time::Duration::ZERO);
    let lago = Client::builder()
        .api_key("any")
        .base_url(server.url())
        .retry(hasty)
        .on_response(lago_metrics::record)
        .build()?;

    server.respond_next("plans.get", MockResponse::error(503, "unavailable"))?;
    lago.plans().get("pro").await?;
    assert!(lago.plans().get("gone").await.is_err());

    let text = recorder.render();
    let has = |line: &str| assert!(text.lines().any(|other| other == line), "{line} in {text}");
    has(r#"lago_calls_total{operation="findPlan",status="200"} 1"#);
    has(r#"lago_calls_total{operation="findPlan",status="404"} 1"#);
    has(r#"lago_call_retries_total{operation="findPlan"} 1"#);
    has(r#"lago_call_duration_seconds_count{operation="findPlan"} 2"#);
    Ok(())
}
