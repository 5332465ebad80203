//! From the fields of an object to a struct.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny,
    MapAccess, Visitor,
};

use crate::Patch;
use crate::{decode::free_form, integer, patch::empty_for_null};

/// A struct that is read field by field.
pub(crate) trait FromFields<'de>: Sized {
    /// What errors call it.
    const NAME: &'static str;

    /// The names of its fields in JSON; `Incoming` says which one comes by its number.
    const FIELDS: &'static [&'static str];

    fn from_fields<A: MapAccess<'de>>(fields: Incoming<A>) -> Result<Self, A::Error>;
}

/// Reads a struct.
pub(crate) fn deserialize<'de, T: FromFields<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    // A mark for each field that has come.
    const { assert!(T::FIELDS.len() <= u128::BITS as usize) };
    deserializer.deserialize_struct(T::NAME, T::FIELDS, StructVisitor(PhantomData))
}

struct StructVisitor<T>(PhantomData<T>);

impl<'de, T: FromFields<'de>> Visitor<'de> for StructVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_fields(Incoming {
            map,
            names: T::FIELDS,
            seen: 0,
            expected: 0,
        })
    }
}

/// The fields of an object as they come. Those that a struct does not have are skipped.
pub(crate) struct Incoming<A> {
    map: A,
    names: &'static [&'static str],
    /// A bit for each field that has come.
    seen: u128,
    /// Servers send fields about in the order of the document, so the next one is looked at first.
    expected: usize,
}

impl<'de, A: MapAccess<'de>> Incoming<A> {
    /// The number of the next field; its value has to be read before the one after it.
    #[inline]
    pub(crate) fn next_field(&mut self) -> Result<Option<usize>, A::Error> {
        loop {
            let key = Key {
                names: self.names,
                expected: self.expected,
            };
            match self.map.next_key_seed(key)? {
                None => return Ok(None),
                Some(None) => drop(self.map.next_value::<IgnoredAny>()?),
                Some(Some(index)) => {
                    let mark = 1 << index;
                    if self.seen & mark != 0 {
                        return Err(A::Error::duplicate_field(self.names[index]));
                    }
                    self.seen |= mark;
                    self.expected = index + 1;
                    return Ok(Some(index));
                }
            }
        }
    }

    /// Reads the value of a field that must be there.
    #[inline]
    pub(crate) fn required<T, R: ReadAs<'de, T>>(
        &mut self,
        field: &mut Option<T>,
        _: R,
    ) -> Result<(), A::Error> {
        *field = Some(self.map.next_value_seed(Seed::<T, R>(PhantomData))?);
        Ok(())
    }

    /// Reads the value of a field that may be missing.
    #[inline]
    pub(crate) fn optional<T, R: ReadAs<'de, T>>(
        &mut self,
        field: &mut T,
        _: R,
    ) -> Result<(), A::Error> {
        *field = self.map.next_value_seed(Seed::<T, R>(PhantomData))?;
        Ok(())
    }

    /// The error when a field that must be there is not.
    #[cold]
    pub(crate) fn missing(&self, index: usize) -> A::Error {
        A::Error::missing_field(self.names[index])
    }
}

/// A key of the object: the number of the field that is called so.
struct Key {
    names: &'static [&'static str],
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    #[inline]
    fn visit_str<E>(self, key: &str) -> Result<Option<usize>, E> {
        let is_expected = self.names.get(self.expected) == Some(&key);
        Ok(match is_expected {
            true => Some(self.expected),
            false => self.names.iter().position(|name| *name == key),
        })
    }

    // Formats beside JSON.

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Option<usize>, E> {
        Ok(self.names.iter().position(|name| name.as_bytes() == key))
    }

    fn visit_u64<E>(self, key: u64) -> Result<Option<usize>, E> {
        let index = usize::try_from(key).ok();
        Ok(index.filter(|index| *index < self.names.len()))
    }
}

/// A way to read the value of a field.
pub(crate) trait ReadAs<'de, T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;
}

/// A way to read, where serde wants a value.
struct Seed<T, R>(PhantomData<(T, R)>);

impl<'de, T, R: ReadAs<'de, T>> DeserializeSeed<'de> for Seed<T, R> {
    type Value = T;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        R::read(deserializer)
    }
}

/// As the type of the field says.
pub(crate) struct Value;

impl<'de, T: Deserialize<'de>> ReadAs<'de, T> for Value {
    #[inline]
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

/// A whole number, however the server writes it.
pub(crate) struct Integer;

impl<'de> ReadAs<'de, i64> for Integer {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        integer::deserialize(deserializer)
    }
}

impl<'de> ReadAs<'de, Option<i64>> for Integer {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        integer::deserialize_option(deserializer)
    }
}

impl<'de> ReadAs<'de, Patch<i64>> for Integer {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Patch<i64>, D::Error> {
        integer::deserialize_patch(deserializer)
    }
}

/// JSON of any shape, within limits.
pub(crate) struct FreeForm;

impl<'de, T: DeserializeOwned> ReadAs<'de, T> for FreeForm {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        free_form::deserialize(deserializer)
    }
}

/// An object of which the empty one means null.
pub(crate) struct EmptyForNull;

impl<'de, T: Deserialize<'de>> ReadAs<'de, Patch<T>> for EmptyForNull {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Patch<T>, D::Error> {
        empty_for_null::deserialize(deserializer)
    }
}
