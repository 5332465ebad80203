//! What is passed on, there and back.

use lago_client::OPERATIONS;
use lago_client::mock::{MockServer, Mode};
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use reqwest::Method;

use super::{Adapter, Outcome, header, seen};

/// Some want one, and it does for the others.
const VALUE: &str = "7d7a40ae-5e06-4d2b-a6ee-2fd2c8d9e0f3";

/// A path with a value in place of each parameter.
fn filled(template: &str) -> String {
    let segments = template.split('/').map(|segment| match segment {
        "{key}" => "region",
        segment if segment.starts_with('{') => VALUE,
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_operation_is_reached_and_answers_as_without_the_adapter() -> Outcome {
    let server = MockServer::builder().mode(Mode::Off).start().await?;
    let adapter = Adapter::start(&server.url(), &[]).await?;
    for operation in OPERATIONS {
        let method = Method::from_bytes(operation.method.as_str().as_bytes())?;
        let path = filled(operation.path);
        let whole = format!("{}{path}", operation.base_path);
        let body = if method == Method::GET { "" } else { "{}" };
        let direct = adapter
            .http
            .request(method.clone(), format!("{}{whole}", server.url()))
            .bearer_auth("any")
            .body(body)
            .send()
            .await?;
        let status = direct.status();
        let expected = direct.bytes().await?;
        assert!(status.is_success(), "{}: {status}", operation.resource);
        let mut targets = vec![whole.clone()];
        if operation.base_path == "/api/v1" {
            targets.push(path);
        }
        for target in targets {
            server.clear();
            let request = adapter.request(method.clone(), &target).body(body);
            let response = request.send().await?;
            assert_eq!(
                seen(&response),
                format!("{} lago-attempts=1", status.as_u16())
            );
            assert_eq!(response.bytes().await?, expected, "{target}");
            let requests = server.requests();
            assert_eq!(requests.len(), 1, "{target}");
            assert_eq!(
                requests[0].operation.map(|known| known.id),
                Some(operation.id)
            );
            assert_eq!(requests[0].target, whole);
        }
    }
    Ok(())
}

#[tokio::test]
async fn nothing_that_was_said_is_said_otherwise() -> Outcome {
    let said = "{ \"plan\": {\"amount\": 0.123456789012345678901234567890,\n \"more\": 1e400} }";
    let server = Scripted::start(move |_| {
        let headers = [
            ("content-type", "application/json; charset=utf-8"),
            ("x-request-id", "req-7"),
            ("x-ratelimit-remaining", "41"),
            ("set-cookie", "a=b"),
            ("access-control-allow-origin", "*"),
            ("strict-transport-security", "max-age=1"),
            ("lago-attempts", "99"),
            ("connection", "x-hop"),
            ("x-hop", "a"),
            ("keep-alive", "timeout=5"),
        ];
        ScriptedResponse::new("201 Created", &headers, said)
    })
    .await?;
    let adapter = Adapter::start(&server.origin(), &[]).await?;
    let target = "/plans/a.b%2Fc%20%C3%A9?status[]=new&status%5B%5D=a%26b&z&z=1&a=+%20";
    let response = adapter
        .request(Method::PUT, target)
        .bearer_auth("of-the-caller")
        .header(
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        )
        .header("x-forwarded-host", "evil.example")
        .header("cookie", "a=b")
        .header("connection", "x-hop")
        .header("x-hop", "a")
        .header("te", "trailers")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(said)
        .send()
        .await?;
    assert_eq!(seen(&response), "201 lago-attempts=1");
    for (name, expected) in [
        ("content-type", Some("application/json; charset=utf-8")),
        ("x-request-id", Some("req-7")),
        ("x-ratelimit-remaining", Some("41")),
        ("set-cookie", None),
        ("access-control-allow-origin", None),
        ("strict-transport-security", None),
        ("x-hop", None),
        ("keep-alive", None),
    ] {
        assert_eq!(header(&response, name).as_deref(), expected, "{name}");
    }
    assert_eq!(response.text().await?, said);

    let requests = server.requests();
    let sent = &requests[0];
    assert_eq!(
        sent.target,
        "/api/v1/plans/a%2Eb%2Fc%20%C3%A9?status[]=new&status%5B%5D=a%26b&z&z=1&a=+%20"
    );
    assert_eq!(sent.body, said.as_bytes());
    assert_eq!(sent.header("authorization"), format!("Bearer {API_KEY}"));
    assert_eq!(sent.header("content-type"), "application/json");
    assert!(sent.header("traceparent").starts_with("00-4bf9"));
    assert!(sent.header("user-agent").contains("lago-gateway"));
    for name in ["x-forwarded-host", "cookie", "connection", "x-hop", "te"] {
        assert_eq!(sent.header(name), "", "{name}");
    }
    assert_eq!(
        adapter.lines(),
        ["PUT /api/v1/plans/{code} 201 attempts=1 plans.update"]
    );
    Ok(())
}

#[tokio::test]
async fn refusals_and_redirects_of_the_server_are_its_own() -> Outcome {
    let server = Scripted::start(|request| {
        let body = format!("said to {}", request.target);
        match request.target.as_str() {
            "/api/v1/taxes" => {
                let headers = [("location", "https://elsewhere.example/taxes")];
                ScriptedResponse::new("301 Moved Permanently", &headers, body)
            }
            "/api/v1/plans" => ScriptedResponse::new("404 Not Found", &[], body),
            _ => ScriptedResponse::new("204 No Content", &[], ""),
        }
    })
    .await?;
    let adapter = Adapter::start(&server.origin(), &[]).await?;
    let moved = adapter.get("/taxes").await?;
    // The next would lead there too.
    assert_eq!(seen(&moved), "301 lago-attempts=1");
    let location = header(&moved, "location");
    assert_eq!(location.as_deref(), Some("https://elsewhere.example/taxes"));
    let missing = adapter.get("/plans").await?;
    assert_eq!(missing.status(), 404);
    assert_eq!(missing.text().await?, "said to /api/v1/plans");
    let nothing = adapter.request(Method::DELETE, "/plans/pro").send().await?;
    assert_eq!(nothing.status(), 204);
    assert!(nothing.bytes().await?.is_empty());
    assert_eq!(server.requests().len(), 1 + 4 + 1);
    Ok(())
}

#[tokio::test]
async fn head_and_options_are_what_http_says() -> Outcome {
    let server = MockServer::start().await?;
    let adapter = Adapter::start(&server.url(), &[]).await?;
    let whole = adapter.get("/plans/pro").await?;
    let length = header(&whole, "content-length");
    let head = adapter.request(Method::HEAD, "/plans/pro").send().await?;
    assert_eq!(
        (head.status().as_u16(), header(&head, "content-length")),
        (200, length)
    );
    assert!(head.bytes().await?.is_empty());
    assert_eq!(server.requests()[1].method, Method::GET);

    let options = adapter
        .request(Method::OPTIONS, "/plans/pro")
        .send()
        .await?;
    assert_eq!(options.status(), 204);
    let allowed = header(&options, "allow");
    assert_eq!(allowed.as_deref(), Some("GET, HEAD, PUT, DELETE, OPTIONS"));
    let names = options.headers().keys();
    assert!(
        !names
            .into_iter()
            .any(|name| name.as_str().starts_with("access-control"))
    );
    assert_eq!(server.requests().len(), 2);
    Ok(())
}
