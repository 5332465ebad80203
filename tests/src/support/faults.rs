//! Ways in which an exchange goes wrong: one table for the client and for the ways into the gateway.

mod cases;
mod statuses;

use std::error::Error as StdError;
use std::time::Duration;

use lago_client::ClientBuilder;
use lago_client::mock::example;
use serde_json::json;

use super::server::Act;

/// A fault, and what tests must know of it.
#[derive(Clone, Debug)]
pub struct Fault {
    /// In words.
    pub name: &'static str,
    /// What the server does.
    pub act: Act,
    /// For faults that are silence.
    pub timeout: Option<Duration>,
    /// For responses that are too large.
    pub max_response_bytes: Option<usize>,
}

impl Fault {
    /// What a server does that has the fault at the first attempt, and then none; or that always has it.
    ///
    /// # Errors
    ///
    /// When there is no good response to be had.
    pub fn acts(&self, once: bool) -> Result<Vec<Act>, Box<dyn StdError>> {
        let good = once.then(|| Ok::<_, Box<dyn StdError>>(Act::says(good()?)));
        let acts = [Ok(self.act.clone())].into_iter().chain(good);
        acts.collect()
    }

    /// What a client needs so that it meets the fault.
    pub fn set_up(&self, mut builder: ClientBuilder) -> ClientBuilder {
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout);
        }
        if let Some(bytes) = self.max_response_bytes {
            builder = builder.max_response_bytes(bytes);
        }
        builder
    }
}

/// All of them.
///
/// # Errors
///
/// When there is no good response to be had.
pub fn faults() -> Result<Vec<Fault>, Box<dyn StdError>> {
    let good = good_body()?;
    Ok(cases::faults(&good).chain(statuses::faults()).collect())
}

/// The body of a response that suits a customer and a top-up.
///
/// # Errors
///
/// When there is no such example.
pub fn good_body() -> Result<Vec<u8>, Box<dyn StdError>> {
    let mut body = example("customers.create")?;
    body["wallet_transactions"] = json!([]);
    Ok(serde_json::to_vec(&body)?)
}

/// The whole response with [`good_body`].
///
/// # Errors
///
/// When there is no such example.
pub fn good() -> Result<Vec<u8>, Box<dyn StdError>> {
    Ok(response("200 OK", &[], good_body()?))
}

/// A whole response of known length.
pub fn response(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for header in headers {
        head += &format!("{header}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// An error in Lago's words.
fn refusal(status: &str, code: &str) -> Vec<u8> {
    let number: u16 = status[..3].parse().unwrap_or_default();
    let body = json!({"status": number, "error": &status[4..], "code": code});
    response(
        status,
        &["content-type: application/json"],
        body.to_string(),
    )
}
