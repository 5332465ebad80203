//! A file, chunk by chunk.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::FileRequest;
use super::fetch::File;
use crate::error::Error;
use crate::operation::Operation;
use crate::runtime::RuntimeGuard;

type Step = Pin<Box<dyn Future<Output = Result<Option<(Bytes, Reading)>, Error>> + Send>>;

/// The bytes of a file as they come.
///
/// The first poll asks for the file and waits until it is made; see [`FileRequest`]. What fails
/// before the first chunk is tried again, what fails later is an error, with which the stream ends:
/// begin again, or with what was read so far thrown away. A file that was read to the end (`None`)
/// without an error is complete. Nothing is handed out before its first bytes are those of a file.
#[must_use = "a stream does nothing unless polled"]
pub struct FileStream {
    /// None when the stream is over.
    step: Option<Step>,
    operation: &'static Operation,
    place: RuntimeGuard,
    #[cfg(feature = "blocking")]
    client: crate::client::Client,
}

/// A file that is being read.
struct Reading {
    request: FileRequest,
    file: File,
}

impl Reading {
    async fn begin(request: FileRequest) -> Result<Self, Error> {
        let start = request.now();
        let url = request.url(start).await?;
        let file = request
            .fetch()
            .begin(&url, request.remaining(start))
            .await?;
        Ok(Self { request, file })
    }

    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        let chunk = self.request.fetch().chunk(&mut self.file).await?;
        Ok(chunk.map(|chunk| (chunk, self)))
    }
}

impl FileStream {
    pub(super) fn new(request: FileRequest) -> Self {
        let operation = request.operation;
        #[cfg(feature = "blocking")]
        let client = request.client.clone();
        let first = async { Reading::begin(request).await?.next().await };
        Self {
            step: Some(Box::pin(first)),
            operation,
            place: RuntimeGuard::default(),
            #[cfg(feature = "blocking")]
            client,
        }
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn client(&self) -> &crate::client::Client {
        &self.client
    }

    /// The one that reads the object.
    #[cfg(feature = "blocking")]
    pub(crate) fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The next chunk; none when the file is complete. For a plain `while let`, without an extension
    /// trait.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for FileStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(step) = &mut this.step else {
            return Poll::Ready(None);
        };
        let outcome = match this.place.check() {
            Ok(()) => step.as_mut().poll(cx),
            Err(outside) => Poll::Ready(Err(Error::outside(this.operation, outside))),
        };
        let Poll::Ready(outcome) = outcome else {
            return Poll::Pending;
        };
        this.step = None;
        Poll::Ready(match outcome {
            Ok(Some((chunk, reading))) => {
                this.step = Some(Box::pin(reading.next()));
                Some(Ok(chunk))
            }
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        })
    }
}

impl fmt::Debug for FileStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStream")
            .field("is_over", &self.step.is_none())
            .finish()
    }
}
