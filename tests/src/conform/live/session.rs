//! Call, keep, compare, note: what is done with every operation.

use lago_client::Operation;
use lago_client::recording::Folder;
use serde_json::Value;

use super::caller::{Called, Caller};
use super::drift::drifts;
use super::findings::Ledger;
use super::mask::Masks;
use super::settings::{LiveError, Settings};
use crate::conform::recording::Exchange;
use crate::conform::replay::{Replayer, Report};
use crate::support::calling::Args;

/// After so many calls in a row without a response there is no server any more.
pub(super) const MOST_SILENT: usize = 3;

/// A check under way.
pub(super) struct Session {
    caller: Caller,
    pub(super) replayer: Replayer,
    pub(super) ledger: Ledger,
    pub(super) masks: Masks,
    recorder: Option<Folder>,
    calls: usize,
    silent: usize,
}

/// What a call came to, for whoever decides what is next.
#[derive(Clone, Debug)]
pub(super) enum Came {
    /// A response: status and body.
    Response(u16, Value),
    /// None, for this reason. The server may have acted all the same.
    Nothing(String),
}

impl Came {
    pub(super) fn success(&self) -> Option<&Value> {
        match self {
            Self::Response(200..300, body) => Some(body),
            _ => None,
        }
    }

    /// Why it is none.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Response(status, body) => {
                let said = body["code"].as_str().or(body["error"].as_str());
                let why = format!("{status} {}", said.unwrap_or_default());
                why.trim_end().to_owned()
            }
            Self::Nothing(why) => why.clone(),
        }
    }
}

impl Session {
    pub(super) async fn start(settings: &Settings) -> Result<Self, LiveError> {
        let Settings {
            url,
            key,
            timeout,
            retry,
            record,
            ..
        } = settings;
        let recorder = match record {
            Some(folder) => Some(Folder::create(folder).map_err(unwritten)?),
            None => None,
        };
        let replayer = Replayer::start().await;
        Ok(Self {
            caller: Caller::start(url, key, *timeout, retry.clone()).await?,
            replayer: replayer.map_err(|error| LiveError::Setup(error.to_string()))?,
            ledger: Ledger::new(),
            masks: Masks::new(key),
            recorder,
            calls: 0,
            silent: 0,
        })
    }

    /// Whether the server has stopped saying anything.
    pub(super) fn is_gone(&self) -> bool {
        self.silent >= MOST_SILENT
    }

    /// Makes a call, and compares what comes.
    pub(super) async fn call(
        &mut self,
        operation: &'static Operation,
        args: &Args,
        is_probe: bool,
    ) -> Result<Came, LiveError> {
        let is_first = self.calls == 0;
        self.calls += 1;
        match self.caller.call(operation, args).await {
            Called::Said(exchange) => {
                self.silent = 0;
                if is_first && exchange.status == 401 {
                    return Err(LiveError::Key);
                }
                self.said(operation, &exchange, is_probe).await?;
                let Exchange {
                    status,
                    response_body,
                    ..
                } = *exchange;
                Ok(Came::Response(status, response_body))
            }
            Called::Nothing(why) => {
                let why = self.masks.text(&why);
                if is_first {
                    return Err(LiveError::Silent(why));
                }
                self.silent += 1;
                self.ledger.silent(operation, &why);
                Ok(Came::Nothing(why))
            }
        }
    }

    async fn said(
        &mut self,
        operation: &'static Operation,
        exchange: &Exchange,
        is_probe: bool,
    ) -> Result<(), LiveError> {
        let mut report = Report::default();
        self.replayer.exchange(exchange, &mut report).await;
        let mut described = self.replayer.operations().iter();
        if let Some(described) = described.find(|known| known.id == operation.id) {
            let found = drifts(
                self.replayer.document(),
                described,
                exchange,
                &report.failures,
                &mut self.masks,
            );
            self.ledger.drifted(found);
        }
        self.ledger
            .said(operation, exchange, is_probe, &mut self.masks);
        if let Some(recorder) = &mut self.recorder {
            let masked = self.masks.exchange(exchange);
            let written = recorder.write(operation.id, &(&masked).into());
            written.map_err(unwritten)?;
        }
        Ok(())
    }
}

fn unwritten(error: std::io::Error) -> LiveError {
    LiveError::Recording(error.to_string())
}
