//! How the structs of the API are read and written: what serde derives for each struct stands here once for all.
//!
//! serde's derive prints some forty lines for a field: a table of names as text, as bytes and as numbers, a reader of
//! arrays, a branch for each error. With 236 structs that was half of the time that this crate took to compile. What is
//! left for each struct is one line to read a field and one to write it. The errors are those of the derive, and so is
//! what is written. One thing is refused that the derive reads: an array in place of an object, field by field in the
//! order of this crate. JSON of Lago has none, and an empty one would be an object of which every field is missing.

pub(crate) mod read;
pub(crate) mod write;

/// Implements `Deserialize` and `Serialize` for a struct, from lists of its fields.
///
/// - `required`: number of the field, its name in Rust, how it is read (a seed of [`read`]); when it is missing, that
///   is an error.
/// - `optional`: the same for fields that may be missing; they are what `Default` says then.
/// - `write`: in the order in which they are written, the number of the field, when it is written (a method of
///   [`write::Outgoing`]), its name in Rust, its name in JSON, and in which form (of [`write`]) unless it is that of its
///   type.
/// - `refused`: the field that remembers what setters refused, which is never read.
macro_rules! json_object {
    (
        $ty:ident;
        required { $($required_index:literal $required:ident as $required_as:ident;)* }
        optional { $($optional_index:literal $optional:ident as $optional_as:ident;)* }
        write { $($index:literal $when:ident $field:ident $name:literal $(as $form:ident)?;)* }
        $(refused { $refused:ident })?
    ) => {
        // Whoever holds a value has the old fields too.
        #[allow(deprecated)]
        impl<'de> $crate::json_object::read::FromFields<'de> for $ty {
            const NAME: &'static str = stringify!($ty);
            const FIELDS: &'static [&'static str] = &[$($name),*];

            #[inline]
            fn index_of(name: &str) -> Option<usize> {
                match name {
                    $($name => Some($index),)*
                    _ => None,
                }
            }

            #[inline]
            fn from_fields<A: ::serde::de::MapAccess<'de>>(
                mut fields: $crate::json_object::read::Incoming<Self, A>,
            ) -> Result<Self, A::Error> {
                $(let mut $required = None;)*
                $(let mut $optional = Default::default();)*
                while let Some(index) = fields.next_field()? {
                    match index {
                        $($required_index => {
                            fields.required(&mut $required, $crate::json_object::read::$required_as)
                        })*
                        $($optional_index => {
                            fields.optional(&mut $optional, $crate::json_object::read::$optional_as)
                        })*
                        // There is no other.
                        _ => Ok(()),
                    }?;
                }
                $(let Some($required) = $required else {
                    return Err(fields.missing($required_index));
                };)*
                Ok(Self {
                    $($required,)*
                    $($optional,)*
                    $($refused: Default::default(),)?
                })
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $ty {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::json_object::read::deserialize(deserializer)
            }
        }

        #[allow(deprecated)]
        impl $crate::json_object::write::ToFields for $ty {
            const NAME: &'static str = stringify!($ty);

            #[inline]
            fn to_fields<W: $crate::json_object::write::Outgoing>(&self, fields: &mut W) {
                $(fields.$when($name, $($crate::json_object::write::$form)?(&self.$field));)*
                $(fields.present(stringify!($refused), &self.$refused);)?
            }
        }

        impl ::serde::Serialize for $ty {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::json_object::write::serialize(self, serializer)
            }
        }
    };
}

#[cfg(test)]
mod tests;
