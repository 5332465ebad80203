//! Where the pipeline sends batches.

use std::pin::Pin;

use bytes::{BufMut, Bytes, BytesMut};

use super::outcome::BatchOutcome;

/// Where a pipeline sends its batches. Lago's API over HTTP is one, which [`start`](super::PipelineBuilder::start)
/// takes.
///
/// A sink makes one attempt and tells what came of it. Repeats, pauses and splitting are the pipeline's affair. It is
/// asked for several batches at once.
///
/// ```
/// use lago_client::ingest::{BatchOutcome, EventBatch, Sink};
///
/// /// Prints events instead of sending them.
/// struct Print;
///
/// impl Sink for Print {
///     async fn send(&self, batch: EventBatch) -> BatchOutcome {
///         for event in batch.events() {
///             println!("{}", String::from_utf8_lossy(event));
///         }
///         BatchOutcome::Stored
///     }
/// }
/// ```
pub trait Sink: Send + Sync + 'static {
    /// Makes one attempt. Where the future is dropped, or panics, nobody knows what it did: its events are in doubt.
    fn send(&self, batch: EventBatch) -> impl Future<Output = BatchOutcome> + Send;
}

pub(super) type Sending<'a> = Pin<Box<dyn Future<Output = BatchOutcome> + Send + 'a>>;

/// A sink of any type: the pipeline is compiled once for all of them.
pub(super) trait AnySink: Send + Sync + 'static {
    fn send_boxed(&self, batch: EventBatch) -> Sending<'_>;
}

impl<S: Sink> AnySink for S {
    fn send_boxed(&self, batch: EventBatch) -> Sending<'_> {
        Box::pin(self.send(batch))
    }
}

/// Events on their way to a sink. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EventBatch {
    body: Bytes,
    /// How long the JSON of each event is.
    lengths: Box<[usize]>,
}

/// What stands before and behind the events.
const BEGIN: &[u8] = b"{\"events\":[";
const END: &[u8] = b"]}";

impl EventBatch {
    pub(super) fn new<'e>(events: impl Iterator<Item = &'e [u8]> + Clone) -> Self {
        let lengths: Box<[usize]> = events.clone().map(<[u8]>::len).collect();
        let commas = lengths.len().saturating_sub(1);
        let length = lengths.iter().sum::<usize>() + commas + BEGIN.len() + END.len();
        let mut body = BytesMut::with_capacity(length);
        body.put_slice(BEGIN);
        for (index, event) in events.enumerate() {
            if index > 0 {
                body.put_u8(b',');
            }
            body.put_slice(event);
        }
        body.put_slice(END);
        let body = body.freeze();
        Self { body, lengths }
    }

    /// All of them as the API takes them: `{"events":[…]}`.
    #[must_use]
    pub fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// The JSON of each event, the same in every attempt.
    pub fn events(&self) -> impl Iterator<Item = &[u8]> {
        let mut next = BEGIN.len();
        self.lengths.iter().map(move |length| {
            let event = &self.body[next..next + length];
            next += length + 1;
            event
        })
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there is none; the pipeline sends no such batch.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_the_events_as_they_are() {
        let events: [&[u8]; 3] = [b"{\"a\":1}", b"{}", b"{\"b\":[2, 3]}"];
        let batch = EventBatch::new(events.into_iter());
        assert_eq!(batch.body(), r#"{"events":[{"a":1},{},{"b":[2, 3]}]}"#);
        assert!(batch.events().eq(events));
        assert_eq!(batch.len(), 3);
        let none = EventBatch::new([].into_iter());
        assert!(none.is_empty() && none.events().next().is_none());
        assert_eq!(none.body(), r#"{"events":[]}"#);
    }
}
