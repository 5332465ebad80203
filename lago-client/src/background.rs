//! A runtime in a thread of its own, for callers that have none: see [`blocking`](crate::blocking).

use std::fmt;
use std::sync::OnceLock;
use std::sync::mpsc::sync_channel;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A runtime that is started when it is first needed, and ends with what owns it.
#[derive(Default)]
pub(crate) struct Background(OnceLock<Result<Running, String>>);

struct Running {
    runtime: Handle,
    /// Dropped, it ends the thread. Nobody waits for that: the last owner may be a task of this very runtime.
    _end: oneshot::Sender<()>,
}

/// Why there is no waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CannotWait {
    /// This thread belongs to a runtime, whose other tasks would stand still.
    InRuntime,
    /// The runtime in the background did not start.
    NotStarted(String),
    /// It panicked, or the runtime has ended, after the work began.
    Broken,
}

impl Background {
    /// Does the work in the background and waits for it.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, CannotWait> {
        let (tell, told) = sync_channel(1);
        self.runtime()?.spawn(async move {
            // Whoever waits does so until it is told.
            let _ = tell.send(work.await);
        });
        told.recv().map_err(|_| CannotWait::Broken)
    }

    /// Does the work on this thread, and only what it spawns and waits for in the background: for work that borrows, or
    /// that computes more than one thread should for all.
    #[cfg(feature = "webhooks")]
    pub(crate) fn wait_here<T>(&self, work: impl Future<Output = T>) -> Result<T, CannotWait> {
        Ok(self.runtime()?.block_on(work))
    }

    /// The runtime, started unless it runs, for a thread that may wait for it.
    fn runtime(&self) -> Result<&Handle, CannotWait> {
        if Handle::try_current().is_ok() {
            return Err(CannotWait::InRuntime);
        }
        match self.0.get_or_init(start) {
            Ok(running) => Ok(&running.runtime),
            Err(why) => Err(CannotWait::NotStarted(why.clone())),
        }
    }
}

fn start() -> Result<Running, String> {
    let failed = |error: std::io::Error| error.to_string();
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    let handle = runtime.handle().clone();
    let (end, ended) = oneshot::channel();
    let thread = thread::Builder::new().name("lago-client".to_owned());
    let run = move || {
        // It is never sent anything; the other half is dropped.
        let _ = runtime.block_on(ended);
    };
    thread.spawn(run).map_err(failed)?;
    Ok(Running {
        runtime: handle,
        _end: end,
    })
}

impl fmt::Display for CannotWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InRuntime => f.write_str(
                "this thread belongs to a tokio runtime, which must not be blocked: await the call instead, or in \
                 `spawn_blocking` give it to `Handle::block_on`",
            ),
            Self::NotStarted(why) => write!(f, "the runtime for blocking calls does not start: {why}"),
            Self::Broken => f.write_str("the runtime for blocking calls has ended"),
        }
    }
}

impl std::error::Error for CannotWait {}
