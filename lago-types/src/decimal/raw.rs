//! Numbers as JSON text. serde's data model ends at the 17 digits of an `f64`, so serde_json carries the text past it
//! under a name of its own, for its `RawValue`: an agreement with serde_json that a test holds it to.
//!
//! No other format knows the name, and some would write it out. serde does not say which format it is working for; the
//! name of the error type does, and where a wrapper hides that, a number is as exact as an `f64`.

use std::{any::type_name, fmt, sync::LazyLock};

use serde::{
    Deserialize, Deserializer, Serializer,
    de::{self, Visitor},
    ser::SerializeStruct,
};

/// The name under which serde_json takes and gives the text of a value.
pub(super) const TEXT: &str = "$serde_json::private::RawValue";

/// The name under which serde_json gives a number when some crate in the build enables its `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// Whether a deserializer with this error is one of serde_json, or a wrapper around it.
pub(super) fn gives_text<E>() -> bool {
    type_name::<E>() == type_name::<serde_json::Error>()
}

/// Whether a serializer takes the text of a number. That of keys does not, and that of a `Value` would read the text as a float of its own, which can be the neighbour of the nearest one.
pub(super) fn takes_text<S: Serializer>() -> bool {
    let is_value = type_name::<S::Ok>() == type_name::<serde_json::Value>();
    gives_text::<S::Error>() && !takes_keys::<S>() && (!is_value || values_keep_text())
}

/// Whether a serializer is that of the keys of a map, which takes no struct at all.
pub(super) fn takes_keys<S: Serializer>() -> bool {
    gives_text::<S::Error>() && type_name::<S::SerializeStruct>().contains("::Impossible<")
}

/// Whether a `Value` holds numbers as text, which is serde_json's feature `arbitrary_precision`: only then is a number
/// beyond all floats one.
fn values_keep_text() -> bool {
    static KEEP: LazyLock<bool> =
        LazyLock::new(|| serde_json::from_str::<serde_json::Number>("1e400").is_ok());
    *KEEP
}

/// Writes what is JSON already.
pub(super) fn serialize<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let mut text = serializer.serialize_struct(TEXT, 1)?;
    text.serialize_field(TEXT, json)?;
    text.end()
}

/// What a map that stands for a value holds.
pub(super) enum Key {
    /// The text of any JSON value.
    Text,
    /// The text of a number.
    Number,
    /// A map that stands for nothing but itself.
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E: de::Error>(self, key: &str) -> Result<Key, E> {
                Ok(match key {
                    TEXT => Key::Text,
                    NUMBER => Key::Number,
                    _ => Key::Other,
                })
            }
        }

        deserializer.deserialize_str(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::{IntoDeserializer, value::Error};
    use serde::forward_to_deserialize_any;
    use serde_json::value::RawValue;

    use super::*;

    /// Fails with the name of the struct that it is asked for.
    struct Asked;

    impl<'de> Deserializer<'de> for Asked {
        type Error = Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            ().into_deserializer().deserialize_any(visitor)
        }

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            name: &'static str,
            _: V,
        ) -> Result<V::Value, Error> {
            Err(de::Error::custom(name))
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    #[test]
    fn the_name_is_that_of_serde_json() {
        let asked = Box::<RawValue>::deserialize(Asked).unwrap_err();
        assert_eq!(asked.to_string(), TEXT);
    }

    #[test]
    fn what_takes_and_gives_text_is_known() {
        use serde_json::{Serializer as Json, value::Serializer as ToValue};

        assert!(gives_text::<
            <&mut serde_json::Deserializer<serde_json::de::StrRead<'_>> as Deserializer<'_>>::Error,
        >());
        assert!(takes_text::<&mut Json<Vec<u8>>>());
        assert_eq!(takes_text::<ToValue>(), values_keep_text());
        assert!(!gives_text::<fmt::Error>());
        assert!(!takes_text::<&mut fmt::Formatter<'_>>());
    }
}
