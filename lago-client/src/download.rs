//! Files that Lago makes: the making is asked for and waited for, then the file is fetched.
//!
//! Two servers take part. The API says where the file is, through calls like any other. The file is
//! in a storage that is not Lago's: it gets nothing of what the API gets, the API key in particular.

mod fetch;
mod format;
mod redirect;
mod stream;
mod wait;

use std::fmt;
use std::future::IntoFuture;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;
use crate::options::{Options, time_limit};
use crate::platform::Instant;
use crate::request::{Call, Request};
use crate::retry::RetryPolicy;
use crate::runtime::stay;
use fetch::Fetch;
pub(crate) use format::Format;
pub use stream::FileStream;
use wait::Wait;

type Asked = Pin<Box<dyn Future<Output = Result<Option<String>, Error>> + Send>>;

/// A call of the API, and where in its response the URL is; none while the file is being made.
type Ask = Arc<dyn Fn(Options) -> Asked + Send + Sync>;

/// A file that was asked for and not fetched yet: set what is optional, then await it.
///
/// Awaiting it
///
/// 1. asks Lago to make the file, where there is a call for that (Lago makes payment receipts by
///    itself);
/// 2. reads the object until it says where the file is;
/// 3. fetches the file from there, without the API key and without the headers of the client: the
///    file may be on another host. Up to five redirects are followed, never from https to http.
///
/// Where the API is called over https, files over http are refused. So are hosts in private networks,
/// unless [`allow_private_file_hosts`](crate::ClientBuilder::allow_private_file_hosts) is set.
///
/// What is handed out is a file: its media type, where the storage names one, and its first bytes
/// say so (of XML the root element, which is one of UBL or of Cross Industry Invoice). It is whole: where
/// the storage does not tell its length, it has the end of such files.
///
/// The calls of the API are repeated as their [`RetryPolicy`] says, and so is fetching the file,
/// always from its beginning.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn example(lago: lago_client::Client, id: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let pdf = lago.invoices().fetch_pdf(id).await?;
/// std::fs::write("invoice.pdf", pdf)?;
///
/// let patient = lago.invoices().fetch_pdf(id).total_timeout(Duration::from_secs(300));
/// let mut chunks = patient.stream();
/// while let Some(chunk) = chunks.next().await {
///     println!("{} bytes", chunk?.len());
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Those of the calls, such as [`is_not_found`](Error::is_not_found).
/// [`is_not_ready`](Error::is_not_ready) when the file was not made in time; some are never made,
/// and an older server may not say where one is. [`is_storage`](Error::is_storage) when it was made
/// and cannot be fetched, or what came is no file; [`body`](Error::body) is what came.
#[must_use = "a request does nothing unless awaited or sent"]
#[derive(Clone)]
pub struct FileRequest {
    client: Client,
    /// The one that reads the object.
    operation: &'static Operation,
    trigger: Option<Ask>,
    look: Ask,
    format: Format,
    timeout: Option<Duration>,
    wait: Wait,
    retry: Option<RetryPolicy>,
}

#[allow(dead_code, reason = "some documents have no files")]
impl FileRequest {
    /// A file of which `look` says where it is.
    pub(crate) fn new<C: Call>(
        look: Request<C>,
        url: fn(C::Output) -> Option<String>,
        format: Format,
    ) -> Self {
        Self {
            client: look.client.clone(),
            operation: C::OPERATION,
            trigger: None,
            look: ask(look, url),
            format,
            timeout: None,
            wait: Wait::default(),
            retry: None,
        }
    }

    /// That is made when this is called, which also says where it is if it was made before.
    pub(crate) fn made_by<C: Call>(
        mut self,
        trigger: Request<C>,
        url: fn(C::Output) -> Option<String>,
    ) -> Self {
        self.trigger = Some(ask(trigger, url));
        self
    }
}

fn ask<C: Call>(request: Request<C>, url: fn(C::Output) -> Option<String>) -> Ask {
    Arc::new(move |options| {
        let request = Request {
            options,
            ..request.clone()
        };
        Box::pin(async move {
            let url = url(request.send().await?);
            Ok(url.filter(|url| !url.is_empty()))
        })
    })
}

impl FileRequest {
    /// How long one attempt of a call of the API, or to fetch the file, may take: as long as the
    /// client says unless set, and not zero. Of a stream it is how long the file may take to begin, and then how
    /// long each chunk may.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long everything may take together, the making of the file included: 60 s unless set, and
    /// not zero. Of
    /// a stream it is how long until the file begins; what reads the stream may take its time.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.wait.total = timeout;
        self
    }

    /// How long to wait before the object is read again for the first time: 500 ms unless set, and
    /// 1 ms at least. The time doubles until it is 5 s, or ten times as long as the first if that is
    /// more.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.wait.interval = interval;
        self
    }

    /// How often and how long each call, and fetching the file, is tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Fetches the whole file, which may be as large as a response
    /// ([`max_response_bytes`](crate::ClientBuilder::max_response_bytes)).
    ///
    /// # Errors
    ///
    /// See [`FileRequest`].
    pub async fn send(self) -> Result<Bytes, Error> {
        let whole = pin!(async {
            let start = self.now();
            let url = self.url(start).await?;
            self.fetch().whole(&url, self.remaining(start)).await
        });
        stay(whole, |outside| Error::outside(self.operation, outside)).await
    }

    /// Fetches the file chunk by chunk, however large it is. Nothing happens until the stream is
    /// polled.
    pub fn stream(self) -> FileStream {
        FileStream::new(self)
    }

    /// Where the file is, once it is made.
    async fn url(&self, start: Instant) -> Result<String, Error> {
        let limits = [
            ("timeout", self.timeout.unwrap_or(Duration::MAX)),
            ("total_timeout", self.wait.total),
        ];
        for (name, limit) in limits {
            let checked = time_limit(name, limit);
            checked.map_err(|problem| Error::request(self.operation, problem))?;
        }
        let clock = self.client.inner().shared.clock.as_ref();
        let ask = |ask: &Ask| {
            ask(Options {
                timeout: self.timeout,
                total_timeout: Some(self.remaining(start)),
                retry: self.retry.clone(),
                ..Options::default()
            })
        };
        let trigger = || Some(ask(self.trigger.as_ref()?));
        let look = || ask(&self.look);
        let made = self.wait.until_made(clock, start, trigger(), look).await;
        match made? {
            Ok(url) => Ok(url),
            Err(looks) => Err(Error::not_ready(self.operation, looks)),
        }
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The one that reads the object.
    #[cfg(feature = "blocking")]
    pub(crate) fn operation(&self) -> &'static Operation {
        self.operation
    }

    fn fetch(&self) -> Fetch<'_> {
        let inner = self.client.inner();
        let shared = &*inner.shared;
        Fetch {
            shared,
            budget: &inner.budget,
            operation: self.operation,
            format: self.format,
            timeout: self.timeout.unwrap_or(shared.timeout),
            policy: self.retry.as_ref().unwrap_or(&shared.retry),
        }
    }

    fn now(&self) -> Instant {
        self.client.inner().shared.clock.now()
    }

    fn remaining(&self, start: Instant) -> Duration {
        self.wait.remaining(start, self.now())
    }
}

impl IntoFuture for FileRequest {
    type Output = Result<Bytes, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for FileRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileRequest")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}
