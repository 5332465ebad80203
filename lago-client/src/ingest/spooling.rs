//! A spool between those who report events and the pipeline's task.
//!
//! With a spool there are two queues. The first takes events from handles, and a task of its own, the relay, appends what
//! is in it to the spool, as much as has come together in the meantime at once. The second is the one from which the
//! pipeline sends: the relay gives it what the spool has, in order, and acknowledges what is settled. So the disk takes up
//! what the server does not, memory stays within bounds, and what a process before this one left goes the same way.

mod failing;
mod outstanding;
mod relay;
mod round;
// Only the gateway can be left with letters that nobody keeps.
#[cfg(all(test, feature = "gateway"))]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use tokio::sync::{Notify, mpsc, watch};

use super::key::KeyHash;
use super::observe::Observer;
use super::queue::Queue;
use super::spool::{Position, Spool};
use super::standing::Standing;
use super::unkept::Unkept;
use relay::Relay;

/// How many events go to the disk together where many come: enough that the way there costs little for each, and few
/// enough that their memory is warm when they come back.
pub(super) const TOGETHER: usize = 500;

/// What handles know of the spool.
#[derive(Debug)]
pub(super) struct Spooled {
    /// The queue that takes events from handles, and the one from which the pipeline sends.
    accepting: Arc<Queue>,
    sending: Arc<Queue>,
    /// How many records are not acknowledged.
    unacknowledged: AtomicU64,
    /// Behind the last record.
    end: AtomicU64,
    /// Before which record somebody waits for all to be settled.
    urgent_before: AtomicU64,
    /// Wakes the relay.
    wake: Notify,
    /// Before which record all are settled.
    settled_before: watch::Receiver<u64>,
    /// What is to be read again, since it was refused and nobody else keeps it.
    unkept: Unkept,
}

impl Spooled {
    /// How many events are on disk and not settled.
    pub(super) fn unacknowledged(&self) -> u64 {
        self.unacknowledged.load(SeqCst)
    }

    /// How many events are accepted and not settled, wherever they are.
    pub(super) fn unsettled(&self) -> u64 {
        self.accepting.standing().unsettled + self.unacknowledged()
    }

    /// How many were dropped for newer ones since the last time.
    pub(super) fn take_dropped(&self) -> u64 {
        self.accepting.take_dropped()
    }

    /// How the queue stands from which the pipeline sends.
    pub(super) fn standing(&self) -> Standing {
        self.sending.standing()
    }

    /// There is more to be read again.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits until every event is settled that is on disk, or the pipeline has ended.
    pub(super) async fn flush(&self) {
        let end = self.end.load(SeqCst);
        self.urgent_before.fetch_max(end, SeqCst);
        self.wake.notify_one();
        let mut settled_before = self.settled_before.clone();
        // An error says that the relay has ended.
        let _ = settled_before.wait_for(|before| *before >= end).await;
    }
}

/// What a relay stands between, and how it behaves.
pub(super) struct Ends {
    /// Takes events from handles.
    pub(super) accepting: Arc<Queue>,
    /// Gives them to the pipeline.
    pub(super) sending: Arc<Queue>,
    /// Whether those who send wait for room on the disk, or are refused.
    pub(super) waits_for_room: bool,
    pub(super) keys: KeyHash,
    /// Is told what is lost on the way.
    pub(super) observer: Arc<Observer>,
    /// Tells what is settled.
    pub(super) settled: mpsc::UnboundedReceiver<Vec<Position>>,
}

/// Starts the relay in this runtime.
pub(super) fn start(spool: Box<dyn Spool>, spooled: &Arc<Spooled>, told: Told, ends: Ends) {
    let relay = Relay::new(spool, ends, Arc::clone(spooled), told);
    tokio::spawn(relay.run());
}

/// Tells before which record all are settled.
pub(super) type Told = watch::Sender<u64>;

impl Spooled {
    /// What is known of a spool before anything is done to it, and who tells more.
    pub(super) fn new(
        spool: &dyn Spool,
        accepting: &Arc<Queue>,
        sending: &Arc<Queue>,
        unkept: Unkept,
    ) -> (Arc<Self>, Told) {
        let (told, settled_before) = watch::channel(0);
        let spooled = Self {
            accepting: Arc::clone(accepting),
            sending: Arc::clone(sending),
            unacknowledged: spool.unacknowledged().into(),
            end: spool.end().get().into(),
            urgent_before: AtomicU64::new(0),
            wake: Notify::new(),
            settled_before,
            unkept,
        };
        (Arc::new(spooled), told)
    }
}
