//! From the bytes of a response to its value, envelope and all.
//!
//! A type is compiled for one way of reading. Where that fails is found out afterwards, from the text alone.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

#[cfg(feature = "drift")]
use crate::drift;
use crate::framing::{self, Expected, Tear};
use crate::page::Page;
use crate::redact::{Quoting, long};
use lago_types::PaginationMeta;
use lago_types::decode::{self, JsonPath, KeyOf, Root, free_form};

/// Why a response cannot be read, and where.
#[derive(Debug)]
pub struct Failure {
    /// The JSON path: `invoices[3].fees[0].units`.
    pub(crate) path: String,
    /// What the parser says; it may quote data.
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

/// How a body is read for a value. A constant of a call, so that only what is called is compiled.
#[derive(Debug)]
pub struct Read<T> {
    /// From a body, and the key under which the value stands if it does under one.
    read: fn(&[u8], &'static str) -> Result<T, Failure>,
    expected: Expected,
}

impl<T> Read<T> {
    /// Reads a body, for the value under a root key.
    pub(crate) fn body(&self, body: &[u8], root: &'static str) -> Result<T, Failure> {
        (self.read)(body, root)
    }

    /// Judges a body whose end nobody marks.
    pub(crate) fn tear(&self, body: &[u8], root: &'static str) -> Tear {
        framing::tear(body, self.expected, self.body(body, root).is_ok())
    }
}

#[allow(
    dead_code,
    reason = "some versions of the document lack responses of a kind"
)]
impl<T: DeserializeOwned> Read<T> {
    /// A value that is the whole response.
    pub(crate) const fn whole() -> Self {
        Self {
            read: |body, _| read(body, || PhantomData),
            expected: Expected::Json,
        }
    }

    /// A value under the root key.
    pub(crate) const fn root() -> Self {
        Self {
            read: root,
            expected: Expected::Json,
        }
    }
}

#[allow(
    dead_code,
    reason = "a document without the overlay has no such responses"
)]
impl<T: DeserializeOwned> Read<Option<T>> {
    /// A value under the root key, or none when the server had nothing to say yet.
    pub(crate) const fn root_or_nothing() -> Self {
        Self {
            read: |body, key| match body.trim_ascii().is_empty() {
                true => Ok(None),
                false => root(body, key).map(Some),
            },
            expected: Expected::Json,
        }
    }
}

impl<T: DeserializeOwned> Read<Page<T>> {
    /// A page of a list: the elements under the root key, beside `meta`.
    #[allow(dead_code, reason = "some documents have no lists")]
    pub(crate) const fn page() -> Self {
        Self {
            read: page,
            expected: Expected::Json,
        }
    }
}

impl Read<()> {
    /// A response of which only the status counts.
    pub(crate) const fn nothing() -> Self {
        Self {
            read: |_, _| Ok(()),
            expected: Expected::Nothing,
        }
    }
}

impl Read<String> {
    /// Text that is no JSON.
    pub(crate) const fn text() -> Self {
        Self {
            read: |body, _| text(body),
            expected: Expected::Text,
        }
    }
}

fn root<T: DeserializeOwned>(body: &[u8], key: &'static str) -> Result<T, Failure> {
    read(body, || Root::new(key))
}

fn page<T: DeserializeOwned>(body: &[u8], key: &'static str) -> Result<Page<T>, Failure> {
    read(body, || PageSeed {
        key,
        item: PhantomData,
    })
}

fn text(body: &[u8]) -> Result<String, Failure> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(Failure {
            path: String::new(),
            source: Box::new(error),
        }),
    }
}

fn read<S, T>(body: &[u8], seed: impl Fn() -> S) -> Result<T, Failure>
where
    S: for<'de> DeserializeSeed<'de, Value = T>,
{
    let text = decode::text(body);
    once(&text, &seed).map_err(|error| failure(&text, error))
}

/// Not generic, as it is needed for every type.
fn failure(text: &str, error: serde_json::Error) -> Failure {
    Failure {
        path: long(JsonPath::of_failure(text, &error).in_words(|index| format!("[{index}]")))
            .to_string(),
        source: Box::new(Quoting(error)),
    }
}

#[cfg(not(feature = "drift"))]
fn once<S, T>(text: &str, seed: &impl Fn() -> S) -> serde_json::Result<T>
where
    S: for<'de> DeserializeSeed<'de, Value = T>,
{
    free_form::within_response(|| {
        let mut json = serde_json::Deserializer::from_str(text);
        let value = seed().deserialize(&mut json)?;
        json.end().map(|()| value)
    })
}

/// The same, and notes what it does not know.
#[cfg(feature = "drift")]
fn once<S, T>(text: &str, seed: &impl Fn() -> S) -> serde_json::Result<T>
where
    S: for<'de> DeserializeSeed<'de, Value = T>,
{
    let watched = |found: &mut drift::Found| {
        let mut json = serde_json::Deserializer::from_str(text);
        let mut note = |path: serde_ignored::Path<'_>| found.field(&path);
        let watched = serde_ignored::Deserializer::new(&mut json, &mut note);
        let value = free_form::within_response(|| seed().deserialize(watched))?;
        json.end().map(|()| value)
    };
    let mut found = drift::Found::default();
    let (outcome, values) = lago_types::drift::collect(|| watched(&mut found));
    // What cannot be read is an error, which says all; it may not even come from Lago.
    if outcome.is_ok() {
        found.values(values, |value| {
            let again = || watched(&mut drift::Found::default());
            // It fails at the value: that is what was asked for.
            let error = lago_types::drift::refuse(value, again).err();
            let path = error.map(|error| JsonPath::of_failure(text, &error));
            let path = path.unwrap_or_default().in_words(|_| "[]".to_owned());
            long(path).to_string()
        });
        drift::note(found);
    }
    outcome
}

/// Reads a page from its two keys.
struct PageSeed<T> {
    key: &'static str,
    item: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for PageSeed<T> {
    type Value = Page<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Page<T>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for PageSeed<T> {
    type Value = Page<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}` and `meta`", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page<T>, A::Error> {
        let (mut items, mut meta) = (None, None::<PaginationMeta>);
        while let Some(known) = map.next_key_seed(KeyOf(&[self.key, "meta"]))? {
            match known {
                Some(0) => items = Some(map.next_value()?),
                Some(_) => meta = map.next_value()?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let items: Option<Vec<T>> = items;
        let mut items = items.ok_or_else(|| serde::de::Error::missing_field(self.key))?;
        // It grew by doubling, and is often kept.
        items.shrink_to_fit();
        Ok(Page { items, meta })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_among_others() {
        let value: i64 = root(br#"{"x":[1],"plan":7,"y":{}}"#, "plan").unwrap();
        assert_eq!(value, 7);
    }

    #[test]
    fn a_failure_knows_its_path() {
        let failure = root::<Vec<i64>>(br#"{"plans":[1,"x"]}"#, "plans").unwrap_err();
        assert_eq!(failure.path, "plans[1]");
        let failure = root::<i64>(b"{}", "plan").unwrap_err();
        assert!(failure.source.to_string().contains("missing field `plan`"));
        assert!(root::<i64>(br#"{"plan":1} x"#, "plan").is_err());
        type Metadata = std::collections::BTreeMap<String, Vec<String>>;
        let failure =
            root::<Metadata>(br#"{"plan":{"jane@example.com":[1]}}"#, "plan").unwrap_err();
        assert_eq!(failure.path, "plan.?[0]");
    }

    #[test]
    fn a_page_may_lack_its_meta() {
        let page: Page<i64> = page(br#"{"plans":[1,2]}"#, "plans").unwrap();
        assert_eq!(
            (page.items.as_slice(), page.next_page()),
            ([1, 2].as_slice(), None)
        );
    }
}
