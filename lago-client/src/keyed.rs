//! Things that the server recognises by a key when they come again: events.
//!
//! Before a call, each of them needs its key, and its time is fixed. After a call whose answer was lost, the
//! server refuses its repeat because it has the key already. Whether it has it from this very call cannot
//! be known; that it has the same thing under it can.

mod same;

use std::pin::Pin;
use std::time::Duration;

use lago_types::Keyed;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::Error;
use crate::operation::{Idempotency, Key};
use crate::request::{Call, Options, Request};
use crate::response::Response;

/// What the server has, if it is what was sent.
pub(crate) type Recorded<'c, T> = Pin<Box<dyn Future<Output = Option<Response<T>>> + Send + 'c>>;

/// The largest answer of which the content is compared, in bytes. Events are far smaller.
const LARGEST: usize = 1 << 20;

/// Checks and completes one thing, under the root key of its request. Tells how many there are.
#[allow(dead_code, reason = "some documents have nothing with a key")]
pub(crate) fn settle<T: Keyed>(root: &str, thing: &mut T) -> Result<usize, String> {
    settle_at(&|| root.to_owned(), thing).map(|()| 1)
}

/// Checks and completes many.
#[allow(dead_code, reason = "some documents have nothing with a key")]
pub(crate) fn settle_all<T: Keyed>(root: &str, things: &mut [T]) -> Result<usize, String> {
    for (index, thing) in things.iter_mut().enumerate() {
        settle_at(&|| format!("{root}[{index}]"), thing)?;
    }
    Ok(things.len())
}

fn settle_at<T: Keyed>(place: &dyn Fn() -> String, thing: &mut T) -> Result<(), String> {
    if thing.key().trim().is_empty() {
        return Err(format!(
            "`{}.{}` is empty: give it a value and store that with the rest, so that whatever is sent \
             again is recognised",
            place(),
            T::KEY
        ));
    }
    thing.fix_time();
    Ok(())
}

/// Reads back what a call may have recorded.
pub struct Lookup<'c> {
    key: Key,
    client: &'c Client,
    /// Of the call that was refused.
    options: &'c Options,
    start: Instant,
    attempts: u32,
    /// How many things the server says that it has.
    known: usize,
}

impl<'c> Lookup<'c> {
    /// After a refusal that may be the answer to a repeat of what was recorded.
    pub(crate) fn after(
        error: &Error,
        client: &'c Client,
        options: &'c Options,
        start: Instant,
    ) -> Option<Self> {
        let Idempotency::WithKey(key) = error.operation()?.idempotency else {
            return None;
        };
        let known = error.already_recorded().len();
        (known > 0 && error.is_ambiguous()).then_some(Self {
            key,
            client,
            options,
            start,
            attempts: error.attempts(),
            known,
        })
    }

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
        let found = found.get(C::OPERATION.roots.first()?)?;
        same::is_same(&self.key, &sent, found).then_some(response)
    }

    /// What is left of the time of the call.
    fn remaining(&self) -> Option<Duration> {
        let shared = self.client.shared();
        let total = self.options.total_timeout.unwrap_or(shared.total_timeout);
        let remaining = total.checked_sub(shared.clock.now() - self.start)?;
        (!remaining.is_zero()).then_some(remaining)
    }
}
