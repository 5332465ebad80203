//! A stand-in for Lago, for tests and for people without an account.
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
//! without an API key, 400 to a body that is no JSON. It does not look into what is sent, and
//! remembers nothing that is created, unless it is [stateful](MockServerBuilder::stateful).
//!
//! What it is told to say it says to any request: a response that states another id or code than the
//! path is an [error](crate::Error::is_other_object) to the client.

mod addressed;
#[cfg(feature = "webhooks")]
mod deliver;
mod delivery;
mod files;
mod memory;
mod payload;
mod record;
mod response;
mod route;
mod serve;
mod state;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

pub use delivery::delivery;
pub use memory::{EventStore, MockState, remembers};
pub use record::ReceivedRequest;
pub use response::{MockResponse, UnknownOperation, example};

use crate::client::Client;
use crate::error::Error;
use memory::{Beginning, Memory};
use state::{Settings, State};

/// A stand-in for Lago at a port of this computer; see the [module](self).
///
/// It runs until it is dropped; the runtime then closes its sockets.
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
        MockServerBuilder {
            port: 0,
            settings: Settings {
                api_key: None,
                observer: None,
                rule: None,
                kept: usize::MAX,
                objects: None,
            },
            beginning: None,
            #[cfg(feature = "webhooks")]
            receiver: None,
        }
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

    /// Forgets the requests and the responses that it was given, as if it had just been started.
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
    /// subscriptions begin and end. Does nothing to another one.
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

/// Sets up a [`MockServer`].
///
/// ```
/// use lago_client::mock::MockServer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let server = MockServer::builder()
///     .api_key("the-only-key-that-it-takes")
///     .on_request(|request| println!("{} {}", request.method, request.target))
///     .start()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct MockServerBuilder {
    port: u16,
    settings: Settings,
    beginning: Option<Beginning>,
    #[cfg(feature = "webhooks")]
    receiver: Option<deliver::Receiver>,
}

impl MockServerBuilder {
    /// The port; any free one unless set.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The only API key that it takes. Unless set, it takes any that is not empty.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.settings.api_key = Some(key.into());
        self
    }

    /// Calls this with every request, just before its response is sent.
    pub fn on_request(
        mut self,
        observer: impl Fn(&ReceivedRequest) + Send + Sync + 'static,
    ) -> Self {
        self.settings.observer = Some(Box::new(observer));
        self
    }

    /// Asks this what to say to every request that is not refused. Where it has nothing to say, things
    /// are as usual: what [`respond`](MockServer::respond) and [`respond_next`](MockServer::respond_next)
    /// were told, or the example.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use lago_client::mock::{MockResponse, MockServer};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// // Every twentieth request gets no response.
    /// let count = AtomicU32::new(0);
    /// let server = MockServer::builder()
    ///     .respond_with(move |_| {
    ///         let count = count.fetch_add(1, Ordering::Relaxed);
    ///         (count % 20 == 19).then(MockResponse::hang_up)
    ///     })
    ///     .start()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn respond_with(
        mut self,
        rule: impl Fn(&ReceivedRequest) -> Option<MockResponse> + Send + Sync + 'static,
    ) -> Self {
        self.settings.rule = Some(Box::new(rule));
        self
    }

    /// How many requests it keeps, the last ones: all unless set. With zero a long run needs no
    /// more memory than a short one.
    pub fn keep_requests(mut self, count: usize) -> Self {
        self.settings.kept = count;
        self
    }

    /// Makes it remember: what is created can be got, listed, changed and deleted, as with a server.
    ///
    /// Ids and times come from a seed and a clock of its own, so that the same requests give the same responses. The
    /// clock stands still until [`set_time`](MockServer::set_time).
    ///
    #[doc = include_str!("mock/memory/rules.md")]
    pub fn stateful(mut self) -> Self {
        self.beginning.get_or_insert_default();
        self
    }

    /// Where it keeps events, which decides about those that come twice. Makes it [stateful](Self::stateful).
    pub fn event_store(mut self, store: EventStore) -> Self {
        self.beginning.get_or_insert_default().event_store = store;
        self
    }

    /// From what the ids are made: another seed makes others. Makes it [stateful](Self::stateful).
    pub fn id_seed(mut self, seed: u64) -> Self {
        self.beginning.get_or_insert_default().seed = seed;
        self
    }

    /// The time at its start: 2026-01-01 unless set. Makes it [stateful](Self::stateful).
    pub fn time(mut self, now: DateTime<Utc>) -> Self {
        self.beginning.get_or_insert_default().now = now;
        self
    }

    /// Delivers webhooks to this URL for what changes: customers, plans, features, subscriptions, wallets, invoices and
    /// credit notes. They are signed with the HMAC key, come in order, and each is tried once. Makes it
    /// [stateful](Self::stateful).
    #[cfg(feature = "webhooks")]
    pub fn webhooks_to(mut self, url: impl Into<String>, hmac_key: impl Into<String>) -> Self {
        self.beginning.get_or_insert_default();
        self.receiver = Some(deliver::Receiver {
            url: url.into(),
            key: hmac_key.into(),
        });
        self
    }

    /// What it remembers from the start, as lists of objects by collection: `{"plans": [{"code": "pro"}]}`. What an
    /// object does not say it has as a new one would. Makes it [stateful](Self::stateful).
    pub fn seed(mut self, collections: impl Into<Value>) -> Self {
        let beginning = self.beginning.get_or_insert_default();
        beginning.seeds.push(collections.into());
        self
    }

    /// Starts the server on the runtime of the caller.
    ///
    /// # Errors
    ///
    /// When the port cannot be opened, there is no tokio runtime, or a seed is none.
    pub async fn start(mut self) -> io::Result<MockServer> {
        Handle::try_current().map_err(io::Error::other)?;
        #[cfg(feature = "webhooks")]
        let deliveries = Arc::<deliver::Counts>::default();
        #[cfg(feature = "webhooks")]
        let outlet = deliver::begin(self.receiver.take(), Arc::clone(&deliveries))?;
        #[cfg(not(feature = "webhooks"))]
        let outlet = None;
        if let Some(beginning) = self.beginning {
            self.settings.objects = Some(Memory::new(beginning, outlet)?);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(self.settings));
        let running = tokio::spawn(serve::run(listener, Arc::clone(&state)));
        Ok(MockServer {
            address,
            state,
            running,
            #[cfg(feature = "webhooks")]
            deliveries,
        })
    }
}

impl fmt::Debug for MockServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockServerBuilder")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
