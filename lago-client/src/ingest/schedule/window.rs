//! How many batches are under way at once: a few more while the server keeps up, half as many when it fails.

use std::time::Duration;

use tokio::time::Instant;

/// At the start. A server has three threads for a process unless set otherwise.
const START: usize = 4;

/// Responses that are faster than this are fast, however fast others were.
const FAST: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(super) struct Window {
    limit: usize,
    most: usize,
    in_flight: usize,
    /// Successes since the limit changed.
    successes: usize,
    /// About the fastest of late.
    fastest: Duration,
    halved: Instant,
}

impl Window {
    pub(super) fn new(most: usize, now: Instant) -> Self {
        Self {
            limit: START.min(most),
            most,
            in_flight: 0,
            successes: 0,
            fastest: Duration::MAX,
            halved: now,
        }
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(super) fn has_room(&self) -> bool {
        self.in_flight < self.limit
    }

    pub(super) fn started(&mut self) {
        self.in_flight += 1;
    }

    /// It ended, which says nothing of how much the server can bear.
    pub(super) fn ended(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// The server kept up. There is no use in more than are sent, so that only a full window grows.
    pub(super) fn succeeded(&mut self, started: Instant, now: Instant) {
        let was_full = self.in_flight >= self.limit;
        self.ended();
        let took = now.saturating_duration_since(started);
        // What was fast once need not be possible for ever.
        self.fastest = self.fastest.saturating_add(self.fastest / 64).min(took);
        if !was_full || took > (self.fastest * 2).max(FAST) {
            return;
        }
        self.successes += 1;
        if self.successes > self.limit && self.limit < self.most {
            self.limit += 1;
            self.successes = 0;
        }
    }

    /// The server failed. Several that were under way together are one reason.
    pub(super) fn failed(&mut self, started: Instant, now: Instant) {
        self.ended();
        if started >= self.halved {
            self.limit = (self.limit / 2).max(1);
            self.successes = 0;
            self.halved = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: Duration = Duration::from_millis(10);

    /// Keeps the window full for so many rounds; what its limit is then.
    fn rounds(window: &mut Window, now: &mut Instant, rounds: usize, took: Duration) -> usize {
        for _ in 0..rounds {
            let started = *now;
            let mut batches = 0;
            while window.has_room() {
                window.started();
                batches += 1;
            }
            *now += took;
            for _ in 0..batches {
                window.succeeded(started, *now);
                window.started();
            }
            (0..batches).for_each(|_| window.ended());
        }
        window.limit
    }

    #[test]
    fn it_grows_while_the_server_keeps_up_and_no_further_than_set() {
        let mut now = Instant::now();
        let mut window = Window::new(8, now);
        assert_eq!(window.limit, START);
        assert_eq!(rounds(&mut window, &mut now, 100, RTT), 8);
    }

    #[test]
    fn it_does_not_grow_while_responses_take_longer_and_longer() {
        let mut now = Instant::now();
        let mut window = Window::new(64, now);
        let fast = rounds(&mut window, &mut now, 3, Duration::from_millis(40));
        let slow = rounds(&mut window, &mut now, 10, Duration::from_millis(400));
        assert_eq!(fast, slow);
    }

    #[test]
    fn failures_of_one_moment_halve_it_once() {
        let mut now = Instant::now();
        let mut window = Window::new(64, now);
        let mut seen = Vec::new();
        for _ in 0..3 {
            let started = now;
            let batches = window.limit;
            (0..batches).for_each(|_| window.started());
            now += RTT;
            (0..batches).for_each(|_| window.failed(started, now));
            seen.push(window.limit);
        }
        assert_eq!(seen, [2, 1, 1]);
        assert_eq!(window.in_flight(), 0);
    }

    #[test]
    fn a_window_that_is_not_used_does_not_grow() {
        let now = Instant::now();
        let mut window = Window::new(64, now);
        for _ in 0..100 {
            window.started();
            window.succeeded(now, now + RTT);
        }
        assert_eq!(window.limit, START);
    }
}
