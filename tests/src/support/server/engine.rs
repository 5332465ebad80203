//! What all servers have in common: a port, its connections, and turns on them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

use super::request::{Captured, read};
use super::response::{ScriptedResponse, Then};

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

/// What a server does. A turn is one request, or what a server takes for one; turns are counted over all
/// connections, each when it begins, which is before anything of its request was read.
pub(in crate::support) trait Behaviour: Send + Sync + 'static {
    /// A connection was made.
    fn connected(&self) {}

    /// How much of the request is read in this turn.
    fn reads(&self, _turn: usize) -> Reads {
        Reads::Whole
    }

    /// What is said in this turn, to the request if it was read as a whole; none closes the connection.
    fn respond(
        &self,
        turn: usize,
        request: Option<Captured>,
    ) -> impl Future<Output = Option<ScriptedResponse>> + Send;
}

/// A free port at which nobody listens yet: connections are refused.
#[derive(Debug)]
pub(super) struct Port {
    socket: TcpSocket,
}

impl Port {
    pub(super) fn free() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        Ok(Self { socket })
    }

    /// Host and port.
    pub(super) fn address(&self) -> io::Result<String> {
        Ok(self.socket.local_addr()?.to_string())
    }

    /// Begins to listen, in the runtime in which it is called, and as long as that runs.
    pub(super) fn listen(self, behaviour: Arc<impl Behaviour>) -> io::Result<()> {
        let listener = self.socket.listen(1024)?;
        let turns = Arc::<AtomicUsize>::default();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                behaviour.connected();
                let (behaviour, turns) = (Arc::clone(&behaviour), Arc::clone(&turns));
                tokio::spawn(async move {
                    // The client breaks connections too.
                    let _ = serve(stream, &*behaviour, &turns).await;
                });
            }
        });
        Ok(())
    }
}

/// Starts a server at a free port; what comes back is host and port.
pub(in crate::support) fn start(behaviour: Arc<impl Behaviour>) -> io::Result<String> {
    let port = Port::free()?;
    let address = port.address()?;
    port.listen(behaviour)?;
    Ok(address)
}

/// What behaviours keep, also when a test failed while it had it.
pub(super) fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(
    stream: TcpStream,
    behaviour: &impl Behaviour,
    turns: &AtomicUsize,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let turn = turns.fetch_add(1, Ordering::SeqCst);
        let request = match behaviour.reads(turn) {
            Reads::Nothing => None,
            Reads::Begin => {
                stream.read_u8().await?;
                None
            }
            Reads::Whole => match read(&mut stream).await? {
                Some(request) => Some(request),
                None => return Ok(()),
            },
        };
        let Some(response) = behaviour.respond(turn, request).await else {
            return Ok(());
        };
        stream.write_all(&response.bytes).await?;
        match response.then {
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
