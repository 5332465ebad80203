//! Time and chance, given from outside so that tests decide them.

use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

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

/// The real ones; with tokio's time paused, its time.
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
        Box::pin(tokio::time::sleep(pause))
    }

    fn chance(&self) -> f64 {
        fastrand::f64()
    }
}
