//! What becomes of calls over HTTP that nobody waits for any more, and of those that run when all is to end.

use lago_tests::support::server::{Prompted, ScriptedResponse};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Mcp, NEW, OLD, Outcome};
use crate::until;

const WRITES: [&str; 2] = ["--allow-writes", "--unconfirmed"];

/// A call by a client that can go away.
async fn sent(mcp: &Mcp, version: &str, tool: &str) -> Outcome<TcpStream> {
    let mut params = json!({"name": tool, "arguments": {"code": "pro"}});
    if version == NEW {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": NEW,
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
    }
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let body = body.to_string();
    let mut stream = TcpStream::connect(mcp.running.address()).await?;
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: application/json, \
         text/event-stream\r\nmcp-protocol-version: {version}\r\nmcp-method: tools/call\r\nmcp-name: {tool}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    Ok(stream)
}

#[tokio::test]
async fn a_change_goes_on_when_its_client_is_gone() -> Outcome {
    for version in [OLD, NEW] {
        let mut server = Prompted::start().await?;
        let mcp = Mcp::start(&server.url(), &WRITES).await?;
        let write = sent(&mcp, version, "plans_delete").await?;
        let of_write = server.next().await.ok_or("nothing came")?;
        drop(write);
        let read = sent(&mcp, version, "plans_get").await?;
        let of_read = server.next().await.ok_or("nothing came")?;
        drop(read);
        until(|| mcp.lines().len() == 1).await?;
        of_write.respond(ScriptedResponse::json(
            "200 OK",
            r#"{"plan":{"code":"pro"}}"#,
        ));
        until(|| mcp.lines().len() == 2).await?;
        assert_eq!(
            mcp.lines(),
            [
                "POST /mcp caller-gone plans_get",
                "POST /mcp 200 attempts=1 plans_delete 200 caller-gone"
            ],
            "{version}"
        );
        drop(of_read);
    }
    Ok(())
}

#[tokio::test]
async fn a_change_that_is_cut_off_is_in_doubt() -> Outcome {
    let mut server = Prompted::start().await?;
    let more = [&WRITES[..], &["--stop-within", "1"]].concat();
    let mcp = Mcp::start(&server.url(), &more).await?;
    let write = sent(&mcp, NEW, "plans_delete").await?;
    let of_write = server.next().await.ok_or("nothing came")?;
    let lines = std::sync::Arc::clone(&mcp.lines);
    mcp.running.stop().await;
    let lines = lines.lock().unwrap();
    assert!(
        lines[0].starts_with("POST /mcp cut-off ") && lines[0].ends_with(" plans_delete ambiguous"),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 1);
    drop((write, of_write));
    Ok(())
}
