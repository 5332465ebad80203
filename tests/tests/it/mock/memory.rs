//! The stateful stand-in, through the client and over sockets.

mod catalogue;
mod entitlements;
mod events;
mod model;
mod money;
mod payments;
mod schemas;
mod subscriptions;
mod webhooks;

use lago_client::Client;
use lago_client::mock::MockServer;
use lago_client::types::*;
use serde_json::Value;

use super::Outcome;

/// A server that remembers, and its client.
async fn remembering() -> Outcome<(MockServer, Client)> {
    let server = MockServer::builder().stateful().start().await?;
    let lago = server.client()?;
    Ok((server, lago))
}

fn plan(code: &str, cents: i64) -> PlanInput {
    PlanInput::new(PlanInputRequired {
        name: code.into(),
        code: code.into(),
        interval: Some(PlanInterval::Monthly),
        amount_cents: Some(cents),
        amount_currency: Currency::Eur,
        pay_in_advance: Some(false),
    })
}

/// What an error says: its status, code and details.
fn said<T: std::fmt::Debug>(
    outcome: Result<T, lago_client::Error>,
) -> Outcome<(u16, String, Value)> {
    let error = outcome.err().ok_or("it was not refused")?;
    Ok((
        error.status().ok_or("there was no response")?.as_u16(),
        error.code().unwrap_or_default().to_owned(),
        error.details().cloned().unwrap_or_default(),
    ))
}
