//! Where requests come in: the only IO of the server.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::files;
use super::payload::{HangUp, Payload};
use super::record::ReceivedRequest;
use super::response::MockResponse;
use super::state::State;
#[cfg(feature = "mock-validation")]
use super::validate;
use crate::operation::RequestBody;
use crate::route::Route;

/// In bytes.
const LARGEST_BODY: usize = 16 << 20;

/// Serves until it is dropped, and all connections with it.
pub(super) async fn run(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, Arc::clone(&state)));
            }
            // A caller that is gone already, or no file handles for the moment.
            Err(_) => tokio::task::yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(|request| respond(request, &state));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // How a connection ends is the caller's affair.
    let _ = connection.await;
}

async fn respond(request: Request<Incoming>, state: &State) -> Result<Response<Payload>, HangUp> {
    let (head, body) = request.into_parts();
    let body = read(body).await.map_err(|_| HangUp)?;
    let route = Route::of(&head.method, head.uri.path());
    let is_too_large = body.is_none();
    let mut record = ReceivedRequest::new(head, body.unwrap_or_default(), &route);
    let response = response(state, &mut record, is_too_large).identified(state.request_id());
    record.status = response.status();
    state.record(record, &response);
    response.into_http().await
}

/// The whole body, unless it is too large: then it is read all the same, because a caller who is
/// cut off while writing does not read the response.
async fn read(mut body: Incoming) -> hyper::Result<Option<Bytes>> {
    let mut kept = Some(BytesMut::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        kept = kept.filter(|kept| kept.len() + data.len() <= LARGEST_BODY);
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(&data);
        }
    }
    Ok(kept.map(BytesMut::freeze))
}

/// What to say: refusals first, in the order in which Lago would notice, then what someone wants.
fn response(state: &State, request: &mut ReceivedRequest, is_too_large: bool) -> MockResponse {
    if let Some((media_type, content)) = files::requested(request) {
        return MockResponse::file(media_type, content);
    }
    let Some(operation) = request.operation else {
        return MockResponse::error(404, "resource_not_found");
    };
    if let Some(refusal) = state.refusal(operation, &request.headers) {
        return refusal;
    }
    if is_too_large {
        return MockResponse::refusal(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let sent: Option<Value> = match (operation.body, request.body.as_ref()) {
        (RequestBody::Absent, _) | (_, []) => None,
        (_, body) => match serde_json::from_slice(body) {
            Ok(sent) => Some(sent),
            Err(_) => return MockResponse::refusal(StatusCode::BAD_REQUEST),
        },
    };
    #[cfg(feature = "mock-validation")]
    {
        let checked = validate::check(state.judges(), operation, request, sent.as_ref());
        request.notes = checked.notes;
        if let Some(refusal) = checked.refusal {
            return refusal;
        }
    }
    let wanted = state.wanted(operation, request).or_else(|| {
        let objects = state.objects()?;
        objects.respond(operation, request, sent.as_ref())
    });
    wanted.unwrap_or_else(|| MockResponse::example(operation, sent.as_ref(), request))
}
