//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep;

use super::Service;
use super::door::Door;
use super::places::Place;
use super::stall::Impatient;

/// How many bytes the head of a request may have. A URL that HTTP clients take has up to 64 KiB.
const HEAD_BYTES: usize = 96 << 10;

/// How many headers a request may have.
const HEADERS: usize = 100;

/// Serves a connection. When all is to stop, or its place is wanted, it ends after the request that runs.
pub(super) async fn serve<S: Service>(
    stream: TcpStream,
    door: Arc<Door<S>>,
    place: Place,
    mut stop: watch::Receiver<bool>,
) {
    // Without it a small response waits for an acknowledgement; where it cannot be set, it does.
    let _ = stream.set_nodelay(true);
    let limits = door.limits().clone();
    let stream = Impatient::new(TokioIo::new(stream), limits.write);
    let place = &place;
    let service = service_fn(|request| {
        let door = Arc::clone(&door);
        let used = place.used();
        async move {
            let response = door.pass(request).await;
            drop(used);
            Ok::<_, Infallible>(response)
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .serve_connection(stream, service);
    let mut serving = pin!(serving);
    let first_head = async {
        sleep(limits.first_head).await;
        if !place.is_fresh() {
            std::future::pending::<()>().await;
        }
    };
    let leave = async {
        tokio::select! {
            // What tells it lives as long as connections do.
            _ = stop.wait_for(|stops| *stops) => {}
            () = place.is_wanted() => {}
        }
    };
    tokio::select! {
        biased;
        // How it ends is the caller's affair.
        _ = &mut serving => return,
        () = leave => {}
        () = first_head => return,
    }
    if place.is_fresh() {
        // The HTTP server would wait for the rest of a head.
        return;
    }
    serving.as_mut().graceful_shutdown();
    let ended = poll_fn(|cx| Poll::Ready(serving.as_mut().poll(cx).is_ready())).await;
    if !ended {
        place.cannot_leave_yet();
        let _ = serving.await;
    }
}
