//! Calls from programs without an async runtime (feature `blocking`).
//!
//! The guide: [`guide::blocking`](crate::guide::blocking).
//!
//! Every request has [`wait`](Request::wait) beside `await`. Settings, retries, errors and types are the same:
//!
//! ```
//! # #[cfg(not(all(feature = "ingest", feature = "mock")))]
//! # fn main() {}
//! # #[cfg(all(feature = "ingest", feature = "mock"))]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use lago_client::{Client, types::*};
//!
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # let server = runtime.block_on(lago_client::mock::MockServer::start())?;
//! let lago = Client::builder().api_key("your-api-key").base_url(server.url()).build()?;
//! let customer = lago.customers().create(CustomerInput::new("acme").name("Acme")).wait()?;
//! for plan in lago.plans().list().items().wait() {
//!     println!("{}", plan?.code);
//! }
//!
//! let events = lago.ingest().start_blocking()?;
//! events.try_send(EventInput::new("api_calls", "sub_1"))?;
//! let report = events.shutdown(std::time::Duration::from_secs(20))?;
//! assert_eq!(report.delivered, 1);
//! # Ok(())
//! # }
//! ```
//!
//! The work is done by one thread in the background, with a tokio runtime of its own. It is started by the first call
//! that waits, serves the client, its clones and those with other keys
//! ([`with_api_key`](crate::Client::with_api_key)), and ends with the last of them. Any number of threads may wait at
//! a time.
//!
//! # In a tokio runtime
//!
//! There nothing may block: other tasks of the thread would stand still, and what is waited for may be among them.
//! So on a thread that belongs to a tokio runtime each of these calls is an error that says so
//! ([`is_usage`](crate::Error::is_usage)), and nothing is sent. That holds in `spawn_blocking` as well, since tokio does
//! not tell such threads apart; there `Handle::current().block_on(request.send())` does the same.
//!
//! A client may be used in both ways. Its connections belong to the runtime in which they were made, so where a
//! runtime ends before the client does, make a client for each.

#[cfg(feature = "ingest")]
mod pipeline;
#[cfg(feature = "webhooks")]
mod receive;
mod walk;

use bytes::Bytes;

use crate::background::CannotWait;
use crate::client::Client;
use crate::download::{FileRequest, FileStream};
use crate::error::Error;
use crate::list::{Items, ListCall, Pages};
use crate::operation::Operation;
use crate::raw::RawRequest;
use crate::request::{Call, Request};
use crate::response::Response;

#[cfg(feature = "ingest")]
pub use pipeline::Pipeline;
pub use walk::{FileChunks, ItemsIter, PagesIter};

/// Does the work of an operation in the background.
fn wait<T: Send + 'static>(
    client: &Client,
    operation: &'static Operation,
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    let waited = client.inner().shared.background.wait(work);
    waited.unwrap_or_else(|why| Err(unable(operation, &why)))
}

fn unable(operation: &'static Operation, why: &CannotWait) -> Error {
    match why {
        CannotWait::Broken => Error::outside(operation, crate::runtime::Outside::Elsewhere),
        why => Error::request(operation, why.to_string()),
    }
}

impl<C: Call> Request<C> {
    /// Makes the call and waits for it, on a thread that belongs to no tokio runtime: see
    /// [`blocking`](crate::blocking).
    ///
    /// # Errors
    ///
    /// See [`Error`]. In a tokio runtime it is [`is_usage`](Error::is_usage), and nothing is sent.
    pub fn wait(self) -> Result<C::Output, Error> {
        let client = self.client.clone();
        wait(&client, C::OPERATION, self.send())
    }

    /// Makes the call, waits for it, and keeps status, headers, request id and rate limit beside the value, as
    /// [`response`](Self::response) does.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    pub fn wait_response(self) -> Result<Response<C::Output>, Error> {
        let client = self.client.clone();
        wait(&client, C::OPERATION, self.response())
    }
}

impl RawRequest {
    /// Makes the call and waits for it, as [`send`](Self::send) does, on a thread that belongs to no tokio runtime:
    /// see [`blocking`](crate::blocking).
    ///
    /// # Errors
    ///
    /// As there. In a tokio runtime it is [`is_usage`](Error::is_usage), and nothing is sent.
    pub fn wait(self) -> Result<Bytes, Error> {
        let (client, operation) = (self.client().clone(), self.operation());
        wait(&client, operation, self.send())
    }
}

impl FileRequest {
    /// Fetches the whole file and waits for it, as [`send`](Self::send) does, on a thread that belongs to no tokio
    /// runtime: see [`blocking`](crate::blocking).
    ///
    /// # Errors
    ///
    /// See [`FileRequest`]. In a tokio runtime it is [`is_usage`](Error::is_usage), and nothing is sent.
    pub fn wait(self) -> Result<Bytes, Error> {
        let client = self.client().clone();
        wait(&client, self.operation(), self.send())
    }
}

impl<C: ListCall + Unpin> Pages<C> {
    /// The pages one by one, each waited for on a thread that belongs to no tokio runtime: see
    /// [`blocking`](crate::blocking).
    pub fn wait(self) -> PagesIter<C> {
        PagesIter::new(self)
    }
}

impl<C: ListCall + Unpin> Items<C> {
    /// The elements one by one, each page waited for on a thread that belongs to no tokio runtime: see
    /// [`blocking`](crate::blocking).
    pub fn wait(self) -> ItemsIter<C> {
        ItemsIter::new(self)
    }
}

impl FileStream {
    /// The file chunk by chunk, each waited for on a thread that belongs to no tokio runtime: see
    /// [`blocking`](crate::blocking).
    pub fn wait(self) -> FileChunks {
        FileChunks::new(self)
    }
}
