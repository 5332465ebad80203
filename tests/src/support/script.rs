//! A server on the loopback that answers byte for byte what a test says, and when it says so.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use lago_client::{Client, ClientBuilder};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use crate::support::server::{Captured, read};

/// The key that the clients of these servers have.
pub const API_KEY: &str = "key-that-is-secret";

/// So that a test that would hang fails.
const FOR_EVER: Duration = Duration::from_secs(60);

/// What to say to a request, and what to do then.
#[derive(Clone, Debug)]
pub struct ScriptedResponse {
    bytes: Vec<u8>,
    then: Then,
}

#[derive(Clone, Copy, Debug)]
enum Then {
    /// Wait for the next request.
    Listen,
    /// Close the connection.
    Close,
    /// Leave it open and say nothing more.
    Hang,
}

impl ScriptedResponse {
    /// These bytes, whatever they are; the connection stays open.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        let (bytes, then) = (bytes.into(), Then::Listen);
        Self { bytes, then }
    }

    /// A whole answer: the status line as `404 Not Found`, headers, a body of known length.
    pub fn new(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status}\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        // An answer of this status has no body and must not tell its length.
        if !status.starts_with("204") {
            head += &format!("content-length: {}\r\n", body.len());
        }
        Self::raw([format!("{head}\r\n").as_bytes(), body].concat())
    }

    /// A whole answer in JSON, with a request id, as the server sends it.
    pub fn json(status: &str, body: impl ToString) -> Self {
        let headers = [
            ("content-type", "application/json; charset=utf-8"),
            ("x-request-id", "req-1"),
        ];
        Self::new(status, &headers, body.to_string())
    }

    /// 200 in chunks, the length not known before.
    pub fn chunked(chunks: &[&str]) -> Self {
        let mut text = String::from("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        for chunk in chunks.iter().chain(&[""]) {
            text += &format!("{:x}\r\n{chunk}\r\n", chunk.len());
        }
        Self::raw(text)
    }

    /// No answer, ever.
    pub fn silence() -> Self {
        Self::raw([]).hanging()
    }

    /// Closes the connection afterwards.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.then = Then::Close;
        self
    }

    /// Says nothing more afterwards, though the connection stays open.
    #[must_use]
    pub fn hanging(mut self) -> Self {
        self.then = Then::Hang;
        self
    }
}

/// A request that waits for its answer.
#[derive(Debug)]
pub struct Waiting {
    /// The request.
    pub request: Captured,
    reply: oneshot::Sender<ScriptedResponse>,
}

impl Waiting {
    /// Answers it.
    pub fn answer(self, answer: ScriptedResponse) {
        // The client may have gone, which is a thing to test.
        let _ = self.reply.send(answer);
    }
}

/// A server whose requests wait until the test answers them.
#[derive(Debug)]
pub struct Prompted {
    address: String,
    waiting: mpsc::UnboundedReceiver<Waiting>,
}

impl Prompted {
    /// Starts one at a free port; it runs as long as the runtime.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (waits, waiting) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, waits.clone()));
            }
        });
        Ok(Self { address, waiting })
    }

    /// The next request, once it is there; none when that takes for ever.
    pub async fn next(&mut self) -> Option<Waiting> {
        let next = tokio::time::timeout(FOR_EVER, self.waiting.recv()).await;
        next.ok().flatten()
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

/// A server that answers by a rule and keeps all requests.
#[derive(Debug)]
pub struct Scripted {
    address: String,
    captured: Arc<Mutex<Vec<Captured>>>,
}

impl Scripted {
    /// Starts one at a free port; it runs as long as the runtime.
    pub async fn start(
        rule: impl Fn(&Captured) -> ScriptedResponse + Send + 'static,
    ) -> io::Result<Self> {
        let mut prompted = Prompted::start().await?;
        let address = prompted.address.clone();
        let captured = Arc::<Mutex<Vec<Captured>>>::default();
        let keep = Arc::clone(&captured);
        tokio::spawn(async move {
            while let Some(waiting) = prompted.waiting.recv().await {
                let answer = rule(&waiting.request);
                lock(&keep).push(waiting.request.clone());
                waiting.answer(answer);
            }
        });
        Ok(Self { address, captured })
    }

    /// Starts one that has a single answer.
    pub async fn always(answer: ScriptedResponse) -> io::Result<Self> {
        Self::start(move |_| answer.clone()).await
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

/// A client for the server at this address, to be set up further.
pub fn client_for(address: &str) -> ClientBuilder {
    Client::builder()
        .api_key(API_KEY)
        .base_url(format!("http://{address}"))
}

/// An HTTP client set up as a client of Lago sets it up, shared by many: each of its own would read the
/// certificates of the system. Connections are not shared, they belong to the runtime of a test.
pub fn plain_http() -> reqwest::Result<reqwest::Client> {
    static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
    if let Some(http) = HTTP.get() {
        return Ok(http.clone());
    }
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .build()?;
    Ok(HTTP.get_or_init(|| http).clone())
}

fn lock<T>(state: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(stream: TcpStream, waits: mpsc::UnboundedSender<Waiting>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await? {
        let (reply, answer) = oneshot::channel();
        if waits.send(Waiting { request, reply }).is_err() {
            break;
        }
        let Ok(answer) = answer.await else { break };
        stream.write_all(&answer.bytes).await?;
        match answer.then {
            Then::Listen => {}
            Then::Close => break,
            Then::Hang => std::future::pending().await,
        }
    }
    Ok(())
}
