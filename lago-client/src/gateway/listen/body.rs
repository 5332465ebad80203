//! The body of a request, read within limits.

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, EXPECT};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::timeout;

use super::Limits;
use crate::gateway::refusal::Refusal;

/// How many times the limit is read and thrown away. A caller who is cut off while writing does not read the response.
const PATIENCE: usize = 4;

/// The whole body.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Incoming,
    limits: &Limits,
) -> Result<Bytes, Refusal> {
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && encoding != "identity"
    {
        let message =
            "the gateway takes bodies as they are: send this one without a content-encoding";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Refusal::new(status, "gateway_encoded_body", message));
    }
    // Whoever asks first sends nothing then.
    if headers.contains_key(EXPECT) && announced(headers) > Some(limits.body_bytes as u64) {
        return Err(too_large(limits));
    }
    let reading = timeout(limits.body, collect(body, limits));
    match reading.await {
        Ok(read) => read,
        Err(_) => {
            let message = format!(
                "the body of the request did not come within {} seconds",
                limits.body.as_secs()
            );
            let status = StatusCode::REQUEST_TIMEOUT;
            Err(Refusal::new(status, "gateway_slow_request", message))
        }
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(mut body: Incoming, limits: &Limits) -> Result<Bytes, Refusal> {
    let most = limits.body_bytes;
    let mut kept = BytesMut::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            let message = "the connection broke in the body of the request";
            Refusal::new(StatusCode::BAD_REQUEST, "gateway_torn_request", message)
        })?;
        // Trailers say nothing to Lago.
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        match length <= most {
            true => kept.extend_from_slice(&data),
            false => kept = BytesMut::new(),
        }
        if length > most.saturating_mul(PATIENCE) {
            break;
        }
    }
    match length <= most {
        true => Ok(kept.freeze()),
        false => Err(too_large(limits)),
    }
}

fn too_large(limits: &Limits) -> Refusal {
    let message = format!(
        "the body of the request has more than {} bytes, which is what the gateway takes",
        limits.body_bytes
    );
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "gateway_too_large", message)
}
