//! Where requests come in, for the REST adapter and for MCP over HTTP alike: the only place of the gateway that listens.
//!
//! A request reaches its [`Service`] whole, or not at all: who may send it is decided from its head
//! ([`gate`]), then there is room for it or not, then its body is read within limits ([`body`]).

mod body;
mod gate;
mod stall;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderValue;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::gateway::bearer::Bearer;
use crate::gateway::log::{Line, Log, Note};
use crate::gateway::refusal::{Body, Refusal};
use gate::Gate;
use stall::Impatient;

/// Said of what may have been done and nobody knows.
pub(crate) const AMBIGUOUS: &str = "lago-ambiguous";

/// How many bytes the head of a request may have. A URL that HTTP clients take has up to 64 KiB.
const HEAD_BYTES: usize = 96 << 10;

/// How many headers a request may have.
const HEADERS: usize = 100;

/// How long to wait when the system has no socket for another connection.
const NO_SOCKET: Duration = Duration::from_millis(100);

/// What a listener grants.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// For the body of a request.
    pub(crate) body_bytes: usize,
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
    /// How many connections there are at once; others wait.
    pub(crate) connections: usize,
    /// How long requests may go on that run when it is to stop.
    pub(crate) stop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 10 << 20,
            head: Duration::from_secs(60),
            body: Duration::from_secs(30),
            response: Duration::from_secs(150),
            write: Duration::from_secs(30),
            requests: 256,
            connections: 1024,
            stop: Duration::from_secs(30),
        }
    }
}

/// Responds to requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// The response to a request that was let in. A [`Note`] among its extensions is for the log.
    fn respond(&self, request: Request<Bytes>) -> impl Future<Output = Response<Body>> + Send;
}

impl<S: Service> Service for Arc<S> {
    fn respond(&self, request: Request<Bytes>) -> impl Future<Output = Response<Body>> + Send {
        S::respond(self, request)
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
    /// responses, or the time for that is over.
    pub(crate) async fn serve(self, service: impl Service, stop: impl Future<Output = ()>) {
        let door = Arc::new(Door {
            places: Semaphore::new(self.limits.requests),
            gate: self.gate,
            limits: self.limits,
            log: self.log,
            service,
        });
        let connections = Arc::new(Semaphore::new(door.limits.connections));
        let graceful = GracefulShutdown::new();
        let mut tasks = JoinSet::new();
        let mut stop = pin!(stop);
        loop {
            let next = async {
                // It is never closed, so that there is always a permit in the end.
                let permit = Arc::clone(&connections).acquire_owned().await;
                (permit, self.tcp.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                biased;
                () = &mut stop => break,
                next = next => next,
            };
            match accepted {
                Ok((stream, _)) => {
                    let serving = connection(stream, Arc::clone(&door), &graceful);
                    tasks.spawn(async move {
                        // How a connection ends is the caller's affair.
                        let _ = serving.await;
                        drop(permit);
                    });
                }
                // A caller that is gone already, or no file handles for the moment.
                Err(_) => tokio::time::sleep(NO_SOCKET).await,
            }
            while tasks.try_join_next().is_some() {}
        }
        drop(self.tcp);
        // What goes on after that is cut off with its task.
        let _ = timeout(door.limits.stop, graceful.shutdown()).await;
    }
}

/// One connection, which ends after the request that runs when all is to stop.
fn connection<S: Service>(
    stream: TcpStream,
    door: Arc<Door<S>>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = Result<(), hyper::Error>> + use<S> {
    // Without it a small response waits for an acknowledgement; where it cannot be set, it does.
    let _ = stream.set_nodelay(true);
    let stream = Impatient::new(TokioIo::new(stream), door.limits.write);
    let service = {
        let door = Arc::clone(&door);
        service_fn(move |request| {
            let door = Arc::clone(&door);
            async move { Ok::<_, Infallible>(door.pass(request).await) }
        })
    };
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(door.limits.head)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .serve_connection(stream, service);
    graceful.watch(serving)
}

/// What all connections share.
struct Door<S> {
    gate: Gate,
    limits: Limits,
    log: Log,
    places: Semaphore,
    service: S,
}

impl<S: Service> Door<S> {
    /// The response to a request, which is told to the log also when its caller goes away before.
    async fn pass(&self, request: Request<Incoming>) -> Response<Body> {
        let mut record = Record {
            log: &self.log,
            method: request.method().clone(),
            start: Instant::now(),
            end: None,
        };
        let response = self.respond(request).await;
        let mut response = response.unwrap_or_else(refused);
        let note = response.extensions_mut().remove().unwrap_or_default();
        record.end = Some((response.status(), note));
        response
    }

    async fn respond(&self, request: Request<Incoming>) -> Result<Response<Body>, Refusal> {
        let (head, body) = request.into_parts();
        self.gate.admit(&head)?;
        let Ok(_place) = self.places.try_acquire() else {
            let message =
                "the gateway works on as many requests as it may at once: try again in a moment";
            let busy = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "gateway_busy", message);
            return Err(busy.retry_after(1));
        };
        let body = body::read(&head.headers, body, &self.limits).await?;
        let reads = matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let responding = self.service.respond(Request::from_parts(head, body));
        let late = match timeout(self.limits.response, responding).await {
            Ok(response) => return Ok(response),
            Err(_) => {
                let message = "the gateway gave up waiting for this response; unless it only reads, look whether it was \
                               done before you repeat it";
                Refusal::new(StatusCode::GATEWAY_TIMEOUT, "gateway_timeout", message)
            }
        };
        let mut response = late.into_response();
        if !reads {
            let headers = response.headers_mut();
            headers.insert(AMBIGUOUS, HeaderValue::from_static("true"));
        }
        Ok(response)
    }
}

/// A request, told to the log when it is over.
struct Record<'l> {
    log: &'l Log,
    method: Method,
    start: Instant,
    end: Option<(StatusCode, Note)>,
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        let (status, note) = self.end.take().unzip();
        self.log.tell(&Line {
            method: self.method.clone(),
            status,
            duration: self.start.elapsed(),
            note: note.unwrap_or_default(),
        });
    }
}

/// The response that says a refusal, noted by its code.
pub(crate) fn refused(refusal: Refusal) -> Response<Body> {
    let words = refusal.code().to_owned();
    let mut response = refusal.into_response();
    response.extensions_mut().insert(Note {
        words,
        ..Note::default()
    });
    response
}
