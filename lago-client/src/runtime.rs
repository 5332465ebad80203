//! Where futures are polled: in a tokio runtime, and always in the same one.
//!
//! Connections and timers belong to the runtime in which they were made. Polled elsewhere they may never wake
//! anybody, and in places tokio and what is built on it panic: outside of any runtime, and when the first one
//! has ended. Whether there is a runtime, and which, can be asked at every poll. Whether it has IO and time cannot:
//! tokio has no question for that but to use them, which panics where they are not.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use crate::platform::{Id, runtime};

/// The runtime in which something began, once it did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RuntimeGuard(Option<Id>);

/// Why there is no going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    /// There is no runtime, and nothing has begun.
    NoRuntime,
    /// It began in another runtime.
    Elsewhere,
}

impl RuntimeGuard {
    /// Looks where this is polled; the first time it is where it begins.
    pub(crate) fn check(&mut self) -> Result<(), Outside> {
        let here = runtime().map(|runtime| runtime.id());
        match self.0 {
            None if here.is_none() => Err(Outside::NoRuntime),
            None => {
                self.0 = here;
                Ok(())
            }
            begun if begun == here => Ok(()),
            Some(_) => Err(Outside::Elsewhere),
        }
    }
}

/// Does the work as long as that goes on where it began.
pub(crate) async fn stay<T, E>(
    mut work: Pin<&mut impl Future<Output = Result<T, E>>>,
    refuse: impl Fn(Outside) -> E,
) -> Result<T, E> {
    let mut place = RuntimeGuard::default();
    let outcome = poll_fn(|cx| match place.check() {
        Ok(()) => work.as_mut().poll(cx),
        Err(outside) => Poll::Ready(Err(refuse(outside))),
    });
    outcome.await
}

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRuntime => {
                "calls need a tokio runtime: await them in a function under `#[tokio::main]`, or in \
                 `Runtime::block_on`"
            }
            Self::Elsewhere => "it went on outside of the tokio runtime in which it began",
        })
    }
}

impl std::error::Error for Outside {}
