//! What a client records of a server holds nothing that is private, and plays back as it was.

use std::error::Error;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use lago_client::recording::{Exchange, Folder, Recorder, Replay};
use lago_client::transport::HttpTransport;
use lago_client::types::CustomerInput;
use lago_client::{Client, RetryPolicy};
use lago_tests::conform::recording::Recordings;
use lago_tests::conform::replay::route;
use lago_tests::support::bodies::{tax, taxes};
use lago_tests::support::clients::API_KEY;
use lago_tests::support::server::{Scripted, ScriptedResponse};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

const EMAIL: &str = "jane@acme.test";

fn customer() -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recorded");
    let recordings = Recordings::read(&folder).unwrap();
    let is_customer = |body: &&Value| body["customer"]["external_id"].is_string();
    let mut bodies = recordings.exchanges.iter().map(|one| &one.response_body);
    let mut body = bodies.find(is_customer).unwrap().clone();
    body["customer"]["external_id"] = json!(EMAIL);
    body["customer"]["email"] = json!(EMAIL);
    body["customer"]["name"] = json!(format!("Jane, {API_KEY}"));
    body
}

/// A server that fails once.
async fn server() -> std::io::Result<Scripted> {
    let failed = Mutex::new(false);
    Scripted::start(move |request| match request.target.as_str() {
        "/api/v1/taxes/vat" if !std::mem::replace(&mut *failed.lock().unwrap(), true) => {
            ScriptedResponse::new("502 Bad Gateway", &[("set-cookie", "a=b")], "<html>")
        }
        "/api/v1/taxes/vat" => ScriptedResponse::json("200 OK", json!({ "tax": tax("vat") })),
        "/api/v1/taxes?per_page=2" => ScriptedResponse::chunked(&[&taxes(["a"], None).to_string()]),
        "/api/v1/customers" => ScriptedResponse::json("200 OK", customer()),
        _ => ScriptedResponse::json(
            "404 Not Found",
            json!({ "status": 404, "error": "Not Found", "code": "customer_not_found" }),
        ),
    })
    .await
}

/// What is done with a server, and said by it.
async fn session(lago: &Client) -> Result<String, lago_client::Error> {
    let vat = lago.taxes().get("vat").response().await?;
    let page = lago.taxes().list().per_page(2).await?;
    let input = CustomerInput::new(EMAIL).email(EMAIL).name("Jane");
    let created = lago.customers().create(input).await;
    let gone = lago.customers().get("nobody").await.unwrap_err();
    Ok(format!(
        "{} {} {} {} {} {:?}",
        vat.value.code,
        vat.attempts,
        page.len(),
        created?.lago_id,
        gone,
        gone.request_id(),
    ))
}

fn hasty() -> RetryPolicy {
    RetryPolicy::new().initial_backoff(Duration::ZERO)
}

#[tokio::test]
async fn what_is_recorded_is_masked_and_plays_as_it_was() -> Outcome {
    let server = server().await?;
    let folder = tempfile::tempdir()?;
    let recorder = Recorder::start(folder.path(), HttpTransport::new(Duration::from_secs(10))?)?;
    let lago = server.builder().retry(hasty()).transport(recorder.clone());
    let said = session(&lago.build()?).await?;
    assert_eq!(recorder.finish()?, 5);

    // As the conformance check reads it.
    let recordings = Recordings::read(folder.path())?;
    let paths: Vec<(&str, u16)> = recordings
        .exchanges
        .iter()
        .map(|one| (one.path.as_str(), one.status))
        .collect();
    let expected = [
        ("/api/v1/taxes/vat", 502),
        ("/api/v1/taxes/vat", 200),
        ("/api/v1/taxes?per_page=2", 200),
        ("/api/v1/customers", 200),
        ("/api/v1/customers/nobody", 404),
    ];
    assert_eq!(paths, expected);
    assert!(
        recordings
            .exchanges
            .iter()
            .all(|one| route(&one.method, &one.path).is_some())
    );
    let text: String = recordings
        .exchanges
        .iter()
        .map(|one| format!("{one:?}"))
        .collect();
    for private in ["jane", "Jane", API_KEY, "set-cookie"] {
        assert!(!text.contains(private), "{private}");
    }

    let replay = Replay::open(folder.path())?;
    // Under another address, and another key.
    let lago = Client::builder()
        .api_key("any")
        .base_url("https://lago.test/below");
    let lago = lago.retry(hasty()).transport(replay.clone()).build()?;
    let again = session(&lago).await?;
    assert_eq!(again, said);
    assert!(replay.unused().is_empty());
    let error = lago.taxes().get("vat").await.unwrap_err();
    assert!(error.is_usage() && !error.is_ambiguous(), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_response_that_breaks_is_not_recorded() -> Outcome {
    let torn = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"tax\":{";
    let server = Scripted::always(ScriptedResponse::raw(torn).closing()).await?;
    let folder = tempfile::tempdir()?;
    let recorder = Recorder::start(folder.path(), HttpTransport::new(Duration::from_secs(10))?)?;
    let lago = server.builder().retry(RetryPolicy::never());
    let lago = lago.transport(recorder.clone()).build()?;
    assert!(lago.taxes().get("vat").await.unwrap_err().is_transport());
    assert_eq!(recorder.finish()?, 0);
    Ok(())
}

#[test]
fn a_folder_with_recordings_is_not_written_to() -> Outcome {
    let folder = tempfile::tempdir()?;
    let exchange = Exchange {
        method: "GET".to_owned(),
        path: "/api/v1/taxes".to_owned(),
        status: 200,
        request_body: Value::Null,
        response_headers: serde_json::Map::new(),
        response_body: taxes(["a"], None),
    };
    Folder::create(folder.path())?.write("findAllTaxes", &exchange)?;
    assert_eq!(Folder::read(folder.path())?, [exchange]);
    let error = Folder::create(folder.path()).unwrap_err().to_string();
    assert!(error.contains("recordings in it already"), "{error}");
    std::fs::write(folder.path().join("exchanges/0002.json"), "{}")?;
    let error = Folder::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("0002.json"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_file_that_cannot_be_written_fails_no_call() -> Outcome {
    let server = server().await?;
    let folder = tempfile::tempdir()?;
    let recorder = Recorder::start(folder.path(), HttpTransport::new(Duration::from_secs(10))?)?;
    let lago = server.builder().retry(hasty()).transport(recorder.clone());
    let lago = lago.build()?;
    std::fs::remove_dir_all(folder.path())?;
    lago.taxes().list().per_page(2).await?;
    assert!(recorder.finish().is_err());
    Ok(())
}
