//! Request fields that can be left alone, cleared or set.

pub(crate) mod empty_for_null;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A request field that the API allows to be set to null.
///
/// - [`Absent`](Patch::Absent), the default, does not send the field: the server keeps what it has.
/// - [`Null`](Patch::Null) sends `null`, or what the server understands in its place: the server clears the field.
/// - [`Value`](Patch::Value) sends the value.
///
/// ```
/// use lago_types::Patch;
///
/// #[derive(Default, serde::Serialize)]
/// struct PlanUpdate {
///     #[serde(skip_serializing_if = "Patch::is_absent")]
///     name: Patch<String>,
///     #[serde(skip_serializing_if = "Patch::is_absent")]
///     description: Patch<String>,
/// }
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let update = PlanUpdate { description: Patch::Null, ..PlanUpdate::default() };
/// assert_eq!(serde_json::to_string(&update)?, r#"{"description":null}"#);
///
/// let update = PlanUpdate { name: "Pro".into(), ..PlanUpdate::default() };
/// assert_eq!(serde_json::to_string(&update)?, r#"{"name":"Pro"}"#);
/// # Ok(())
/// # }
/// ```
///
/// # In structs of your own
///
/// A field type cannot leave itself out, so that is the struct's task:
/// `#[serde(default, skip_serializing_if = "Patch::is_absent")]`. Without `skip_serializing_if`, `Absent` is written
/// as `null`; without `default`, a missing field is read as `Null`.
///
/// # No conversion from `Option`
///
/// `None` can mean "leave it alone" as well as "clear it", and a wrong guess erases data. So an `Option` does not turn
/// into a `Patch` by itself; say what you mean:
///
/// ```
/// use lago_types::Patch;
///
/// let nickname: Option<String> = None;
/// let keep_if_none = nickname.clone().map_or(Patch::Absent, Patch::Value);
/// let clear_if_none = nickname.map_or(Patch::Null, Patch::Value);
/// assert_ne!(keep_if_none, clear_if_none);
/// ```
///
/// ```compile_fail,E0277
/// let patch: lago_types::Patch<String> = Some(String::from("x")).into();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// Leave the field alone: it is not sent.
    #[default]
    Absent,
    /// Clear the field: `null` is sent, or an empty object where that is what clears it.
    Null,
    /// Set the field to this value.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the field is left alone. Meant for `#[serde(skip_serializing_if = "Patch::is_absent")]`.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the field is cleared.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value, if there is one. `Absent` and `Null` both give `None`.
    ///
    /// ```
    /// use lago_types::Patch;
    ///
    /// assert_eq!(Patch::Value(3).as_value(), Some(&3));
    /// assert_eq!(Patch::<i64>::Null.as_value(), None);
    /// ```
    #[must_use]
    pub const fn as_value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Takes the value out, if there is one. `Absent` and `Null` both give `None`.
    #[must_use]
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The same state, with a reference to the value.
    #[must_use]
    pub const fn as_ref(&self) -> Patch<&T> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(value),
        }
    }

    /// Applies `f` to the value; `Absent` and `Null` stay what they are.
    ///
    /// ```
    /// use lago_types::Patch;
    ///
    /// assert_eq!(Patch::Value(2).map(|days| days * 24), Patch::Value(48));
    /// assert_eq!(Patch::Null.map(|days: i64| days * 24), Patch::Null);
    /// ```
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(f(value)),
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T, U: Into<T>, const N: usize> From<[U; N]> for Patch<Vec<T>> {
    fn from(values: [U; N]) -> Self {
        Self::Value(values.into_iter().map(Into::into).collect())
    }
}

impl<K: Into<String>, V: Into<T>, T, const N: usize> From<[(K, V); N]>
    for Patch<BTreeMap<String, T>>
{
    fn from(entries: [(K, V); N]) -> Self {
        Self::Value(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

/// What a setter that takes `impl Into<Patch<…>>` accepts beside the value itself.
macro_rules! accepts {
    ($($target:ty: $($source:ty),+;)+) => {$($(
        impl From<$source> for Patch<$target> {
            fn from(value: $source) -> Self {
                Self::Value(value.into())
            }
        }
    )+)+};
}

accepts! {
    String: &str, &String;
    i64: i32, u32;
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Value(value) => serializer.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::Decimal;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Update {
        #[serde(skip_serializing_if = "Patch::is_absent")]
        name: Patch<String>,
        #[serde(skip_serializing_if = "Patch::is_absent")]
        codes: Patch<Vec<String>>,
        #[serde(skip_serializing_if = "Patch::is_absent")]
        amount: Patch<Decimal>,
        #[serde(skip_serializing_if = "Patch::is_absent")]
        cents: Patch<i64>,
    }

    impl Update {
        fn name(mut self, name: impl Into<Patch<String>>) -> Self {
            self.name = name.into();
            self
        }

        fn codes(mut self, codes: impl Into<Patch<Vec<String>>>) -> Self {
            self.codes = codes.into();
            self
        }

        fn amount(mut self, amount: impl Into<Patch<Decimal>>) -> Self {
            self.amount = amount.into();
            self
        }

        fn cents(mut self, cents: impl Into<Patch<i64>>) -> Self {
            self.cents = cents.into();
            self
        }
    }

    fn json(update: &Update) -> String {
        serde_json::to_string(update).unwrap()
    }

    #[test]
    fn the_three_states_are_three_documents() {
        assert_eq!(json(&Update::default()), "{}");
        assert_eq!(
            json(&Update::default().name(Patch::Null)),
            r#"{"name":null}"#
        );
        assert_eq!(json(&Update::default().name("x")), r#"{"name":"x"}"#);
    }

    #[test]
    fn setters_take_literals_arrays_and_empty_lists() {
        let name = String::from("x");
        let update = Update::default()
            .name(&name)
            .codes(["a", "b"])
            .amount(7)
            .cents(5);
        assert_eq!(
            json(&update),
            r#"{"name":"x","codes":["a","b"],"amount":"7","cents":5}"#
        );
        let update = Update::default()
            .name(name)
            .codes(Vec::new())
            .amount(Decimal::parse("0.10").unwrap())
            .cents(5_i64);
        assert_eq!(
            json(&update),
            r#"{"name":"x","codes":[],"amount":"0.10","cents":5}"#
        );
        let update = Update::default()
            .name(Patch::Absent)
            .codes(Patch::Null)
            .amount(9_u64);
        assert_eq!(json(&update), r#"{"codes":null,"amount":"9"}"#);
    }

    #[test]
    fn absent_outside_a_skipping_struct_is_null() {
        assert_eq!(
            serde_json::to_string(&Patch::<i64>::Absent).unwrap(),
            "null"
        );
        assert_eq!(
            serde_json::from_str::<Patch<i64>>("null").unwrap(),
            Patch::Null
        );
    }

    #[test]
    fn accessors() {
        let patch = Patch::Value(String::from("x"));
        assert_eq!(patch.as_ref(), Patch::Value(&String::from("x")));
        assert_eq!(patch.as_ref().map(String::len), Patch::Value(1));
        assert!(!patch.is_absent() && !patch.is_null());
        assert_eq!(patch.into_value().as_deref(), Some("x"));
        assert!(Patch::<i64>::Null.is_null());
        assert_eq!(Patch::<i64>::Absent.as_ref(), Patch::Absent);
        assert_eq!(Patch::<i64>::Absent.into_value(), None);
    }

    fn patch<T: std::fmt::Debug + Clone + 'static>(
        value: impl Strategy<Value = T> + 'static,
    ) -> impl Strategy<Value = Patch<T>> {
        prop_oneof![
            Just(Patch::Absent),
            Just(Patch::Null),
            value.prop_map(Patch::Value)
        ]
    }

    proptest! {
        #[test]
        fn every_state_of_every_field_survives(
            name in patch(any::<String>()),
            codes in patch(any::<Vec<String>>()),
            cents in patch(any::<i64>()),
            amount in patch(any::<i64>().prop_map(Decimal::from)),
        ) {
            let update = Update { name, codes, amount, cents };
            let back: Update = serde_json::from_str(&json(&update)).unwrap();
            prop_assert_eq!(back, update);
        }
    }

    #[test]
    fn maps_take_arrays_of_pairs() {
        let free: Patch<serde_json::Map<String, Value>> = [("gb", Value::from(10))].into();
        assert_eq!(serde_json::to_string(&free).unwrap(), r#"{"gb":10}"#);
        let typed: Patch<BTreeMap<String, Option<String>>> = [("a", None::<String>)].into();
        assert_eq!(serde_json::to_string(&typed).unwrap(), r#"{"a":null}"#);
    }
}
