//! The public key of a server: kept, and asked for again when it seems to be another.
//!
//! What to do is decided by [`Held::after`] from what is known; fetching is done in one place, by
//! one at a time, and seldom enough that forged deliveries cannot make a storm of it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::{Cause, Reason, VerifyError};
use super::public_key::PublicKey;

/// After asking for a key in place of one that is known, whatever came of it.
const PAUSE: Duration = Duration::from_secs(60);

/// After asking in vain for the first key. Lago delivers again after some 3 s.
const PAUSE_WITHOUT_KEY: Duration = Duration::from_secs(1);

/// Asks for the key.
pub(super) type Source = Box<dyn Fn() -> Asking + Send + Sync>;

/// An answer that is on its way.
pub(super) type Asking = Pin<Box<dyn Future<Output = Result<PublicKey, Cause>> + Send>>;

/// Tells the time, given from outside so that tests need no clock.
pub(super) type Clock = Box<dyn Fn() -> Instant + Send + Sync>;

/// A key as those hold it who check with it.
pub(super) type SharedKey = Arc<PublicKey>;

pub(super) struct Keys {
    source: Source,
    clock: Clock,
    held: Mutex<Held>,
    /// Whose turn it is to ask.
    turn: tokio::sync::Mutex<()>,
}

/// What is known.
#[derive(Default)]
struct Held {
    key: Option<SharedKey>,
    /// When to ask again at the earliest.
    not_before: Option<Instant>,
    /// Why the last attempt failed, if it did.
    failure: Option<Cause>,
}

/// What to do next.
enum Step {
    Try(SharedKey),
    Ask,
    Refuse(VerifyError),
}

impl Held {
    /// What to do when the key that was tried, if any, did not make the signature. Pure.
    fn after(&self, tried: Option<&SharedKey>, now: Instant) -> Step {
        match &self.key {
            Some(key) if tried.is_none_or(|tried| !Arc::ptr_eq(tried, key)) => {
                return Step::Try(Arc::clone(key));
            }
            _ if self.not_before.is_none_or(|earliest| now >= earliest) => return Step::Ask,
            _ => {}
        }
        match &self.failure {
            // It may be genuine; nobody can tell.
            Some(failure) => Step::Refuse(no_key().because(Arc::clone(failure))),
            None => Step::Refuse(Reason::Signature.into()),
        }
    }

    /// Takes note of an answer.
    fn learn(&mut self, answer: Result<PublicKey, Cause>, now: Instant) {
        self.not_before = match (&self.key, &answer) {
            (Some(_), _) => Some(now + PAUSE),
            (None, Err(_)) => Some(now + PAUSE_WITHOUT_KEY),
            // The first key may be replaced at any time.
            (None, Ok(_)) => None,
        };
        self.failure = None;
        match answer {
            // Those who tried it need not try it again.
            Ok(key) if self.key.as_ref().is_some_and(|held| held.is(&key)) => {}
            Ok(key) => self.key = Some(Arc::new(key)),
            Err(failure) => self.failure = Some(failure),
        }
    }
}

impl Keys {
    pub(super) fn new(source: Source, clock: Clock) -> Self {
        Self {
            source,
            clock,
            held: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The key, if there is one yet.
    pub(super) fn current(&self) -> Option<SharedKey> {
        self.held().key.clone()
    }

    /// A key other than the one that was tried; asks for it if that may be.
    pub(super) async fn after(
        self: &Arc<Self>,
        tried: Option<&SharedKey>,
    ) -> Result<SharedKey, VerifyError> {
        match self.step(tried) {
            Step::Try(key) => return Ok(key),
            Step::Refuse(error) => return Err(error),
            Step::Ask => {}
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return Err(Reason::NoKey("the public key is fetched in a tokio runtime only").into());
        };
        // In a task of its own: a caller who hangs up must neither waste the answer nor make room
        // for asking again at once.
        let asked = Arc::clone(self).ask(tried.cloned());
        runtime.spawn(asked).await.unwrap_or_else(|_| Err(no_key()))
    }

    /// Asks, unless someone else did meanwhile.
    async fn ask(self: Arc<Self>, tried: Option<SharedKey>) -> Result<SharedKey, VerifyError> {
        let _turn = self.turn.lock().await;
        if let Step::Ask = self.step(tried.as_ref()) {
            let answer = (self.source)().await;
            let now = (self.clock)();
            self.held().learn(answer, now);
        }
        match self.step(tried.as_ref()) {
            Step::Try(key) => Ok(key),
            Step::Refuse(error) => Err(error),
            // The pause is over already: someone set the clock.
            Step::Ask => Err(no_key()),
        }
    }

    fn step(&self, tried: Option<&SharedKey>) -> Step {
        let now = (self.clock)();
        self.held().after(tried, now)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_key() -> VerifyError {
    Reason::NoKey("the public key cannot be fetched").into()
}

#[cfg(test)]
mod tests;
