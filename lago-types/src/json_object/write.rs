//! From a struct to the fields of an object.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::Patch;
use crate::decimal::{self, DecimalField};
use crate::patch::empty_for_null;
use crate::refused::Refused;
use crate::unix_time;

/// A struct that is written field by field.
pub(crate) trait ToFields {
    const NAME: &'static str;

    /// Gives each field that is written.
    fn to_fields<W: Outgoing>(&self, fields: &mut W);
}

/// Takes the fields of a struct, in order.
pub(crate) trait Outgoing {
    /// Takes a field that is always written.
    fn always<T: Serialize>(&mut self, name: &'static str, value: T);

    /// Takes a field that is written unless it is absent.
    #[inline]
    fn present<T: Serialize + Absent>(&mut self, name: &'static str, value: T) {
        if !value.is_absent() {
            self.always(name, value);
        }
    }
}

/// Writes a struct.
pub(crate) fn serialize<T: ToFields, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Some formats write the number of fields before the fields.
    let mut count = Count(0);
    value.to_fields(&mut count);
    let mut fields = Writer {
        object: serializer.serialize_struct(T::NAME, count.0)?,
        error: None,
    };
    value.to_fields(&mut fields);
    match fields.error {
        None => fields.object.end(),
        Some(error) => Err(error),
    }
}

struct Count(usize);

impl Outgoing for Count {
    #[inline]
    fn always<T: Serialize>(&mut self, _: &'static str, _: T) {
        self.0 += 1;
    }
}

struct Writer<S: SerializeStruct> {
    object: S,
    /// The first one. Nothing is written after it: where the text ends is where it happened.
    error: Option<S::Error>,
}

impl<S: SerializeStruct> Outgoing for Writer<S> {
    #[inline]
    fn always<T: Serialize>(&mut self, name: &'static str, value: T) {
        if self.error.is_none() {
            self.error = self.object.serialize_field(name, &value).err();
        }
    }
}

/// What can be absent, and is not written then.
pub(crate) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T: Absent> Absent for &T {
    #[inline]
    fn is_absent(&self) -> bool {
        T::is_absent(self)
    }
}

impl<T> Absent for Option<T> {
    #[inline]
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Patch<T> {
    #[inline]
    fn is_absent(&self) -> bool {
        Patch::is_absent(self)
    }
}

impl Absent for Refused {
    #[inline]
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// A form in which fields are written that is not that of their type.
macro_rules! forms {
    ($($(#[$doc:meta])+ $form:ident($bound:ident) = $write:path;)+) => {$(
        $(#[$doc])+
        pub(crate) struct $form<'a, T>(pub(crate) &'a T);

        impl<T: $bound> Serialize for $form<'_, T> {
            #[inline]
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $write(self.0, serializer)
            }
        }

        impl<T: Absent> Absent for $form<'_, T> {
            #[inline]
            fn is_absent(&self) -> bool {
                self.0.is_absent()
            }
        }
    )+};
}

forms! {
    /// Decimals as strings.
    DecimalString(DecimalField) = decimal::as_string;
    /// Decimals as JSON numbers.
    DecimalNumber(DecimalField) = decimal::as_number;
    /// Times as seconds since 1970.
    UnixTime(DecimalField) = unix_time::serialize;
}

/// A [`Patch`] of which null is written as an empty object.
pub(crate) struct EmptyForNull<'a, T>(pub(crate) &'a Patch<T>);

impl<T: Serialize> Serialize for EmptyForNull<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        empty_for_null::serialize(self.0, serializer)
    }
}

impl<T> Absent for EmptyForNull<'_, T> {
    fn is_absent(&self) -> bool {
        self.0.is_absent()
    }
}
