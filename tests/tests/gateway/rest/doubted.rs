//! Successes that prove nothing: what responded was perhaps not Lago.

use std::fs;
use std::path::Path;

use lago_tests::support::server::{Scripted, ScriptedResponse};
use reqwest::Method;
use serde_json::Value;

use super::{Adapter, Outcome, seen};

const FILE: &str = "/invoices/7d7a40ae-5e06-4d2b-a6ee-2fd2c8d9e0f3";

/// Status and body go through as they came; a header and the log say that nobody knows.
#[tokio::test]
async fn a_success_that_is_not_lagos_leaves_a_doubt_where_something_may_be_done() -> Outcome {
    const PAGE: &str = "<html>log in</html>";
    let file = |verb| format!("{FILE}/{verb}");
    let (download, pay) = (file("download"), file("retry_payment"));
    for (status, body, method, target, is_doubted) in [
        ("200 OK", "", "POST", "/plans", true),
        ("200 OK", " \n", "PUT", "/plans/pro", true),
        ("204 No Content", "", "DELETE", "/plans/pro", true),
        ("202 Accepted", "{}", "POST", "/wallet_transactions", true),
        ("200 OK", PAGE, "POST", "/customers", true),
        ("200 OK", "{\"status\":500}", "POST", "/customers", true),
        (
            "201 Created",
            "{\"customer\":{}}",
            "POST",
            "/customers",
            false,
        ),
        // What only reads does nothing.
        ("200 OK", "", "GET", "/plans/pro", false),
        ("200 OK", PAGE, "GET", "/plans", false),
        // Lago itself has nothing to say there, or not yet.
        ("200 OK", "", "POST", &download, false),
        ("200 OK", PAGE, "POST", &download, true),
        ("200 OK", "", "POST", &pay, false),
        ("204 No Content", "", "POST", &pay, false),
        ("200 OK", PAGE, "POST", &pay, true),
        // What a newer Lago may have.
        ("200 OK", "", "POST", "/gadgets", false),
        ("200 OK", "{\"gadget\":{}}", "POST", "/gadgets", false),
        ("200 OK", PAGE, "POST", "/gadgets", true),
        ("200 OK", PAGE, "GET", "/gadgets", false),
    ] {
        let case = format!("{method} {target} {status} {body}");
        let server = Scripted::always(ScriptedResponse::new(status, &[], body)).await?;
        let adapter = Adapter::start(&server.origin(), &["--pass-unknown"]).await?;
        let request = adapter.request(method.parse()?, target).body("{}");
        let response = request.send().await?;
        let doubt = if is_doubted {
            " lago-ambiguous=true"
        } else {
            ""
        };
        let code = &status[..3];
        assert_eq!(
            seen(&response),
            format!("{code} lago-attempts=1{doubt}"),
            "{case}"
        );
        assert_eq!(response.text().await?, body, "{case}");
        let lines = adapter.lines();
        assert_eq!(
            lines[0].ends_with(" ambiguous"),
            is_doubted,
            "{case}: {lines:?}"
        );
    }
    Ok(())
}

/// The successes that a real server was recorded with: it did what it was asked for.
#[tokio::test]
async fn what_lago_itself_said_leaves_no_doubt() -> Outcome {
    let recorded = successes()?;
    assert!(recorded.len() > 300, "{}", recorded.len());
    let bodies: Vec<String> = recorded.iter().map(|(.., body)| body.clone()).collect();
    let server = Scripted::start(move |request| {
        let number: usize = request.header("x-request-id").parse().unwrap_or_default();
        ScriptedResponse::new("200 OK", &[], &bodies[number])
    })
    .await?;
    let adapter = Adapter::start(&server.origin(), &[]).await?;
    for (number, (method, target, body)) in recorded.iter().enumerate() {
        let request = adapter.request(method.clone(), target);
        let request = request.header("x-request-id", number.to_string());
        let response = request.body("{}").send().await?;
        if response.status() == 404 {
            // It is none of the operations: the drives tried some that are not published.
            continue;
        }
        assert_eq!(
            seen(&response),
            "200 lago-attempts=1",
            "{method} {target}: {body}"
        );
    }
    let is_empty = |operation: &&str| {
        recorded
            .iter()
            .any(|(_, target, body)| body.is_empty() && target.ends_with(operation))
    };
    let empty = ["download_xml", "retry_payment", "resend_email", "alerts"];
    assert!(empty.iter().all(is_empty));
    Ok(())
}

/// The method, the path and the body of each call that was recorded as a success and does not only read.
fn successes() -> Outcome<Vec<(Method, String, String)>> {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let mut found = Vec::new();
    for drive in [
        "exchanges",
        "live-2",
        "older-1.16",
        "older-1.33",
        "plain-plans",
        "product-catalog",
    ] {
        let folder = recorded.join(drive);
        let folder = [folder.join("exchanges"), folder]
            .into_iter()
            .find(|it| it.is_dir());
        for file in fs::read_dir(folder.ok_or("no such drive")?)? {
            let path = file?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let exchange: Value = serde_json::from_slice(&fs::read(path)?)?;
            let (method, target) = (exchange["method"].as_str(), exchange["path"].as_str());
            let (Some(method), Some(target), Some(200..300)) =
                (method, target, exchange["status"].as_u64())
            else {
                continue;
            };
            let body = match &exchange["response_body"] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                body => body.to_string(),
            };
            if method != "GET" {
                found.push((method.parse()?, target.to_owned(), body));
            }
        }
    }
    Ok(found)
}
