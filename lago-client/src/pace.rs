//! Keeps the calls of a client and its clones within the server's rate limit.
//!
//! What follows from a response and who may go is decided by [`State`], from instants that are
//! parameters. Waiting is done here. Nobody waits for another call: a future that its owner does not
//! poll would hold up all clones. Each waits for its own alarm and looks at the state again, and the
//! first to look when there is a turn takes it.

mod state;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::Notify;

use crate::clock::{Clock, within};
use crate::platform::Instant;
use crate::rate_limit::RateLimit;
use state::{State, Turn};

/// Shared by a client and its clones.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
    /// Told of what may let somebody go sooner.
    news: Notify,
}

impl Pace {
    /// No wait for a window is longer than this.
    pub(crate) fn new(longest: Duration) -> Self {
        Self {
            state: Mutex::new(State::new(longest)),
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
    /// How long it would take, as far as that is known, when it is longer than there is time.
    pub(crate) async fn enter<'p>(
        &'p self,
        clock: &'p dyn Clock,
        remaining: Duration,
    ) -> Result<Pass<'p>, Option<Duration>> {
        let start = clock.now();
        match self.wait(start) {
            // The rule.
            None => {
                if let Turn::Go(request) = self.state().ask(start, 0) {
                    return Ok(self.pass(request, clock));
                }
            }
            Some(wait) if wait >= remaining => return Err(Some(wait)),
            Some(_) => {}
        }
        let place = Ticket::new(self);
        loop {
            // From before the look, so that none is missed after it.
            let news = self.news.notified();
            let now = clock.now();
            let left = remaining.saturating_sub(now - start);
            if left.is_zero() {
                return Err(None);
            }
            let turn = self.state().ask(now, place.number);
            let wait = match turn {
                Turn::Go(request) => return Ok(self.pass(request, clock)),
                Turn::At(wait) if wait >= left => return Err(Some(wait)),
                Turn::At(wait) => wait,
                Turn::AfterProbe(wait) => wait.min(left),
            };
            // Whichever it was, the state says what it means.
            let _ = within(clock, wait, news).await;
        }
    }

    /// Notes what the response to a request says.
    pub(crate) fn note(&self, request: u64, headers: &HeaderMap, now: Instant) {
        if let Some(limit) = RateLimit::read(headers) {
            let is_news = self.state().note(request, limit, now);
            if is_news {
                self.news.notify_waiters();
            }
        }
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
    /// Also when the call is dropped under way: those who wait for its response need not any longer.
    fn drop(&mut self) {
        let now = self.clock.now();
        let is_news = self.pace.state().end(self.request, now);
        if is_news {
            self.pace.news.notify_waiters();
        }
    }
}

/// A call's place in line, until it leaves.
struct Ticket<'p> {
    pace: &'p Pace,
    number: u64,
}

impl<'p> Ticket<'p> {
    fn new(pace: &'p Pace) -> Self {
        let number = pace.state().stand();
        Self { pace, number }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.pace.state().leave(self.number);
    }
}
