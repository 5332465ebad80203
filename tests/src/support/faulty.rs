//! A server on the loopback that breaks in ways in which no HTTP server means to.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::support::server::{Captured, read};

/// What becomes of one request: how much of it is read, what is said, and what then.
#[derive(Clone, Debug)]
pub struct Act {
    /// How much of the request is read before anything else happens.
    pub reads: Reads,
    /// What is said, byte for byte.
    pub says: Vec<u8>,
    /// What becomes of the connection.
    pub then: Then,
}

/// How much of a request is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Nothing: it may not even have been sent.
    Nothing,
    /// Its first byte.
    Begin,
    /// All of it.
    Whole,
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It is closed in order.
    Close,
    /// It is reset; what was sent may get lost.
    Reset,
    /// It stays open, and nothing more is said.
    Hang,
    /// It waits for the next request.
    Keep,
}

impl Act {
    /// Reads a request, says this and closes the connection.
    pub fn says(bytes: impl Into<Vec<u8>>) -> Self {
        let says = bytes.into();
        let (reads, then) = (Reads::Whole, Then::Close);
        Self { reads, says, then }
    }

    /// Reads so much, says nothing, and does this with the connection.
    pub fn silent(reads: Reads, then: Then) -> Self {
        let says = Vec::new();
        Self { reads, says, then }
    }

    /// Does this with the connection afterwards.
    #[must_use]
    pub fn then(mut self, then: Then) -> Self {
        self.then = then;
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
    next: AtomicUsize,
    connections: AtomicU32,
    arrived: Mutex<Vec<Captured>>,
}

impl State {
    fn next(&self) -> Option<&Act> {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        self.acts.get(number).or(self.acts.last())
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
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = socket.local_addr()?.to_string();
        let state = Arc::new(State {
            acts,
            next: AtomicUsize::new(0),
            connections: AtomicU32::new(0),
            arrived: Mutex::default(),
        });
        let late = Late {
            socket,
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
        let arrived = self.state.arrived.lock();
        arrived.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> u32 {
        self.state.connections.load(Ordering::SeqCst)
    }
}

/// A server that does not listen yet.
#[derive(Debug)]
pub struct Late {
    socket: TcpSocket,
    state: Arc<State>,
}

impl Late {
    /// Begins to listen, in the runtime in which it is called.
    pub fn listen(self) -> io::Result<()> {
        let listener: TcpListener = self.socket.listen(1024)?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                self.state.connections.fetch_add(1, Ordering::SeqCst);
                let state = Arc::clone(&self.state);
                tokio::spawn(async move {
                    // The client breaks connections too.
                    let _ = serve(stream, &state).await;
                });
            }
        });
        Ok(())
    }
}

async fn serve(stream: TcpStream, state: &State) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let Some(act) = state.next() else {
            return Ok(());
        };
        match act.reads {
            Reads::Nothing => {}
            Reads::Begin => drop(stream.read_u8().await?),
            Reads::Whole => {
                let Some(request) = read(&mut stream).await? else {
                    return Ok(());
                };
                let mut arrived = state.arrived.lock().unwrap_or_else(PoisonError::into_inner);
                arrived.push(request);
            }
        }
        stream.write_all(&act.says).await?;
        match act.then {
            Then::Keep => {}
            Then::Close => return stream.shutdown().await,
            Then::Reset => return stream.get_ref().set_zero_linger(),
            Then::Hang => return wait_for_end(&mut stream).await,
        }
    }
}

/// Until the client closes the connection.
async fn wait_for_end(stream: &mut BufReader<TcpStream>) -> io::Result<()> {
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
