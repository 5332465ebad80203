//! How a client sends: directly through reqwest, which costs nothing on the way, or through a transport that it was
//! given.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url, Version};

use crate::framing;
use crate::operation::Operation;
use crate::platform::{self, Response};
use crate::transport::{Body, HttpTransport, RedirectedTo, TimeLimit, Transport, TransportError};

/// What sends the requests of a client.
#[derive(Clone)]
pub(crate) enum Sender {
    Http(HttpTransport),
    Given(Arc<dyn Transport>),
}

/// A response whose body may still be coming.
pub(crate) enum Incoming {
    Http {
        response: Response,
        /// It came from another URL than that of its request.
        is_elsewhere: bool,
    },
    Given {
        response: http::Response<Body>,
        /// From where, if that is another URL than that of its request.
        redirected_to: Option<Url>,
    },
}

impl Sender {
    /// Whether a time limit is kept by what sends.
    pub(crate) fn keeps_time(&self) -> bool {
        platform::KEEPS_TIME && matches!(self, Self::Http(_))
    }

    /// Sends a request of an operation, or of a file; within this time, where what sends keeps it.
    pub(crate) async fn send(
        &self,
        operation: Option<&'static Operation>,
        mut request: reqwest::Request,
        limit: Option<Duration>,
    ) -> Result<Incoming, TransportError> {
        match self {
            Self::Http(http) => {
                if self.keeps_time() {
                    *request.timeout_mut() = limit;
                }
                let (response, is_elsewhere) = http.execute(request).await?;
                Ok(Incoming::Http {
                    response,
                    is_elsewhere,
                })
            }
            Self::Given(transport) => {
                // In a box: the future of a call has no room for it otherwise.
                Box::pin(through(&**transport, operation, request, limit)).await
            }
        }
    }
}

async fn through(
    transport: &dyn Transport,
    operation: Option<&'static Operation>,
    request: reqwest::Request,
    limit: Option<Duration>,
) -> Result<Incoming, TransportError> {
    let request = http::Request::<reqwest::Body>::try_from(request);
    let request = request.map_err(|error| TransportError::refused(error.without_url()))?;
    let mut request = request.map(|body| Bytes::copy_from_slice(body.as_bytes().unwrap_or(&[])));
    if let Some(limit) = limit {
        request.extensions_mut().insert(TimeLimit(limit));
    }
    if let Some(operation) = operation {
        request.extensions_mut().insert(operation);
    }
    let mut response = transport.send(request).await?;
    let redirected_to = response.extensions_mut().remove::<RedirectedTo>();
    let redirected_to = match redirected_to {
        Some(RedirectedTo(uri)) => {
            Some(Url::parse(&uri.to_string()).map_err(TransportError::interrupted)?)
        }
        None => None,
    };
    Ok(Incoming::Given {
        response,
        redirected_to,
    })
}

impl Incoming {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Http { response, .. } => response.status(),
            Self::Given { response, .. } => response.status(),
        }
    }

    pub(crate) fn version(&self) -> Version {
        match self {
            Self::Http { response, .. } => response.version(),
            Self::Given { response, .. } => response.version(),
        }
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        match self {
            Self::Http { response, .. } => response.headers(),
            Self::Given { response, .. } => response.headers(),
        }
    }

    pub(crate) fn take_headers(&mut self) -> HeaderMap {
        std::mem::take(match self {
            Self::Http { response, .. } => response.headers_mut(),
            Self::Given { response, .. } => response.headers_mut(),
        })
    }

    /// Whether it came from another URL than that of its request.
    pub(crate) fn was_redirected(&self) -> bool {
        match self {
            Self::Http { is_elsewhere, .. } => *is_elsewhere,
            Self::Given { redirected_to, .. } => redirected_to.is_some(),
        }
    }

    /// From where it came, given the URL of its request.
    pub(crate) fn url<'u>(&'u self, asked: &'u Url) -> &'u Url {
        match self {
            Self::Http { response, .. } => response.url(),
            Self::Given { redirected_to, .. } => redirected_to.as_ref().unwrap_or(asked),
        }
    }

    /// Whether its end is marked, so that what is cut off shows.
    pub(crate) fn tells_its_end(&self) -> bool {
        self.is_whole() || framing::tells_its_end(self.version(), self.status(), self.headers())
    }

    /// Whether what sends has all of the body.
    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Self::Http { .. } => false,
            Self::Given { response, .. } => response.body().is_whole(),
        }
    }

    /// The next piece of the body.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        match self {
            Self::Http { response, .. } => {
                response.chunk().await.map_err(TransportError::of_reqwest)
            }
            Self::Given { response, .. } => response.body_mut().chunk().await,
        }
    }
}
