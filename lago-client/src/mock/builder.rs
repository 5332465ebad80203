//! What a stand-in is told before it starts.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Handle;

#[cfg(feature = "mock-validation")]
use super::Mode;
#[cfg(feature = "webhooks")]
use super::deliver;
use super::memory::{Beginning, Memory};
use super::permission::Permissions;
use super::state::{Settings, State};
use super::{EventStore, MockResponse, MockServer, ReceivedRequest, serve};

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

impl Default for MockServerBuilder {
    fn default() -> Self {
        Self {
            port: 0,
            settings: Settings {
                api_key: None,
                permissions: Permissions::default(),
                observers: Vec::new(),
                rule: None,
                kept: usize::MAX,
                #[cfg(feature = "mock-validation")]
                mode: Mode::default(),
                objects: None,
            },
            beginning: None,
            #[cfg(feature = "webhooks")]
            receiver: None,
        }
    }
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

    /// A key that it takes as well, and with which nothing can be written: 403 with the code
    /// `write_action_not_allowed_for_plan`, or whatever it would have written. Lago has such keys with a premium licence.
    ///
    /// ```
    /// use lago_client::mock::MockServer;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = MockServer::builder().read_only_key("only-looks").start().await?;
    /// let lago = server.client()?.with_api_key("only-looks")?;
    /// lago.plans().get("pro").await?;
    /// let refused = lago.plans().delete("pro").await.unwrap_err();
    /// assert_eq!(refused.code(), Some("write_action_not_allowed_for_plan"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_only_key(mut self, key: impl Into<String>) -> Self {
        self.settings.permissions.read_only_keys.push(key.into());
        self
    }

    /// Makes it refuse what Lago refuses without a premium licence whatever is sent, with 403 and the code
    /// `feature_unavailable`: logs, most analytics, further billing entities, quotes and orders, charge filters of a
    /// subscription.
    pub fn without_licence(mut self) -> Self {
        self.settings.permissions.is_unlicensed = true;
        self
    }

    /// Calls this with every request, just before its response is sent. Several are called one after the other.
    pub fn on_request(self, observer: impl Fn(&ReceivedRequest) + Send + Sync + 'static) -> Self {
        self.on_response(move |request, _| observer(request))
    }

    /// The same with the response, for those who record both.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use lago_client::mock::MockServer;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let said = Arc::new(Mutex::new(Vec::new()));
    /// let keep = Arc::clone(&said);
    /// let server = MockServer::builder()
    ///     .on_response(move |_, response| {
    ///         if let Ok(mut said) = keep.lock() {
    ///             said.push(response.body().clone());
    ///         }
    ///     })
    ///     .start()
    ///     .await?;
    /// server.client()?.plans().get("pro").await?;
    /// let said = said.lock().map_err(|_| "a call panicked")?;
    /// assert!(said[0].starts_with(b"{\"plan\":"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_response(
        mut self,
        observer: impl Fn(&ReceivedRequest, &MockResponse) + Send + Sync + 'static,
    ) -> Self {
        self.settings.observers.push(Box::new(observer));
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

    /// How it takes requests that are not as the API's description has them: as Lago does, unless set.
    ///
    /// ```
    /// use lago_client::mock::{MockServer, Mode};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = MockServer::builder().mode(Mode::Strict).start().await?;
    /// let plans = format!("{}/api/v1/plans?per_pag=10", server.url());
    /// let response = reqwest::Client::new().get(plans).bearer_auth("any").send().await?;
    /// assert_eq!(response.status(), 422);
    /// assert_eq!(server.requests()[0].notes[0].place, "?per_pag");
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "mock-validation")]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.settings.mode = mode;
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
    #[doc = include_str!("memory/rules.md")]
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
