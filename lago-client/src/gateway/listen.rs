//! Where requests come in, for the REST adapter and for MCP over HTTP alike: the only place of the gateway that listens.
//!
//! A request reaches its [`Service`] whole, or not at all: who may send it is decided from its head
//! ([`gate`]), then there is room for it or not, then its body is read within limits ([`body`]).

mod body;
mod connection;
mod door;
mod gate;
mod places;
mod stall;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::gateway::bearer::Bearer;
use crate::gateway::changes::Changes;
use crate::gateway::log::{Log, say};
use crate::gateway::progress::Progress;
use crate::gateway::refusal::{Body, Refusal};
use door::Door;
use gate::Gate;
use places::Places;

/// Said of what may have been done and nobody knows.
pub(crate) const AMBIGUOUS: &str = "lago-ambiguous";

/// How long to wait when the system has no socket for another connection.
const NO_SOCKET: Duration = Duration::from_millis(100);

/// What a listener grants.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// For the body of a request.
    pub(crate) body_bytes: usize,
    /// From the beginning of a connection to the end of its first head.
    pub(crate) first_head: Duration,
    /// From one request of a connection to the end of the next one's head.
    pub(crate) head: Duration,
    /// From the head of a request to the end of its body.
    pub(crate) body: Duration,
    /// From the end of a request to its response.
    pub(crate) response: Duration,
    /// How long a caller may take until some more of its response can be written.
    pub(crate) write: Duration,
    /// How many requests are worked on at once.
    pub(crate) requests: usize,
    /// How many connections there are at once. For one more, the one that is idle for the longest time is closed.
    pub(crate) connections: usize,
    /// How long requests may go on that run when it is to stop.
    pub(crate) stop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 10 << 20,
            first_head: Duration::from_secs(10),
            head: Duration::from_secs(60),
            body: Duration::from_secs(30),
            response: Duration::from_secs(150),
            write: Duration::from_secs(30),
            requests: 256,
            connections: 512,
            stop: Duration::from_secs(30),
        }
    }
}

/// Responds to requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// The response to a request that was let in. What the log is to tell of it is noted in its progress.
    fn respond(
        &self,
        request: Request<Bytes>,
        progress: &Progress,
    ) -> impl Future<Output = Response<Body>> + Send;
}

impl<S: Service> Service for Arc<S> {
    fn respond(
        &self,
        request: Request<Bytes>,
        progress: &Progress,
    ) -> impl Future<Output = Response<Body>> + Send {
        S::respond(self, request, progress)
    }
}

/// Listens, and lets in whom it should.
pub(crate) struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
    gate: Gate,
    limits: Limits,
    log: Log,
}

impl Listener {
    /// Opens a port. With a bearer every request has to bring it.
    ///
    /// # Errors
    ///
    /// When the port cannot be opened.
    pub(crate) async fn bind(
        address: SocketAddr,
        bearer: Option<Bearer>,
        limits: Limits,
        log: Log,
    ) -> io::Result<Self> {
        let tcp = TcpListener::bind(address).await?;
        let address = tcp.local_addr()?;
        let gate = Gate::new(address.ip(), bearer);
        Ok(Self {
            tcp,
            address,
            gate,
            limits,
            log,
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether callers have to bring a secret of the gateway's, as `Authorization: Bearer …`.
    pub(crate) fn demands_bearer(&self) -> bool {
        self.gate.demands_bearer()
    }

    /// Serves until `stop` is ready. Then it lets in nobody else, and ends when the requests that run have their
    /// responses and nothing is being changed, or the time for that is over. What it cuts off then, `changes` knows.
    pub(crate) async fn serve(
        self,
        service: impl Service,
        changes: Changes,
        stop: impl Future<Output = ()>,
    ) {
        let places = Places::new(self.limits.connections);
        let stop_limit = self.limits.stop;
        let door = Arc::new(Door::new(
            self.gate,
            self.limits,
            self.log,
            changes.clone(),
            service,
        ));
        let (stops, stopping) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut lacks_sockets = false;
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = self.tcp.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    lacks_sockets = false;
                    let place = tokio::select! {
                        biased;
                        () = &mut stop => break,
                        place = places.take() => place,
                    };
                    let door = Arc::clone(&door);
                    connections.spawn(connection::serve(stream, door, place, stopping.clone()));
                }
                Err(error) if is_of_the_caller(&error) => {}
                Err(error) => {
                    // Once, and not as often as it is tried.
                    if !std::mem::replace(&mut lacks_sockets, true) {
                        say(&format_args!(
                            "cannot take another connection: {error}; idle ones are closed to make room"
                        ));
                    }
                    places.make_room();
                    sleep(NO_SOCKET).await;
                }
            }
            while connections.try_join_next().is_some() {}
        }
        drop(self.tcp);
        stops.send_replace(true);
        let mut works = JoinSet::new();
        let finishing = async {
            while connections.join_next().await.is_some() {}
            // Nobody is left who could bring more.
            works = std::mem::take(&mut *door.works());
            while works.join_next().await.is_some() {}
            changes.ended().await;
        };
        if changes.finish(stop_limit, finishing).await.is_none() {
            connections.shutdown().await;
            works.shutdown().await;
            let mut works = std::mem::take(&mut *door.works());
            works.shutdown().await;
        }
    }
}

/// Whether a connection was not made because its caller gave up.
fn is_of_the_caller(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted
    )
}

/// The response that says a refusal, noted by its code.
pub(crate) fn refused(refusal: Refusal, progress: &Progress) -> Response<Body> {
    progress.say(refusal.code());
    refusal.into_response()
}
