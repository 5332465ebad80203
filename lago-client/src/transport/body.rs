//! The body of a response, as it comes.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

use super::error::{BoxError, TransportError};

/// The body of a response: all of it at once, or as it comes.
///
/// One that is made from bytes is whole. A body that ends where a connection does may have been cut off, which shows
/// in the headers of its response: hand such a body on as it comes ([`new`](Self::new)), and with its headers.
///
/// It is a body of the [`http_body`] crate, for layers that look into responses.
pub struct Body(Inner);

enum Inner {
    /// None once it was read.
    Whole(Option<Bytes>),
    Streamed(UnsyncBoxBody<Bytes, TransportError>),
}

impl Body {
    /// A body that comes piece by piece.
    pub fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let body = body.map_err(|error| TransportError::from_boxed(error.into()));
        Self(Inner::Streamed(body.boxed_unsync()))
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    ///
    /// When the rest of it does not come.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            match self.frame().await.transpose()?.map(Frame::into_data) {
                Some(Ok(data)) => return Ok(Some(data)),
                // Trailers say nothing here.
                Some(Err(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// All of it, where it was there at once and was not read.
    #[cfg(feature = "recording")]
    pub(crate) fn whole(&self) -> Option<Bytes> {
        match &self.0 {
            Inner::Whole(bytes) => Some(bytes.clone().unwrap_or_default()),
            Inner::Streamed(_) => None,
        }
    }

    /// Whether all of it was there at once.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.0, Inner::Whole(_))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        match &mut self.get_mut().0 {
            Inner::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Inner::Streamed(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Whole(bytes) => bytes.is_none(),
            Inner::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Inner::Streamed(body) => body.size_hint(),
        }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        Self(Inner::Whole(Some(bytes).filter(|bytes| !bytes.is_empty())))
    }
}

impl Default for Body {
    /// An empty one.
    fn default() -> Self {
        Self(Inner::Whole(None))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}
