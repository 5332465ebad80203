//! Proxies that do something of their own: one reads paths in its own way, another loses responses.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::server::{Behaviour, Captured, ScriptedResponse, start};

/// Starts one before the server at this address (`http://127.0.0.1:3000`), which changes each target
/// with this function. It runs as long as the runtime; what comes back is its own address.
pub async fn rewriting(upstream: &str, rewrite: fn(&str) -> String) -> io::Result<String> {
    let upstream = upstream.trim_start_matches("http://").to_owned();
    let address = start(Arc::new(Rewriting { upstream, rewrite }))?;
    Ok(format!("http://{address}"))
}

/// One request for each connection.
struct Rewriting {
    upstream: String,
    rewrite: fn(&str) -> String,
}

impl Behaviour for Rewriting {
    async fn respond(&self, _: usize, request: Option<Captured>) -> Option<ScriptedResponse> {
        let request = written(&request?, self.rewrite);
        let response = exchange(&self.upstream, &request).await.ok()?;
        Some(ScriptedResponse::raw(response).closing())
    }
}

/// Starts one before the server at this address, which loses the first so many responses to this method and path: what was
/// asked for is done, and the connection is closed. It runs as long as the runtime; what comes back is its own address.
pub async fn losing(
    upstream: &str,
    method: &'static str,
    path: &'static str,
    responses: usize,
) -> io::Result<String> {
    let upstream = upstream.trim_start_matches("http://").to_owned();
    let behaviour = Losing {
        upstream,
        method,
        path,
        lost: AtomicUsize::new(0),
        responses,
    };
    let address = start(Arc::new(behaviour))?;
    Ok(format!("http://{address}"))
}

/// One request for each connection.
struct Losing {
    upstream: String,
    method: &'static str,
    path: &'static str,
    lost: AtomicUsize,
    responses: usize,
}

impl Behaviour for Losing {
    async fn respond(&self, _: usize, request: Option<Captured>) -> Option<ScriptedResponse> {
        let request = request?;
        let is_meant = request.method == self.method && request.target == self.path;
        let is_lost = is_meant && self.lost.fetch_add(1, Ordering::Relaxed) < self.responses;
        let response = exchange(&self.upstream, &written(&request, str::to_owned))
            .await
            .ok()?;
        let response = if is_lost { Vec::new() } else { response };
        Some(ScriptedResponse::raw(response).closing())
    }
}

/// Sends a request on a connection of its own, and reads until its end.
async fn exchange(upstream: &str, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream).await?;
    server.write_all(request).await?;
    let mut response = Vec::new();
    server.read_to_end(&mut response).await?;
    Ok(response)
}

fn written(request: &Captured, rewrite: fn(&str) -> String) -> Vec<u8> {
    let mut head = format!(
        "{} {} HTTP/1.1\r\n",
        request.method,
        rewrite(&request.target)
    );
    for (name, value) in request
        .headers
        .iter()
        .filter(|(name, _)| name != "connection")
    {
        head += &format!("{name}: {value}\r\n");
    }
    [
        format!("{head}connection: close\r\n\r\n").as_bytes(),
        &request.body,
    ]
    .concat()
}
