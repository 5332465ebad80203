//! What the adapter does not pass on.

use lago_client::gateway::StartError;
use lago_client::mock::{MockServer, Mode};
use lago_client::{Effect, OPERATIONS};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Adapter, Outcome, client, code, seen};

#[tokio::test]
async fn read_only_lets_nothing_through_that_changes_anything() -> Outcome {
    let server = MockServer::builder().mode(Mode::Off).start().await?;
    let adapter = Adapter::start(&server.url(), &["--read-only"]).await?;
    for operation in OPERATIONS {
        server.clear();
        let path = operation.path.replace(['{', '}'], "");
        let target = format!("{}{path}", operation.base_path);
        let method = Method::from_bytes(operation.method.as_str().as_bytes())?;
        let response = adapter.request(method, &target).body("{}").send().await?;
        let is_passed = operation.effect == Effect::Reads && !operation.grants;
        assert_eq!(
            server.requests().len(),
            usize::from(is_passed),
            "{}",
            operation.resource
        );
        if !is_passed {
            assert_eq!(response.status(), 403);
            assert_eq!(code(response).await?, "gateway_read_only");
        }
    }
    server.clear();
    let portal = adapter.get("/customers/acme/portal_url").await?;
    assert_eq!(portal.status(), 403);
    let portal: Value = portal.json().await?;
    let message = portal["message"].as_str().ok_or("no message")?;
    assert!(message.contains("hands out a link"), "{message}");
    let unknown = adapter.post("/gadgets", "{}").await?;
    assert_eq!(code(unknown).await?, "gateway_unknown_operation");
    // Of what nobody here knows, nobody knows whether it hands out a link.
    let portal = adapter.get("/api/v2/customers/acme/portal_url").await?;
    assert_eq!(code(portal).await?, "gateway_unknown_operation");
    assert!(server.requests().is_empty());
    let url = server.url();
    let both = ["--read-only", "--pass-unknown"];
    match Adapter::with(client(), &url, &both, None).await {
        Err(StartError::Misuse(why)) => assert!(why.contains("leave one of them out"), "{why}"),
        _ => return Err("it starts".into()),
    }
    Ok(())
}

#[tokio::test]
async fn requests_are_held_against_the_description_where_that_is_wanted() -> Outcome {
    let server = MockServer::builder().mode(Mode::Off).start().await?;
    let body = json!({ "customer": { "external_id": "a", "nickname": "b" } });
    let off = Adapter::start(&server.url(), &[]).await?;
    assert_eq!(
        seen(&off.post("/customers?x=1", &body).await?),
        "200 lago-attempts=1"
    );

    let warn = Adapter::start(&server.url(), &["--validate", "warn"]).await?;
    let warned = warn.post("/customers?x=1", &body).await?;
    assert_eq!(
        seen(&warned),
        "200 lago-attempts=1 lago-validation=2: ?x /customer/nickname"
    );
    assert_eq!(
        warn.lines(),
        ["POST /api/v1/customers 200 attempts=1 customers.create not-as-described"]
    );
    assert_eq!(server.requests().len(), 2);

    let reject = Adapter::start(&server.url(), &["--validate", "reject"]).await?;
    let rejected = reject.post("/customers?x=1", &body).await?;
    assert_eq!(rejected.status(), 422);
    let said: Value = serde_json::from_slice(&rejected.bytes().await?)?;
    assert_eq!(said["code"], "gateway_validation");
    let details = said["error_details"].as_object().ok_or("no details")?;
    assert_eq!(details.keys().collect::<Vec<_>>(), ["x", "nickname"]);
    // Two values with one name: which one is meant nobody knows.
    let twice = r#"{"customer": {"external_id": "a", "external_id": "b"}}"#;
    let said: Value = reject.post("/customers", twice).await?.json().await?;
    let reason = &said["error_details"]["external_id"][0];
    assert!(
        reason
            .as_str()
            .is_some_and(|it| it.contains("more than once")),
        "{said}"
    );
    assert_eq!(server.requests().len(), 2);
    let right = json!({ "customer": { "external_id": "a" } });
    assert_eq!(reject.post("/customers", right).await?.status(), 200);
    Ok(())
}

#[tokio::test]
async fn bodies_and_heads_have_limits() -> Outcome {
    let server = MockServer::start().await?;
    let adapter = Adapter::start(&server.url(), &[]).await?;
    let large = adapter.post("/plans", " ".repeat((10 << 20) + 1)).await?;
    assert_eq!(large.status(), 413);
    assert_eq!(code(large).await?, "gateway_too_large");
    let packed = adapter
        .request(Method::POST, "/plans")
        .header("content-encoding", "gzip");
    let packed = packed.body("x").send().await?;
    assert_eq!(packed.status(), 415);
    assert_eq!(code(packed).await?, "gateway_encoded_body");
    let flood = (0..200).fold(adapter.request(Method::GET, "/plans"), |request, number| {
        request.header(format!("x-{number}"), "a")
    });
    assert_eq!(flood.send().await?.status(), 431);
    let long = adapter
        .request(Method::GET, "/plans")
        .header("x-long", "a".repeat(200_000));
    // It may close the connection before all of that is written.
    if let Ok(response) = long.send().await {
        assert_eq!(response.status(), 431);
    }
    assert!(server.requests().is_empty());
    assert_eq!(adapter.get("/plans").await?.status(), 200);
    Ok(())
}

/// The status that a request gets that no client would send.
async fn status(adapter: &Adapter, head: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect(adapter.running.address()).await?;
    stream
        .write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes())
        .await?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await?;
    let response = String::from_utf8_lossy(&response).into_owned();
    Ok(response.split(' ').nth(1).unwrap_or_default().to_owned())
}

#[tokio::test]
async fn pages_in_a_browser_do_not_reach_it() -> Outcome {
    let server = MockServer::start().await?;
    let adapter = Adapter::start(&server.url(), &[]).await?;
    for (head, expected) in [
        ("GET /plans HTTP/1.1\r\nhost: localhost", "200"),
        (
            "GET /plans HTTP/1.1\r\nhost: localhost:8080\r\norigin: http://localhost:8080",
            "200",
        ),
        // What another program of this computer serves.
        (
            "POST /plans HTTP/1.1\r\nhost: localhost:8080\r\norigin: http://localhost:3000",
            "403",
        ),
        (
            "GET /plans HTTP/1.1\r\nhost: localhost:8080\r\nsec-fetch-site: same-site",
            "403",
        ),
        (
            "GET http://localhost/plans HTTP/1.1\r\nhost: localhost",
            "200",
        ),
        ("GET /plans HTTP/1.1\r\nhost: rebound.example", "403"),
        (
            "GET http://rebound.example/plans HTTP/1.1\r\nhost: localhost",
            "403",
        ),
        ("GET /plans HTTP/1.1", "403"),
        (
            "GET /plans HTTP/1.1\r\nhost: localhost\r\norigin: https://page.example",
            "403",
        ),
        (
            "GET /plans HTTP/1.1\r\nhost: localhost\r\norigin: null",
            "403",
        ),
        (
            "GET /plans HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: cross-site",
            "403",
        ),
        (
            "POST /plans HTTP/1.1\r\nhost: localhost\r\norigin: https://page.example\r\ncontent-length: 0",
            "403",
        ),
    ] {
        assert_eq!(status(&adapter, head).await?, expected, "{head}");
    }
    assert_eq!(server.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn paths_that_may_mean_another_are_refused() -> Outcome {
    let server = MockServer::start().await?;
    let adapter = Adapter::start(&server.url(), &["--pass-unknown"]).await?;
    for path in [
        "/customers/../plans",
        "/customers/%2e%2E",
        "/customers//metadata",
        "/customers/a/metadata/",
        "/customers/a%00b",
        "/customers/%ff",
    ] {
        let head = format!("DELETE {path} HTTP/1.1\r\nhost: localhost");
        assert_eq!(status(&adapter, &head).await?, "400", "{path}");
    }
    assert!(server.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn what_cannot_work_does_not_start() -> Outcome {
    let url = "http://127.0.0.1:1";
    let directory = tempfile::tempdir()?;
    let secret = directory.path().join("secret");
    std::fs::write(&secret, "short")?;
    let (secret, missing) = (
        secret.display().to_string(),
        directory.path().join("x").display().to_string(),
    );
    for (key, more, secret, said) in [
        (None, &[][..], None, "LAGO_API_KEY"),
        (None, &[], None, "--key-mode per-request"),
        (Some("key"), &["--listen", "0.0.0.0"], None, "--bearer-file"),
        (
            Some("key"),
            &["--bearer-file", &secret],
            None,
            "has 5 bytes",
        ),
        (
            Some("key"),
            &["--bearer-file", &missing],
            None,
            "the secret in",
        ),
        (
            Some("key"),
            &[],
            Some("guessed"),
            "LAGO_GATEWAY_BEARER has 7 bytes",
        ),
        (
            Some("a-key-of-sixteen-or-more"),
            &[],
            Some("a-key-of-sixteen-or-more"),
            "LAGO_GATEWAY_BEARER is your API key",
        ),
        (
            Some("a-key-of-sixteen-or-more"),
            &["--key-mode", "per-request"],
            Some(" a-key-of-sixteen-or-more\n"),
            "is your API key",
        ),
        (
            Some("short"),
            &["--bearer-file", &secret],
            None,
            "is your API key",
        ),
        (Some("key"), &["--url", "lago.example"], None, "is no URL"),
        (
            None,
            &["--spool", "x", "--key-mode", "per-request"],
            None,
            "leave out `--key-mode per-request`",
        ),
        // Where no request may bring a key, nobody is told to let it.
        (
            None,
            &["--spool", "x"],
            None,
            "no API key: set LAGO_API_KEY to the key of your organization (a stand-in takes any)\n",
        ),
        (
            Some("key"),
            &["--spool", "x", "--read-only"],
            None,
            "`--read-only`",
        ),
    ] {
        let client = key
            .into_iter()
            .fold(client(), |client, key: &str| client.api_key(key));
        let error = match more.contains(&"--url") {
            true => Adapter::with_options(client, more, secret).await,
            false => Adapter::with(client, url, more, secret).await,
        };
        let error = error.err().ok_or("it started")?;
        assert!(matches!(error, StartError::Misuse(_)), "{error:?}");
        assert!(format!("{error}\n").contains(said), "{error}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port().to_string();
    let more = ["--url", url, "--port", &port];
    let error = Adapter::with_options(client().api_key("key"), &more, None).await;
    let error = error.err().ok_or("it started")?.to_string();
    assert!(
        error.contains(&port) && error.contains("`--port`"),
        "{error}"
    );
    Ok(())
}
