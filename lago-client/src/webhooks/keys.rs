//! The public key of a server: kept, and fetched again when it seems to be another.
//!
//! What to do is decided by [`Held`] from what is known. A delivery that the known key did not sign
//! is forged, or the key was changed; only another fetch tells. So that whoever forges can neither
//! make a storm of fetches nor use them up, there is one at a time and one in five seconds whatever
//! arrives, and one is owed to each delivery that had to be refused meanwhile: Lago delivers up to
//! three times, the last time after some 21 s, and by then there is a key that was fetched after the
//! first. So are those whose fetch failed, unless the one before it failed too: a server that is down is
//! not asked for ever. Deliveries wait for a fetch under way, in bounded number and for a bounded time,
//! since the runtime that fetches may be one that nobody drives any more.

mod over;

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

pub(super) use self::over::Late;
use self::over::Over;
use super::error::{Cause, Check, Reason, VerifyError};
use super::public_key::PublicKey;
use crate::platform::{self, Instant};

/// From the beginning of a fetch to that of the next one at least.
pub(super) const PAUSE: Duration = Duration::from_secs(5);

/// How long a fetch may take; after that it counts as over. Two, of which the second begins when the
/// first ends, have to be over before Lago's third attempt.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// How many deliveries wait for a fetch, and the bytes of all of them.
const MOST_WAITING: usize = 64;
const MOST_BYTES: usize = 16 << 20;

/// Asks for the key.
pub(super) type Source = Box<dyn Fn() -> Asking + Send + Sync>;

/// A response that is on its way.
pub(super) type Asking = Pin<Box<dyn Future<Output = Result<PublicKey, Cause>> + Send>>;

/// A key as those hold it who check with it.
pub(super) type SharedKey = Arc<PublicKey>;

pub(super) struct Keys {
    source: Source,
    held: Mutex<Held>,
}

/// What is known.
#[derive(Default)]
struct Held {
    key: Option<SharedKey>,
    /// Why the last fetch failed, if it did.
    failure: Option<Cause>,
    fetch: Fetch,
    /// When the next fetch may begin.
    not_before: Option<Instant>,
    waiting: usize,
    bytes: usize,
}

#[derive(Default)]
enum Fetch {
    #[default]
    None,
    /// It begins as soon as it may.
    Planned,
    UnderWay {
        over: Over,
        /// Someone found no place to wait, and is owed another.
        owed: bool,
    },
}

/// What to do when the known key, if any, did not make the signature.
enum Step {
    Try(SharedKey),
    Fetch,
    Wait(Over),
    /// There is no place to wait.
    Busy,
    /// The pause is not over.
    Pause,
}

impl Held {
    /// What to do for a delivery of so many bytes. Pure.
    fn step(&self, tried: Option<&SharedKey>, bytes: usize, now: Instant) -> Step {
        if let Some(key) = self.other_than(tried) {
            return Step::Try(key);
        }
        match &self.fetch {
            Fetch::UnderWay { over, .. } if !over.is_past(now) => match self.has_place(bytes) {
                true => Step::Wait(over.clone()),
                false => Step::Busy,
            },
            // One that is planned may be late, and one under way may have been left undone.
            _ if self.may_begin(now) => Step::Fetch,
            _ => Step::Pause,
        }
    }

    /// Whether the pause is over.
    fn may_begin(&self, now: Instant) -> bool {
        self.not_before.is_none_or(|earliest| now >= earliest)
    }

    fn other_than(&self, tried: Option<&SharedKey>) -> Option<SharedKey> {
        let key = self.key.as_ref();
        let key = key.filter(|key| tried.is_none_or(|tried| !Arc::ptr_eq(tried, key)));
        key.cloned()
    }

    /// Whether a delivery of so many bytes may wait. One of any size may when it is the only one.
    fn has_place(&self, bytes: usize) -> bool {
        self.waiting == 0
            || self.waiting < MOST_WAITING && self.bytes.saturating_add(bytes) <= MOST_BYTES
    }

    /// What the last fetch says to those who wait for it, or come before the next may begin.
    fn told(&self, tried: Option<&SharedKey>) -> Result<SharedKey, VerifyError> {
        match (self.other_than(tried), &self.failure) {
            (Some(key), _) => Ok(key),
            // It may be genuine; nobody can tell.
            (None, Some(failure)) => Err(no_key().with_source(Arc::clone(failure))),
            (None, None) => Err(Reason::Signature.into()),
        }
    }

    /// Begins a fetch; the sender is to be dropped when it is over.
    fn begin(&mut self, now: Instant) -> (watch::Sender<()>, Over) {
        let (end, over) = Over::new(now + LIMIT);
        self.not_before = Some(now + PAUSE);
        self.fetch = Fetch::UnderWay {
            over: over.clone(),
            owed: false,
        };
        (end, over)
    }

    /// Plans a fetch; whether there was none.
    fn plan(&mut self) -> bool {
        let is_new = matches!(self.fetch, Fetch::None);
        if is_new {
            self.fetch = Fetch::Planned;
        }
        is_new
    }

    fn owe(&mut self) {
        if let Fetch::UnderWay { owed, .. } = &mut self.fetch {
            *owed = true;
        }
    }

    /// Whether the fetch under way is the one with this end, and not another that took its place.
    fn is_under_way(&self, end: &watch::Sender<()>) -> bool {
        match &self.fetch {
            Fetch::UnderWay { over, .. } => over.is_of(end),
            Fetch::None | Fetch::Planned => false,
        }
    }

    /// Takes note of the response to the fetch under way, and says whether another is owed.
    fn learn(&mut self, response: Result<PublicKey, Cause>) -> bool {
        let fails_anew = response.is_err() && self.failure.is_none();
        self.failure = None;
        match response {
            // Those who tried it need not try it again.
            Ok(key) if self.key.as_ref().is_some_and(|held| held.is(&key)) => {}
            Ok(key) => self.key = Some(Arc::new(key)),
            Err(failure) => self.failure = Some(failure),
        }
        let owed = fails_anew || matches!(self.fetch, Fetch::UnderWay { owed: true, .. });
        self.fetch = if owed { Fetch::Planned } else { Fetch::None };
        owed
    }
}

impl Keys {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            held: Mutex::default(),
        }
    }

    /// The key, if there is one yet.
    pub(super) fn current(&self) -> Option<SharedKey> {
        self.held().key.clone()
    }

    /// Checks a delivery of so many bytes with the key that is held, and with the one that follows.
    pub(super) async fn check(
        self: &Arc<Self>,
        bytes: usize,
        check: impl Fn(&PublicKey) -> Result<(), VerifyError>,
    ) -> Result<(), VerifyError> {
        let held = self.current();
        if let Some(key) = &held {
            match check(key) {
                Err(error) if error.check() == Check::Signature => {}
                outcome => return outcome,
            }
        }
        check(&*self.after(held.as_ref(), bytes).await?)
    }

    /// A key other than the one that was tried, for a delivery of so many bytes. Fetches it if that
    /// may be, or waits for the fetch under way.
    pub(super) async fn after(
        self: &Arc<Self>,
        tried: Option<&SharedKey>,
        bytes: usize,
    ) -> Result<SharedKey, VerifyError> {
        match self.enter(tried, bytes)? {
            Entry::Known(key) => Ok(key),
            Entry::Waits(place, over) => {
                let in_time = over.wait().await;
                drop(place);
                let held = self.held();
                match (in_time, held.other_than(tried)) {
                    (Ok(()), _) => held.told(tried),
                    (Err(_), Some(key)) => Ok(key),
                    (Err(late), None) => Err(no_key().with_source(late)),
                }
            }
        }
    }

    /// Takes a place to wait for a fetch, which is begun unless there is one.
    fn enter(
        self: &Arc<Self>,
        tried: Option<&SharedKey>,
        bytes: usize,
    ) -> Result<Entry<'_>, VerifyError> {
        let runtime = platform::runtime();
        let now = Instant::now();
        let mut held = self.held();
        let (over, flight) = match (held.step(tried, bytes, now), runtime) {
            (Step::Try(key), _) => return Ok(Entry::Known(key)),
            (Step::Busy, _) => {
                held.owe();
                let why = "too many deliveries wait for the public key; deliver it again";
                return Err(Reason::NoKey(why).into());
            }
            (Step::Wait(_) | Step::Fetch, None) => {
                let why = "the public key is fetched in a tokio runtime only";
                return Err(Reason::NoKey(why).into());
            }
            (Step::Wait(over), Some(_)) => (over, None),
            (Step::Fetch, Some(runtime)) => {
                let (end, over) = held.begin(now);
                (over, Some((runtime, Flight::new(self, Some(end)))))
            }
            (Step::Pause, runtime) => {
                let refused = held.told(tried);
                let flight = runtime.filter(|_| held.plan());
                drop(held);
                if let Some(runtime) = flight {
                    runtime.spawn(Flight::new(self, None).run());
                }
                return refused.map(Entry::Known);
            }
        };
        held.waiting += 1;
        held.bytes += bytes;
        drop(held);
        let place = Waiting { keys: self, bytes };
        // In a task of its own: a caller who hangs up must neither waste the response nor make room
        // for another fetch. Not before the lock is open: a runtime that ends drops it at once.
        if let Some((runtime, flight)) = flight {
            runtime.spawn(flight.run());
        }
        Ok(Entry::Waits(place, over))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a delivery is given for the key that did not sign it.
enum Entry<'k> {
    Known(SharedKey),
    Waits(Waiting<'k>, Over),
}

/// A place among those who wait.
struct Waiting<'k> {
    keys: &'k Keys,
    bytes: usize,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut held = self.keys.held();
        held.waiting -= 1;
        held.bytes -= self.bytes;
    }
}

/// The fetch that is planned or under way.
struct Flight {
    keys: Arc<Keys>,
    /// Closed when it is over; none while it is planned.
    end: Option<watch::Sender<()>>,
    landed: bool,
}

impl Flight {
    fn new(keys: &Arc<Keys>, end: Option<watch::Sender<()>>) -> Self {
        Self {
            keys: Arc::clone(keys),
            end,
            landed: false,
        }
    }

    async fn run(mut self) {
        while !self.landed {
            if self.end.is_none() {
                self.begin().await;
            }
            if let Some(end) = &self.end {
                let response = (self.keys.source)().await;
                let mut held = self.keys.held();
                // What comes after its time is older than what the next one brings.
                self.landed = !held.is_under_way(end) || !held.learn(response);
                drop(held);
                self.end = None;
            }
        }
    }

    /// Begins as soon as it may, unless a delivery that came first has begun in its place.
    async fn begin(&mut self) {
        let not_before = self.keys.held().not_before;
        if let Some(earliest) = not_before {
            platform::sleep(earliest - Instant::now()).await;
        }
        let now = Instant::now();
        let mut held = self.keys.held();
        match held.fetch {
            Fetch::Planned if held.may_begin(now) => self.end = Some(held.begin(now).0),
            // Planned by another, after a fetch that this one slept through.
            Fetch::Planned => {}
            Fetch::None | Fetch::UnderWay { .. } => self.landed = true,
        }
    }
}

/// Who panics, or whose runtime ends, leaves nobody waiting.
impl Drop for Flight {
    fn drop(&mut self) {
        if self.landed {
            return;
        }
        let mut held = self.keys.held();
        match (&self.end, &held.fetch) {
            (Some(end), _) if held.is_under_way(end) => {
                held.learn(Err(Arc::new(Interrupted)));
                held.fetch = Fetch::None;
            }
            (None, Fetch::Planned) => held.fetch = Fetch::None,
            _ => {}
        }
    }
}

/// A fetch did not come to its end.
#[derive(Debug)]
struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fetch was interrupted")
    }
}

impl std::error::Error for Interrupted {}

fn no_key() -> VerifyError {
    Reason::NoKey("the public key cannot be fetched").into()
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
