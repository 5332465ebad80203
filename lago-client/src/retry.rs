//! Whether to try again: decided from what happened, apart from doing it.

use std::pin::Pin;
use std::time::Duration;

use crate::error::Error;
use crate::operation::Operation;

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Hand the outcome to the caller.
    Stop,
    /// Try again after a pause.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "no policy of today repeats anything")
    )]
    Again(Duration),
}

/// Decides after a failed attempt, the first being 1. Pure: no clock, no randomness, no IO.
pub(crate) type Policy = fn(&'static Operation, u32, &Error) -> Decision;

/// Never tries again: whether a call may be repeated is known for each operation
/// ([`Operation::idempotency`]), what to make of a failure is not decided yet.
pub(crate) fn never(_: &'static Operation, _: u32, _: &Error) -> Decision {
    Decision::Stop
}

/// How to wait, given from outside so that tests need no clock.
pub(crate) type Sleep = fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// Waits as long as it says.
pub(crate) fn sleep(pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(tokio::time::sleep(pause))
}
