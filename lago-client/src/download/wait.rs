//! How long a file is waited for, and when to look for it again.

use std::time::Duration;

use crate::clock::Clock;
use crate::error::Error;
use crate::platform::Instant;

/// How much longer than the first pause the others may become.
const LARGEST_FACTOR: u32 = 10;

/// How long they become in any case: whoever is in a hurry at first must not ask without end.
const LONGEST: Duration = Duration::from_secs(5);

/// From here on doubling gets somewhere.
const SHORTEST: Duration = Duration::from_millis(1);

/// The limits of waiting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    /// For everything together.
    pub(super) total: Duration,
    /// The first pause between two looks.
    pub(super) interval: Duration,
}

impl Default for Wait {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(60),
            interval: Duration::from_millis(500),
        }
    }
}

impl Wait {
    /// How much of the time is left.
    pub(super) fn remaining(&self, start: Instant, now: Instant) -> Duration {
        self.total
            .saturating_sub(now.saturating_duration_since(start))
    }

    /// How long to wait after so many looks before the next; none when it is too late for one. The
    /// last pause is cut short, so that the time is not up when the file is there.
    pub(super) fn pause(&self, looks: u32, remaining: Duration) -> Option<Duration> {
        let first = self.interval.max(SHORTEST);
        let rest = remaining.saturating_sub(first);
        if rest.is_zero() {
            return None;
        }
        let longest = first.saturating_mul(LARGEST_FACTOR).max(LONGEST);
        let factor = 2_u32.saturating_pow(looks.saturating_sub(1));
        Some(first.saturating_mul(factor).min(longest).min(rest))
    }

    /// Asks, first for the making where there is a call for that, until a response has the URL. Too
    /// late, it is how often was asked.
    ///
    /// # Errors
    ///
    /// The first of a response. Where the time ends during a later look it is too late, and no error: what
    /// is known is that the file was not made when the last response came.
    pub(super) async fn until_made<F>(
        &self,
        clock: &dyn Clock,
        start: Instant,
        trigger: Option<F>,
        look: impl Fn() -> F,
    ) -> Result<Result<String, u32>, Error>
    where
        F: Future<Output = Result<Option<String>, Error>>,
    {
        let mut next = trigger.unwrap_or_else(&look);
        let mut looks = 0;
        loop {
            looks += 1;
            let outcome = next.await;
            let pause = self.pause(looks, self.remaining(start, clock.now()));
            match outcome {
                Ok(Some(url)) => return Ok(Ok(url)),
                Ok(None) => {}
                Err(error) => {
                    let is_late = error.is_timeout() && (error.is_out_of_time() || pause.is_none());
                    return match looks > 1 && is_late {
                        true if error.attempts() == 0 => Ok(Err(looks - 1)),
                        true => Ok(Err(looks)),
                        false => Err(error),
                    };
                }
            }
            let Some(pause) = pause else {
                return Ok(Err(looks));
            };
            clock.sleep(pause).await;
            next = look();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::ready;

    use super::*;
    use crate::clock::{System, within};
    use crate::error::Kind;

    const fn wait(total: u64, interval: u64) -> Wait {
        Wait {
            total: Duration::from_secs(total),
            interval: Duration::from_secs(interval),
        }
    }

    #[test]
    fn pauses_grow_to_ten_times_the_first_and_end_before_the_time_does() {
        let plenty = Duration::from_secs(1000);
        let pauses = (1..8).filter_map(|looks| wait(0, 1).pause(looks, plenty));
        let seconds: Vec<u64> = pauses.map(|pause| pause.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 10, 10, 10]);
        let after = |looks, remaining| wait(0, 2).pause(looks, Duration::from_secs(remaining));
        assert_eq!(after(3, 7), Some(Duration::from_secs(5)));
        assert_eq!(after(3, 2), None);
        assert_eq!(after(u32::MAX, 0), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_shortest_pauses_grow_too_until_looking_is_seldom() {
        for interval in [Duration::ZERO, Duration::from_millis(1)] {
            let wait = Wait {
                interval,
                ..wait(60, 0)
            };
            let look = || ready(Ok(None));
            let made = wait.until_made(&System, Instant::now(), None, look).await;
            // 1, 2, 4 … 4096 ms, and then one in 5 s.
            assert_eq!(made.unwrap(), Err(14 + 11));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_for_which_the_time_is_too_short_finds_no_file() {
        let takes = Duration::from_millis(40);
        for interval in [0, 1, 20, 39, 41, 500].map(Duration::from_millis) {
            let (start, wait) = (
                Instant::now(),
                Wait {
                    interval,
                    ..wait(2, 0)
                },
            );
            let look = || async {
                let remaining = wait.remaining(start, Instant::now());
                let response = within(&System, remaining, tokio::time::sleep(takes)).await;
                let late = || Error::new(Kind::Timeout, None);
                response.map(|()| None).ok_or_else(late)
            };
            let made = wait.until_made(&System, start, None, look).await;
            assert!(made.as_ref().is_ok_and(Result::is_err), "{interval:?}");
        }
        // Of the first look nothing is known, and later ones may fail long before the end.
        let late = || ready(Err(Error::new(Kind::Timeout, None)));
        for trigger in [None, Some(ready(Ok(None)))] {
            let wait = wait(60, 1);
            let made = wait.until_made(&System, Instant::now(), trigger, late);
            assert!(
                made.await
                    .is_err_and(|error| error.is_timeout() && !error.is_not_ready())
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_making_is_asked_for_once_and_then_only_looked_for() {
        let looks = Cell::new(0);
        let look = || {
            looks.set(looks.get() + 1);
            ready(Ok((looks.get() == 3).then(|| "url".to_owned())))
        };
        let start = Instant::now();
        let trigger = Some(ready(Ok(None)));
        let made = wait(60, 1).until_made(&System, start, trigger, look).await;
        assert_eq!(made.unwrap(), Ok("url".to_owned()));
        // One, two and four seconds: tokio's time is paused and passes in sleep alone.
        assert_eq!((looks.get(), start.elapsed().as_secs()), (3, 7));
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_is_never_made_is_given_up_within_the_time() {
        let start = Instant::now();
        let look = || ready(Ok(None));
        let made = wait(10, 1).until_made(&System, start, None, look).await;
        // After 0, 1, 3 and 7 seconds, and a second before the end.
        assert_eq!(made.unwrap(), Err(5));
        assert_eq!(start.elapsed().as_secs(), 9);
    }
}
