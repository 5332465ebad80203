//! Delivers an example of a webhook as a server would, behind `cargo xtask webhook send`.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use lago_client::mock::delivery;
use lago_client::types::WebhookType;
use lago_client::webhooks::{ALGORITHM_HEADER, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, sign_hmac};
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use uuid::Uuid;

const USAGE: &str =
    "usage: webhook_send --type TYPE --to URL --hmac-key KEY, or webhook_send --list";

/// How long a server waits for a response.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What a server takes for success.
const SUCCESS: [StatusCode; 4] = [
    StatusCode::OK,
    StatusCode::CREATED,
    StatusCode::ACCEPTED,
    StatusCode::NO_CONTENT,
];

/// How many types are offered in place of one that does not exist.
const OFFERED: usize = 5;

/// How much of a response is printed, in characters.
const PRINTED: usize = 500;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--list"] => {
            println!("{}", WebhookType::KNOWN.join("\n"));
            return ExitCode::SUCCESS;
        }
        ["--type", webhook_type, "--to", url, "--hmac-key", key] => {
            send(webhook_type, url, key).await
        }
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(response) => {
            println!("{response}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Delivers one, and says what the receiver answered; an error when that is no success.
async fn send(webhook_type: &str, url: &str, key: &str) -> Result<String, String> {
    let body = delivery(webhook_type).ok_or_else(|| unknown(webhook_type))?;
    let url = address(url)?;
    if key.trim().is_empty() {
        return Err("the HMAC key is blank, and no receiver trusts that".to_owned());
    }
    let body = body.to_string();
    let id = Uuid::now_v7().to_string();
    // A server follows no redirect either.
    let client = Client::builder().redirect(Policy::none()).timeout(TIMEOUT);
    let client = client.build().map_err(|error| in_full(&error))?;
    let request = client
        .post(url.clone())
        .header(CONTENT_TYPE, "application/json")
        .header(SIGNATURE_HEADER, sign_hmac(key, body.as_bytes()))
        .header(ALGORITHM_HEADER, "hmac")
        .header(UNIQUE_KEY_HEADER, &id)
        .body(body);
    let response = request
        .send()
        .await
        .map_err(|error| undelivered(&url, &error))?;
    let status = response.status();
    let said = format!("{url} answered {status} to {webhook_type}, delivery {id}");
    if SUCCESS.contains(&status) {
        return Ok(said);
    }
    // The status is the response, whether there are words to it or not.
    let words = response.text().await.unwrap_or_default();
    let words: String = words.trim().chars().take(PRINTED).collect();
    let separator = if words.is_empty() { "" } else { ": " };
    Err(format!(
        "{said}{separator}{words}\n\
         A server takes 200, 201, 202 and 204 for success, and would deliver this one again."
    ))
}

/// The address to deliver to, if it is one.
fn address(text: &str) -> Result<Url, String> {
    let advice = format!("`{text}` is no address; one looks like http://127.0.0.1:4000/lago");
    let url = Url::parse(text).map_err(|error| format!("{advice} ({error})"))?;
    // The host of `localhost:4000` is read as a scheme.
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(advice),
    }
}

/// Why there is no response, and what may help.
fn undelivered(url: &Url, error: &reqwest::Error) -> String {
    if error.is_timeout() {
        let seconds = TIMEOUT.as_secs();
        return format!(
            "{url} did not answer within {seconds} s, which is as long as a server waits"
        );
    }
    let advice = match error.is_connect() {
        true => {
            "\nIs the receiver running? This one is, at http://127.0.0.1:4000/lago, after\n\
             LAGO_WEBHOOK_HMAC_KEY=key cargo run -p lago-client --features axum --example webhook_receiver"
        }
        false => "",
    };
    format!("{url} cannot be reached: {}{advice}", in_full(error))
}

/// An error and its causes.
fn in_full(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = match text.is_empty() {
            true => error.to_string(),
            false => format!("{text}: {error}"),
        };
        cause = error.source();
    }
    text
}

/// That there is no such type, and which there are.
fn unknown(webhook_type: &str) -> String {
    let same_noun = WebhookType::KNOWN.iter().copied();
    let mut near: Vec<_> = same_noun
        .filter(|known| noun(known) == noun(webhook_type))
        .collect();
    near.sort_by_key(|known| std::cmp::Reverse(shared_start(webhook_type, known)));
    near.truncate(OFFERED);
    let offer = match near.is_empty() {
        true => String::new(),
        false => format!("; near to it: {}", near.join(", ")),
    };
    format!(
        "`{webhook_type}` is no type of webhook{offer}\n\
         All types: cargo xtask webhook send --list"
    )
}

/// `invoice` of `invoice.created`.
fn noun(webhook_type: &str) -> &str {
    webhook_type.split('.').next().unwrap_or_default()
}

/// How many bytes are the same at the beginning.
fn shared_start(one: &str, other: &str) -> usize {
    let pairs = one.bytes().zip(other.bytes());
    pairs.take_while(|(one, other)| one == other).count()
}
