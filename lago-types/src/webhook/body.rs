//! The body of a delivery taken apart, and no more of it read than that takes.
//!
//! Values stay text: what serde_json cannot hold (nesting over 127 levels, `1e400`, half of a surrogate
//! pair) is still JSON, and must not keep a receiver from what stands beside it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The entries of a JSON object.
pub(super) struct Entries<'a>(Vec<(Key<'a>, &'a RawValue)>);

impl<'a> Entries<'a> {
    pub(super) fn read(body: &'a [u8]) -> serde_json::Result<(&'a str, Self)> {
        let text = std::str::from_utf8(body).map_err(serde_json::Error::custom)?;
        Ok((text, serde_json::from_str(text)?))
    }

    /// The JSON text of the value under a key: of the last one, as everywhere in JSON.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        let mut entries = self.0.iter().rev();
        let (_, value) = entries.find(|(known, _)| *known.0 == *key.as_bytes())?;
        Some(value.get())
    }

    /// The value under a key, if it is there and of this type.
    pub(super) fn parse<T: Deserialize<'a>>(&self, key: &str) -> Option<T> {
        serde_json::from_str(self.get(key)?).ok()
    }
}

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A key as bytes, which may hold half of a surrogate pair.
struct Key<'a>(Cow<'a, [u8]>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl<'de> Visitor<'de> for Bytes {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_bytes<E>(self, key: &'de [u8]) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_bytes<E>(self, key: &[u8]) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_vec())))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}
