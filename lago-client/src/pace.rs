//! Keeps the calls of a client and its clones within the server's rate limit.
//!
//! What follows from an answer and who may go is decided by [`State`], from instants that are
//! parameters. Waiting is done here: those who wait stand in line, and only the first of them looks
//! at the state.

mod state;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::clock::{Clock, within};
use crate::rate_limit::RateLimit;
use state::{State, Turn};

/// Shared by a client and its clones.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
    /// Held by the first in line, who waits for an instant or for an answer.
    line: tokio::sync::Mutex<()>,
    /// Told of each answer.
    news: Notify,
}

impl Pace {
    /// No wait for a window is longer than this.
    pub(crate) fn new(longest: Duration) -> Self {
        Self {
            state: Mutex::new(State::new(longest)),
            line: tokio::sync::Mutex::default(),
            news: Notify::new(),
        }
    }

    /// How long a call that comes now has to wait, as far as that is known; none when it need not.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        self.state().wait(now)
    }

    /// Waits until the next request may be sent.
    ///
    /// # Errors
    ///
    /// How long it would take, when that is longer than there is time.
    pub(crate) async fn enter<'p>(
        &'p self,
        clock: &'p dyn Clock,
        remaining: Duration,
    ) -> Result<Pass<'p>, Duration> {
        let start = clock.now();
        match self.wait(start) {
            // The rule.
            None => {
                if let Turn::Go(request) = self.ask(start) {
                    return Ok(self.pass(request, clock));
                }
            }
            Some(wait) if wait >= remaining => return Err(wait),
            Some(_) => {}
        }
        let left = || remaining.saturating_sub(clock.now() - start);
        let late = || self.wait(clock.now()).unwrap_or_default();
        let _waiting = Waiting::new(self);
        let line = within(clock, left(), self.line.lock()).await;
        let _first = line.ok_or_else(late)?;
        loop {
            match self.ask(clock.now()) {
                Turn::Go(request) => return Ok(self.pass(request, clock)),
                Turn::At(wait) if wait >= left() => return Err(wait),
                Turn::At(wait) => drop(within(clock, wait, self.news.notified()).await),
                Turn::AfterProbe => {
                    let news = within(clock, left(), self.news.notified()).await;
                    news.ok_or_else(late)?;
                }
            }
        }
    }

    /// Notes what the answer to a request says.
    pub(crate) fn note(&self, request: u64, headers: &HeaderMap, now: Instant) {
        if let Some(limit) = RateLimit::read(headers) {
            self.state().note(request, limit, now);
            self.news.notify_one();
        }
    }

    fn ask(&self, now: Instant) -> Turn {
        self.state().ask(now)
    }

    fn pass<'p>(&'p self, request: u64, clock: &'p dyn Clock) -> Pass<'p> {
        Pass {
            pace: self,
            clock,
            request,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that may be sent, until it is known what came of it.
pub(crate) struct Pass<'p> {
    pace: &'p Pace,
    clock: &'p dyn Clock,
    /// Its number, in the order in which requests are sent.
    pub(crate) request: u64,
}

impl Drop for Pass<'_> {
    /// Also when the call is dropped under way: those who wait for its answer must not wait for ever.
    fn drop(&mut self) {
        let now = self.clock.now();
        if self.pace.state().end(self.request, now) {
            self.pace.news.notify_one();
        }
    }
}

/// Counts those in line.
struct Waiting<'p>(&'p Pace);

impl<'p> Waiting<'p> {
    fn new(pace: &'p Pace) -> Self {
        pace.state().waiting += 1;
        Self(pace)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}
