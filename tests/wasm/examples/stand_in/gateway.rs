//! A gateway as those need it who call Lago from pages of another origin: it tells browsers that they may.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

/// What a browser asks for before it sends a key or JSON, and lets pages read of a response.
const ADMISSION: &str = "access-control-allow-origin: *\r\n\
    access-control-allow-methods: GET, POST, PUT, PATCH, DELETE\r\n\
    access-control-allow-headers: authorization, content-type, user-agent\r\n\
    access-control-expose-headers: *\r\n";

const END: &[u8] = b"\r\n\r\n";

/// Starts one before the server at a URL, and gives its own.
pub(super) async fn start(server: &str) -> io::Result<String> {
    let server: Arc<str> = server.trim_start_matches("http://").into();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((caller, _)) = listener.accept().await {
            let server = Arc::clone(&server);
            // Callers hang up in the middle: that is what some tests are about.
            tokio::spawn(async move { pass(caller, &server).await });
        }
    });
    Ok(url)
}

/// Passes a request on and its response back: one for each connection.
async fn pass(mut caller: TcpStream, server: &str) -> io::Result<()> {
    let (head, mut body) = read_head(&mut caller).await?;
    if head.starts_with("OPTIONS ") {
        let admitted = format!("HTTP/1.1 204 No Content\r\n{ADMISSION}connection: close\r\n\r\n");
        return caller.write_all(admitted.as_bytes()).await;
    }
    let length = value(&head, "content-length").and_then(|length| length.parse().ok());
    let read = body.len();
    body.resize(length.unwrap_or(0).max(read), 0);
    caller.read_exact(&mut body[read..]).await?;

    let mut upstream = TcpStream::connect(server).await?;
    upstream
        .write_all(with(&head, "connection: close\r\n").as_bytes())
        .await?;
    upstream.write_all(&body).await?;
    let (mut from_caller, mut to_caller) = caller.split();
    let back = async {
        let (head, rest) = read_head(&mut upstream).await?;
        to_caller
            .write_all(with(&head, ADMISSION).as_bytes())
            .await?;
        to_caller.write_all(&rest).await?;
        copy(&mut upstream, &mut to_caller).await
    };
    tokio::select! {
        outcome = back => outcome.map(drop),
        // Nothing more comes from there but the end.
        _ = from_caller.read_u8() => Ok(()),
    }
}

/// The lines of a head, without `connection`, and what came after it.
async fn read_head(stream: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(END.len()).position(|window| window == END) {
            let rest = bytes.split_off(end + END.len());
            let head = String::from_utf8_lossy(&bytes);
            let lines = head.split_inclusive("\r\n");
            let kept = lines.filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
            return Ok((kept.collect(), rest));
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// A head with more lines, after its first.
fn with(head: &str, lines: &str) -> String {
    head.replacen("\r\n", &format!("\r\n{lines}"), 1)
}

fn value<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut found = fields.filter(|(found, _)| found.eq_ignore_ascii_case(name));
    found.next().map(|(_, value)| value.trim())
}
