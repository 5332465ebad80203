//! A stand-in for Lago, for tests and for people without an account.
//!
//! The guide: [`guide::testing`](crate::guide::testing). It needs the feature `mock`.
//!
//! A [`MockServer`] is a real HTTP server on 127.0.0.1. It knows every operation of
//! [`OPERATIONS`](crate::OPERATIONS) and responds with an example in which every field is filled.
//! It keeps the requests that it got, and says what it is told to say:
//!
//! ```
//! use lago_client::mock::{MockResponse, MockServer};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start().await?;
//! let lago = server.client()?;
//!
//! // Without further ado: the example of the API's description, as if it were the one asked for.
//! let customer = lago.customers().get("acme").await?;
//! assert_eq!(customer.external_id, "acme");
//! assert_eq!(server.requests()[0].target, "/api/v1/customers/acme");
//!
//! // Once an error, then the example again.
//! server.respond_next("customers.get", MockResponse::error(404, "customer_not_found"))?;
//! assert!(lago.customers().get("acme").await.is_err());
//! assert_eq!(lago.customers().get("acme").await?, customer);
//! # Ok(())
//! # }
//! ```
//!
//! It can also hang up, keep silent or cut a response off ([`MockResponse`]), and do so now and then
//! ([`respond_with`](MockServerBuilder::respond_with)): to see how your code copes.
//!
//! Files that its examples name are its own too: `fetch_pdf` gets an empty one.
//!
//! It needs a tokio runtime with IO enabled, and no other feature of this crate.
//!
//! It finds operations the way that Lago's router does, for which a dot ends a value. It says no where
//! Lago does, and in Lago's words: 404 to what is no operation and to an id that is no UUID, 401
//! without an API key, 400 to a body that is no JSON, and where it is told so 403 to what a key
//! ([`read_only_key`](MockServerBuilder::read_only_key)) or the licence
//! ([`without_licence`](MockServerBuilder::without_licence)) does not permit. With the feature `mock-validation` it looks
//! into what is sent as well, as `Mode` says; it is a feature of its own because its validator takes most of a minute of
//! CPU time to compile. It remembers what is created where it is [stateful](MockServerBuilder::stateful), and nothing
//! otherwise.
//!
//! What it is told to say it says to any request: a response that states another id or code than the
//! path is an [error](crate::Error::is_other_object) to the client.

mod addressed;
mod builder;
#[cfg(feature = "webhooks")]
mod deliver;
mod delivery;
mod event_store;
mod expect;
mod files;
mod ledger;
mod memory;
mod note;
mod payload;
mod permission;
mod record;
mod response;
mod serve;
mod state;
mod typed;
#[cfg(feature = "mock-validation")]
mod validate;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;

pub use builder::MockServerBuilder;
pub use delivery::delivery;
pub use event_store::EventStore;
pub use expect::Expectation;
pub use ledger::Unmet;
pub use memory::{MockState, remembers};
pub use note::{Effect, Note};
pub use record::ReceivedRequest;
pub use response::{MockResponse, UnknownOperation, example};
pub use typed::BodyError;
#[cfg(feature = "mock-validation")]
pub use validate::Mode;

use crate::client::Client;
use crate::error::Error;
use memory::Memory;
use state::State;

/// A stand-in for Lago at a port of this computer; see the [module](self).
///
/// It runs until it is dropped; the runtime then closes its sockets.
#[doc(alias = "sandbox")]
#[doc(alias = "test mode")]
#[doc(alias = "fake")]
pub struct MockServer {
    address: SocketAddr,
    state: Arc<State>,
    running: JoinHandle<()>,
    #[cfg(feature = "webhooks")]
    deliveries: Arc<deliver::Counts>,
}

impl MockServer {
    /// Starts a server at any free port, which takes any API key.
    ///
    /// # Errors
    ///
    /// When no port can be opened.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Sets up a server.
    pub fn builder() -> MockServerBuilder {
        MockServerBuilder::default()
    }

    /// Where it is, as a client's base URL: `http://127.0.0.1:43211`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client of this server, with a key that it takes.
    ///
    /// # Errors
    ///
    /// When the key that the server was given can stand in no header.
    pub fn client(&self) -> Result<Client, Error> {
        let key = self.state.api_key().unwrap_or("any");
        Client::builder().api_key(key).base_url(self.url()).build()
    }

    /// The requests so far, those that it refused included, in the order of their responses; of a long
    /// run the last ones, where [`keep_requests`](MockServerBuilder::keep_requests) says so.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.state.requests()
    }

    /// Forgets the requests so far.
    pub fn clear(&self) {
        self.state.clear();
    }

    /// Gives this response to every request of an operation from now on, instead of the example or
    /// of what was said here before.
    ///
    /// An operation is called by its id, or as this crate has it: `findInvoice` or `invoices.get`.
    /// A request that has no API key, or a body that is no JSON, is refused all the same.
    ///
    /// # Errors
    ///
    /// When there is no such operation.
    pub fn respond(&self, operation: &str, response: MockResponse) -> Result<(), UnknownOperation> {
        self.state.always(response::operation(operation)?, response);
        Ok(())
    }

    /// Gives this response to one request of an operation: the next, or the one after those that
    /// were said here before and still wait. Then things are as they were.
    ///
    /// # Errors
    ///
    /// When there is no such operation.
    pub fn respond_next(
        &self,
        operation: &str,
        response: MockResponse,
    ) -> Result<(), UnknownOperation> {
        self.state.next(response::operation(operation)?, response);
        Ok(())
    }

    /// Expects an operation to be called from now on, at least once unless the expectation says how often, and
    /// may say what the response is. [`verify`](Self::verify) tells whether it was.
    ///
    /// An operation is called as for [`respond`](Self::respond). Requests that are refused count as well.
    ///
    /// ```
    /// use lago_client::mock::{MockResponse, MockServer};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = MockServer::start().await?;
    /// let lago = server.client()?;
    /// let gone = MockResponse::error(404, "plan_not_found");
    /// server.expect("plans.get")?.times(1).respond(gone);
    /// server.expect("plans.delete")?.times(0);
    /// assert!(server.verify().is_err());
    ///
    /// assert!(lago.plans().get("pro").await.is_err());
    /// server.verify()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no such operation.
    pub fn expect(&self, operation: &str) -> Result<Expectation<'_>, UnknownOperation> {
        let operation = response::operation(operation)?;
        Ok(Expectation::new(&self.state, operation))
    }

    /// Whether everything that was [expected](Self::expect) has come as often as expected.
    ///
    /// # Errors
    ///
    /// When it has not: the error lists what was expected, and what was called how often.
    pub fn verify(&self) -> Result<(), Unmet> {
        self.state.verify()
    }

    /// Forgets requests, responses and expectations that it was given, as if it had just been started.
    pub fn reset(&self) {
        self.state.reset();
    }

    /// What a [stateful](MockServerBuilder::stateful) server remembers now; nothing of another one.
    #[must_use]
    pub fn state(&self) -> MockState {
        let objects = self.state.objects();
        objects.map(Memory::state).unwrap_or_default()
    }

    /// Sets the clock of a [stateful](MockServerBuilder::stateful) server, and lets happen what it is time for then:
    /// subscriptions begin and end, and invoices become overdue. Does nothing to another one.
    pub fn set_time(&self, now: DateTime<Utc>) {
        if let Some(objects) = self.state.objects() {
            objects.set_now(now);
        }
    }

    /// How many webhooks its [receiver](MockServerBuilder::webhooks_to) took, and how many it did not: those that were
    /// refused, and those that did not arrive.
    #[cfg(feature = "webhooks")]
    #[must_use]
    pub fn webhooks_delivered(&self) -> (u64, u64) {
        self.deliveries.both()
    }

    /// Settles a wallet transaction that waits for its payment, as if the customer had paid: its credits are there from
    /// then on. False when a [stateful](MockServerBuilder::stateful) server has no such transaction that waits.
    pub fn settle_wallet_transaction(&self, lago_id: impl fmt::Display) -> bool {
        let objects = self.state.objects();
        objects.is_some_and(|objects| objects.settle(&lago_id.to_string()))
    }

    /// Stops the server, and waits until its sockets are closed.
    pub async fn stop(mut self) {
        self.running.abort();
        // It ends by being aborted, which is no news.
        let _ = (&mut self.running).await;
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockServer")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}
