//! Reads back what the server says that it has already, and compares.

mod same;

use std::time::Duration;

use lago_types::Keyed;
use serde::Serialize;
use serde_json::Value;

use crate::keyed::Lookup;
use crate::options::Options;
use crate::request::{Call, Request};
use crate::response::Response;

/// The largest response of which the content is compared, in bytes. Events are far smaller.
const LARGEST: usize = 1 << 20;

impl Lookup<'_> {
    /// The one thing of a call.
    #[allow(dead_code, reason = "some documents have nothing with a key")]
    pub(crate) async fn one<T, C>(
        self,
        sent: &T,
        get: impl Fn(String) -> C,
    ) -> Option<Response<C::Output>>
    where
        T: Keyed + Serialize,
        C: Call,
    {
        let found = self.find(sent, &get).await?;
        Some(Response {
            attempts: self.attempts,
            ..found
        })
    }

    /// All things of a call, one after the other: a list would have to be walked through, of which nobody
    /// knows how long it is, and the server was in trouble a moment ago. The first that is missing or
    /// another ends it.
    #[allow(dead_code, reason = "some documents have nothing with a key")]
    pub(crate) async fn all<T, C>(
        self,
        sent: &[T],
        get: impl Fn(String) -> C,
    ) -> Option<Response<Vec<C::Output>>>
    where
        T: Keyed + Serialize,
        C: Call,
    {
        // Each index that the server names is another one.
        if self.known != sent.len() {
            return None;
        }
        let mut values = Vec::with_capacity(sent.len());
        let mut last = None;
        for thing in sent {
            let found = self.find(thing, &get).await?;
            let (value, rest) = found.split();
            values.push(value);
            last = Some(rest);
        }
        Some(Response {
            attempts: self.attempts,
            ..last?.with(values)
        })
    }

    /// What the server has under the key, if it is the same.
    async fn find<T, C>(&self, sent: &T, get: &impl Fn(String) -> C) -> Option<Response<C::Output>>
    where
        T: Keyed + Serialize,
        C: Call,
    {
        let request = Request {
            client: self.client.clone(),
            options: Options {
                total_timeout: Some(self.remaining()?),
                ..self.options.clone()
            },
            call: get(sent.key().to_owned()),
        };
        let response = request.response().await.ok()?;
        if response.body.len() > LARGEST {
            return None;
        }
        let sent = serde_json::to_value(sent).ok()?;
        let found: Value = serde_json::from_slice(&response.body).ok()?;
        let found = found.get(C::ROOT)?;
        same::is_same(&self.key, &sent, found).then_some(response)
    }

    /// What is left of the time of the call.
    fn remaining(&self) -> Option<Duration> {
        let inner = &self.client.inner().shared;
        let total = self.options.total_timeout.unwrap_or(inner.total_timeout);
        let remaining = total.checked_sub(inner.clock.now() - self.start)?;
        (!remaining.is_zero()).then_some(remaining)
    }
}
