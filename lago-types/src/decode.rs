//! From bytes to values. For lago-client; not for use elsewhere.

pub mod free_form;
mod path;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};

pub use path::{JsonPath, Segment};

/// JSON as text: it is checked once, instead of string by string.
///
/// Bytes that are no text become an escape that no reader of strings accepts, so that such a string is an
/// error where it is read and none where it is skipped.
#[must_use]
pub fn text(json: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(json) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(json.len() + 6);
    for chunk in json.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            // Half of a surrogate pair.
            text.push_str("\\ud800");
        }
    }
    Cow::Owned(text)
}

/// A value under a key, beside whatever else there is.
#[derive(Debug)]
pub struct Root<'k, T> {
    key: &'k str,
    value: PhantomData<T>,
}

impl<'k, T> Root<'k, T> {
    /// The value under this key.
    #[must_use]
    pub fn new(key: &'k str) -> Self {
        Self {
            key,
            value: PhantomData,
        }
    }
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Root<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Root<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut value = None;
        while let Some(known) = map.next_key_seed(KeyOf(&[self.key]))? {
            match known {
                Some(_) => value = Some(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        // serde's constructor of this error takes no key that is known only now.
        value.ok_or_else(|| A::Error::custom(format_args!("missing field `{}`", self.key)))
    }
}

/// Which of the keys a key is, without keeping its text.
#[derive(Debug)]
pub struct KeyOf<'k>(pub &'k [&'k str]);

impl<'de> DeserializeSeed<'de> for KeyOf<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeyOf<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|known| *known == key))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Plan {
        code: String,
    }

    #[test]
    fn bytes_that_are_no_text_fail_only_where_they_are_read() {
        let read = |json: &[u8]| serde_json::from_str::<Plan>(&text(json)).ok();
        let plan = |code: &str| {
            Some(Plan {
                code: code.to_owned(),
            })
        };
        assert_eq!(read("{\"code\":\"é\"}".as_bytes()), plan("é"));
        assert_eq!(read(b"{\"name\":\"\xff\xc3\",\"code\":\"a\"}"), plan("a"));
        assert_eq!(read(b"{\"name\":\"a\",\"code\":\"\xff\"}"), None);
        assert_eq!(read(b"{\"name\":\xff,\"code\":\"a\"}"), None);
        let keys = serde_json::from_str::<BTreeMap<String, u8>>(&text(b"{\"\xf0\x9f\":1}"));
        assert!(keys.is_err());
    }
}
