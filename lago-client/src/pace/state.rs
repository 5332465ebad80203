//! Who may send a request, from what answers have said. Pure.

use std::time::Duration;

use tokio::time::Instant;

use crate::rate_limit::RateLimit;

/// A window is told in whole seconds.
const SHORTEST_WINDOW: Duration = Duration::from_secs(1);

/// Two answers that put the end of the window so far apart speak of the same one.
const SAME_WINDOW: Duration = Duration::from_millis(1500);

/// What is known of the server's window.
#[derive(Debug)]
pub(super) struct State {
    gate: Gate,
    /// No window is waited for longer: one absurd answer must not end all calls.
    longest: Duration,
    /// How many calls are waiting.
    pub(super) waiting: u32,
    /// Of the requests that were sent.
    requests: u64,
    /// What the answer to the latest request said that said something.
    news: Option<News>,
}

/// Whether requests go out.
#[derive(Clone, Copy, Debug)]
enum Gate {
    /// All of them.
    Open,
    /// None before this instant; then one, to find out.
    Closed { until: Instant },
    /// None before the answer to this one.
    Probing { request: u64 },
    /// One at a time, evenly spread over the window that ends then.
    Spread {
        next: Instant,
        every: Duration,
        end: Instant,
    },
}

/// What an answer says of the window.
#[derive(Clone, Copy, Debug)]
struct News {
    /// The request that it answers.
    request: u64,
    remaining: u64,
    limit: u64,
    /// When the window ends.
    end: Instant,
    /// How long that was from then, so that the window has this length at least.
    rest: Duration,
}

/// What the first in line may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Send the request of this number.
    Go(u64),
    /// Ask again after this time.
    At(Duration),
    /// Ask again when the probe is answered.
    AfterProbe,
}

impl State {
    pub(super) fn new(longest: Duration) -> Self {
        Self {
            gate: Gate::Open,
            longest,
            waiting: 0,
            requests: 0,
            news: None,
        }
    }

    /// How long a call that comes now has to wait at least; none when it need not.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        let until = match self.gate {
            Gate::Open => return (self.waiting > 0).then_some(Duration::ZERO),
            Gate::Probing { .. } => return Some(Duration::ZERO),
            Gate::Closed { until } => until,
            Gate::Spread { next, every, end } => {
                let behind = every.checked_mul(self.waiting);
                let turn = behind.and_then(|wait| next.max(now).checked_add(wait));
                turn.map_or(end, |turn| turn.min(end))
            }
        };
        let wait = until.saturating_duration_since(now);
        (self.waiting > 0 || !wait.is_zero()).then_some(wait)
    }

    /// What the first in line may do now.
    pub(super) fn ask(&mut self, now: Instant) -> Turn {
        match self.gate {
            Gate::Open => {}
            Gate::Probing { .. } => return Turn::AfterProbe,
            Gate::Closed { until: later } | Gate::Spread { next: later, .. } if now < later => {
                return Turn::At(later - now);
            }
            Gate::Spread { every, end, .. } if now < end => {
                let next = now.checked_add(every).unwrap_or(end).min(end);
                self.gate = Gate::Spread { next, every, end };
            }
            Gate::Closed { .. } | Gate::Spread { .. } => {
                let request = self.requests + 1;
                self.gate = Gate::Probing { request };
            }
        }
        self.requests += 1;
        Turn::Go(self.requests)
    }

    /// Takes note of the answer to a request.
    ///
    /// Answers arrive in any order; the one to the latest request is the news. An earlier one counts
    /// where it knows of fewer requests left in the same window, which only become fewer.
    pub(super) fn note(&mut self, request: u64, limit: RateLimit, now: Instant) {
        let rest = limit.reset.min(self.longest);
        let Some(end) = now.checked_add(rest) else {
            return;
        };
        let news = News {
            request,
            remaining: limit.remaining,
            limit: limit.limit,
            end,
            rest,
        };
        let is_news = self.news.is_none_or(|known| {
            let apart = known.end.max(end) - known.end.min(end);
            let has_less = news.remaining < known.remaining && apart <= SAME_WINDOW;
            request >= known.request || has_less
        });
        if is_news {
            let latest = self
                .news
                .map_or(request, |known| known.request.max(request));
            self.news = Some(News {
                request: latest,
                ..news
            });
            // Requests that went out later are not counted in it.
            let later = self.requests.saturating_sub(request);
            self.gate = match news.remaining.saturating_sub(later) {
                0 if news.remaining == 0 || self.waiting > 0 => Gate::Closed { until: end },
                remaining => self.share(remaining, rest, now),
            };
        }
    }

    /// Takes note that a request has come to its end, answered or not; whether that changes anything.
    pub(super) fn end(&mut self, request: u64, now: Instant) -> bool {
        let is_probe = matches!(self.gate, Gate::Probing { request: probe } if probe == request);
        if is_probe {
            // Without an answer that says something, the next window is taken to be like the last.
            self.gate = self
                .news
                .map_or(Gate::Open, |last| self.share(last.limit, last.rest, now));
        }
        is_probe
    }

    /// Lets those who wait share so many requests evenly over what is left of a window.
    fn share(&self, requests: u64, rest: Duration, now: Instant) -> Gate {
        let length = rest.max(SHORTEST_WINDOW);
        let Some(end) = now.checked_add(length).filter(|_| self.waiting > 0) else {
            return Gate::Open;
        };
        let every = length / u32::try_from(requests).unwrap_or(u32::MAX).max(1);
        let next = match self.gate {
            // What is going out goes on.
            Gate::Spread { next, .. } => next.min(now + every),
            Gate::Open | Gate::Closed { .. } | Gate::Probing { .. } => now,
        };
        Gate::Spread { next, every, end }
    }
}
