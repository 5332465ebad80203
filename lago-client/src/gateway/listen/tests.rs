//! Over sockets: what becomes of callers who are slow, too many, or gone, and of those who are served when all ends.

mod crowded;

use std::sync::Mutex;

use http::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::gateway::refusal::whole;

/// Says when it has a request, and responds when it is told to. A POST changes something; a PUT it does not survive.
#[derive(Default)]
struct Slow {
    has_one: Notify,
    go: Notify,
}

impl Service for Slow {
    async fn respond(&self, request: Request<Bytes>, progress: &Progress) -> Response<Body> {
        progress.say(request.method().as_str());
        match *request.method() {
            Method::POST => progress.begin_change("posts.create"),
            Method::PUT => panic!("a fault on purpose"),
            _ => {}
        }
        self.has_one.notify_one();
        self.go.notified().await;
        progress.end_change();
        Response::new(whole(request.into_body()))
    }
}

struct World {
    address: SocketAddr,
    service: Arc<Slow>,
    lines: Arc<Mutex<Vec<String>>>,
    changes: Changes,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl World {
    async fn start(limits: Limits) -> Self {
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let log = {
            let lines = Arc::clone(&lines);
            Log::new(move |line| lines.lock().unwrap().push(line.to_string()))
        };
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = Listener::bind(any, None, limits, log).await.unwrap();
        let address = listener.address();
        let service = Arc::<Slow>::default();
        let (stop, stopped) = oneshot::channel();
        let changes = Changes::default();
        let serving = listener.serve(Arc::clone(&service), changes.clone(), async {
            let _ = stopped.await;
        });
        Self {
            address,
            service,
            lines,
            changes,
            stop,
            served: tokio::spawn(serving),
        }
    }

    /// Sends what may be a part of a request.
    async fn send(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        stream
    }

    /// The first line of the log, without the time.
    async fn line(&self) -> String {
        let there = async {
            while self.lines.lock().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        timeout(FOR_EVER, there).await.unwrap();
        let line = self.lines.lock().unwrap().remove(0);
        let words = line.split(' ').filter(|word| !word.ends_with("ms"));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// So that a test that would hang fails.
const FOR_EVER: Duration = Duration::from_secs(60);

/// All that comes until the connection ends.
async fn response(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = timeout(FOR_EVER, stream.read_to_end(&mut bytes));
    // One that is closed while something of a request is on its way is reset.
    let _ = reading.await.unwrap();
    String::from_utf8(bytes).unwrap()
}

const POST: &str =
    "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 4\r\n\r\n";

/// After it the connection is kept.
const GET: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn limits() -> Limits {
    Limits::default()
}

#[tokio::test]
async fn who_does_not_finish_is_not_waited_for() {
    let short = Duration::from_millis(50);
    let world = World::start(Limits {
        body: short,
        head: short,
        ..limits()
    })
    .await;
    let half = world.send(&format!("{POST}ab")).await;
    let said = response(half).await;
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(said.contains("gateway_slow_request"), "{said}");
    let head = world.send("POST / HTTP/1.1\r\nhost: loc").await;
    let said = response(head).await;
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 408 "),
        "{said}"
    );
}

#[tokio::test]
async fn what_takes_too_long_may_have_been_done_unless_it_reads() {
    let world = World::start(Limits {
        response: Duration::from_millis(50),
        ..limits()
    })
    .await;
    let write = response(world.send(&format!("{POST}abcd")).await).await;
    assert!(write.starts_with("HTTP/1.1 504 "), "{write}");
    assert!(write.contains("lago-ambiguous: true"), "{write}");
    assert_eq!(
        world.line().await,
        "POST - 504 POST gateway_timeout ambiguous"
    );
    let get = GET.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    let read = response(world.send(&get).await).await;
    assert!(read.starts_with("HTTP/1.1 504 "), "{read}");
    assert!(!read.contains("lago-ambiguous"), "{read}");
}

#[tokio::test]
async fn more_than_it_may_work_on_are_refused() {
    let world = World::start(Limits {
        requests: 1,
        ..limits()
    })
    .await;
    let first = world.send(&format!("{POST}abcd")).await;
    world.service.has_one.notified().await;
    let second = response(world.send(&format!("{POST}abcd")).await).await;
    assert!(second.starts_with("HTTP/1.1 503 "), "{second}");
    assert!(
        second.contains("retry-after: 1\r\n") && second.contains("gateway_busy"),
        "{second}"
    );
    world.service.go.notify_one();
    assert!(response(first).await.ends_with("\r\n\r\nabcd"));
}

#[tokio::test]
async fn what_runs_is_finished_and_nobody_else_let_in() {
    let world = World::start(limits()).await;
    let idle = world.send("").await;
    let first = world.send(&format!("{POST}abcd")).await;
    world.service.has_one.notified().await;
    world.stop.send(()).unwrap();
    // It closes what nobody uses, and its port.
    assert_eq!(response(idle).await, "");
    assert!(TcpStream::connect(world.address).await.is_err());
    assert!(!world.served.is_finished());
    world.service.go.notify_one();
    assert!(response(first).await.ends_with("\r\n\r\nabcd"));
    world.served.await.unwrap();
}

#[tokio::test]
async fn what_does_not_end_is_cut_off_and_told() {
    let world = World::start(Limits {
        stop: Duration::from_millis(50),
        ..limits()
    })
    .await;
    let stream = world.send(&format!("{POST}abcd")).await;
    world.service.has_one.notified().await;
    world.stop.send(()).unwrap();
    world.served.await.unwrap();
    assert_eq!(response(stream).await, "");
    let lines = world.lines.lock().unwrap().join("\n");
    assert!(
        lines.starts_with("POST - cut-off ") && lines.ends_with("POST ambiguous"),
        "{lines}"
    );
    assert_eq!(world.changes.cut_off(), ["posts.create"]);
}

#[tokio::test]
async fn who_is_in_a_hurry_does_not_wait_for_what_runs() {
    let world = World::start(Limits {
        stop: Duration::from_secs(3600),
        ..limits()
    })
    .await;
    let write = world.send(&format!("{POST}abcd")).await;
    world.service.has_one.notified().await;
    let read = world.send(GET).await;
    world.service.has_one.notified().await;
    world.stop.send(()).unwrap();
    world.changes.hurry();
    let ended = timeout(FOR_EVER, world.served).await;
    assert!(ended.is_ok());
    assert_eq!(
        (response(write).await, response(read).await),
        Default::default()
    );
    assert_eq!(world.changes.cut_off(), ["posts.create"]);
    let lines = world.lines.lock().unwrap().join("\n");
    let is_doubted = |line: &str| line.ends_with(" ambiguous");
    let doubted: Vec<&str> = lines.lines().filter(|line| is_doubted(line)).collect();
    assert!(doubted.len() == 1 && lines.lines().count() == 2, "{lines}");
    assert!(!lines.contains("caller-gone"), "{lines}");
}

#[tokio::test]
async fn who_does_not_read_is_not_waited_for() {
    // More than sockets keep.
    const LARGE: usize = 32 << 20;
    let world = World::start(Limits {
        body_bytes: LARGE,
        write: Duration::from_millis(50),
        stop: Duration::from_secs(3600),
        ..limits()
    })
    .await;
    let head = POST.replace("content-length: 4", &format!("content-length: {LARGE}"));
    let stream = world.send(&format!("{head}{}", "a".repeat(LARGE))).await;
    world.service.go.notify_one();
    world.service.has_one.notified().await;
    world.stop.send(()).unwrap();
    // A test that would hang fails.
    let ended = timeout(Duration::from_secs(60), world.served).await;
    assert!(ended.is_ok());
    drop(stream);
}

#[tokio::test]
async fn a_caller_who_is_gone_is_told_of() {
    let world = World::start(limits()).await;
    let stream = world.send(GET).await;
    world.service.has_one.notified().await;
    drop(stream);
    assert_eq!(world.line().await, "GET - caller-gone GET");
}

#[tokio::test]
async fn a_change_goes_on_when_its_caller_is_gone() {
    let world = World::start(Limits {
        connections: 1,
        ..limits()
    })
    .await;
    let stream = world.send(&format!("{POST}abcd")).await;
    world.service.has_one.notified().await;
    drop(stream);
    // Its connection has ended when there is a place for another.
    let foreign = GET.replace("localhost", "evil.example");
    assert!(response(world.send(&foreign).await).await.contains(" 403 "));
    assert_eq!(world.line().await, "GET - 403 gateway_foreign_host");
    // It is waited for at the end as well.
    world.stop.send(()).unwrap();
    while TcpStream::connect(world.address).await.is_ok() {}
    assert!(!world.served.is_finished() && world.lines.lock().unwrap().is_empty());
    world.service.go.notify_one();
    timeout(FOR_EVER, world.served).await.unwrap().unwrap();
    let lines = world.lines.lock().unwrap().join("\n");
    assert!(
        lines.starts_with("POST - 200 ") && lines.ends_with(" POST caller-gone"),
        "{lines}"
    );
    assert!(world.changes.cut_off().is_empty());
}

#[tokio::test]
async fn a_fault_of_the_gateway_is_told() {
    let world = World::start(limits()).await;
    let put = POST.replace("POST", "PUT");
    let said = response(world.send(&format!("{put}abcd")).await).await;
    assert!(said.starts_with("HTTP/1.1 500 "), "{said}");
    assert!(said.contains("gateway_failed"), "{said}");
    assert_eq!(world.line().await, "PUT - 500 PUT gateway_failed");
}
