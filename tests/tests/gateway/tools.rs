//! The operations as tools: what agents are told, and what becomes of what they say.

mod accepted;
mod called;
mod lint;
mod reached;
mod refused;
mod shown;

use lago_client::gateway::tools::Tool;
use serde_json::Value;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The schema of what a tool takes.
fn schema(tool: &Tool) -> Outcome<Value> {
    serde_json::from_str(tool.input_schema)
        .map_err(|error| format!("{}: {error}", tool.name).into())
}
