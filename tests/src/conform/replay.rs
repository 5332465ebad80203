//! Recordings replayed: every recorded response goes once more to a caller of the public layer, and
//! what the caller gets is compared with what was recorded. What the server was asked successfully
//! is asked again, and compared as well.

mod deliveries;
mod errors;
mod leaves;
mod repair;
mod report;
mod requests;
mod responses;
mod route;
mod said;
mod stage;

use std::collections::BTreeMap;
use std::fmt;

use lago_client::Operation;

pub use leaves::{Difference, Leaves, leaves};
pub use report::{Apart, Failure, Report, Tally};
pub use route::route;

use crate::conform::recording::{Exchange, Recordings};
use crate::generated::calls::CALLS;
use crate::support::calling::{Args, Call};
use crate::support::document::{self, Document};
use crate::support::instance::Filled;
use crate::support::sample::samples;
use serde_json::Value;
use stage::Stage;

/// Why nothing can be replayed at all.
#[derive(Debug)]
pub struct ReplayError(String);

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReplayError {}

/// Replays everything.
///
/// # Errors
///
/// openapi.yaml cannot be read or no server can be started; what is wrong with the recordings is
/// in the report.
pub async fn replay(recordings: &Recordings) -> Result<Report, ReplayError> {
    Ok(Replayer::start().await?.all(recordings).await)
}

/// Replays one exchange after the other.
pub struct Replayer {
    document: Document,
    operations: Vec<document::Operation>,
    stage: Stage,
}

impl Replayer {
    /// Reads the document and starts the server that says again what was recorded.
    ///
    /// # Errors
    ///
    /// openapi.yaml cannot be read or no server can be started.
    pub async fn start() -> Result<Self, ReplayError> {
        let document = Document::read().map_err(ReplayError)?;
        let operations = document.operations();
        let stage = Stage::start().await.map_err(ReplayError)?;
        Ok(Self {
            document,
            operations,
            stage,
        })
    }

    /// The document that exchanges are read by.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The operations of the document.
    pub fn operations(&self) -> &[document::Operation] {
        &self.operations
    }

    /// Replays everything.
    pub async fn all(&mut self, recordings: &Recordings) -> Report {
        let mut report = Report::default();
        for exchange in &recordings.exchanges {
            self.exchange(exchange, &mut report).await;
        }
        for delivery in &recordings.deliveries {
            deliveries::replay(delivery, &mut report).await;
        }
        report.accept(&recordings.accepted);
        report
    }

    /// Replays one exchange; what does not arrive is added to the report.
    pub async fn exchange(&mut self, exchange: &Exchange, report: &mut Report) {
        let Exchange {
            file,
            method,
            path,
            status,
            ..
        } = exchange;
        let Some((operation, values)) = route(method, path) else {
            let (file, what) = (file.clone(), format!("{method} {path} {status}"));
            report.apart.push(Apart { file, what });
            return;
        };
        let mut described = self.operations.iter();
        let described = described.find(|known| known.id == operation.id);
        let stage = &mut self.stage;
        match scene(&self.document, described, operation, exchange, values) {
            Ok(mut scene) if (200..300).contains(status) => {
                stage.correct(&mut scene).await;
                requests::replay(stage, &scene, report).await;
                responses::replay(stage, &scene, report).await;
            }
            Ok(scene) => errors::replay(stage, &scene, report).await,
            Err(why) => report.fail(file, operation.id, Difference::whole(why)),
        }
    }
}

/// An exchange with the call that repeats it.
struct Scene<'e> {
    exchange: &'e Exchange,
    operation: &'static Operation,
    call: &'static Call,
    args: Args,
    /// What the request says.
    said: Value,
}

/// The call of an exchange: with the values of its path, and a body that the operation takes. Of
/// several kinds of body it is the one whose root was answered, or was sent.
fn scene<'e>(
    document: &Document,
    described: Option<&document::Operation>,
    operation: &'static Operation,
    exchange: &'e Exchange,
    values: BTreeMap<String, String>,
) -> Result<Scene<'e>, &'static str> {
    let call = CALLS.iter().find(|call| call.id == operation.id);
    let call = call.ok_or("has no call in tests/src/generated/calls.rs")?;
    let described = described.ok_or("is not in openapi.yaml and its overlay")?;
    let mut samples = samples(document, described, Filled::Required);
    let chosen = [&exchange.response_body, &exchange.request_body]
        .into_iter()
        .filter_map(Value::as_object)
        .find_map(|body| {
            let has_root = |args: &Args| body.keys().any(|key| args.has_root(key));
            samples.iter().position(|sample| has_root(&sample.args))
        })
        .unwrap_or(0);
    if samples.is_empty() {
        return Err("has no request that could be made up");
    }
    let mut args = samples.swap_remove(chosen).args;
    args.path = values;
    // Any value can be said.
    args.only_named = false;
    let schema = described.body.as_ref().unwrap_or(&Value::Null);
    Ok(Scene {
        said: said::said(document, schema, &exchange.request_body),
        exchange,
        operation,
        call,
        args,
    })
}
