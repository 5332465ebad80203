//! How many connections there are at once. Where there are no more places, the connection that nobody has used for the
//! longest time makes room for a new one, so that who only holds connections keeps nobody out.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Gives places to connections.
pub(super) struct Places {
    free: Arc<Semaphore>,
    idle: Mutex<Idle>,
    /// Told when another connection can be asked to make room.
    more: Notify,
}

/// Connections without a request.
#[derive(Default)]
struct Idle {
    next: u64,
    /// Those that are idle for the longest time stand first.
    leave: BTreeMap<u64, Arc<Notify>>,
}

/// That of one connection, until this is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    leave: Arc<Notify>,
    /// Its number among the idle ones. One that was asked to leave is not among them any more.
    number: Mutex<Option<u64>>,
    is_fresh: AtomicBool,
    is_leaving: AtomicBool,
    _permit: Option<OwnedSemaphorePermit>,
}

/// A request of a connection, from its head to its response.
pub(super) struct Used<'p>(&'p Place);

impl Places {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            free: Arc::new(Semaphore::new(most)),
            idle: Mutex::default(),
            more: Notify::new(),
        })
    }

    /// A place, once there is one: connections that nobody uses are asked to leave for it, one by one.
    pub(super) async fn take(self: &Arc<Self>) -> Place {
        loop {
            let free = Arc::clone(&self.free);
            if let Ok(permit) = Arc::clone(&free).try_acquire_owned() {
                return Place::new(self, Some(permit));
            }
            let mut more = pin!(self.more.notified());
            // What becomes idle from here on is not missed.
            more.as_mut().enable();
            self.make_room();
            tokio::select! {
                // It is never closed, so that there is a permit in the end.
                permit = free.acquire_owned() => return Place::new(self, permit.ok()),
                () = more => {}
            }
        }
    }

    /// Asks the connection to leave that is idle for the longest time.
    pub(super) fn make_room(&self) {
        if let Some((_, leave)) = self.idle().leave.pop_first() {
            leave.notify_one();
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn new(places: &Arc<Places>, permit: Option<OwnedSemaphorePermit>) -> Self {
        let place = Self {
            places: Arc::clone(places),
            leave: Arc::new(Notify::new()),
            number: Mutex::new(None),
            is_fresh: AtomicBool::new(true),
            is_leaving: AtomicBool::new(false),
            _permit: permit,
        };
        place.idles();
        place
    }

    /// Begins a request.
    pub(super) fn used(&self) -> Used<'_> {
        self.is_fresh.store(false, Ordering::Relaxed);
        self.idles_no_more();
        Used(self)
    }

    /// Whether no request has come yet, so that nobody waits for a response.
    pub(super) fn is_fresh(&self) -> bool {
        self.is_fresh.load(Ordering::Relaxed)
    }

    /// Ready when the connection is to make room.
    pub(super) async fn is_wanted(&self) {
        self.leave.notified().await;
    }

    /// The connection was asked to leave and needs its place a little longer: another may make room. It is not asked again.
    pub(super) fn cannot_leave_yet(&self) {
        self.is_leaving.store(true, Ordering::Relaxed);
        self.idles_no_more();
        self.places.more.notify_waiters();
    }

    fn idles(&self) {
        if self.is_leaving.load(Ordering::Relaxed) {
            return;
        }
        let mut idle = self.places.idle();
        let number = idle.next;
        idle.next += 1;
        idle.leave.insert(number, Arc::clone(&self.leave));
        *self.number() = Some(number);
        drop(idle);
        self.places.more.notify_waiters();
    }

    fn idles_no_more(&self) {
        let mut idle = self.places.idle();
        if let Some(number) = self.number().take() {
            idle.leave.remove(&number);
        }
    }

    /// Locked only while the idle ones are.
    fn number(&self) -> MutexGuard<'_, Option<u64>> {
        self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Used<'_> {
    fn drop(&mut self) {
        self.0.idles();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.idles_no_more();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether something is ready now.
    async fn is_ready(work: impl Future<Output = ()>) -> bool {
        tokio::select! {
            biased;
            () = work => true,
            () = std::future::ready(()) => false,
        }
    }

    #[tokio::test]
    async fn the_one_that_is_idle_for_the_longest_time_makes_room() {
        let places = Places::new(3);
        let [first, second, third] = [
            places.take().await,
            places.take().await,
            places.take().await,
        ];
        // The first works, and the second was used after the third.
        let _working = first.used();
        drop(second.used());
        let waiting = tokio::spawn({
            let places = Arc::clone(&places);
            async move { places.take().await }
        });
        third.is_wanted().await;
        assert!(!is_ready(second.is_wanted()).await && !is_ready(first.is_wanted()).await);
        // It cannot leave at once, so the next one is asked too.
        third.cannot_leave_yet();
        drop(third.used());
        second.is_wanted().await;
        assert!(!is_ready(first.is_wanted()).await);
        drop(second);
        assert!(waiting.await.unwrap().is_fresh());
    }

    #[tokio::test]
    async fn one_that_becomes_idle_later_makes_room() {
        let places = Places::new(1);
        let only = places.take().await;
        let working = only.used();
        let waiting = tokio::spawn({
            let places = Arc::clone(&places);
            async move { places.take().await }
        });
        tokio::task::yield_now().await;
        assert!(!is_ready(only.is_wanted()).await);
        drop(working);
        only.is_wanted().await;
        drop(only);
        waiting.await.unwrap();
        assert!(places.idle().leave.is_empty());
    }
}
