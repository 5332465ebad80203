//! Asking a provider for the key of an attempt, and telling it when the server does not accept that.

use std::fmt;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap};

use crate::clock::{Clock, within};
use crate::credentials::{AnyProvider, ApiKey};
use crate::error::Error;
use crate::operation::Operation;

/// A provider, as an attempt asks it.
pub(crate) struct Provided<'a> {
    pub(crate) provider: &'a dyn AnyProvider,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) operation: &'static Operation,
    /// How long it may take.
    pub(crate) limit: Duration,
}

impl Provided<'_> {
    /// Asks for a key and puts it into the headers. It tells the key, and how much of the time is left.
    pub(crate) async fn put_into(
        &self,
        headers: &mut HeaderMap,
    ) -> Result<(ApiKey, Duration), Error> {
        let start = self.clock.now();
        let no_key = |why| Error::no_key(self.operation, why);
        let asked = within(self.clock, self.limit, self.provider.api_key_boxed()).await;
        let key = asked.ok_or_else(|| no_key(Late.into()))?.map_err(no_key)?;
        let left = self.limit.saturating_sub(self.clock.now() - start);
        if left.is_zero() {
            return Err(no_key(Late.into()));
        }
        let header = key.header().map_err(|why| no_key(why.into()))?;
        headers.insert(AUTHORIZATION, header);
        Ok((key, left))
    }

    /// After a refusal of the key: tells the provider, and notes whether it has another one.
    pub(crate) async fn renewed(&self, error: Error, refused: &ApiKey) -> Error {
        let renew = async {
            self.provider.rejected_boxed(refused).await;
            self.provider.api_key_boxed().await
        };
        let renewed = within(self.clock, self.limit, renew).await;
        let has_another = renewed.is_some_and(|key| key.is_ok_and(|key| key != *refused));
        error.with_another_key(has_another)
    }
}

/// There was no key in time.
#[derive(Debug)]
struct Late;

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it took longer than the call may")
    }
}

impl std::error::Error for Late {}
