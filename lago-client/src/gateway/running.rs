//! What goes on in the background until it is stopped.

use std::net::SocketAddr;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

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
