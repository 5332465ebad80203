//! Deliveries of webhooks for what changes in a memory.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::header::CONTENT_TYPE;
use reqwest::Url;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use uuid::Uuid;

use super::memory::Outlet;
use crate::http_client::http_client;
use crate::webhooks::{ALGORITHM_HEADER, SIGNATURE_HEADER, UNIQUE_KEY_HEADER, sign_hmac};

/// How long a server waits for a connection, and for a response.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What a server takes for success.
const SUCCESS: [u16; 4] = [200, 201, 202, 204];

/// Who gets deliveries, and the key that they are signed with.
pub(super) struct Receiver {
    pub(super) url: String,
    pub(super) key: String,
}

/// How many deliveries were taken, and how many were not.
#[derive(Default)]
pub(super) struct Counts {
    taken: AtomicU64,
    failed: AtomicU64,
}

impl Counts {
    pub(super) fn both(&self) -> (u64, u64) {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (count(&self.taken), count(&self.failed))
    }
}

/// Begins to deliver, one after the other and each once, until what it returns is dropped.
pub(super) fn begin(receiver: Option<Receiver>, counts: Arc<Counts>) -> io::Result<Option<Outlet>> {
    let Some(receiver) = receiver else {
        return Ok(None);
    };
    let invalid = |problem: String| io::Error::new(io::ErrorKind::InvalidInput, problem);
    let url = Url::parse(&receiver.url)
        .map_err(|error| invalid(format!("webhooks cannot go to `{}`: {error}", receiver.url)))?;
    let client = http_client(TIMEOUT, |settings| settings.timeout(TIMEOUT));
    let client = client.map_err(io::Error::other)?;
    let (outbox, inbox) = unbounded_channel();
    tokio::spawn(run(inbox, client, url, receiver.key, counts));
    Ok(Some(Box::new(move |id, body| {
        // When the runtime has ended, nobody waits for it.
        let _ = outbox.send((id, body));
    })))
}

async fn run(
    mut inbox: UnboundedReceiver<(Uuid, Value)>,
    client: reqwest::Client,
    url: Url,
    key: String,
    counts: Arc<Counts>,
) {
    while let Some((id, body)) = inbox.recv().await {
        let body = body.to_string();
        let response = client
            .post(url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(SIGNATURE_HEADER, sign_hmac(&key, body.as_bytes()))
            .header(ALGORITHM_HEADER, "hmac")
            .header(UNIQUE_KEY_HEADER, id.to_string())
            .body(body)
            .send()
            .await;
        let is_taken = response.is_ok_and(|said| SUCCESS.contains(&said.status().as_u16()));
        let count = if is_taken {
            &counts.taken
        } else {
            &counts.failed
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}
