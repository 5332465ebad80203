//! A transport that says what was recorded.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};

use super::exchange::Exchange;
use super::folder::Folder;
use crate::transport::{Body, Sending, Transport, TransportError};

/// Says what was recorded, without a server: see [the module](super).
///
/// A request is met by method, path and query. Its body is not compared, since keys of events and times differ from
/// one run to the next. Each exchange is played once; where several are alike, in the order in which they were recorded,
/// so that a retry meets what the retry met. A request for which none is left is refused, and the call fails with
/// [`is_usage`](crate::Error::is_usage).
///
/// Cheap to clone; clones play the same recording.
#[derive(Clone)]
pub struct Replay {
    left: Arc<Mutex<Vec<Exchange>>>,
}

impl Replay {
    /// Plays the exchanges of a folder.
    ///
    /// # Errors
    ///
    /// When there is none, or a file is no exchange.
    pub fn open(folder: impl AsRef<Path>) -> io::Result<Self> {
        Folder::read(folder).map(Self::new)
    }

    /// Plays these exchanges.
    #[must_use]
    pub fn new(exchanges: Vec<Exchange>) -> Self {
        Self {
            left: Arc::new(Mutex::new(exchanges)),
        }
    }

    /// What was not played yet, as `GET /api/v1/plans/pro`.
    #[must_use]
    pub fn unused(&self) -> Vec<String> {
        let left = self.left();
        let said = left
            .iter()
            .map(|one| format!("{} {}", one.method, one.path));
        said.collect()
    }

    fn left(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn play(&self, request: &Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let asked = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let mut left = self.left();
        let met = left.iter().position(|one| {
            // The API may stand below another path here.
            one.method == request.method().as_str() && asked.ends_with(&one.path)
        });
        let Some(met) = met else {
            return Err(TransportError::refused(
                "no such exchange was recorded, or all were played",
            ));
        };
        response(&left.remove(met))
    }
}

fn response(exchange: &Exchange) -> Result<Response<Body>, TransportError> {
    let mut response = Response::new(Body::from(exchange.response_bytes()));
    *response.status_mut() =
        StatusCode::from_u16(exchange.status).map_err(TransportError::refused)?;
    for (name, value) in &exchange.response_headers {
        // Of the body as it was.
        if matches!(name.as_str(), "content-length" | "transfer-encoding") {
            continue;
        }
        let name = HeaderName::try_from(name).map_err(TransportError::refused)?;
        let value = HeaderValue::try_from(value.as_str().unwrap_or_default());
        let value = value.map_err(TransportError::refused)?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

impl Transport for Replay {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        let played = self.play(&request);
        Box::pin(async { played })
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("unused", &self.left().len())
            .finish()
    }
}
