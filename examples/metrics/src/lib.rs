//! Figures of calls: whatever recorder of the `metrics` crate the program has installed gets them.
//!
//! ```
//! use lago_client::Client;
//!
//! let lago = Client::builder().api_key("your-api-key").on_response(lago_metrics::record).build()?;
//! # Ok::<(), lago_client::Error>(())
//! ```

use lago_client::CallReport;
use metrics::{counter, gauge, histogram};

/// Records a call: how many there were, how long they took, how often they were repeated, and what the server's rate
/// limit leaves.
///
/// `status` is that of the last response, or `none`. Operations and statuses are few, so labels stay few: never put
/// there what belongs to a customer.
pub fn record(call: &CallReport<'_>) {
    let operation = call.operation.id;
    let status = call
        .status
        .map_or("none".to_owned(), |status| status.as_u16().to_string());
    counter!("lago_calls_total", "operation" => operation, "status" => status).increment(1);
    histogram!("lago_call_duration_seconds", "operation" => operation).record(call.duration);
    let retries = u64::from(call.attempts.saturating_sub(1));
    counter!("lago_call_retries_total", "operation" => operation).increment(retries);
    if let Some(limit) = call.rate_limit {
        gauge!("lago_rate_limit_remaining").set(limit.remaining as f64);
    }
}
