//! The command that delivers examples, run as a program.

use std::error::Error;
use std::net::TcpListener;
use std::process::{Command, Output};

use lago_client::mock::delivery;
use lago_client::types::WebhookType;
use lago_client::webhooks::{ALGORITHM_HEADER, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, Verifier};
use lago_tests::support::server::{Scripted, ScriptedResponse};
use uuid::Uuid;

use super::receiver::Receiver;
use super::recorded::HMAC_KEY;

type Outcome = Result<(), Box<dyn Error>>;

/// What the program says, and whether it is content.
struct Said {
    success: bool,
    text: String,
}

async fn run(arguments: &[&str]) -> Result<Said, Box<dyn Error>> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_webhook_send"));
    program.args(arguments);
    // The servers of these tests run meanwhile, on this thread.
    let output: Output = tokio::task::spawn_blocking(move || program.output()).await??;
    Ok(Said {
        success: output.status.success(),
        text: String::from_utf8([output.stdout, output.stderr].concat())?,
    })
}

async fn send(webhook_type: &str, url: &str, key: &str) -> Result<Said, Box<dyn Error>> {
    run(&["--type", webhook_type, "--to", url, "--hmac-key", key]).await
}

#[tokio::test]
async fn an_example_of_every_type_arrives_as_a_typed_event() -> Outcome {
    let mut receiver = Receiver::start().await?;
    let listed = run(&["--list"]).await?;
    let types: Vec<_> = listed.text.lines().collect();
    assert_eq!(types, WebhookType::KNOWN);
    for webhook_type in types {
        let said = send(webhook_type, &receiver.url, HMAC_KEY).await?;
        assert!(said.success, "{}", said.text);
        let answered = format!(
            "{} answered 204 No Content to {webhook_type}, delivery ",
            receiver.url
        );
        let id = said
            .text
            .trim_end()
            .strip_prefix(&answered)
            .ok_or("another response")?;
        assert!(id.parse::<Uuid>().is_ok(), "{id}");
        let printed = receiver.line().await?;
        let event = printed.strip_prefix(&format!("{id} {webhook_type}: "));
        let event = event.ok_or_else(|| printed.clone())?;
        let invoice = &delivery("invoice.created").ok_or("no example")?["invoice"];
        match webhook_type {
            "invoice.created" => assert_eq!(
                event,
                format!(
                    "invoice {} of {} cents in {}, {}",
                    invoice["number"].as_str().ok_or("no number")?,
                    invoice["total_amount_cents"],
                    invoice["currency"].as_str().ok_or("no currency")?,
                    invoice["status"].as_str().ok_or("no status")?,
                )
            ),
            _ => assert!(
                !event.contains("cannot be read") && !event.contains("unheard-of"),
                "{event}"
            ),
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_delivery_is_as_a_server_makes_it_and_each_has_an_id_of_its_own() -> Outcome {
    let receiver = Scripted::always(ScriptedResponse::new("200 OK", &[], "thanks")).await?;
    let url = format!("{}/lago", receiver.origin());
    for _ in 0..2 {
        assert!(send("fee.created", &url, "key").await?.success);
    }
    let requests = receiver.requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        assert_eq!((&*request.method, &*request.target), ("POST", "/lago"));
        assert_eq!(request.header("content-type"), "application/json");
        let names = [SIGNATURE_HEADER, ALGORITHM_HEADER, UNIQUE_KEY_HEADER];
        let headers = names.map(|name| (name, request.header(&name.to_lowercase())));
        assert_eq!(headers[1].1, "hmac");
        let delivery = Verifier::hmac("key").verify(headers, &request.body)?;
        assert_eq!(delivery.webhook_type, WebhookType::FeeCreated);
    }
    let [one, other] = [0, 1].map(|index| requests[index].header("x-lago-unique-key"));
    assert_ne!(one, other);
    Ok(())
}

#[tokio::test]
async fn what_a_server_takes_for_success_is_success_and_nothing_else() -> Outcome {
    for (status, success) in [
        ("200 OK", true),
        ("201 Created", true),
        ("202 Accepted", true),
        ("204 No Content", true),
        ("203 Non Authoritative Information", false),
        ("302 Found", false),
        ("404 Not Found", false),
        ("500 Internal Server Error", false),
    ] {
        let elsewhere = [("location", "/elsewhere")];
        let receiver = Scripted::always(ScriptedResponse::new(status, &elsewhere, "words")).await?;
        let said = send("fee.created", &receiver.origin(), "key").await?;
        assert_eq!(said.success, success, "{status}: {}", said.text);
        assert!(
            said.text.contains(&format!(" answered {status} to ")),
            "{}",
            said.text
        );
        assert_eq!(receiver.targets(), ["/"], "redirects are not followed");
    }
    Ok(())
}

#[tokio::test]
async fn the_words_of_a_refusal_are_printed() -> Outcome {
    let receiver = Receiver::start().await?;
    let said = send("fee.created", &receiver.url, "another key").await?;
    assert!(!said.success);
    for words in [
        "answered 401 Unauthorized",
        "signature",
        "200, 201, 202 and 204",
    ] {
        assert!(said.text.contains(words), "{}", said.text);
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_delivered_is_explained() -> Outcome {
    // Nobody listens at a port that was just given back.
    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let closed = format!("http://{closed}/lago");
    for (webhook_type, url, key, words) in [
        (
            "invoice.creatd",
            "http://localhost",
            "k",
            "near to it: invoice.created",
        ),
        ("wallet.melted", "http://localhost", "k", "wallet.created"),
        (
            "credit_note.provider_refund_failure",
            "http://localhost",
            "k",
            "credit_note.refund_failure",
        ),
        ("moon", "http://localhost", "k", "--list"),
        ("fee.created", "localhost:4000/lago", "k", "is no address"),
        ("fee.created", "/lago", "k", "is no address"),
        ("fee.created", "", "k", "is no address"),
        (
            "fee.created",
            "http://localhost",
            " ",
            "the HMAC key is blank",
        ),
        ("fee.created", &closed, "k", "Is the receiver running?"),
    ] {
        let said = send(webhook_type, url, key).await?;
        assert!(!said.success, "{webhook_type} {url}: {}", said.text);
        assert!(
            said.text.starts_with("error: ") && said.text.contains(words),
            "{}",
            said.text
        );
    }
    assert!(!run(&[]).await?.success);
    Ok(())
}
