//! Fields that an empty object clears: `#[serde(with = "crate::patch::empty_for_null")]`.
//!
//! [`Patch::Null`] is written as `{}`. A null that is read says nothing to the server, so it is [`Patch::Absent`]: a
//! request that was kept as JSON goes on meaning what it meant.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Patch;

/// Writes the field.
pub(crate) fn serialize<T: Serialize, S: Serializer>(
    field: &Patch<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match field {
        Patch::Absent => serializer.serialize_none(),
        Patch::Null => serializer.serialize_map(Some(0))?.end(),
        Patch::Value(value) => serializer.serialize_some(value),
    }
}

/// Reads the field.
pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Patch<T>, D::Error> {
    deserializer.deserialize_option(FieldVisitor(PhantomData))
}

struct FieldVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FieldVisitor<T> {
    type Value = Patch<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E>(self) -> Result<Patch<T>, E> {
        Ok(Patch::Absent)
    }

    fn visit_unit<E>(self) -> Result<Patch<T>, E> {
        Ok(Patch::Absent)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Patch<T>, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Patch<T>, A::Error> {
        let Some(first) = map.next_key::<String>()? else {
            return Ok(Patch::Null);
        };
        let whole = Begun {
            first: Some(first),
            rest: map,
        };
        T::deserialize(MapAccessDeserializer::new(whole)).map(Patch::Value)
    }
}

/// A map of which the first key has been taken.
struct Begun<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Begun<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(first) => seed.deserialize(first.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Commitment {
        amount_cents: i64,
        name: Option<String>,
    }

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Update {
        #[serde(default, skip_serializing_if = "Patch::is_absent", with = "super")]
        commitment: Patch<Commitment>,
    }

    fn read(json: &str) -> serde_json::Result<Patch<Commitment>> {
        serde_json::from_str(json).map(|update: Update| update.commitment)
    }

    #[test]
    fn an_empty_object_is_null_and_null_is_nothing() {
        let value = Patch::Value(Commitment {
            amount_cents: 5,
            name: Some("least".to_owned()),
        });
        for (json, commitment) in [
            ("{}", Patch::Absent),
            (r#"{"commitment":{}}"#, Patch::Null),
            (r#"{"commitment":{"amount_cents":5,"name":"least"}}"#, value),
        ] {
            assert_eq!(read(json).unwrap(), commitment);
            assert_eq!(serde_json::to_string(&Update { commitment }).unwrap(), json);
        }
        assert_eq!(read(r#"{"commitment":null}"#).unwrap(), Patch::Absent);
    }

    #[test]
    fn what_is_no_such_object_is_refused() {
        for json in [
            r#"{"commitment":{"name":"least"}}"#,
            r#"{"commitment":[]}"#,
            r#"{"commitment":5}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
