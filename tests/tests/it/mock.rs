//! The stand-in server, over real sockets.

mod command;
mod conforms;
mod deliveries;
mod expected;
mod faults;
mod memory;
mod permissions;
mod responses;
mod validated;

use std::error::Error;
use std::sync::{Arc, Mutex};

use lago_client::Client;
use lago_client::mock::{MockResponse, MockServer, Mode, example};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A caller that knows nothing of the client.
struct Caller {
    server: MockServer,
    http: reqwest::Client,
}

impl Caller {
    async fn start() -> Outcome<Self> {
        Self::of(MockServer::start().await?)
    }

    /// Of a server that does not look into requests.
    async fn unchecked() -> Outcome<Self> {
        Self::of(unchecked().await?)
    }

    fn of(server: MockServer) -> Outcome<Self> {
        Ok(Self {
            server,
            http: reqwest::Client::new(),
        })
    }

    fn request(&self, method: &str, path: &str) -> Outcome<reqwest::RequestBuilder> {
        self.request_at("/api/v1", method, path)
    }

    /// In any version of the API.
    fn request_at(
        &self,
        base_path: &str,
        method: &str,
        path: &str,
    ) -> Outcome<reqwest::RequestBuilder> {
        let url = format!("{}{base_path}{path}", self.server.url());
        let request = self
            .http
            .request(Method::from_bytes(method.as_bytes())?, url);
        Ok(request.header("authorization", "Bearer any"))
    }

    async fn get(&self, path: &str) -> Outcome<(u16, Value)> {
        read(self.request("GET", path)?).await
    }
}

/// A server for requests that lack what they need, where they are not what a test is about.
async fn unchecked() -> Outcome<MockServer> {
    Ok(MockServer::builder().mode(Mode::Off).start().await?)
}

/// Status and body, which has to be JSON.
async fn read(request: reqwest::RequestBuilder) -> Outcome<(u16, Value)> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert!(response.headers().contains_key("x-request-id"));
    Ok((status, serde_json::from_slice(&response.bytes().await?)?))
}

fn client(server: &MockServer) -> Outcome<Client> {
    Ok(Client::builder()
        .api_key("key")
        .base_url(server.url())
        .build()?)
}

#[tokio::test]
async fn what_is_no_operation_is_not_found() -> Outcome {
    let caller = Caller::start().await?;
    let not_found = json!({ "status": 404, "error": "Not Found", "code": "resource_not_found" });
    for (method, path) in [
        ("GET", "/nothing"),
        ("GET", ""),
        ("PATCH", "/plans"),
        ("POST", "/plans/pro"),
        ("GET", "/plans/pro/nothing"),
        ("DELETE", "/plans/"),
        ("PROPFIND", "/plans"),
    ] {
        let response = read(caller.request(method, path)?).await?;
        assert_eq!(response, (404, not_found.clone()), "{method} {path}");
    }
    let requests = caller.server.requests();
    assert!(requests.iter().all(|request| request.operation.is_none()));
    assert_eq!(
        (requests.len(), requests[0].status),
        (7, Some(404.try_into()?))
    );
    Ok(())
}

#[tokio::test]
async fn without_the_key_nobody_gets_in() -> Outcome {
    let http = reqwest::Client::new();
    let any = MockServer::start().await?;
    let one = MockServer::builder().api_key("one").start().await?;
    for (server, key, expected) in [
        (&any, None, 401),
        (&any, Some("Bearer "), 401),
        (&any, Some("Basic abc"), 401),
        (&any, Some("Bearer other"), 200),
        (&one, Some("Bearer other"), 401),
        (&one, Some("bearer one"), 200),
    ] {
        let mut request = http.get(format!("{}/api/v1/plans", server.url()));
        if let Some(key) = key {
            request = request.header("authorization", key);
        }
        let (status, body) = read(request).await?;
        assert_eq!(status, expected, "{key:?}");
        if status == 401 {
            assert_eq!(body, json!({ "status": 401, "error": "Unauthorized" }));
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_body_is_json_of_bounded_size() -> Outcome {
    let caller = Caller::start().await?;
    let bad = json!({ "status": 400, "error": "Bad Request" });
    let deep = "[".repeat(100_000);
    for body in ["{", "not json", "{} {}", "\u{0}", deep.as_str()] {
        let response = read(caller.request("POST", "/customers")?.body(body.to_owned())).await?;
        assert_eq!(response, (400, bad.clone()));
    }
    let large = caller
        .request("POST", "/customers")?
        .body(vec![b' '; (16 << 20) + 1]);
    let (status, body) = read(large).await?;
    assert_eq!((status, &body["status"]), (413, &json!(413)));
    assert_eq!(caller.server.requests()[5].body.len(), 0);
    Ok(())
}

#[tokio::test]
async fn it_says_what_it_is_told() -> Outcome {
    let caller = Caller::start().await?;
    let server = &caller.server;
    let mut pro = example("plans.get")?;
    pro["plan"]["code"] = json!("pro");
    let example = (200, pro);
    server.respond("findPlan", MockResponse::error(404, "plan_not_found"))?;
    server.respond_next("plans.get", MockResponse::new(503))?;
    let limited = MockResponse::new(429).header("x-ratelimit-reset", "2");
    server.respond_next("plans.get", limited.header("x-request-id", "mine"))?;

    let request = || caller.request("GET", "/plans/pro");
    assert_eq!(request()?.send().await?.status(), 503);
    let limited = request()?.send().await?;
    assert_eq!(limited.status(), 429);
    assert_eq!(limited.headers()["x-ratelimit-reset"], "2");
    assert_eq!(limited.headers()["x-request-id"], "mine");
    let not_found = json!({ "status": 404, "error": "Not Found", "code": "plan_not_found" });
    for _ in 0..2 {
        assert_eq!(caller.get("/plans/pro").await?, (404, not_found.clone()));
    }
    assert_eq!(caller.get("/plans").await?.0, 200);

    server.reset();
    assert_eq!(caller.get("/plans/pro").await?, example);
    assert_eq!(server.requests().len(), 1);
    let typo = server
        .respond("plans.find", MockResponse::new(200))
        .unwrap_err();
    assert!(typo.to_string().contains("`plans.find`"));
    Ok(())
}

#[tokio::test]
async fn the_client_sees_errors_as_lago_words_them() -> Outcome {
    let server = MockServer::start().await?;
    let details = json!({ "code": ["value_already_exist"] });
    server.respond_next(
        "plans.delete",
        MockResponse::validation_errors(details.clone()),
    )?;
    let error = client(&server)?.plans().delete("pro").await.unwrap_err();
    assert_eq!(error.status(), Some(422.try_into()?));
    assert_eq!(error.code(), Some("validation_errors"));
    assert_eq!(error.details(), Some(&details));
    assert!(error.request_id().is_some());
    Ok(())
}

#[tokio::test]
async fn requests_can_be_looked_into() -> Outcome {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    let server = MockServer::builder()
        .mode(Mode::Off)
        .on_request(move |request| keep.lock().unwrap().push(request.target.clone()))
        .start()
        .await?;
    let target = "/api/v1/customers/a%2Fb/wallets?page=2&currency=a+b%26c";
    let sent = reqwest::Client::new()
        .post(server.url() + target)
        .header("authorization", "Bearer key")
        .body(r#"{"wallet":{}}"#)
        .send();
    assert_eq!(sent.await?.status(), 200);
    let requests = server.requests();
    let request = &requests[0];
    let operation = request.operation.map(|operation| operation.resource);
    assert_eq!(operation, Some("customers.wallets.create"));
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", target)
    );
    assert_eq!(
        request.path_parameters,
        [("external_customer_id", "a/b".to_owned())]
    );
    assert_eq!(request.query_value("page"), Some("2"));
    assert_eq!(request.query_value("currency"), Some("a b&c"));
    assert_eq!(request.header("authorization"), Some("Bearer key"));
    assert_eq!(request.json(), Some(json!({ "wallet": {} })));
    assert_eq!(*seen.lock().unwrap(), [target]);
    server.clear();
    assert!(server.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn what_is_spelt_out_wins_over_a_parameter() -> Outcome {
    let caller = Caller::unchecked().await?;
    for (method, path, expected) in [
        ("POST", "/events/batch", (200, "createBatchEvents")),
        ("GET", "/events/batch", (200, "findEvent")),
        ("POST", "/invoices/preview", (200, "invoicePreview")),
        // No invoice has such an id.
        ("PUT", "/invoices/preview", (404, "updateInvoice")),
        ("GET", "/webhooks/public_key", (200, "fetchPublicKey")),
    ] {
        let status = caller.request(method, path)?.send().await?.status();
        let requests = caller.server.requests();
        let operation = requests.last().and_then(|request| request.operation);
        let operation = operation.ok_or("no operation")?;
        assert_eq!((status.as_u16(), operation.id), expected);
    }
    Ok(())
}

#[tokio::test]
async fn two_servers_know_nothing_of_each_other() -> Outcome {
    let (one, other) = (Caller::start().await?, Caller::start().await?);
    one.server
        .respond("plans.list", MockResponse::new(500).json(json!({})))?;
    assert_eq!(one.get("/plans").await?.0, 500);
    assert_eq!(other.get("/plans").await?.0, 200);
    assert_eq!(one.server.requests().len(), 1);
    assert_eq!(other.server.requests().len(), 1);
    Ok(())
}

/// Sends bytes and reads until the server closes.
async fn exchange(stream: &mut TcpStream, bytes: &[u8]) -> Outcome<String> {
    stream.write_all(bytes).await?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}

#[tokio::test]
async fn garbage_does_it_no_harm() -> Outcome {
    let caller = Caller::start().await?;
    let address = caller.server.url().replace("http://", "");
    for garbage in [
        b"\xff\xfe\x00\r\n\r\n".as_slice(),
        b"GET /api/v1/plans HTTP/9.9\r\n\r\n",
        b"GET \xff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /api/v1/plans HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ] {
        // Whether it answers or hangs up: both are an end.
        let _ = exchange(&mut TcpStream::connect(&address).await?, garbage).await;
    }
    let percent = b"GET /api/v1/plans/%zz%ff? HTTP/1.0\r\nauthorization: Bearer k\r\n\r\n";
    let response = exchange(&mut TcpStream::connect(&address).await?, percent).await?;
    assert!(response.starts_with("HTTP/1.0 200 OK"), "{response}");
    assert_eq!(caller.server.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn it_is_gone_when_it_is_dropped() -> Outcome {
    let caller = Caller::start().await?;
    let address = caller.server.url().replace("http://", "");
    let mut open = TcpStream::connect(&address).await?;
    let request = b"GET /api/v1/plans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\n\r\n";
    open.write_all(request).await?;
    assert!(open.read(&mut [0; 64]).await? > 0);
    drop(caller);
    // The open connection ends, and there is nobody to open another one.
    let _ = open.read_to_end(&mut Vec::new()).await;
    assert!(TcpStream::connect(&address).await.is_err());
    Ok(())
}

#[tokio::test]
async fn it_is_gone_when_it_has_stopped() -> Outcome {
    let server = MockServer::start().await?;
    let port = server
        .url()
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .parse()?;
    server.stop().await;
    let again = MockServer::builder().port(port).start().await?;
    assert_eq!(again.url(), format!("http://127.0.0.1:{port}"));
    Ok(())
}
