//! What becomes of a request: whether it is let in, the work on it, and what the log is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{CONNECTION, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, timeout};

use super::gate::Gate;
use super::{AMBIGUOUS, Limits, Service, body};
use crate::gateway::changes::Changes;
use crate::gateway::log::{Line, Log};
use crate::gateway::progress::Progress;
use crate::gateway::refusal::{Body, Refusal};

/// The code of what a fault of the gateway's prevented.
const FAILED: &str = "gateway_failed";

/// What all connections share.
pub(super) struct Door<S> {
    gate: Gate,
    limits: Limits,
    log: Log,
    changes: Changes,
    room: Arc<Semaphore>,
    service: S,
    /// The work on requests, which does not end with their connections.
    works: Mutex<JoinSet<()>>,
}

impl<S: Service> Door<S> {
    pub(super) fn new(gate: Gate, limits: Limits, log: Log, changes: Changes, service: S) -> Self {
        Self {
            gate,
            room: Arc::new(Semaphore::new(limits.requests)),
            limits,
            log,
            changes,
            service,
            works: Mutex::default(),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The work that goes on, when there are no more connections that could bring any.
    pub(super) fn works(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The response to a request.
    pub(super) async fn pass(self: &Arc<Self>, request: Request<Incoming>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let progress = Progress::new(&self.changes);
        let record = Record {
            log: self.log.clone(),
            changes: self.changes.clone(),
            progress: progress.clone(),
            method: head.method.clone(),
            start: Instant::now(),
            status: None,
        };
        if let Err(refusal) = self.gate.admit(&head) {
            // Who is not let in has no use for the connection, and could fill it with requests.
            let mut response = record.refused(refusal);
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
            return response;
        }
        match self.received(&head, body).await {
            Ok((room, body)) => {
                let request = Request::from_parts(head, body);
                self.answered(request, room, progress, record).await
            }
            Err(refusal) => record.refused(refusal),
        }
    }

    /// The body of a request, if there is room for one more.
    async fn received(
        &self,
        head: &Parts,
        body: Incoming,
    ) -> Result<(OwnedSemaphorePermit, Bytes), Refusal> {
        let Ok(room) = Arc::clone(&self.room).try_acquire_owned() else {
            let message =
                "the gateway works on as many requests as it may at once: try again in a moment";
            let busy = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "gateway_busy", message);
            return Err(busy.retry_after(1));
        };
        let body = body::read(&head.headers, body, &self.limits).await?;
        Ok((room, body))
    }

    /// The response of the service. The work has a task of its own, which ends with this future only where nothing is
    /// changed.
    async fn answered(
        self: &Arc<Self>,
        request: Request<Bytes>,
        room: OwnedSemaphorePermit,
        progress: Progress,
        mut record: Record,
    ) -> Response<Body> {
        let (reply, response) = oneshot::channel();
        let work = {
            let (door, progress) = (Arc::clone(self), progress.clone());
            async move {
                let responding = door.service.respond(request, &progress);
                let response = match timeout(door.limits.response, responding).await {
                    Ok(response) => response,
                    Err(_) => late(&progress),
                };
                record.status = Some(response.status());
                // It is told before its caller can do anything else.
                drop(record);
                drop(room);
                let _ = reply.send(response);
            }
        };
        let mut waiting = Waiting {
            work: self.start(work),
            changes: &self.changes,
            progress: &progress,
            is_over: false,
        };
        let response = response.await;
        waiting.is_over = true;
        response.unwrap_or_else(|_| failed(&progress))
    }

    fn start(&self, work: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let mut works = self.works();
        while works.try_join_next().is_some() {}
        works.spawn(work)
    }
}

/// A caller who waits for a response, until it is there.
struct Waiting<'d> {
    work: AbortHandle,
    changes: &'d Changes,
    progress: &'d Progress,
    is_over: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // When all is cut off, it is not the caller who left.
        if self.is_over || self.changes.are_cut_off() {
            return;
        }
        if !self.progress.caller_left() {
            self.work.abort();
        }
    }
}

/// The response in the place of one that takes too long.
fn late(progress: &Progress) -> Response<Body> {
    let is_changing = progress.is_changing();
    let message = match is_changing {
        true => {
            "the gateway gave up waiting for this response; look whether it was done before you repeat it"
        }
        false => "the gateway gave up waiting for this response; nothing was changed",
    };
    let refusal = Refusal::new(StatusCode::GATEWAY_TIMEOUT, "gateway_timeout", message);
    progress.say(refusal.code());
    unknown(refusal, progress)
}

/// The response in the place of one that a fault of the gateway's prevented.
fn failed(progress: &Progress) -> Response<Body> {
    let message =
        "the gateway failed in the work on this request: please report what its error stream says";
    let refusal = Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, FAILED, message);
    unknown(refusal, progress)
}

/// A refusal, which says whether something may have been done.
fn unknown(refusal: Refusal, progress: &Progress) -> Response<Body> {
    let mut response = refusal.into_response();
    if progress.is_changing() {
        let is_ambiguous = HeaderValue::from_static("true");
        response.headers_mut().insert(AMBIGUOUS, is_ambiguous);
    }
    response
}

/// A request, told to the log when it is over, however it ends.
struct Record {
    log: Log,
    changes: Changes,
    progress: Progress,
    method: Method,
    start: Instant,
    status: Option<StatusCode>,
}

impl Record {
    fn refused(mut self, refusal: Refusal) -> Response<Body> {
        self.progress.say(refusal.code());
        let response = refusal.into_response();
        self.status = Some(response.status());
        response
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.progress.say(FAILED);
            self.status = Some(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let status = self.status;
        let is_caller_gone = self.progress.is_caller_gone();
        let is_caller_gone = is_caller_gone || (status.is_none() && !self.changes.are_cut_off());
        self.progress.tell(|note| {
            self.log.tell(&Line {
                method: self.method.clone(),
                status,
                is_caller_gone,
                duration: self.start.elapsed(),
                note,
            });
        });
    }
}
