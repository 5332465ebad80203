//! From the fields of an object to a struct.

use std::fmt;
use std::marker::PhantomData;
use std::mem;

use chrono::{DateTime, Utc};
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny,
    MapAccess, Visitor,
};

use crate::Patch;
use crate::{decode::free_form, integer, patch::empty_for_null, rfc3339};

/// A struct that is read field by field.
pub(crate) trait FromFields<'de>: Sized {
    /// What errors call it.
    const NAME: &'static str;

    /// The names of its fields in JSON. A field is known by its place here.
    const FIELDS: &'static [&'static str];

    /// The place of the field that is called so.
    fn index_of(name: &str) -> Option<usize>;

    fn from_fields<A: MapAccess<'de>>(fields: Incoming<Self, A>) -> Result<Self, A::Error>;
}

/// Reads a struct.
pub(crate) fn deserialize<'de, T: FromFields<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
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
        const { assert!(T::FIELDS.len() <= Seen::MOST) };
        T::from_fields(Incoming {
            map,
            seen: Seen([0; 2]),
            owner: PhantomData,
        })
    }
}

/// A bit for each field that has come.
struct Seen([u64; 2]);

impl Seen {
    /// The most fields that a struct can have.
    const MOST: usize = 128;

    /// Marks a field, unless it has come already.
    #[inline]
    fn mark<'de, T: FromFields<'de>>(&mut self, index: usize) -> bool {
        // With fewer fields the compiler keeps one word in a register.
        let word = match T::FIELDS.len() > 64 {
            true => &mut self.0[index / 64],
            false => &mut self.0[0],
        };
        let bit = 1 << (index % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}

/// The fields of an object as they come. Those that the struct `T` does not have are skipped.
pub(crate) struct Incoming<T, A> {
    map: A,
    seen: Seen,
    owner: PhantomData<T>,
}

impl<'de, T: FromFields<'de>, A: MapAccess<'de>> Incoming<T, A> {
    /// The place of the next field; its value has to be read before the one after it.
    #[inline]
    pub(crate) fn next_field(&mut self) -> Result<Option<usize>, A::Error> {
        loop {
            match self.map.next_key_seed(Key::<T>(PhantomData))? {
                None => return Ok(None),
                Some(None) => drop(self.map.next_value::<IgnoredAny>()?),
                Some(Some(index)) => {
                    return match self.seen.mark::<T>(index) {
                        true => Ok(Some(index)),
                        false => Err(A::Error::duplicate_field(T::FIELDS[index])),
                    };
                }
            }
        }
    }

    /// Reads the value of a field that must be there.
    #[inline]
    pub(crate) fn required<V, R: ReadAs<'de, V>>(
        &mut self,
        field: &mut Option<V>,
        _: R,
    ) -> Result<(), A::Error> {
        let value = self.map.next_value_seed(Seed::<V, R>(PhantomData))?;
        // Nothing was in it, for a field comes once; so there is nothing to drop.
        mem::forget(field.replace(value));
        Ok(())
    }

    /// Reads the value of a field that may be missing.
    #[inline]
    pub(crate) fn optional<V, R: ReadAs<'de, V>>(
        &mut self,
        field: &mut V,
        _: R,
    ) -> Result<(), A::Error> {
        *field = self.map.next_value_seed(Seed::<V, R>(PhantomData))?;
        Ok(())
    }

    /// The error when a field that must be there is not.
    #[cold]
    pub(crate) fn missing(&self, index: usize) -> A::Error {
        A::Error::missing_field(T::FIELDS[index])
    }
}

/// A key of the object: the place of the field that is called so.
struct Key<T>(PhantomData<T>);

impl<'de, T: FromFields<'de>> DeserializeSeed<'de> for Key<T> {
    type Value = Option<usize>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, T: FromFields<'de>> Visitor<'de> for Key<T> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    #[inline]
    fn visit_str<E>(self, key: &str) -> Result<Option<usize>, E> {
        Ok(T::index_of(key))
    }

    // Formats beside JSON.

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Option<usize>, E> {
        Ok(str::from_utf8(key).ok().and_then(T::index_of))
    }

    fn visit_u64<E>(self, key: u64) -> Result<Option<usize>, E> {
        let index = usize::try_from(key).ok();
        Ok(index.filter(|index| *index < T::FIELDS.len()))
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

/// A way to read a type of which also options and patches are read so.
macro_rules! ways {
    ($($(#[$doc:meta])+ $way:ident($ty:ty) = $module:ident;)+) => {$(
        $(#[$doc])+
        pub(crate) struct $way;

        impl<'de> ReadAs<'de, $ty> for $way {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<$ty, D::Error> {
                $module::deserialize(deserializer)
            }
        }

        impl<'de> ReadAs<'de, Option<$ty>> for $way {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<$ty>, D::Error> {
                $module::deserialize_option(deserializer)
            }
        }

        impl<'de> ReadAs<'de, Patch<$ty>> for $way {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Patch<$ty>, D::Error> {
                $module::deserialize_patch(deserializer)
            }
        }
    )+};
}

ways! {
    /// A whole number, however the server writes it.
    Integer(i64) = integer;
    /// A time, fast when it is written as the server does.
    Time(DateTime<Utc>) = rfc3339;
}

/// A list without room to spare. While it is read it grows by doubling, and objects of a response have a kilobyte or two
/// each, so that what is kept would take up to twice the memory.
pub(crate) struct List;

impl<'de, T: Deserialize<'de>> ReadAs<'de, Vec<T>> for List {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        let mut list = Vec::deserialize(deserializer)?;
        list.shrink_to_fit();
        Ok(list)
    }
}

impl<'de, T: Deserialize<'de>> ReadAs<'de, Option<Vec<T>>> for List {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<T>>, D::Error> {
        let mut list = Option::<Vec<T>>::deserialize(deserializer)?;
        if let Some(list) = &mut list {
            list.shrink_to_fit();
        }
        Ok(list)
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
