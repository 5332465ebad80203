//! A server that keeps the bytes of every request, and has one body for all.

use std::io;
use std::sync::{Arc, Mutex};

use super::engine::{Behaviour, lock, start};
use super::request::Captured;
use super::response::ScriptedResponse;

/// A server that answers every request with 200 and the same body.
#[derive(Debug)]
pub struct Capturing {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    captured: Vec<Captured>,
    response: Vec<u8>,
}

impl Behaviour for Mutex<State> {
    async fn respond(&self, _: usize, request: Option<Captured>) -> Option<ScriptedResponse> {
        let mut state = lock(self);
        state.captured.extend(request);
        let headers = [("content-type", "application/json")];
        Some(ScriptedResponse::new("200 OK", &headers, &state.response))
    }
}

impl Capturing {
    /// Starts one at a free port; it runs as long as the runtime.
    pub async fn start() -> io::Result<Self> {
        let state = Arc::default();
        let address = start(Arc::clone(&state))?;
        Ok(Self { address, state })
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// The requests since the last time.
    pub fn take(&self) -> Vec<Captured> {
        std::mem::take(&mut lock(&self.state).captured)
    }

    /// Responds with this body from now on.
    pub fn respond(&self, body: Vec<u8>) {
        lock(&self.state).response = body;
    }
}
