//! Where requests come in: the only IO of the server.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::{HeaderMap, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::answer::Answer;
use super::record::ReceivedRequest;
use super::route::Route;
use super::state::State;
use crate::operation::RequestBody;

/// In bytes.
const LARGEST_BODY: usize = 16 << 20;

const REQUEST_ID: &str = "x-request-id";

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

async fn respond(
    request: Request<Incoming>,
    state: &State,
) -> hyper::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = read(body).await?;
    let route = Route::of(&head.method, head.uri.path());
    let answer = answer(state, &route, &head.headers, body.as_deref());
    let mut record = ReceivedRequest::new(head, body.unwrap_or_default(), &route);
    record.status = answer.status();
    state.record(record);
    let mut response: Response<Full<Bytes>> = answer.into_http();
    if let Ok(id) = HeaderValue::try_from(state.request_id()) {
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
    Ok(response)
}

/// The whole body, unless it is too large: then it is read all the same, because a caller who is
/// cut off while writing does not read the answer.
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

/// What to say: refusals first, in the order in which Lago would notice, then what was ordered.
fn answer(state: &State, route: &Route, headers: &HeaderMap, body: Option<&[u8]>) -> Answer {
    let Some(operation) = route.operation else {
        return Answer::error(404, "resource_not_found");
    };
    if !state.admits(headers) {
        return Answer::refusal(StatusCode::UNAUTHORIZED);
    }
    let sent: Option<Value> = match (operation.body, body) {
        (_, None) => return Answer::refusal(StatusCode::PAYLOAD_TOO_LARGE),
        (RequestBody::Absent, _) | (_, Some([])) => None,
        (_, Some(body)) => match serde_json::from_slice(body) {
            Ok(sent) => Some(sent),
            Err(_) => return Answer::refusal(StatusCode::BAD_REQUEST),
        },
    };
    let ordered = state.ordered(operation);
    ordered.unwrap_or_else(|| Answer::example(operation, sent.as_ref()))
}
