//! A server that answers when a test says so.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use lago_client::{Client, ClientBuilder};
use tokio::sync::{mpsc, oneshot};

use super::engine::{Behaviour, start};
use super::request::Captured;
use super::response::ScriptedResponse;
use crate::support::clients::client_for;

/// So that a test that would hang fails.
const FOR_EVER: Duration = Duration::from_secs(60);

/// A request that waits for its response.
#[derive(Debug)]
pub struct Waiting {
    /// The request.
    pub request: Captured,
    reply: oneshot::Sender<ScriptedResponse>,
}

impl Waiting {
    /// Answers it.
    pub fn respond(self, response: ScriptedResponse) {
        // The client may have gone, which is a thing to test.
        let _ = self.reply.send(response);
    }
}

/// A server whose requests wait until the test answers them.
#[derive(Debug)]
pub struct Prompted {
    address: String,
    waiting: mpsc::UnboundedReceiver<Waiting>,
}

/// Gives every request to the test, and waits for what it says.
struct Asks(mpsc::UnboundedSender<Waiting>);

impl Behaviour for Asks {
    async fn respond(&self, _: usize, request: Option<Captured>) -> Option<ScriptedResponse> {
        let request = request?;
        let (reply, response) = oneshot::channel();
        self.0.send(Waiting { request, reply }).ok()?;
        response.await.ok()
    }
}

impl Prompted {
    /// Starts one at a free port; it runs as long as the runtime.
    pub async fn start() -> io::Result<Self> {
        let (waits, waiting) = mpsc::unbounded_channel();
        let address = start(Arc::new(Asks(waits)))?;
        Ok(Self { address, waiting })
    }

    /// Where it is: `http://127.0.0.1:43211`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next request, once it is there; none when that takes for ever.
    pub async fn next(&mut self) -> Option<Waiting> {
        let next = tokio::time::timeout(FOR_EVER, self.waiting.recv()).await;
        next.ok().flatten()
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
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
