//! The body of a response as it leaves: whole, or cut off.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// A body, or the part of it that leaves before the connection is closed.
pub(super) struct Payload {
    part: Bytes,
    /// What the head says, in bytes.
    length: u64,
    rest: Rest,
}

/// What follows the part.
#[derive(Clone, Copy)]
enum Rest {
    Nothing,
    /// The connection is closed once the part has been written.
    HangUp {
        is_written: bool,
    },
}

impl Payload {
    pub(super) fn whole(body: Bytes) -> Self {
        Self {
            length: body.len() as u64,
            part: body,
            rest: Rest::Nothing,
        }
    }

    /// The first half. The head promises the whole, and more than nothing.
    pub(super) fn half(mut body: Bytes) -> Self {
        let length = body.len().max(1) as u64;
        body.truncate(body.len() / 2);
        Self {
            length,
            part: body,
            rest: Rest::HangUp { is_written: false },
        }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = HangUp;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HangUp>>> {
        let payload = self.get_mut();
        if !payload.part.is_empty() {
            let part = std::mem::take(&mut payload.part);
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        match payload.rest {
            Rest::Nothing => Poll::Ready(None),
            // An error drops what is not written; while a body is not ready, hyper writes.
            Rest::HangUp { is_written: false } => {
                payload.rest = Rest::HangUp { is_written: true };
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Rest::HangUp { is_written: true } => Poll::Ready(Some(Err(HangUp))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.part.is_empty() && matches!(self.rest, Rest::Nothing)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

/// Ends a connection.
#[derive(Debug)]
pub(super) struct HangUp;

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server hangs up")
    }
}

impl std::error::Error for HangUp {}
