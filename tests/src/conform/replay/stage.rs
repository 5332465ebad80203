//! A client and a server that answers what was recorded.

use lago_client::{Client, RetryPolicy, StatusCode};
use serde_json::Value;

use super::Scene;
use super::leaves::Difference;
use super::route::decoded;
use crate::conform::recording::Exchange;
use crate::support::calling::{Args, CallError, Outcome};
use crate::support::rails::{Reached, reached};
use crate::support::server::{Captured, Prompted, ScriptedResponse};

/// Headers about the connection and the length, which are those of this server.
const OF_THE_CONNECTION: [&str; 5] = [
    "connection",
    "content-encoding",
    "content-length",
    "keep-alive",
    "transfer-encoding",
];

pub(super) struct Stage {
    server: Prompted,
    client: Client,
}

/// How a call went.
pub(super) struct Played {
    /// What the caller got.
    pub(super) outcome: Outcome,
    /// Where the request is not the recorded one.
    pub(super) stray: Option<Difference>,
    /// The body of the request.
    pub(super) sent: Option<Vec<u8>>,
}

impl Stage {
    pub(super) async fn start() -> Result<Self, String> {
        let server = Prompted::start()
            .await
            .map_err(|error| format!("no server on the loopback: {error}"))?;
        // A recorded refusal is to be seen as it is, and at once.
        let client = server.builder().retry(RetryPolicy::never()).build();
        let client = client.map_err(|error| error.to_string())?;
        Ok(Self { server, client })
    }

    /// A dot in a recorded path may have ended a value, and the response be about another object than
    /// whoever recorded it asked for. Then the call to repeat is the one that the server understood.
    pub(super) async fn correct(&mut self, scene: &mut Scene<'_>) {
        let exchange = scene.exchange;
        let Some(understood) = with_format(&exchange.method, &exchange.path) else {
            return;
        };
        let response = &exchange.response_body;
        let outcome = self.play(scene, &scene.args, response).await.outcome;
        if matches!(outcome, Err(CallError::Client(error)) if error.is_other_object()) {
            let names = scene.operation.path.split(['{', '}']).skip(1).step_by(2);
            scene.args.path = names.map(str::to_owned).zip(understood.values).collect();
        }
    }

    /// Makes the call of a scene with these arguments and answers it with this body.
    pub(super) async fn play(&mut self, scene: &Scene<'_>, args: &Args, body: &Value) -> Played {
        let response = response(scene.exchange, body);
        let mut call = (scene.call.call)(&self.client, args);
        let mut stray = Some(Difference::whole("no request was sent"));
        let mut sent = None;
        loop {
            tokio::select! {
                outcome = &mut call => return Played { outcome, stray, sent },
                Some(waiting) = self.server.next() => {
                    stray = strays(scene.exchange, &waiting.request);
                    sent = Some(waiting.request.body.clone());
                    waiting.respond(response.clone());
                }
            }
        }
    }
}

fn response(exchange: &Exchange, body: &Value) -> ScriptedResponse {
    let status = StatusCode::from_u16(exchange.status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let headers: Vec<(&str, &str)> = exchange
        .response_headers
        .iter()
        .filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.to_lowercase().as_str()))
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    let status = format!("{} {status}", exchange.status);
    ScriptedResponse::new(&status, &headers, bytes(exchange, body))
}

fn bytes(exchange: &Exchange, body: &Value) -> Vec<u8> {
    match body {
        Value::Null => Vec::new(),
        Value::String(text) if !exchange.is_json() => text.clone().into_bytes(),
        body => body.to_string().into_bytes(),
    }
}

/// What the router makes of a path in which a dot ends a value.
fn with_format(method: &str, target: &str) -> Option<Reached> {
    let mut found = reached(method, target).into_iter();
    found.find(|reached| reached.format.is_some())
}

/// Where a request leads elsewhere than the recorded one.
fn strays(exchange: &Exchange, request: &Captured) -> Option<Difference> {
    let place = |method: &str, target: &str| {
        let path = target.split('?').next().unwrap_or_default();
        let segments: Vec<_> = path.split('/').map(decoded).collect();
        (method.to_owned(), segments)
    };
    let same = place(&exchange.method, &exchange.path) == place(&request.method, &request.target);
    let Captured { method, target, .. } = request;
    let understood = || with_format(&exchange.method, &exchange.path).map(|read| read.values);
    let same = same || {
        let sent = reached(method, target).pop().map(|read| read.values);
        sent.is_some() && sent == understood()
    };
    (!same).then(|| Difference::whole(format!("the request went to {method} {target}")))
}
