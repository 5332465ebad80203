//! Who may send a request, from what responses have said. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::platform::Instant;
use crate::rate_limit::RateLimit;

/// A window is told in whole seconds.
const SHORTEST_WINDOW: Duration = Duration::from_secs(1);

/// Two responses that put the end of the window so far apart speak of the same one.
const SAME_WINDOW: Duration = Duration::from_millis(1500);

/// How long the others wait for the response of a probe. Then the next one goes to find out: the first
/// may be held by a future that nobody polls, and a request in so long is no burden to a server.
pub(super) const PROBE: Duration = Duration::from_secs(2);

/// How much longer than the first in line the others wait for an instant, so that it goes first if
/// it is awake. Where turns are spread it is a part of the time between two.
pub(super) const GRACE: Duration = Duration::from_millis(10);

/// What is known of the server's window.
#[derive(Debug)]
pub(super) struct State {
    gate: Gate,
    /// No window is waited for longer: one absurd response must not end all calls.
    longest: Duration,
    /// The places of the calls that are waiting, in the order in which they came.
    line: BTreeSet<u64>,
    /// How many have stood in line. Places are numbered from 1.
    places: u64,
    /// Of the requests that were sent.
    requests: u64,
    /// What the response to the latest request said that said something.
    news: Option<News>,
}

/// Whether requests go out.
#[derive(Clone, Copy, Debug)]
enum Gate {
    /// All of them.
    Open,
    /// None before this instant; then one, to find out.
    Closed { until: Instant },
    /// None before the response to this one, or this instant.
    Probing { request: u64, until: Instant },
    /// One at a time, evenly spread over the window that ends then.
    Spread {
        next: Instant,
        every: Duration,
        end: Instant,
    },
}

/// What a response says of the window.
#[derive(Clone, Copy, Debug)]
struct News {
    /// The request that it responds to.
    request: u64,
    remaining: u64,
    limit: u64,
    /// When the window ends.
    end: Instant,
    /// How long that was from then, so that the window has this length at least.
    rest: Duration,
}

/// What a call may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Send the request of this number.
    Go(u64),
    /// Ask again after this time.
    At(Duration),
    /// Ask again when the probe has its response, and after this time.
    AfterProbe(Duration),
}

impl State {
    pub(super) fn new(longest: Duration) -> Self {
        Self {
            gate: Gate::Open,
            longest,
            line: BTreeSet::new(),
            places: 0,
            requests: 0,
            news: None,
        }
    }

    /// Takes the last place in line.
    pub(super) fn stand(&mut self) -> u64 {
        self.places += 1;
        self.line.insert(self.places);
        self.places
    }

    /// Gives a place up.
    pub(super) fn leave(&mut self, place: u64) {
        self.line.remove(&place);
    }

    /// How many calls are waiting.
    pub(super) fn waiting(&self) -> u32 {
        u32::try_from(self.line.len()).unwrap_or(u32::MAX)
    }

    /// How long a call that comes now has to wait at least; none when it need not.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        let is_first = self.line.is_empty();
        let until = match self.gate {
            Gate::Open => return (!is_first).then_some(Duration::ZERO),
            Gate::Probing { until, .. } => {
                return (!is_first || now < until).then_some(Duration::ZERO);
            }
            Gate::Closed { until } => until,
            Gate::Spread { next, every, end } => {
                let behind = every.checked_mul(self.waiting());
                let turn = behind.and_then(|wait| next.max(now).checked_add(wait));
                turn.map_or(end, |turn| turn.min(end))
            }
        };
        let wait = until.saturating_duration_since(now);
        (!is_first || !wait.is_zero()).then_some(wait)
    }

    /// What the call at this place in line may do now; none is before 0.
    ///
    /// A place is no right: whoever asks when a request may be sent takes the turn. It only says who
    /// asks when, so that those who came first mostly go first.
    pub(super) fn ask(&mut self, now: Instant, place: u64) -> Turn {
        if let Some(turn) = self.later(now, place) {
            return turn;
        }
        match self.gate {
            Gate::Open => {}
            Gate::Spread { every, end, .. } if now < end => {
                let next = now.checked_add(every).unwrap_or(end).min(end);
                self.gate = Gate::Spread { next, every, end };
            }
            Gate::Closed { .. } | Gate::Probing { .. } | Gate::Spread { .. } => {
                let request = self.requests + 1;
                let until = now.checked_add(PROBE).unwrap_or(now);
                self.gate = Gate::Probing { request, until };
            }
        }
        self.requests += 1;
        Turn::Go(self.requests)
    }

    /// When the call at this place asks again, if nothing may be sent yet.
    fn later(&self, now: Instant, place: u64) -> Option<Turn> {
        let is_first = self.line.first().is_none_or(|first| place <= *first);
        let grace = |grace| if is_first { Duration::ZERO } else { grace };
        match self.gate {
            Gate::Open => None,
            Gate::Probing { until, .. } => left(until, grace(GRACE), now).map(Turn::AfterProbe),
            Gate::Closed { until } => left(until, grace(GRACE), now).map(Turn::At),
            Gate::Spread { next, every, end } => {
                let before_end = left(end, grace(GRACE), now)?;
                if now < end {
                    left(next, grace(every / 4), now)?;
                }
                let look = left(next, self.behind(place, every), now);
                Some(Turn::At(look.unwrap_or(before_end).min(before_end)))
            }
        }
    }

    /// How long after the next turn the call at this place asks again: about halfway to its own, since
    /// the line gets shorter in other ways than by turns. A quarter off, so that it does not ask when
    /// it is the turn of another.
    fn behind(&self, place: u64, every: Duration) -> Duration {
        let ahead = u32::try_from(self.line.range(..place).count()).unwrap_or(u32::MAX);
        let quarters = ahead.saturating_mul(2).saturating_sub(1);
        (every / 4).saturating_mul(quarters)
    }

    /// Takes note of the response to a request; whether those who wait must ask again.
    ///
    /// Responses arrive in any order; the one to the latest request is the news. An earlier one counts
    /// where it knows of fewer requests left in the same window, which only become fewer.
    pub(super) fn note(&mut self, request: u64, limit: RateLimit, now: Instant) -> bool {
        let rest = limit.reset.min(self.longest);
        let Some(end) = now.checked_add(rest) else {
            return false;
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
        if !is_news {
            return false;
        }
        let latest = self
            .news
            .map_or(request, |known| known.request.max(request));
        self.news = Some(News {
            request: latest,
            ..news
        });
        // Requests that went out later are not counted in it.
        let later = self.requests.saturating_sub(request);
        let before = self.gate;
        self.gate = match news.remaining.saturating_sub(later) {
            0 if news.remaining == 0 || !self.line.is_empty() => Gate::Closed { until: end },
            remaining => self.share(remaining, rest, now),
        };
        match (before, self.gate) {
            (Gate::Open, Gate::Open) => false,
            // Each sees a small change when it asks, and not all need ask at each response.
            (Gate::Spread { every: before, .. }, Gate::Spread { every, .. }) => every < before / 2,
            _ => true,
        }
    }

    /// Takes note that a request has come to its end, with a response or without; whether that changes anything.
    pub(super) fn end(&mut self, request: u64, now: Instant) -> bool {
        let is_probe =
            matches!(self.gate, Gate::Probing { request: probe, .. } if probe == request);
        if is_probe {
            // Without a response that says something, the next window is taken to be like the last.
            self.gate = self
                .news
                .map_or(Gate::Open, |last| self.share(last.limit, last.rest, now));
        }
        is_probe
    }

    /// Lets those who wait share so many requests evenly over what is left of a window.
    fn share(&self, requests: u64, rest: Duration, now: Instant) -> Gate {
        let length = rest.max(SHORTEST_WINDOW);
        let Some(end) = now.checked_add(length).filter(|_| !self.line.is_empty()) else {
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

/// How long it is until so much after an instant; none when that is over.
fn left(instant: Instant, grace: Duration, now: Instant) -> Option<Duration> {
    let until = instant.saturating_duration_since(now).saturating_add(grace);
    let left = until.saturating_sub(now.saturating_duration_since(instant));
    Some(left).filter(|left| !left.is_zero())
}
