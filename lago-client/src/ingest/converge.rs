//! What follows from an attempt to send a batch: which events are settled, and what is sent next.
//!
//! A pure function, so that its laws are tested over any script of faults. What it rests on: the server stores all
//! of a batch or nothing, says by index which events it has already, and says so only when no event is invalid.

use super::outcome::{BatchOutcome, EventOutcome, Fault, Rejection, Verdict};

/// What becomes of events of which nobody knows whether they were stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ambiguous {
    /// They are sent again, with the same `transaction_id` and `timestamp`, by which the server recognises them.
    /// Right for every organization whose events are in Postgres, and for those in ClickHouse that deduplicate.
    #[default]
    Resend,
    /// They are not sent again but handed to the [dead letters](super::PipelineBuilder::dead_letters), as
    /// [`InDoubt`](EventOutcome::InDoubt). For organizations in ClickHouse that do not deduplicate, where a repeat
    /// is billed twice: look for each of them before you send it again.
    Keep,
}

/// An event in a batch.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry<T> {
    pub(super) event: T,
    /// An earlier attempt may have stored it. That never ceases: the server may still be at work on it.
    pub(super) in_doubt: bool,
}

/// Events that are sent together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Batch<T> {
    pub(super) entries: Vec<Entry<T>>,
    /// How often in a row it failed without a verdict.
    pub(super) failures: u32,
    /// How often its only event was refused without proof while the server took others.
    pub(super) refusals: u32,
}

impl<T> Batch<T> {
    pub(super) fn new(entries: Vec<Entry<T>>) -> Self {
        Self {
            entries,
            failures: 0,
            refusals: 0,
        }
    }

    /// Other events, of which the same is known.
    pub(super) fn with(&self, entries: Vec<Entry<T>>) -> Self {
        Self { entries, ..*self }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// In pieces of at most so many events, which keep what is known of it.
    fn pieces(self, most: usize) -> Vec<Self> {
        let known = Self {
            entries: Vec::new(),
            ..self
        };
        let mut rest = self.entries.into_iter();
        let pieces = std::iter::from_fn(|| {
            let entries: Vec<_> = rest.by_ref().take(most).collect();
            (!entries.is_empty()).then(|| known.with(entries))
        });
        pieces.collect()
    }

    fn halves(self) -> Vec<Self> {
        let half = self.len().div_ceil(2);
        self.pieces(half)
    }
}

/// When to send what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// At once: the response was a verdict, and what is left is another request.
    Now,
    /// After a pause.
    Later,
}

/// What follows from an attempt.
#[derive(Debug, PartialEq)]
pub(super) struct Step<T> {
    /// What is known of events for good.
    pub(super) settled: Vec<(T, EventOutcome)>,
    /// What is sent again.
    pub(super) again: Vec<Batch<T>>,
    pub(super) when: When,
}

/// After so many failures in a row a batch is halved, if the server took other batches meanwhile or failed at this one
/// itself: something in it may be what the server cannot bear, and the rest must not wait for that.
const SUSPICIOUS: u32 = 4;

/// So often a single event is refused without proof while the server takes others, until that is final. It is often enough
/// that chance does not do it, as where one of two gateways refuses everything, and takes some minutes.
const UNPROVEN_REFUSALS: u32 = 20;

/// Decides. `others_succeed` says that the server took other batches since this one failed before.
pub(super) fn step<T>(
    mut batch: Batch<T>,
    outcome: BatchOutcome,
    ambiguous: Ambiguous,
    others_succeed: bool,
) -> Step<T> {
    if outcome.is_in_doubt() {
        if ambiguous == Ambiguous::Keep {
            return all(batch, |_| EventOutcome::InDoubt);
        }
        batch
            .entries
            .iter_mut()
            .for_each(|entry| entry.in_doubt = true);
    }
    match outcome {
        BatchOutcome::Stored => all(batch, |_| EventOutcome::Delivered),
        BatchOutcome::Refused(faults) => refused(batch, faults),
        BatchOutcome::RefusedAsWhole(rejection) => match batch.len() {
            0 | 1 => all(batch, |in_doubt| rejected(rejection.clone(), in_doubt)),
            _ => again(batch.halves(), When::Now),
        },
        // One is what it may always have: the fault is not the event's.
        BatchOutcome::TooManyEvents if batch.len() <= 1 => failed(batch, false),
        BatchOutcome::TooManyEvents => again(batch.halves(), When::Now),
        BatchOutcome::TooLarge { .. } if batch.len() <= 1 => {
            let rejection = Rejection::new(Some(413)).code("", "content_too_large");
            all(batch, |in_doubt| rejected(rejection.clone(), in_doubt))
        }
        BatchOutcome::TooLarge { .. } => again(batch.halves(), When::Now),
        BatchOutcome::Blocked { .. } => later(batch),
        BatchOutcome::UnprovenRefusal { rejection, .. } => {
            refused_without_proof(batch, rejection, others_succeed)
        }
        BatchOutcome::ServerError { .. } => failed(batch, true),
        BatchOutcome::Failed { .. } => failed(batch, others_succeed),
        BatchOutcome::Each { verdicts, .. } => each(batch, verdicts, ambiguous, others_succeed),
    }
}

/// The store spoke of each event.
fn each<T>(
    batch: Batch<T>,
    verdicts: Vec<Verdict>,
    ambiguous: Ambiguous,
    others_succeed: bool,
) -> Step<T> {
    let known = batch.with(Vec::new());
    let untold = std::iter::repeat(Verdict::Failed { in_doubt: true });
    let (mut settled, mut left) = (Vec::new(), Vec::new());
    for (entry, verdict) in batch
        .entries
        .into_iter()
        .zip(verdicts.into_iter().chain(untold))
    {
        let outcome = match verdict {
            Verdict::Stored => EventOutcome::Delivered,
            Verdict::Refused(fault) => of_fault(fault, entry.in_doubt),
            Verdict::Failed { in_doubt: true } if ambiguous == Ambiguous::Keep => {
                EventOutcome::InDoubt
            }
            Verdict::Failed { in_doubt } => {
                let in_doubt = entry.in_doubt || in_doubt;
                left.push(Entry { in_doubt, ..entry });
                continue;
            }
        };
        settled.push((entry.event, outcome));
    }
    if left.is_empty() {
        return Step {
            settled,
            again: Vec::new(),
            when: When::Now,
        };
    }
    let left = Batch {
        entries: left,
        ..known
    };
    let others_succeed = others_succeed || !settled.is_empty();
    Step {
        settled,
        ..failed(left, others_succeed)
    }
}

/// There was no verdict. `may_be_to_blame` says that something in the batch may be the reason.
fn failed<T>(mut batch: Batch<T>, may_be_to_blame: bool) -> Step<T> {
    batch.failures += 1;
    match may_be_to_blame && batch.failures >= SUSPICIOUS && batch.len() > 1 {
        true => again(batch.halves(), When::Later),
        false => later(batch),
    }
}

/// Somebody refused it, and it is not said why. Where that somebody refuses all, it is no fault of these events, and each
/// of them waits.
fn refused_without_proof<T>(
    mut batch: Batch<T>,
    rejection: Rejection,
    others_succeed: bool,
) -> Step<T> {
    if batch.len() == 1 && others_succeed {
        batch.refusals += 1;
        if batch.refusals >= UNPROVEN_REFUSALS {
            return all(batch, |in_doubt| rejected(rejection.clone(), in_doubt));
        }
    }
    // However many are taken: what is with it in a batch must not wait for it.
    failed(batch, true)
}

/// The server named the events at fault. What is left is another batch, with nothing held against it.
fn refused<T>(batch: Batch<T>, faults: Vec<(usize, Fault)>) -> Step<T> {
    let mut by_index: Vec<Option<Fault>> = batch.entries.iter().map(|_| None).collect();
    for (index, fault) in faults {
        // A place that was not sent says nothing of those that were.
        if let Some(place) = by_index.get_mut(index) {
            *place = Some(fault);
        }
    }
    if by_index.iter().all(Option::is_none) {
        return step(
            batch,
            BatchOutcome::RefusedAsWhole(Rejection::new(Some(422))),
            Ambiguous::Resend,
            false,
        );
    }
    let (mut settled, mut left) = (Vec::new(), Vec::new());
    for (entry, fault) in batch.entries.into_iter().zip(by_index) {
        match fault {
            None => left.push(entry),
            Some(fault) => settled.push((entry.event, of_fault(fault, entry.in_doubt))),
        }
    }
    let left = (!left.is_empty()).then(|| Batch::new(left));
    Step {
        settled,
        again: left.into_iter().collect(),
        when: When::Now,
    }
}

/// What a fault says of an event that an earlier attempt may have stored, or not.
fn of_fault(fault: Fault, in_doubt: bool) -> EventOutcome {
    match fault {
        Fault::AlreadyExists if in_doubt => EventOutcome::Delivered,
        Fault::AlreadyExists => EventOutcome::Duplicate,
        Fault::Invalid(rejection) => rejected(rejection, in_doubt),
    }
}

fn rejected(rejection: Rejection, may_be_stored: bool) -> EventOutcome {
    EventOutcome::Rejected(Rejection {
        may_be_stored,
        ..rejection
    })
}

fn all<T>(batch: Batch<T>, outcome: impl Fn(bool) -> EventOutcome) -> Step<T> {
    let entries = batch.entries.into_iter();
    Step {
        settled: entries
            .map(|entry| (entry.event, outcome(entry.in_doubt)))
            .collect(),
        again: Vec::new(),
        when: When::Now,
    }
}

fn again<T>(again: Vec<Batch<T>>, when: When) -> Step<T> {
    let settled = Vec::new();
    Step {
        settled,
        again,
        when,
    }
}

fn later<T>(batch: Batch<T>) -> Step<T> {
    again(vec![batch], When::Later)
}
