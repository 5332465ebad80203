//! A proxy that reads paths in its own way before it passes requests on.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::support::server::{Captured, read};

/// Starts one before the server at this address (`http://127.0.0.1:3000`), which changes each target
/// with this function. It runs as long as the runtime; what comes back is its own address.
pub async fn rewriting(upstream: &str, rewrite: fn(&str) -> String) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let upstream = upstream.trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(pass(stream, upstream.clone(), rewrite));
        }
    });
    Ok(address)
}

/// One request for each connection.
async fn pass(caller: TcpStream, upstream: String, rewrite: fn(&str) -> String) -> io::Result<()> {
    let mut caller = BufReader::new(caller);
    let Some(request) = read(&mut caller).await? else {
        return Ok(());
    };
    let mut server = TcpStream::connect(&upstream).await?;
    server.write_all(&written(&request, rewrite)).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    caller.write_all(&answer).await
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
