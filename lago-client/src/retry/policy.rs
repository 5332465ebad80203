//! How often and how long a call is tried again.

use std::time::Duration;

/// How often and how long a call is tried again.
///
/// A policy sets limits; whether a failure may be repeated at all is not its affair. That follows
/// from the operation ([`Operation::idempotency`](crate::Operation::idempotency)) and from what
/// happened:
///
/// | what happened | idempotent operation | any other |
/// |---|---|---|
/// | no connection: nothing was sent | again | again |
/// | no connection of an HTTP client of [your own], which may have been redirected | again | error, [ambiguous] |
/// | no response in time, connection lost, response cut off | again | error, [ambiguous] |
/// | any response that does not prove that the server did nothing: 5xx, 429, pages of gateways | again | error, [ambiguous] |
/// | 409, 422 `lock_acquisition_failed` of Lago | again | error |
/// | any other refusal of Lago that proves it: [the list][ambiguous] | error | error |
/// | a success that cannot be read, or is too large | error, [ambiguous] | error, [ambiguous] |
///
/// Before attempt *n* + 1 a call waits a random time of up to `initial_backoff` × 2<sup>*n* − 1</sup>,
/// at most `max_backoff` (full jitter). Where the server says how long (`Retry-After` in seconds or
/// as a date, `x-ratelimit-reset`), it waits that long besides, whatever `max_backoff` says. A wait that
/// would end after [`total_timeout`](crate::ClientBuilder::total_timeout), or that is longer than
/// `max_retry_after`, is not begun: the call fails at once, and
/// [`Error::retry_after`](crate::Error::retry_after) says how long it would have been.
///
/// All calls of a client and its clones share a budget for retries besides. It fills with
/// successes; while a server is down it is soon used up, so that clients do not add to the load.
///
/// ```
/// use std::time::Duration;
/// use lago_client::{Client, RetryPolicy};
///
/// let patient = RetryPolicy::new().max_attempts(8).max_backoff(Duration::from_secs(60));
/// let lago = Client::builder().api_key("your-api-key").retry(patient).build()?;
///
/// // This one not.
/// let request = lago.customers().get("acme").retry(RetryPolicy::never());
/// # Ok::<(), lago_client::Error>(())
/// ```
///
/// [ambiguous]: crate::Error::is_ambiguous
/// [your own]: crate::ClientBuilder::http_client
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    pub(crate) max_attempts: u32,
    pub(crate) initial_backoff: Duration,
    pub(crate) max_backoff: Duration,
    pub(crate) max_retry_after: Duration,
}

impl RetryPolicy {
    /// Up to 4 attempts, 200 ms at first and at most 20 s between them, 120 s where the server asks
    /// for it.
    pub const fn new() -> Self {
        Self {
            max_attempts: 4,
            initial_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(20),
            max_retry_after: Duration::from_secs(120),
        }
    }

    /// One attempt, whatever comes of it. Behind a proxy whose responses have no length, such as one that speaks
    /// HTTP/1.0, that is too few for calls whose response is text or nothing
    /// ([`is_transport`](crate::Error::is_transport)).
    pub const fn never() -> Self {
        Self::new().max_attempts(1)
    }

    /// How often a request is sent at most, the first time included. Zero counts as one.
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The longest wait after the first attempt; it doubles after each further one.
    pub const fn initial_backoff(mut self, backoff: Duration) -> Self {
        self.initial_backoff = backoff;
        self
    }

    /// The longest wait of all that the server does not ask for.
    pub const fn max_backoff(mut self, backoff: Duration) -> Self {
        self.max_backoff = backoff;
        self
    }

    /// The longest wait that is granted to a server that asks for one: 120 s unless set. A call whose
    /// server asks for more fails at once. The policy of a client also limits how long its calls wait for
    /// a window of the rate limit
    /// ([`rate_limit_pacing`](crate::ClientBuilder::rate_limit_pacing)).
    pub const fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// The longest wait after an attempt, the first being 1.
    pub(crate) fn backoff(&self, attempt: u32) -> Duration {
        // By then any time but none at all is longer than a `Duration` can be.
        const SATURATED: u32 = 96;
        let mut backoff = self.initial_backoff;
        for _ in 1..attempt.min(SATURATED) {
            backoff = backoff.saturating_mul(2);
        }
        backoff.min(self.max_backoff)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn times() -> impl Strategy<Value = Duration> {
        prop_oneof![
            Just(Duration::ZERO),
            Just(Duration::MAX),
            any::<u64>().prop_map(Duration::from_nanos),
            any::<u64>().prop_map(Duration::from_secs),
        ]
    }

    proptest! {
        /// It doubles until it is the longest, and stays that.
        #[test]
        fn a_wait_is_twice_the_one_before_it_or_the_longest(
            first in times(),
            longest in times(),
            attempt in prop_oneof![1..200_u32, any::<u32>()],
        ) {
            let policy = RetryPolicy::new().initial_backoff(first).max_backoff(longest);
            prop_assert_eq!(policy.backoff(1), first.min(longest));
            let next = policy.backoff(attempt.saturating_add(1));
            let twice = policy.backoff(attempt).saturating_mul(2).min(longest);
            prop_assert!(next == twice || attempt == u32::MAX, "{:?} {:?}", next, twice);
        }
    }

    #[test]
    fn no_wait_stays_none_however_often_it_is_doubled() {
        let policy = RetryPolicy::new().initial_backoff(Duration::ZERO);
        for attempt in [1, 32, 33, 34, u32::MAX] {
            assert_eq!(policy.backoff(attempt), Duration::ZERO, "{attempt}");
        }
        let policy = RetryPolicy::new()
            .initial_backoff(Duration::from_nanos(1))
            .max_backoff(Duration::MAX);
        assert_eq!(policy.backoff(34), Duration::from_nanos(1 << 33));
        assert_eq!(policy.backoff(u32::MAX), Duration::MAX);
    }
}
