//! A call that was described and not made yet.

use std::fmt;
use std::future::IntoFuture;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use crate::client::Client;
use crate::decode::{Failure, Read};
use crate::error::Error;
use crate::identity::OtherObject;
use crate::keyed::{Lookup, Recorded};
use crate::operation::Operation;
use crate::options::Options;
use crate::response::Response;
use crate::retry::RetryPolicy;
use crate::runtime::stay;
use crate::wire::InvalidRequest;

/// An operation with its arguments. Implemented by generated types alone.
pub trait Call: Clone + Send + Sync + 'static {
    /// What a success is.
    type Output: Send + 'static;

    #[doc(hidden)]
    const OPERATION: &'static Operation;

    /// The root key: under which a response holds the value, and where it is the same, a request what it sends.
    #[doc(hidden)]
    const ROOT: &'static str = Self::OPERATION.root();

    /// Writes the request, which is sent to a path below the base URL of its version.
    #[doc(hidden)]
    fn request(&self, base_url: &str) -> Result<reqwest::Request, InvalidRequest>;

    #[doc(hidden)]
    const READ: Read<Self::Output>;

    /// Reads the body of a response.
    #[doc(hidden)]
    fn decode(body: &[u8]) -> Result<Self::Output, Failure> {
        Self::READ.body(body, Self::ROOT)
    }

    /// Whether the value is about the object that the path names, as far as it states that.
    #[doc(hidden)]
    fn check(&self, _: &Self::Output) -> Result<(), OtherObject> {
        Ok(())
    }

    /// Makes sure that the server can recognise what is sent, and fixes what every attempt has to say
    /// in the same way; or says what is missing.
    #[doc(hidden)]
    fn settle(&mut self) -> Result<usize, String> {
        Ok(0)
    }

    /// Looks whether the server has all of what is sent already; none where it cannot tell.
    #[doc(hidden)]
    fn look_up<'c>(&'c self, _: Lookup<'c>) -> Option<Recorded<'c, Self::Output>> {
        None
    }
}

/// A call that was described and not made yet: set what is optional, then await it.
///
/// It owns all it needs, so it can be kept, cloned and sent to another task. Awaiting it is
/// [`send`](Self::send) in a box.
///
/// The request of each call has a name of its own in [`resources`](crate::resources), as
/// `resources::invoices::ListRequest`: the page of that name has the settings of that call alone.
#[must_use = "a request does nothing unless awaited or sent"]
#[derive(Clone)]
pub struct Request<C> {
    pub(crate) client: Client,
    pub(crate) options: Options,
    pub(crate) call: C,
}

impl<C: Call> Request<C> {
    pub(crate) fn new(client: &Client, call: C) -> Self {
        Self {
            client: client.clone(),
            options: Options::default(),
            call,
        }
    }

    /// A header for this call. It replaces one of the same name that the client sets.
    ///
    /// Refused, when the call is made, are those that frame a request, route it, or say what is in it and
    /// in its response: `content-length`, `host`, `accept` and their like.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.options.header(name, value);
        self
    }

    /// How long one attempt of this call may take; zero is an error of the call
    /// ([`is_usage`](Error::is_usage)).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout(timeout);
        self
    }

    /// How long this call may take with all its attempts and the waits between them; zero is an error
    /// of the call.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.options.total_timeout(timeout);
        self
    }

    /// How often and how long this call is tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// Makes the call.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn send(self) -> Result<C::Output, Error> {
        Ok(self.response().await?.value)
    }

    /// Makes the call and keeps status, headers, request id and rate limit beside the value.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn response(self) -> Result<Response<C::Output>, Error> {
        let shared = Arc::clone(&self.client.inner().shared);
        let observed = shared.observe(C::OPERATION);
        // An async function that took the call would have room for it twice.
        let call = pin!(self.call());
        let refuse = |outside| Error::outside(C::OPERATION, outside);
        let outcome = observed.around(stay(call, refuse)).await;
        observed.end(outcome.as_ref());
        outcome
    }

    async fn call(mut self) -> Result<Response<C::Output>, Error> {
        let operation = C::OPERATION;
        let settled = self.call.settle();
        let things = settled.map_err(|problem| Error::request(operation, problem))?;
        let inner = self.client.inner();
        let start = inner.shared.clock.now();
        let base_url = inner.shared.base_url.of(operation);
        let write = || self.call.request(&base_url);
        let tear = |body: &[u8]| C::READ.tear(body, C::ROOT);
        let sent = inner.send(operation, &self.options, &write, tear);
        let success = match sent.await {
            Ok(success) => success,
            Err(error) => {
                let error = error.after_sending(things);
                let lookup = Lookup::after(&error, &self.client, &self.options, start);
                // In a box of its own: it is rare.
                let recorded = lookup.and_then(|lookup| self.call.look_up(lookup));
                return match recorded {
                    Some(recorded) => recorded.await.ok_or(error),
                    None => Err(error),
                };
            }
        };
        let decode = || C::decode(&success.received.body);
        #[cfg(feature = "drift")]
        let decode = || self.client.inner().shared.drift.over(operation, decode);
        let value = match decode() {
            Ok(value) => value,
            Err(failure) => return Err(Error::decode(operation, failure, success)),
        };
        match self.call.check(&value) {
            Ok(()) => Ok(Response::new(value, success)),
            Err(other) => Err(Error::other_object(operation, &other, success)),
        }
    }
}

impl<C: Call> IntoFuture for Request<C> {
    type Output = Result<C::Output, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<C: Call> fmt::Debug for Request<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = C::OPERATION;
        f.debug_struct("Request")
            .field("operation", &operation.id)
            .finish_non_exhaustive()
    }
}
