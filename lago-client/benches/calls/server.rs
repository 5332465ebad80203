//! A server that costs next to nothing.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A server on the loopback that gives one response to everything.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    response: Mutex<Arc<[u8]>>,
    /// The last one.
    request: Mutex<Vec<u8>>,
}

impl Server {
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::<Shared>::default();
        let server = Self {
            address,
            shared: Arc::clone(&shared),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Responds with this body from now on.
    pub(crate) fn respond(&self, body: String) {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: 1";
        let response = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        *lock(&self.shared.response) = response.into_bytes().into();
    }

    /// The last request, its headers in the order of their names.
    #[allow(dead_code, reason = "only who compares what is sent asks")]
    pub(crate) fn request(&self) -> String {
        let request = String::from_utf8_lossy(&lock(&self.shared.request)).into_owned();
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or((&request, ""));
        let mut lines: Vec<String> = head.lines().map(str::to_lowercase).collect();
        lines.sort();
        lines.join("\n") + "\n" + body
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut request = Vec::new();
    loop {
        request.clear();
        let mut length = 0;
        while !request.ends_with(b"\r\n\r\n") {
            let start = request.len();
            if stream.read_until(b'\n', &mut request)? == 0 {
                return Ok(());
            }
            let line = String::from_utf8_lossy(&request[start..]).to_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let head = request.len();
        request.resize(head + length, 0);
        stream.read_exact(&mut request[head..])?;
        lock(&shared.request).clone_from(&request);
        let response = Arc::clone(&lock(&shared.response));
        stream.get_mut().write_all(&response)?;
    }
}
