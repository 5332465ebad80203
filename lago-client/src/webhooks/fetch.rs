//! Asking a Lago server for its public key.

use std::sync::Arc;

use http::StatusCode;

use super::error::Cause;
use super::keys::{Keys, LIMIT, Late};
use super::public_key::PublicKey;
use crate::client::Client;
use crate::clock::{System, within};
use crate::error::Error;
use crate::generated::public_key;

/// What the base URL of a client has after the address of the server.
const API: &str = "/api/v1";

/// The keys of a client's server.
pub(super) fn keys(lago: &Client) -> Keys {
    let lago = lago.clone();
    let source = move || -> super::keys::Asking {
        let lago = lago.clone();
        Box::pin(async move {
            let asked = within(&System, LIMIT, ask(&lago)).await;
            asked.unwrap_or_else(|| Err(Arc::new(Late)))
        })
    };
    Keys::new(Box::new(source))
}

/// The issuer of a client's server, unless the server is known by another address outside.
pub(super) fn issuer(lago: &Client) -> &str {
    let url = lago.inner().shared.base_url.as_str();
    url.strip_suffix(API).unwrap_or(url)
}

async fn ask(lago: &Client) -> Result<PublicKey, Cause> {
    match told(lago).await {
        Ok(text) => PublicKey::parse(&text).map_err(|error| Arc::new(error) as Cause),
        Err(error) => whole(&error).ok_or_else(|| Arc::new(error) as Cause),
    }
}

/// The key in a response of which nothing marks the end, so that nobody knows whether it was cut off: a key
/// has an end of its own.
fn whole(error: &Error) -> Option<PublicKey> {
    let is_success =
        error.is_transport() && error.status().is_some_and(|status| status.is_success());
    let text = std::str::from_utf8(error.body()).ok();
    PublicKey::parse(text.filter(|_| is_success)?).ok()
}

/// The key as the server tells it: in JSON, or in plain text by a server that has no other.
async fn told(lago: &Client) -> Result<String, Error> {
    match public_key::in_json(lago).await {
        Some(Err(error)) if is_unknown(&error) => {
            public_key::in_text(lago).await.unwrap_or(Err(error))
        }
        Some(told) => told,
        None => {
            let told = public_key::in_text(lago).await;
            let why = "this version of the API has no call for the public key; use `Verifier::jwt`";
            told.unwrap_or_else(|| Err(Error::config(why)))
        }
    }
}

fn is_unknown(error: &Error) -> bool {
    let status = error.status();
    status == Some(StatusCode::NOT_FOUND) || status == Some(StatusCode::METHOD_NOT_ALLOWED)
}
