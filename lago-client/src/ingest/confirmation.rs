//! Who waits until events are on disk: one for each event, or one for all events of a stream.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::oneshot;

use super::spool::SpoolError;

/// Is told that an event is on disk, or why not.
pub(super) type Confirmed = oneshot::Receiver<Result<(), Arc<SpoolError>>>;

/// Tells whoever sends an event that it is on disk, or why not.
#[derive(Debug)]
pub(super) enum Confirmation {
    OfOne(oneshot::Sender<Result<(), Arc<SpoolError>>>),
    OfStream(Place),
}

impl Confirmation {
    /// Of an event for which somebody waits.
    pub(super) fn of_one() -> (Self, Confirmed) {
        let (told, confirmed) = oneshot::channel();
        (Self::OfOne(told), confirmed)
    }

    /// Of the event before which so many of its stream came.
    pub(super) fn of_stream(stream: &Arc<StreamConfirmation>, before: u64) -> Self {
        let stream = Some(Arc::clone(stream));
        Self::OfStream(Place { stream, before })
    }

    /// Why it can be accepted no more: an event before it in its stream was not.
    pub(super) fn failure(&self) -> Option<&Arc<SpoolError>> {
        match self {
            Self::OfOne(_) => None,
            Self::OfStream(place) => place.stream.as_ref()?.failure.get(),
        }
    }

    /// It is on disk.
    pub(super) fn accept(self) {
        match self {
            Self::OfOne(told) => {
                // It stays accepted when nobody waits to hear it.
                let _ = told.send(Ok(()));
            }
            Self::OfStream(mut place) => {
                if let Some(stream) = place.stream.take() {
                    stream.accept(place.before);
                }
            }
        }
    }

    /// It is not, and will not be: the event with this JSON.
    pub(super) fn refuse(self, json: &[u8], error: &Arc<SpoolError>) {
        match self {
            Self::OfOne(told) => {
                let _ = told.send(Err(Arc::clone(error)));
            }
            Self::OfStream(mut place) => {
                if let Some(stream) = place.stream.take() {
                    stream.fail(place.before, json, Some(error));
                }
            }
        }
    }

    /// The pipeline has ended before the event with this JSON was on disk. Who waits for it alone hears so by itself.
    pub(super) fn cut_off(&self, json: &[u8]) {
        if let Self::OfStream(place) = self
            && let Some(stream) = &place.stream
        {
            stream.fail(place.before, json, None);
        }
    }
}

/// The place of an event in its stream. Dropped, it tells that nothing more will become of the event.
#[derive(Debug)]
pub(super) struct Place {
    /// None once it is told.
    stream: Option<Arc<StreamConfirmation>>,
    before: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            stream.drop_one(self.before);
        }
    }
}

/// What is told of the events of a stream, which are told of in their order.
#[derive(Debug, Default)]
pub(super) struct StreamConfirmation {
    /// Why an event was not accepted, once one was not. Those after it are not accepted either.
    failure: OnceLock<Arc<SpoolError>>,
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    /// How many are accepted, or were dropped before one that is.
    accepted: u64,
    /// Those behind them that were dropped for newer ones.
    dropped: BTreeSet<u64>,
    failed: Option<Failed>,
    /// Who waits, and for how many.
    waits: Option<(u64, Waker)>,
}

/// The first event of a stream that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    /// How many came before it.
    pub(super) before: u64,
    pub(super) json: Box<[u8]>,
    /// Whether the pipeline has ended, in place of being refused.
    pub(super) is_cut_off: bool,
}

impl StreamConfirmation {
    /// Why an event was refused, when one was.
    pub(super) fn failure(&self) -> Option<&Arc<SpoolError>> {
        self.failure.get()
    }

    /// How many are accepted, or dropped for newer ones, once they are so many; or the first that is not.
    pub(super) fn poll(&self, cx: &Context<'_>, wanted: u64) -> Poll<Result<u64, Failed>> {
        let mut told = self.told();
        if let Some(failed) = &told.failed {
            return Poll::Ready(Err(failed.clone()));
        }
        let known = told.known();
        if known >= wanted {
            return Poll::Ready(Ok(known));
        }
        told.waits = Some((wanted, cx.waker().clone()));
        Poll::Pending
    }

    fn accept(&self, before: u64) {
        let mut told = self.told();
        told.accepted = before + 1;
        if !told.dropped.is_empty() {
            told.dropped.retain(|dropped| *dropped > before);
        }
        told.wake();
    }

    fn fail(&self, before: u64, json: &[u8], error: Option<&Arc<SpoolError>>) {
        let mut told = self.told();
        if told
            .failed
            .as_ref()
            .is_some_and(|failed| failed.before < before)
        {
            return;
        }
        if let Some(error) = error {
            let _ = self.failure.set(Arc::clone(error));
        }
        let (json, is_cut_off) = (json.into(), error.is_none());
        told.failed = Some(Failed {
            before,
            json,
            is_cut_off,
        });
        told.wake();
    }

    fn drop_one(&self, before: u64) {
        let mut told = self.told();
        told.dropped.insert(before);
        told.wake();
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    /// How many are told of, from the first on.
    fn known(&self) -> u64 {
        let mut known = self.accepted;
        for dropped in &self.dropped {
            if *dropped != known {
                break;
            }
            known += 1;
        }
        known
    }

    /// Wakes who waits, if there is what it waits for.
    fn wake(&mut self) {
        let Some(&(wanted, _)) = self.waits.as_ref() else {
            return;
        };
        if (self.failed.is_some() || self.known() >= wanted)
            && let Some((_, waker)) = self.waits.take()
        {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(stream: &StreamConfirmation, wanted: u64) -> Poll<Result<u64, Failed>> {
        stream.poll(&Context::from_waker(Waker::noop()), wanted)
    }

    fn stream(length: u64) -> (Arc<StreamConfirmation>, Vec<Confirmation>) {
        let stream = Arc::<StreamConfirmation>::default();
        let events = (0..length).map(|before| Confirmation::of_stream(&stream, before));
        let events = events.collect();
        (stream, events)
    }

    fn error(said: &str) -> Arc<SpoolError> {
        Arc::new(SpoolError::full(said))
    }

    #[test]
    fn what_is_dropped_for_newer_ones_counts_once_all_before_it_is_told() {
        let (stream, mut events) = stream(3);
        drop(events.remove(1));
        assert_eq!(poll(&stream, 1), Poll::Pending);
        events.remove(0).accept();
        assert_eq!(poll(&stream, 2), Poll::Ready(Ok(2)));
        events.remove(0).accept();
        assert_eq!(poll(&stream, 3), Poll::Ready(Ok(3)));
    }

    #[test]
    fn the_first_that_is_refused_is_told_and_those_after_it_know_why() {
        let (stream, mut events) = stream(4);
        events.remove(0).accept();
        drop(events.remove(0));
        events.remove(0).refuse(b"third", &error("first"));
        let failed = Failed {
            before: 2,
            json: (*b"third").into(),
            is_cut_off: false,
        };
        assert_eq!(poll(&stream, 1), Poll::Ready(Err(failed.clone())));
        let last = events.remove(0);
        assert!(last.failure().is_some());
        last.refuse(b"fourth", &error("second"));
        assert_eq!(poll(&stream, 4), Poll::Ready(Err(failed)));
        let failure = stream.failure().map(ToString::to_string);
        assert!(failure.is_some_and(|failure| failure.contains("first")));
    }

    #[test]
    fn the_first_that_the_end_cuts_off_is_told_in_whatever_order_it_does() {
        let (stream, mut events) = stream(3);
        events.remove(0).accept();
        events[1].cut_off(b"third");
        events[0].cut_off(b"second");
        drop(events);
        let failed = Failed {
            before: 1,
            json: (*b"second").into(),
            is_cut_off: true,
        };
        assert_eq!(poll(&stream, 3), Poll::Ready(Err(failed)));
    }
}
