//! A server that breaks in ways in which no HTTP server means to.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::engine::{Behaviour, Port, Reads, lock};
use super::request::Captured;
use super::response::{ScriptedResponse, Then};

/// What becomes of one request: how much of it is read, what is said, and what then.
#[derive(Clone, Debug)]
pub struct Act {
    /// How much of the request is read before anything else happens.
    pub reads: Reads,
    /// What is said, and what becomes of the connection.
    pub response: ScriptedResponse,
}

impl Act {
    /// Reads a request, says this and closes the connection.
    pub fn says(bytes: impl Into<Vec<u8>>) -> Self {
        let response = ScriptedResponse::raw(bytes).closing();
        let reads = Reads::Whole;
        Self { reads, response }
    }

    /// Reads so much, says nothing, and does this with the connection.
    pub fn silent(reads: Reads, then: Then) -> Self {
        let response = ScriptedResponse::raw([]).then(then);
        Self { reads, response }
    }

    /// Does this with the connection afterwards.
    #[must_use]
    pub fn then(mut self, then: Then) -> Self {
        self.response = self.response.then(then);
        self
    }
}

/// A server that goes through acts, one for each request or connection; the last one is repeated.
#[derive(Debug)]
pub struct Faulty {
    address: String,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    acts: Vec<Act>,
    connections: AtomicU32,
    arrived: Mutex<Vec<Captured>>,
}

impl State {
    fn act(&self, turn: usize) -> Option<&Act> {
        self.acts.get(turn).or(self.acts.last())
    }
}

impl Behaviour for State {
    fn connected(&self) {
        self.connections.fetch_add(1, Ordering::SeqCst);
    }

    fn reads(&self, turn: usize) -> Reads {
        self.act(turn).map_or(Reads::Nothing, |act| act.reads)
    }

    async fn respond(&self, turn: usize, request: Option<Captured>) -> Option<ScriptedResponse> {
        lock(&self.arrived).extend(request);
        self.act(turn).map(|act| act.response.clone())
    }
}

impl Faulty {
    /// Starts one at a free port; it runs as long as the runtime.
    pub async fn start(acts: Vec<Act>) -> io::Result<Self> {
        let (server, late) = Self::late(acts)?;
        late.listen()?;
        Ok(server)
    }

    /// One at whose port nobody listens yet: connections are refused.
    pub fn late(acts: Vec<Act>) -> io::Result<(Self, Late)> {
        let port = Port::free()?;
        let address = port.address()?;
        let state = Arc::new(State {
            acts,
            connections: AtomicU32::new(0),
            arrived: Mutex::default(),
        });
        let late = Late {
            port,
            state: Arc::clone(&state),
        };
        Ok((Self { address, state }, late))
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The requests that arrived as a whole.
    pub fn arrived(&self) -> Vec<Captured> {
        lock(&self.state.arrived).clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> u32 {
        self.state.connections.load(Ordering::SeqCst)
    }
}

/// A server that does not listen yet.
#[derive(Debug)]
pub struct Late {
    port: Port,
    state: Arc<State>,
}

impl Late {
    /// Begins to listen, in the runtime in which it is called.
    pub fn listen(self) -> io::Result<()> {
        self.port.listen(self.state)
    }
}
