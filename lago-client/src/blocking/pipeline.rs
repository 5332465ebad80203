//! The pipeline of usage events, for threads that may wait.

use std::fmt;
use std::time::Duration;

use lago_types::EventInput;

use crate::background::CannotWait;
use crate::client::Client;
use crate::error::Error;
use crate::generated::operations::op;
use crate::ingest::{self, EventOutcome, PipelineBuilder, Report, SendError, Stats};

/// Takes usage events and delivers them in the background: [`ingest::Pipeline`] for programs without an async
/// runtime. [`PipelineBuilder::start_blocking`] starts it.
///
/// Cheap to clone; all clones are one pipeline. When the last one is dropped, the pipeline delivers what it has, as
/// long as the process lives. Only [`shutdown`](Self::shutdown) waits for that and says what came of it.
#[derive(Clone)]
pub struct Pipeline {
    pipeline: ingest::Pipeline,
    client: Client,
}

impl PipelineBuilder {
    /// Starts a pipeline that delivers to Lago's API from the background thread of the client: see
    /// [`blocking`](crate::blocking).
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and in a tokio runtime ([`is_usage`](Error::is_usage)).
    pub fn start_blocking(self) -> Result<Pipeline, Error> {
        let client = self.client().clone();
        let started = client.inner().shared.background.wait(self.start());
        let pipeline = started.unwrap_or_else(|why| Err(unable(&why)))?;
        Ok(Pipeline { pipeline, client })
    }
}

fn unable(why: &CannotWait) -> Error {
    super::unable(op::CREATE_BATCH_EVENTS, why)
}

impl Pipeline {
    /// Accepts an event, once there is room for it, as [`ingest::Pipeline::send`] does.
    ///
    /// # Errors
    ///
    /// As there. In a tokio runtime it is an error to wait ([`is_usage`](SendError::is_usage)); without a spool, a
    /// queue that has room is not waited for.
    pub fn send(&self, event: impl Into<EventInput>) -> Result<(), SendError> {
        let event = event.into();
        let event = match self.pipeline.is_spooled() {
            true => event,
            // Most of the time there is room, and the other thread need not be asked.
            false => match self.pipeline.try_send(event) {
                Err(error) if error.is_full() => error.into_event(),
                settled => return settled,
            },
        };
        let (pipeline, kept) = (self.pipeline.clone(), event.clone());
        let sent = self.wait(async move { pipeline.send(event).await });
        sent.unwrap_or_else(|why| Err(SendError::usage(kept, why.to_string())))
    }

    /// Accepts an event at once or not at all. It never waits, and may be called anywhere.
    ///
    /// # Errors
    ///
    /// As [`ingest::Pipeline::try_send`].
    pub fn try_send(&self, event: impl Into<EventInput>) -> Result<(), SendError> {
        self.pipeline.try_send(event)
    }

    /// Accepts an event and waits for what becomes of it: until the server has it or it is a dead letter. While the
    /// server is down this does not end.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_and_settle(&self, event: impl Into<EventInput>) -> Result<EventOutcome, SendError> {
        let event = event.into();
        let (pipeline, kept) = (self.pipeline.clone(), event.clone());
        let settled = self.wait(async move { Ok(pipeline.send_with_receipt(event).await?.await) });
        settled.unwrap_or_else(|why| Err(SendError::usage(kept, why.to_string())))
    }

    /// Waits until every event is settled that was accepted before, as [`ingest::Pipeline::flush`] does.
    ///
    /// # Errors
    ///
    /// In a tokio runtime ([`is_usage`](Error::is_usage)).
    pub fn flush(&self) -> Result<(), Error> {
        let pipeline = self.pipeline.clone();
        let flushed = self.wait(async move { pipeline.flush().await });
        flushed.map_err(|why| unable(&why))
    }

    /// Accepts no more events, delivers what was accepted, and says what became of all of it, as
    /// [`ingest::Pipeline::shutdown`] does.
    ///
    /// # Errors
    ///
    /// In a tokio runtime ([`is_usage`](Error::is_usage)); then the pipeline goes on.
    pub fn shutdown(&self, within: Duration) -> Result<Report, Error> {
        let pipeline = self.pipeline.clone();
        let report = self.wait(async move { pipeline.shutdown(within).await });
        report.map_err(|why| unable(&why))
    }

    /// How the pipeline stands.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.pipeline.stats()
    }

    /// The same pipeline, for tasks of an async runtime.
    #[must_use]
    pub fn as_async(&self) -> &ingest::Pipeline {
        &self.pipeline
    }

    fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, CannotWait> {
        self.client.inner().shared.background.wait(work)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pipeline.fmt(f)
    }
}
