//! Enums that keep values which this version of the crate does not know.
//!
//! `open_enum!` writes one. The API adds values in minor releases, so a response must not fail to decode because of one.
//! There are dozens of these enums, the largest with hundreds of values: what can be shared is in [`OpenEnum`]
//! and [`TextVisitor`], and the expansion holds only what the orphan rule or the variants force into it.

use std::{fmt, marker::PhantomData};

use serde::de::{Error, Visitor};

/// What the variants of an open enum are, as text.
pub(crate) trait OpenEnum: Sized {
    /// The name of the enum.
    #[cfg(feature = "drift")]
    const NAME: &'static str;

    /// The variant that stands for `text`, unless it is unknown.
    fn known(text: &str) -> Option<Self>;

    /// `text` as an unknown value.
    fn unknown(text: String) -> Self;

    /// The value for `text`; allocates only for an unknown one.
    fn from_text(text: &str) -> Self {
        Self::known(text).unwrap_or_else(|| Self::unknown(text.to_owned()))
    }

    /// The value for `text`, which is kept when it is unknown.
    fn from_string(text: String) -> Self {
        Self::known(&text).unwrap_or_else(|| Self::unknown(text))
    }
}

/// Reads an open enum from a string, which borrowed input need not allocate.
pub(crate) struct TextVisitor<T>(pub(crate) PhantomData<T>);

impl<T: OpenEnum> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    // Borrowed strings arrive here too.
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        match T::known(text) {
            Some(value) => Ok(value),
            None => not_known(text.to_owned()),
        }
    }

    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        match T::known(&text) {
            Some(value) => Ok(value),
            None => not_known(text),
        }
    }
}

#[cold]
fn not_known<T: OpenEnum, E: Error>(text: String) -> Result<T, E> {
    #[cfg(feature = "drift")]
    crate::drift::read(T::NAME, &text).map_err(E::custom)?;
    Ok(T::unknown(text))
}

/// Defines an open enum from its variants and their texts:
///
/// ```text
/// open_enum! {
///     /// Status of an invoice.
///     pub enum InvoiceStatus {
///         /// `draft`
///         Draft = "draft",
///         /// `open`
///         #[deprecated(note = "…")]
///         Open = "open",
///     }
/// }
/// ```
///
/// No variant may be called `Unknown`: the macro adds that one. Variants may be deprecated, the enum itself may not.
macro_rules! open_enum {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $text:literal),* $(,)?
        }
    ) => {
        $(#[$attribute])*
        ///
        /// Compares, sorts and hashes by its text. Make values from text with `from` or `parse`, which find the variant,
        /// and not with `Unknown`.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)*
            /// A value that this version of the crate does not know, kept as sent.
            Unknown(::std::string::String),
        }

        // The variants have to be named here, deprecated or not.
        #[allow(deprecated)]
        impl $name {
            /// The texts of all values that this version of the crate knows.
            pub const KNOWN: &'static [&'static str] = &[$($text),*];

            /// The value as the API writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }

            /// Whether this version of the crate does not know the value.
            #[must_use]
            pub fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(text) if !Self::KNOWN.contains(&text.as_str()))
            }
        }

        #[allow(deprecated)]
        impl $crate::open_enum::OpenEnum for $name {
            #[cfg(feature = "drift")]
            const NAME: &'static str = ::std::stringify!($name);

            #[allow(unreachable_code, reason = "an enum may know no values")]
            fn known(text: &str) -> ::std::option::Option<Self> {
                ::std::option::Option::Some(match text {
                    $($text => Self::$variant,)*
                    _ => return ::std::option::Option::None,
                })
            }

            fn unknown(text: ::std::string::String) -> Self {
                Self::Unknown(text)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl ::std::cmp::Eq for $name {}

        impl ::std::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::std::cmp::PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> ::std::option::Option<::std::cmp::Ordering> {
                ::std::option::Option::Some(self.cmp(other))
            }
        }

        impl ::std::cmp::Ord for $name {
            fn cmp(&self, other: &Self) -> ::std::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl ::std::hash::Hash for $name {
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                $crate::open_enum::OpenEnum::from_text(text)
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                $crate::open_enum::OpenEnum::from_string(text)
            }
        }

        impl ::std::convert::From<$name> for ::std::string::String {
            fn from(value: $name) -> Self {
                match value {
                    $name::Unknown(text) => text,
                    known => known.as_str().to_owned(),
                }
            }
        }

        impl ::std::convert::From<&str> for $crate::Patch<$name> {
            fn from(text: &str) -> Self {
                $crate::Patch::Value($name::from(text))
            }
        }

        impl ::std::convert::From<::std::string::String> for $crate::Patch<$name> {
            fn from(text: ::std::string::String) -> Self {
                $crate::Patch::Value($name::from(text))
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                ::std::result::Result::Ok($name::from(text))
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                deserializer.deserialize_str($crate::open_enum::TextVisitor(::std::marker::PhantomData))
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                $crate::schema::open_enum(Self::KNOWN)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        hash::{BuildHasher, RandomState},
    };

    use proptest::prelude::*;
    use serde_json::json;

    use crate::Patch;

    open_enum! {
        /// Status of a test.
        pub enum Status {
            /// `draft`
            Draft = "draft",
            /// `finalized`
            Finalized = "finalized",
            /// `old`
            #[deprecated(note = "to see that the expansion does not warn")]
            Old = "old",
            /// ``
            Empty = "",
        }
    }

    #[test]
    fn known_values_are_variants() {
        assert!(matches!(Status::from("draft"), Status::Draft));
        assert!(matches!(
            Status::from(String::from("finalized")),
            Status::Finalized
        ));
        assert!(matches!("".parse(), Ok(Status::Empty)));
        assert_eq!(Status::KNOWN, ["draft", "finalized", "old", ""]);
        assert!(
            Status::KNOWN
                .iter()
                .all(|text| !Status::from(*text).is_unknown())
        );
    }

    #[test]
    fn unknown_values_keep_their_text() {
        let status: Status = serde_json::from_str(r#""vo\u0069ded""#).unwrap();
        assert!(matches!(&status, Status::Unknown(text) if text == "voided"));
        assert!(status.is_unknown());
        assert_eq!(status.to_string(), "voided");
        assert_eq!(format!("[{status:>8}]"), "[  voided]");
        assert_eq!(serde_json::to_value(&status).unwrap(), json!("voided"));
        assert_eq!(String::from(status), "voided");
    }

    #[test]
    fn equality_is_by_text() {
        let spelled_out = Status::Unknown("draft".into());
        assert_eq!(spelled_out, Status::Draft);
        assert!(!spelled_out.is_unknown());
        assert_eq!(Status::Draft, "draft");
        assert_eq!(Status::Draft, *"draft");
        assert_ne!(Status::Draft, "Draft");
        assert_eq!(Status::Draft.as_ref(), "draft");
    }

    #[test]
    fn only_strings_are_read() {
        for wrong in [
            json!(null),
            json!(1),
            json!(true),
            json!(["draft"]),
            json!({"draft": null}),
        ] {
            let error = serde_json::from_value::<Status>(wrong)
                .unwrap_err()
                .to_string();
            assert!(error.contains("expected a string"), "{error}");
        }
    }

    #[test]
    fn works_as_map_key_and_in_patch() {
        let map: HashMap<Status, i64> = serde_json::from_str(r#"{"draft":1,"new":2}"#).unwrap();
        assert_eq!(map[&Status::Draft], 1);
        assert_eq!(map[&Status::from("new")], 2);
        assert_eq!(Patch::<Status>::from("draft"), Patch::Value(Status::Draft));
        assert_eq!(Patch::from(Status::Draft), Patch::Value(Status::Draft));
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            proptest::sample::select(Status::KNOWN).prop_map(str::to_owned),
            any::<String>(),
        ]
    }

    fn status() -> impl Strategy<Value = Status> {
        prop_oneof![
            text().prop_map(Status::from),
            text().prop_map(Status::Unknown),
        ]
    }

    proptest! {
        #[test]
        fn any_text_round_trips(text in text()) {
            let status: Status = serde_json::from_value(json!(text)).unwrap();
            prop_assert_eq!(status.as_str(), &text);
            prop_assert_eq!(status.is_unknown(), !Status::KNOWN.contains(&text.as_str()));
            prop_assert_eq!(serde_json::to_value(&status).unwrap(), json!(text));
        }

        #[test]
        fn order_equality_and_hash_follow_the_text(a in status(), b in status()) {
            prop_assert_eq!(a.cmp(&b), a.as_str().cmp(b.as_str()));
            prop_assert_eq!(a.partial_cmp(&b), Some(a.cmp(&b)));
            prop_assert_eq!(a == b, a.as_str() == b.as_str());
            let state = RandomState::new();
            prop_assert_eq!(state.hash_one(&a), state.hash_one(a.as_str()));
        }
    }
}
