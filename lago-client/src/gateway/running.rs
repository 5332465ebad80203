//! What goes on in the background until it is stopped.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// A way into the gateway that runs, until it is stopped. It goes on when this is dropped.
///
/// `T` is what it says in the end: [`rest::start`](super::rest::start) what became of the events of a spool,
/// `mcp::start` nothing.
#[derive(Debug)]
pub struct Running<T> {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<T>,
}

impl<T: Default + Send + 'static> Running<T> {
    /// Runs what serves an address, in the runtime in which this is called. It is given what tells it to end.
    pub(crate) fn spawn<F>(address: SocketAddr, serve: impl FnOnce(Stop) -> F) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let (stop, asked) = oneshot::channel();
        let served = tokio::spawn(serve(Stop(asked)));
        Self {
            address,
            stop,
            served,
        }
    }

    /// Where it listens. Agents reach their tools at `/mcp` there.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets in no more requests, waits for those that run, and gives what it says in the end.
    pub async fn stop(self) -> T {
        // Where nobody listens any more it has ended.
        let _ = self.stop.send(());
        self.served.await.unwrap_or_default()
    }
}

/// Tells what runs when it is to end.
#[derive(Debug)]
pub(crate) struct Stop(oneshot::Receiver<()>);

impl Stop {
    /// Ready when it is to end.
    pub(crate) async fn asked(self) {
        // Whoever dropped the other end wants it to go on.
        if self.0.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The time that an end may take, for all together that it waits for, one after the other.
#[derive(Debug)]
pub(crate) struct EndTime {
    limit: Duration,
    begun: OnceLock<Instant>,
}

impl EndTime {
    pub(crate) fn new(limit: Duration) -> Self {
        let begun = OnceLock::new();
        Self { limit, begun }
    }

    /// Ready when it is to end, and from then on the time runs.
    pub(crate) async fn begin(&self, stop: Stop) {
        stop.asked().await;
        let _ = self.begun.set(Instant::now());
    }

    /// What is left; all of it before it has begun.
    pub(crate) fn left(&self) -> Duration {
        let gone = self.begun.get().map(Instant::elapsed);
        self.limit.saturating_sub(gone.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_time_to_end_is_one_for_all_that_is_waited_for() {
        let (stop, asked) = oneshot::channel();
        let time = EndTime::new(Duration::from_secs(30));
        tokio::time::advance(Duration::from_secs(100)).await;
        assert_eq!(time.left(), Duration::from_secs(30));
        stop.send(()).unwrap();
        time.begin(Stop(asked)).await;
        for (second, left) in [(0, 30), (10, 20), (15, 5), (10, 0)] {
            tokio::time::advance(Duration::from_secs(second)).await;
            assert_eq!(time.left(), Duration::from_secs(left));
        }
    }
}
