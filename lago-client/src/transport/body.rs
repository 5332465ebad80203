//! The body of a response, as it comes.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

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
    Streamed(Pin<Box<dyn HttpBody<Data = Bytes, Error = TransportError> + Send>>),
}

impl Body {
    /// A body that comes piece by piece.
    pub fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Self(Inner::Streamed(Box::pin(Mapped(Box::pin(body)))))
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    ///
    /// When the rest of it does not come.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        loop {
            let frame = poll_fn(|cx| Pin::new(&mut *self).poll_frame(cx)).await;
            match frame.transpose()?.map(Frame::into_data) {
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
            Inner::Streamed(body) => body.as_mut().poll_frame(cx),
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

/// A body whose errors are those of transports.
struct Mapped<B>(Pin<Box<B>>);

impl<B> HttpBody for Mapped<B>
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let frame = self.get_mut().0.as_mut().poll_frame(cx);
        frame.map_err(|error| TransportError::from_boxed(error.into()))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
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
