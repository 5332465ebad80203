//! What becomes of requests that nobody waits for any more, and of those that run when the adapter is to end.

use std::time::Duration;

use lago_tests::support::server::{Prompted, ScriptedResponse};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Adapter, Outcome};
use crate::until;

/// A request by a caller who can go away.
pub(super) async fn send(address: &str, request: &str) -> Outcome<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!("{request} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{{}}");
    stream.write_all(head.as_bytes()).await?;
    Ok(stream)
}

async fn sent(adapter: &Adapter, request: &str) -> Outcome<TcpStream> {
    send(&adapter.running.address().to_string(), request).await
}

/// A write goes on without its caller, and the log says what came of it. A read ends.
#[tokio::test]
async fn a_write_goes_on_when_its_caller_is_gone() -> Outcome {
    let mut server = Prompted::start().await?;
    let adapter = Adapter::start(&server.url(), &[]).await?;
    for (response, line) in [
        (
            ScriptedResponse::json("200 OK", r#"{"subscription": {}}"#),
            "POST /api/v1/subscriptions 200 attempts=1 subscriptions.create caller-gone",
        ),
        (
            ScriptedResponse::json("503 Service Unavailable", "{}"),
            "POST /api/v1/subscriptions 503 attempts=1 subscriptions.create ambiguous caller-gone",
        ),
    ] {
        let write = sent(&adapter, "POST /subscriptions").await?;
        let of_write = server.next().await.ok_or("nothing came")?;
        drop(write);
        let read = sent(&adapter, "GET /plans").await?;
        let of_read = server.next().await.ok_or("nothing came")?;
        drop(read);
        let so_far = adapter.lines().len();
        until(|| adapter.lines().len() > so_far).await?;
        assert_eq!(
            adapter.lines().last().map(String::as_str),
            Some("GET /api/v1/plans caller-gone plans.list")
        );
        of_write.respond(response);
        until(|| adapter.lines().len() > so_far + 1).await?;
        assert_eq!(adapter.lines().last().map(String::as_str), Some(line));
        drop(of_read);
    }
    assert_eq!(adapter.lines().len(), 4);
    Ok(())
}

/// The end waits for a write without a caller as for any other.
#[tokio::test]
async fn a_write_without_a_caller_is_finished_before_the_end() -> Outcome {
    let mut server = Prompted::start().await?;
    let adapter = Adapter::start(&server.url(), &[]).await?;
    let write = sent(&adapter, "DELETE /plans/pro").await?;
    let waiting = server.next().await.ok_or("nothing came")?;
    drop(write);
    let Adapter { running, lines, .. } = adapter;
    let stopping = tokio::spawn(running.stop());
    waiting.respond(ScriptedResponse::json(
        "200 OK",
        r#"{"plan":{"code":"pro"}}"#,
    ));
    assert!(stopping.await?.is_none());
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].contains(" 200 ") && lines[0].contains("plans.delete"),
        "{lines:?}"
    );
    assert!(!lines[0].contains("ambiguous"), "{lines:?}");
    Ok(())
}

#[tokio::test]
async fn a_write_that_is_cut_off_is_in_doubt() -> Outcome {
    let directory = tempfile::tempdir()?;
    let spool = directory.path().display().to_string();
    let mut server = Prompted::start().await?;
    let more = ["--stop-within", "1", "--spool", &spool];
    let adapter = Adapter::start(&server.url(), &more).await?;
    let mut write = sent(&adapter, "PUT /wallets/w").await?;
    let of_write = server.next().await.ok_or("nothing came")?;
    let read = sent(&adapter, "GET /plans").await?;
    let of_read = server.next().await.ok_or("nothing came")?;
    let Adapter { running, lines, .. } = adapter;
    assert!(running.stop().await.is_some());
    let mut said = Vec::new();
    // Closed or reset.
    let _ = write.read_to_end(&mut said).await;
    assert!(said.is_empty());
    let mut lines = lines.lock().unwrap().clone();
    lines.sort();
    assert!(
        lines[0].starts_with("GET /api/v1/plans cut-off ") && lines[0].ends_with("ms plans.list"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("PUT /api/v1/wallets/{lago_id} cut-off ")
            && lines[1].ends_with("ms wallets.update ambiguous"),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 2);
    drop((of_write, of_read, read));
    Ok(())
}

/// However often a caller comes and goes, the work on what it left behind has a bound.
#[tokio::test]
async fn what_goes_on_without_a_caller_keeps_its_place() -> Outcome {
    let mut server = Prompted::start().await?;
    let adapter = Adapter::start(&server.url(), &["--max-requests", "1"]).await?;
    let write = sent(&adapter, "POST /subscriptions").await?;
    let waiting = server.next().await.ok_or("nothing came")?;
    drop(write);
    let busy = adapter.post("/subscriptions", "{}").await?;
    assert_eq!(super::code(busy).await?, "gateway_busy");
    waiting.respond(ScriptedResponse::json("200 OK", "{}"));
    until(|| adapter.lines().len() == 2).await?;
    let next = tokio::spawn(
        adapter
            .request(reqwest::Method::POST, "/subscriptions")
            .body("{}")
            .timeout(Duration::from_secs(60))
            .send(),
    );
    let waiting = server.next().await.ok_or("nothing came")?;
    waiting.respond(ScriptedResponse::json("200 OK", "{}"));
    assert_eq!(next.await??.status(), 200);
    Ok(())
}
