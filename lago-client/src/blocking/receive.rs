//! Deliveries, for web servers whose threads may wait.

use std::sync::Arc;

use bytes::Bytes;

use crate::background::CannotWait;
use crate::client::Client;
use crate::webhooks::{Delivery, Verifier, VerifyError};

impl Verifier {
    /// Checks a request and reads it, as [`receive`](Self::receive) does, for threads that may wait: those of a web server
    /// without an async runtime.
    ///
    /// A verifier of [`fetch`](Self::fetch) asks for its key in the background thread of its client (see
    /// [`blocking`](crate::blocking)); signatures are checked on the thread that calls. Any number of threads may call at
    /// a time. One waits 10 s at most, and only where the key is asked for.
    ///
    /// # Errors
    ///
    /// As [`receive`](Self::receive). In a tokio runtime a verifier of [`fetch`](Self::fetch) refuses everything with 503,
    /// also when it has a key already, so that it does not work until that is changed. The others wait for nothing, and
    /// may be called anywhere.
    pub fn receive_blocking<I, N, V>(
        &self,
        headers: I,
        body: impl Into<Bytes>,
    ) -> Result<Delivery, VerifyError>
    where
        I: IntoIterator<Item = (N, V)>,
        N: AsRef<str>,
        V: AsRef<[u8]>,
    {
        match self.fetching() {
            Some(lago) => wait(lago, self.receive(headers, body)),
            None => self.verify_owned(headers, body.into()),
        }
    }

    /// Fetches the key of a verifier from [`fetch`](Self::fetch), unless it is there, as [`warm_up`](Self::warm_up) does,
    /// for threads that may wait.
    ///
    /// # Errors
    ///
    /// As there, and in a tokio runtime.
    pub fn warm_up_blocking(&self) -> Result<(), VerifyError> {
        match self.fetching() {
            Some(lago) => wait(lago, self.warm_up()),
            None => self.is_usable(),
        }
    }
}

/// Does the work here, and waits for what it does in the background.
fn wait<T>(
    lago: &Client,
    work: impl Future<Output = Result<T, VerifyError>>,
) -> Result<T, VerifyError> {
    let waited = lago.inner().shared.background.wait_here(work);
    waited.unwrap_or_else(|why: CannotWait| Err(VerifyError::cannot_wait(Arc::new(why))))
}
