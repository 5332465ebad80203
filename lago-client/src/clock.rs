//! Time and chance, given from outside so that tests decide them.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::platform::{self, Instant};

/// What retries and pacing need of the world.
pub(crate) trait Clock: Send + Sync {
    /// Now, for measuring.
    fn now(&self) -> Instant;

    /// Now, for comparing with dates of a server.
    fn utc(&self) -> DateTime<Utc>;

    /// Waits.
    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// A number from 0 to 1, evenly spread.
    fn chance(&self) -> f64;
}

/// What comes of the work; none when it takes longer than the limit.
pub(crate) async fn within<T>(
    clock: &dyn Clock,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    let (mut work, mut alarm) = (pin!(work), None);
    let either = poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => {
            let alarm = alarm.get_or_insert_with(|| clock.sleep(limit));
            alarm.as_mut().poll(cx).map(|()| None)
        }
    });
    either.await
}

/// The real ones.
#[derive(Debug)]
pub(crate) struct System;

impl Clock for System {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn utc(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        platform::sleep(pause)
    }

    fn chance(&self) -> f64 {
        fastrand::f64()
    }
}
