//! A server that answers by a rule.

use std::io;
use std::sync::{Arc, Mutex};

use lago_client::{Client, ClientBuilder};

use super::engine::{Behaviour, lock, start};
use super::request::Captured;
use super::response::ScriptedResponse;
use crate::support::clients::client_for;

/// A server that answers by a rule and keeps all requests.
#[derive(Debug)]
pub struct Scripted {
    address: String,
    captured: Arc<Mutex<Vec<Captured>>>,
}

/// The rule is asked about one request after the other, in the order in which they are kept.
struct ByRule<R> {
    rule: Mutex<R>,
    captured: Arc<Mutex<Vec<Captured>>>,
}

impl<R> Behaviour for ByRule<R>
where
    R: Fn(&Captured) -> ScriptedResponse + Send + 'static,
{
    async fn respond(&self, _: usize, request: Option<Captured>) -> Option<ScriptedResponse> {
        let request = request?;
        let rule = lock(&self.rule);
        let response = rule(&request);
        lock(&self.captured).push(request);
        Some(response)
    }
}

impl Scripted {
    /// Starts one at a free port; it runs as long as the runtime.
    pub async fn start(
        rule: impl Fn(&Captured) -> ScriptedResponse + Send + 'static,
    ) -> io::Result<Self> {
        let captured = Arc::default();
        let address = start(Arc::new(ByRule {
            rule: Mutex::new(rule),
            captured: Arc::clone(&captured),
        }))?;
        Ok(Self { address, captured })
    }

    /// Starts one that has a single response.
    pub async fn always(response: ScriptedResponse) -> io::Result<Self> {
        Self::start(move |_| response.clone()).await
    }

    /// Its URL, with nothing after host and port.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Captured> {
        lock(&self.captured).clone()
    }

    /// Path and query of the requests so far.
    pub fn targets(&self) -> Vec<String> {
        let requests = self.requests().into_iter();
        requests.map(|request| request.target).collect()
    }

    /// A client for this server, to be set up further.
    pub fn builder(&self) -> ClientBuilder {
        client_for(&self.address)
    }

    /// A client for this server.
    pub fn client(&self) -> Result<Client, lago_client::Error> {
        self.builder().build()
    }
}
