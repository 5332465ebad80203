//! A transport that writes down what goes through another one.

use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::exchange::{Exchange, value};
use super::folder::Folder;
use super::mask::Masks;
use crate::operation::Operation;
use crate::transport::{Body, Sending, Transport, TransportError};

/// Writes down what goes through another transport, with personal data masked: see [the module](super).
///
/// Each attempt of a call is an exchange. Not written are those without a whole response, and the fetching of files.
/// Cheap to clone; clones are one recorder, so that one can be given to a client and another asked how it went.
#[derive(Clone)]
pub struct Recorder {
    transport: Arc<dyn Transport>,
    written: Arc<Mutex<Written>>,
}

struct Written {
    folder: Folder,
    masks: Masks,
    /// The first that there was.
    failure: Option<io::Error>,
}

impl Recorder {
    /// Begins in a folder without recordings, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// When there are recordings in it, or it cannot be written to.
    pub fn start(folder: impl AsRef<Path>, transport: impl Transport) -> io::Result<Self> {
        let written = Written {
            folder: Folder::create(folder)?,
            masks: Masks::default(),
            failure: None,
        };
        Ok(Self {
            transport: Arc::new(transport),
            written: Arc::new(Mutex::new(written)),
        })
    }

    /// How many exchanges were written so far.
    ///
    /// # Errors
    ///
    /// When one could not be written: a call does not fail for that. It is told once.
    pub fn finish(&self) -> io::Result<usize> {
        let mut written = lock(&self.written);
        match written.failure.take() {
            Some(failure) => Err(failure),
            None => Ok(written.folder.written()),
        }
    }
}

fn lock(written: &Mutex<Written>) -> MutexGuard<'_, Written> {
    written.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Transport for Recorder {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        let Some(operation) = request.extensions().get::<&'static Operation>().copied() else {
            return self.transport.send(request);
        };
        if let Some(key) = key(&request) {
            lock(&self.written).masks.hide(key);
        }
        let (method, path) = (request.method().clone(), path(&request, operation));
        let sent = request.body().clone();
        Box::pin(async move {
            let response = self.transport.send(request).await?;
            let (head, body) = response.into_parts();
            let ending = Ending {
                written: Arc::clone(&self.written),
                operation,
                exchange: Exchange::new(
                    (method.as_str(), &path, &sent),
                    (head.status, &head.headers, &[]),
                ),
            };
            let body = match body.whole() {
                Some(bytes) => {
                    ending.write(&bytes);
                    body
                }
                None => Body::new(Tee {
                    body,
                    read: Vec::new(),
                    ending: Some(ending),
                }),
            };
            Ok(Response::from_parts(head, body))
        })
    }
}

/// The API key of a request.
fn key(request: &Request<Bytes>) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ")
}

/// Path and query without what stands before the API on its server.
fn path(request: &Request<Bytes>, operation: &Operation) -> String {
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let begin = path.find(operation.base_path).unwrap_or_default();
    path[begin..].to_owned()
}

/// An exchange whose response is still coming.
struct Ending {
    written: Arc<Mutex<Written>>,
    operation: &'static Operation,
    exchange: Exchange,
}

impl Ending {
    fn write(mut self, body: &[u8]) {
        self.exchange.response_body = value(body);
        let mut written = lock(&self.written);
        let Written {
            folder,
            masks,
            failure,
        } = &mut *written;
        let masked = masks.exchange(&self.exchange);
        if let Err(error) = folder.write(self.operation.id, &masked) {
            failure.get_or_insert(error);
        }
    }
}

/// Hands a body on as it comes, and writes the exchange at its end.
struct Tee {
    body: Body,
    read: Vec<u8>,
    ending: Option<Ending>,
}

impl HttpBody for Tee {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = self.get_mut();
        let frame = Pin::new(&mut this.body).poll_frame(cx);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                this.read
                    .extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new()));
            }
            Poll::Ready(None) => {
                if let Some(ending) = this.ending.take() {
                    ending.write(&this.read);
                }
            }
            // What breaks is no response.
            Poll::Ready(Some(Err(_))) => this.ending = None,
            Poll::Pending => {}
        }
        frame
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("folder", &lock(&self.written).folder)
            .finish_non_exhaustive()
    }
}
