//! Things that the server recognises by a key when they come again: events.
//!
//! Before a call, each of them needs its key, and its time is fixed. After a call whose response was lost, the
//! server refuses its repeat because it has the key already. Whether it has it from this very call cannot
//! be known; that it has the same thing under it can.

use std::pin::Pin;

use lago_types::Keyed;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::error::Error;
use crate::operation::{Idempotency, Key};
use crate::options::Options;
use crate::platform::Instant;
use crate::response::Response;

/// What the server has, if it is what was sent.
pub(crate) type Recorded<'c, T> = Pin<Box<dyn Future<Output = Option<Response<T>>> + Send + 'c>>;

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

/// How many things a body has, when each of them has its key and its time: then the server recognises all that is sent
/// again. For bodies that no type has written and nobody completes.
pub(crate) fn recognisable(key: Key, body: &[u8]) -> Option<usize> {
    let roots: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let is_there = |value: Option<&Value>| match value {
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Number(_)) => true,
        _ => false,
    };
    let has_both = |thing: &&Value| is_there(thing.get(key.name)) && is_there(thing.get(key.time));
    let things = roots.values().flat_map(|root| match root {
        Value::Array(things) => things.iter(),
        thing => std::slice::from_ref(thing).iter(),
    });
    let (all, with_both) = (things.clone().count(), things.filter(has_both).count());
    (all > 0 && all == with_both).then_some(all)
}

/// Reads back what a call may have recorded.
pub struct Lookup<'c> {
    pub(crate) key: Key,
    pub(crate) client: &'c Client,
    /// Of the call that was refused.
    pub(crate) options: &'c Options,
    pub(crate) start: Instant,
    pub(crate) attempts: u32,
    /// How many things the server says that it has.
    pub(crate) known: usize,
}

impl<'c> Lookup<'c> {
    /// After a refusal that may be the response to a repeat of what was recorded.
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
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key {
        name: "transaction_id",
        time: "timestamp",
        content: &[],
        amounts: &[],
    };

    #[test]
    fn a_body_is_recognised_again_when_everything_in_it_has_key_and_time() {
        let cases = [
            (r#"{"event":{"transaction_id":"a","timestamp":1}}"#, Some(1)),
            (
                r#"{"events":[{"transaction_id":"a","timestamp":"1.5"},{"transaction_id":"b","timestamp":2}]}"#,
                Some(2),
            ),
            (r#"{"event":{"transaction_id":"a"}}"#, None),
            (r#"{"event":{"transaction_id":" ","timestamp":1}}"#, None),
            (r#"{"event":{"transaction_id":null,"timestamp":1}}"#, None),
            (r#"{"event":{"transaction_id":"a","timestamp":""}}"#, None),
            (
                r#"{"events":[{"transaction_id":"a","timestamp":1},{"timestamp":2}]}"#,
                None,
            ),
            (r#"{"events":[]}"#, None),
            (r#"{"event":"a"}"#, None),
            ("{}", None),
            ("[]", None),
            ("", None),
            ("{", None),
        ];
        for (body, things) in cases {
            assert_eq!(recognisable(KEY, body.as_bytes()), things, "{body}");
        }
    }
}
